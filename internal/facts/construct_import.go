package facts

import "strings"

// imports learns what the names of the file stand for.
func (p *program) imports() {
	for i := range p.code {
		switch p.tok(i) {
		case "import":
			switch p.lang {
			case script:
				p.scriptImport(i)
			case python:
				p.pythonImport(i)
			case golang:
				p.goImport(i)
			case java:
				p.javaImport(i)
			}
		case "require":
			if p.lang == script {
				p.scriptRequire(i)
			}
		case "from":
			if p.lang == python {
				p.pythonFrom(i)
			}
		case "using":
			if p.lang == csharp {
				p.using(i)
			}
		}
	}
}

func (p *program) bind(name, to string) {
	if name != "" && to != "" {
		p.names[name] = to
	}
}

// npmLibrary is what a module is called in names; empty for modules that make
// no infrastructure.
func npmLibrary(module string) string {
	if rest, ok := strings.CutPrefix(module, "aws-cdk-lib/"); ok {
		rest, _, _ = strings.Cut(rest, "/")
		return cdkModule(rest)
	}
	if rest, ok := strings.CutPrefix(module, "@aws-cdk/"); ok {
		return cdkModule(rest)
	}
	if rest, ok := strings.CutPrefix(module, "@pulumi/"); ok {
		return "pulumi:" + strings.ReplaceAll(rest, "/", ".")
	}
	if rest, ok := strings.CutPrefix(module, "@cdktf/provider-"); ok {
		rest, _, _ = strings.Cut(rest, "/")
		return "cdktf:" + rest
	}
	switch {
	case module == libraryRoot, module == "constructs":
		return module
	case module == "cdktf":
		return "cdktf:core"
	case strings.HasPrefix(module, "."):
		return "local"
	case strings.Contains(module, "cdk"), strings.Contains(module, "constructs"), strings.HasPrefix(module, "pulumi"):
		return module
	}
	return ""
}

// scriptImport reads import * as a from "m", import a, {b as c} from "m".
func (p *program) scriptImport(i int) {
	end := i + 1
	for end < len(p.code) && p.code[end].kind != quoted && end < i+400 && p.tok(end) != ";" {
		end++
	}
	if end >= len(p.code) || p.code[end].kind != quoted || end == i+1 || p.tok(i+1) == "(" {
		return
	}
	p.bindAll(i+1, end, npmLibrary(p.code[end].text), "as")
}

// scriptRequire reads const a = require("m"), const {b: c} = require("m").
func (p *program) scriptRequire(i int) {
	if p.tok(i+1) != "(" || i+2 >= len(p.code) || p.code[i+2].kind != quoted {
		return
	}
	library := npmLibrary(p.code[i+2].text)
	if p.tok(i-1) != "=" {
		return
	}
	if p.tok(i-2) != "}" {
		p.bind(p.tok(i-2), library)
		return
	}
	from := i - 2
	for from > 0 && p.tok(from) != "{" && from > i-400 {
		from--
	}
	p.bindAll(from, i-1, library, ":")
}

// bindAll reads the names between an import and its module. Names in braces
// are members; a name outside is the module.
func (p *program) bindAll(from, to int, library, as string) {
	if library == "" {
		return
	}
	inner := false
	for i := from; i < to; i++ {
		switch {
		case p.tok(i) == "{":
			inner = true
		case p.tok(i) == "}":
			inner = false
		case !p.isIdent(i) || p.tok(i) == "from" || p.tok(i) == "type" && p.isIdent(i+1) && p.tok(i+1) != "as":
		case p.tok(i) == "as": // * as name
			p.bind(p.tok(i+1), library)
			i++
		case inner:
			member, name := p.tok(i), p.tok(i)
			if p.tok(i+1) == as && p.isIdent(i+2) {
				name = p.tok(i + 2)
				i += 2
			}
			p.bind(name, memberOf(library, member))
		default:
			p.bind(p.tok(i), library)
		}
	}
}

// memberOf is the name of what a library exports: a class, or a module.
func memberOf(library, member string) string {
	switch {
	case library == "local" || member == "*":
		return library
	case library == libraryRoot && !upper(member):
		return cdkModule(member)
	}
	return qualified(library, []string{member})
}

// pyLibrary is npmLibrary for Python's modules.
func pyLibrary(module string) string {
	top, rest, _ := strings.Cut(module, ".")
	provider, isPulumi := strings.CutPrefix(top, "pulumi_")
	cdktf, isCDKTF := strings.CutPrefix(top, "cdktf_cdktf_provider_")
	switch {
	case top == "aws_cdk" && rest == "":
		return libraryRoot
	case top == "aws_cdk":
		rest, _, _ = strings.Cut(rest, ".")
		return cdkModule(rest)
	case top == "pulumi":
		return "pulumi:pulumi"
	case isPulumi && rest == "":
		return "pulumi:" + strings.ReplaceAll(provider, "_", "-")
	case isPulumi:
		return "pulumi:" + strings.ReplaceAll(provider, "_", "-") + "." + rest
	case isCDKTF:
		return "cdktf:" + cdktf
	case top == "constructs":
		return top
	case strings.HasPrefix(top, "cdk_"), top == "aws_solutions_constructs", strings.HasPrefix(top, "cdklabs"):
		return strings.ReplaceAll(top, "_", "-")
	case module == "", strings.Contains(top, "cdk"):
		return "local"
	}
	return ""
}

