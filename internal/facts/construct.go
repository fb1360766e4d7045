package facts

import (
	"bytes"
	"strings"
)

// language is what a program is written in.
type language uint8

const (
	noLanguage language = iota
	script              // TypeScript, JavaScript
	python
	golang
	java
	csharp
)

func languageOf(ext string) language {
	switch ext {
	case ".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs":
		return script
	case ".py":
		return python
	case ".go":
		return golang
	case ".java", ".kt":
		return java
	case ".cs":
		return csharp
	}
	return noLanguage
}

func (l language) syntax() syntax {
	switch l {
	case script:
		return syntax{slash: true, template: true, regex: true}
	case python:
		return syntax{hash: true, triple: true}
	case golang:
		return syntax{slash: true, raw: true}
	}
	return syntax{slash: true, triple: true}
}

// isProgram takes the source below a cdk.json, Pulumi.yaml or cdktf.json.
func isProgram(p place, l *layout) bool {
	if languageOf(p.ext) == noLanguage || strings.HasSuffix(p.base, ".d.ts") {
		return false
	}
	_, ok := above(l.programs, p.dir)
	return ok && AreaOf(p.path)&(AreaTest|AreaDocs) == 0
}

// readProgram finds the objects that a CDK, CDKTF or Pulumi program makes. It
// does not run the program: what is written out as a literal is known, what is
// computed is not. Names are those of the TypeScript libraries, attributes in
// camel case, whatever the language:
//
//	aws-rds.databaseinstance           a construct of aws-cdk-lib/aws-rds
//	core.stack                         one of aws-cdk-lib itself
//	aws-ec2.vpc.fromlookup             a static call
//	aws-s3.bucket.grantread            a call on such an object; also in its _calls
//	pulumi:aws.rds.instance            a resource of @pulumi/aws
//	cdktf:aws.s3bucket                 one of a CDKTF provider
//	local.mystack                      one of the program's own classes
//
// _id is the logical name; _options are the options of a Pulumi resource.
func readProgram(path string, text []byte) ([]Fact, []Warning) {
	if !bytes.Contains(text, []byte("cdk")) && !bytes.Contains(text, []byte("CDK")) && !bytes.Contains(text, []byte("ulumi")) {
		return nil, nil
	}
	lang := languageOf(placeOf(path).ext)
	p := &program{path: path, lang: lang, code: lex(string(text), lang.syntax()), names: map[string]string{},
		vars: map[string]int{}, consts: map[string]Value{}}
	p.imports()
	if len(p.names) == 0 && len(p.spaces) == 0 {
		return nil, nil
	}
	p.constants()
	p.typed = p.typedNames()
	p.scan()
	return p.out, nil
}

// program is one source file while it is read.
type program struct {
	path   string
	lang   language
	code   []token
	names  map[string]string // of this file -> of the library: "rds" -> "aws-rds"
	spaces []string          // libraries whose names need no prefix (Java, C#)
	consts map[string]Value  // names bound once, to a literal
	vars   map[string]int    // names bound to an object -> its place in out
	typed  map[string]string // names -> the class that the program says they are of
	out    []Fact
	blocks []bool // one per open brace: does a condition decide?
	work   int    // tokens looked at
}

// maxWork bounds the tokens that values of one file may look at, again and
// again where objects nest.
const maxWork = 3_000_000

// tok is the text of a token that is not a string; empty beyond the end.
func (p *program) tok(i int) string {
	if i < 0 || i >= len(p.code) || p.code[i].kind == quoted {
		return ""
	}
	return p.code[i].text
}

func (p *program) isIdent(i int) bool { return i >= 0 && i < len(p.code) && p.code[i].kind == ident }

// scan walks through the code and stops at every name.
func (p *program) scan() {
	for i := 0; i < len(p.code) && p.work < maxWork; i++ {
		switch {
		case p.tok(i) == "{":
			p.blocks = append(p.blocks, p.conditional() || p.opensCondition(i))
		case p.tok(i) == "}" && len(p.blocks) > 0:
			p.blocks = p.blocks[:len(p.blocks)-1]
		case p.tok(i) == "class" && p.isIdent(i+1):
			p.class(i)
			p.body(i)
		case p.isIdent(i) && p.tok(i-1) != ".":
			i = max(i, p.name(i)-1)
		}
	}
}

func (p *program) conditional() bool { return len(p.blocks) > 0 && p.blocks[len(p.blocks)-1] }

// opensCondition looks for if or else on the line of an open brace.
func (p *program) opensCondition(i int) bool {
	line := p.code[i].line
	for j := i - 1; j >= 0 && j > i-60 && p.code[j].line == line; j-- {
		switch p.tok(j) {
		case "if", "else", "switch":
			return true
		case ";", "{", "}":
			return p.tok(j) == "}" && p.tok(j+1) == "else"
		}
	}
	return false
}

// path reads a.b.c and returns its segments and the index behind them.
func (p *program) dotted(i int) (segs []string, next int) {
	for p.isIdent(i) && len(segs) < 10 {
		segs = append(segs, p.code[i].text)
		if p.tok(i+1) == "?" && p.tok(i+2) == "." { // a?.b
			i++
		}
		if p.tok(i+1) != "." || !p.isIdent(i+2) {
			return segs, i + 1
		}
		i += 2
	}
	return segs, i
}

// name looks at a dotted name and returns the index behind what it has read.
// Arguments are left for the scan to find the objects made in them.
func (p *program) name(i int) int {
	if p.tok(i) == "new" {
		return i + 1
	}
	segs, next := p.dotted(i)
	open := p.skipGenerics(next)
	if p.tok(open) != "(" {
		if p.lang == csharp && p.tok(i-1) == "new" && p.tok(open) == "{" {
			open = next
		} else {
			return next
		}
	}
	isNew := p.tok(i-1) == "new"
	start := i
	if isNew {
		start--
	}
	if p.made(segs, start, open, isNew) || isNew {
		return next
	}
	p.called(segs, start, open)
	return next
}