// pythonImport reads import a.b as c, d.
func (p *program) pythonImport(i int) {
	if p.afterFrom(i) {
		return
	}
	line := p.code[i].line
	for i++; p.isIdent(i) && p.code[i].line == line; i++ {
		segs, next := p.dotted(i)
		library := pyLibrary(strings.Join(segs, "."))
		switch {
		case p.tok(next) == "as":
			p.bind(p.tok(next+1), library)
			next += 2
		case len(segs) == 1:
			p.bind(segs[0], library)
		case segs[0] == "aws_cdk":
			p.bind(segs[0], libraryRoot)
		}
		if p.tok(next) != "," {
			return
		}
		i = next
	}
}

// afterFrom tells the import of "from x import y" from one that begins a line.
func (p *program) afterFrom(i int) bool {
	return i > 0 && p.code[i-1].line == p.code[i].line && p.tok(i-1) != ";"
}

// pythonFrom reads from a.b import c as d, (e, f).
func (p *program) pythonFrom(i int) {
	line := p.code[i].line
	j := i + 1
	for p.tok(j) == "." {
		j++
	}
	segs, next := p.dotted(j)
	if p.tok(next) != "import" {
		return
	}
	library := pyLibrary(strings.Join(segs, "."))
	if j > i+1 {
		library = "local"
	}
	if library == "" {
		return
	}
	j = next + 1
	paren := p.tok(j) == "("
	if paren {
		j++
	}
	for p.isIdent(j) && (paren || p.code[j].line == line) {
		member, name := p.tok(j), p.tok(j)
		j++
		if p.tok(j) == "as" {
			name = p.tok(j + 1)
			j += 2
		}
		p.bind(name, memberOf(library, member))
		if p.tok(j) != "," {
			return
		}
		j++
	}
}

// goImport reads import "m" and import (a "m"; "n").
func (p *program) goImport(i int) {
	end := i + 2
	if p.tok(i+1) == "(" {
		for end < len(p.code) && p.tok(end) != ")" {
			end++
		}
	} else if p.isIdent(i + 1) {
		end++
	}
	for j := i + 1; j < min(end, len(p.code)); j++ {
		if p.code[j].kind != quoted {
			continue
		}
		library, name := goLibrary(p.code[j].text)
		if p.isIdent(j-1) && p.code[j-1].line == p.code[j].line && p.tok(j-1) != "import" {
			name = p.tok(j - 1)
		}
		p.bind(name, library)
	}
}

// goLibrary is npmLibrary for Go's packages, and the name it has by default.
func goLibrary(path string) (library, name string) {
	if rest, ok := strings.CutPrefix(path, "github.com/aws/aws-cdk-go/awscdk"); ok {
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "/v2"), "/")
		if rest == "" {
			return libraryRoot, "awscdk"
		}
		return squeezed(strings.TrimSuffix(rest, "alpha")), rest
	}
	if strings.HasPrefix(path, "github.com/pulumi/") {
		name = path[strings.LastIndexByte(path, '/')+1:]
		if _, rest, ok := strings.Cut(path, "/go/"); ok {
			return "pulumi:" + strings.ReplaceAll(rest, "/", "."), name
		}
	}
	return "", ""
}

// javaImport reads import a.b.C; and import a.b.*;
func (p *program) javaImport(i int) {
	segs, next := p.dotted(i + 1)
	if len(segs) < 2 {
		return
	}
	star := p.tok(next) == "." && p.tok(next+1) == "*"
	class := segs[len(segs)-1]
	if !star {
		segs = segs[:len(segs)-1]
	}
	library := ""
	module := strings.Join(segs, ".")
	if rest, ok := strings.CutPrefix(module, "software.amazon.awscdk.services."); ok {
		library = "aws-" + strings.ReplaceAll(rest, ".", "-")
	} else if rest, ok := strings.CutPrefix(module, "software.amazon.awscdk."); ok {
		library = strings.ReplaceAll(rest, ".", "-")
	} else if module == "software.amazon.awscdk" {
		library = "core"
	} else if rest, ok := strings.CutPrefix(module, "com.pulumi."); ok {
		library = "pulumi:" + rest
	}
	switch {
	case library == "":
	case star:
		p.spaces = append(p.spaces, library)
	default:
		p.bind(class, library+"."+class)
	}
}

// using reads using A.B; and using X = A.B;
func (p *program) using(i int) {
	j := i + 1
	alias := ""
	if p.tok(j+1) == "=" {
		alias = p.tok(j)
		j += 2
	}
	segs, next := p.dotted(j)
	if p.tok(next) != ";" {
		return
	}
	library := ""
	module := strings.Join(segs, ".")
	if rest, ok := strings.CutPrefix(module, "Amazon.CDK.AWS."); ok {
		library = "aws-" + strings.ReplaceAll(strings.ToLower(rest), ".", "-")
	} else if rest, ok := strings.CutPrefix(module, "Amazon.CDK."); ok {
		library = strings.ToLower(rest)
	} else if module == "Amazon.CDK" {
		library = "core"
	} else if rest, ok := strings.CutPrefix(module, "Pulumi."); ok {
		library = "pulumi:" + strings.ToLower(rest)
	}
	switch {
	case library == "":
	case alias != "":
		p.bind(alias, library)
	default:
		p.spaces = append(p.spaces, library)
	}
}