// skipGenerics steps over <A, B> behind a name.
func (p *program) skipGenerics(i int) int {
	if p.tok(i) != "<" || p.lang == python || p.lang == golang {
		return i
	}
	depth := 0
	for j := i; j < i+30; j++ {
		switch p.tok(j) {
		case "<":
			depth++
		case ">":
			if depth--; depth == 0 {
				return j + 1
			}
		case "(", ";", "{", "":
			return i
		}
	}
	return i
}

// made reads an object that is made, or looked up, at a name and an open
// bracket.
func (p *program) made(segs []string, start, open int, isNew bool) bool {
	names := p.candidates(segs, isNew, open)
	if len(names) == 0 {
		return false
	}
	args, next := p.arguments(open, 0)
	value := p.properties(args)
	if p.lang == java && strings.HasSuffix(strings.Join(segs, "."), ".Builder.create") {
		value, next = p.chain(value, next, 0)
	}
	if p.lang == csharp && p.tok(next) == "{" {
		var init Value
		init, next = p.object(next, 0)
		value = mergeInto(value, init)
	}
	for _, name := range names {
		p.emit(name, value, start, next)
		for _, within := range wraps(name) {
			p.emit(within, openEnded(value), start, next)
		}
	}
	if to := p.assigned(start); to != "" {
		p.vars[to] = len(p.out) - 1
	}
	if p.tok(next) == "." && p.isIdent(next+1) && p.tok(next+2) == "(" { // new X().method()
		p.method(len(p.out)-1, []string{p.code[next+1].text}, start, next+2)
	}
	return true
}

func (p *program) emit(name string, value Value, start, next int) {
	f := Fact{Kind: Construct, Name: strings.ToLower(name), Path: p.path, Value: value,
		Start: p.code[start].line, End: p.code[min(max(next-1, start), len(p.code)-1)].end}
	f.Value.Start, f.Value.End = f.Start, f.End
	if p.conditional() {
		f.Hint = "is made only under a condition in the program"
	}
	p.out = append(p.out, f)
}

// clusterMethods is what only clusters of EKS can do, whoever hands the cluster
// over.
var clusterMethods = map[string]bool{"addHelmChart": true, "addNodegroupCapacity": true, "addAutoScalingGroupCapacity": true,
	"addFargateProfile": true, "addServiceAccount": true, "addManifest": true}

// called reads a call on an object that this file has made, a grant on any, or
// what clusters are told.
func (p *program) called(segs []string, start, open int) {
	own := segs
	if len(own) > 1 && (own[0] == "this" || own[0] == "self") {
		own = own[1:]
	}
	if len(own) < 2 {
		return
	}
	if at, ok := p.vars[own[0]]; ok {
		p.method(at, own[1:], start, open)
		if to := p.assigned(start); to != "" {
			p.vars[to] = at
		}
		return
	}
	method := camel(own[len(own)-1], p.lang)
	switch {
	case strings.HasPrefix(method, "grant"), method == "addToRolePolicy", method == "addToPrincipalPolicy":
		args, next := p.arguments(open, 0)
		p.emit("unknown."+method, p.properties(args), start, next)
	case clusterMethods[method]:
		args, next := p.arguments(open, 0)
		p.emit("aws-eks.Cluster."+method, p.properties(args), start, next)
		p.manifests(method, args)
	case p.typed[own[len(own)-2]] != "":
		args, next := p.arguments(open, 0)
		p.emit(p.typed[own[len(own)-2]]+"."+method, p.properties(args), start, next)
		p.manifests(method, args)
	case method == "requireSecret", method == "getSecret", method == "requireSecretObject":
		args, next := p.arguments(open, 0)
		p.emit("pulumi:config."+method, p.properties(args), start, next)
	}
}

// method notes a call on the object at out[at], and makes a fact of its own.
func (p *program) method(at int, segs []string, start, open int) {
	for i, s := range segs {
		segs[i] = camel(s, p.lang)
	}
	call := strings.Join(segs, ".")
	args, next := p.arguments(open, 0)
	object := &p.out[at]
	calls := object.Value.Get("_calls")
	if len(calls.Items) < 50 {
		calls.Kind = List
		calls.Items = append(calls.Items[:len(calls.Items):len(calls.Items)], textAt(call, p.code[start].line))
		object.Value = object.Value.With("_calls", calls)
	}
	value := p.properties(args)
	if id := object.Value.Get("_id"); id.Kind == String {
		value = value.With("_id", id)
	}
	p.emit(object.Name+"."+call, value, start, next)
	p.manifests(call, args)
}

// assigned is the name that the value starting at i is bound to.
func (p *program) assigned(i int) string {
	i--
	if p.tok(i) == "await" {
		i--
	}
	if p.tok(i) != "=" || strings.Contains("=!<>+", p.tok(i-1)) && p.tok(i-1) != "" {
		return ""
	}
	i--
	if p.lang == golang {
		if p.tok(i) == ":" {
			i--
		}
		for p.tok(i-1) == "," && i > 1 {
			i -= 2
		}
		return p.tok(i)
	}
	for j := i; (p.lang == script || p.lang == python) && j > i-12; j-- { // name: Type = …
		if p.tok(j) == ":" && p.isIdent(j-1) {
			return p.tok(j - 1)
		}
		if t := p.tok(j); t == "" || t != "." && t != "<" && t != ">" && t != "|" && !p.isIdent(j) {
			break
		}
	}
	if !p.isIdent(i) {
		return ""
	}
	return p.tok(i)
}
