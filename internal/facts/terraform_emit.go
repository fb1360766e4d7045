package facts

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// emitModule adds the facts of a folder of code. A folder that the evaluator
// fails on costs that folder's facts, not the repository's.
func (j *tfJoin) emitModule(m *tfModule) {
	before := len(j.facts)
	defer func() {
		if p := recover(); p != nil {
			j.facts = j.facts[:before]
			j.run.depth = 0
			j.warnings = append(j.warnings, Warning{Path: m.files[0].path, Line: 1, Message: fmt.Sprintf("evaluate Terraform: the evaluator gave up: %v", p), Kinds: []Kind{Terraform}})
		}
	}()
	all := j.instancesOf(m)
	for i := range m.blocks {
		from := len(j.facts)
		for k, in := range all {
			at := len(j.facts)
			in.emit(&m.blocks[i])
			if k > 0 {
				j.dropRepeated(from, at)
			}
		}
	}
}

// dropRepeated drops the facts from at on that say what one before, from first
// on, says already.
func (j *tfJoin) dropRepeated(first, at int) {
	before, kept := j.facts[first:at], j.facts[:at]
	for _, f := range j.facts[at:] {
		if !slices.ContainsFunc(before, func(o Fact) bool { return reflect.DeepEqual(o, f) }) {
			kept = append(kept, f)
		}
	}
	j.facts = kept
}

// ownFields is how many fields of ours come behind those of a block: its name,
// count, environment, and whether its folder is a root.
const ownFields = 4

// factName is what rules call a block by; empty for blocks that are no facts.
func factName(b *tfBlock) string {
	switch b.kind {
	case "resource":
		return strings.ToLower(b.label(0))
	case "data", "ephemeral", "provider":
		return b.kind + "." + strings.ToLower(b.label(0))
	case "terraform", "variable", "output", "locals", "check", "import", "moved", "removed":
		return b.kind
	}
	return ""
}

func (in *tfInstance) emit(b *tfBlock) {
	if b.kind == "module" {
		in.emitCall(b)
		return
	}
	name := factName(b)
	if name == "" {
		return
	}
	in.emitEnvironments(b)
	each, n := in.elements(b)
	from := len(in.j.facts)
	for i, e := range each {
		at := len(in.j.facts)
		in.emitOne(b, name, e.scope, n)
		if i > 0 {
			in.j.dropRepeated(from, at)
		}
	}
}

// emitOne adds the fact of a block, or of one element of its for_each.
func (in *tfInstance) emitOne(b *tfBlock, name string, scope *hclScope, n tfRepeat) {
	v := Value{Kind: Map, Start: b.start, End: b.end, Fields: in.members(b, scope, in.j.asked(name))}
	if label := b.label(len(b.labels) - 1); len(b.labels) > 0 {
		v.Fields = append(v.Fields, Field{"_name", at(Str(label), b.start)})
	}
	if n.count >= 0 {
		v.Fields = append(v.Fields, Field{"_count", at(Num(n.count), b.start)})
	}
	in.add(b, name, v, n.maybe)
	if b.kind == "terraform" {
		in.emitBackend(b, scope)
	}
}

// members are what a block says of itself, as far as it is asked for.
func (in *tfInstance) members(b *tfBlock, scope *hclScope, asked Asked) []Field {
	left := func(skip func(string) bool) func(string) bool {
		return func(name string) bool { return skip(name) || !asked.has(name) }
	}
	switch {
	case b.body() == nil:
		fields := placed(scope.json(b.json), b.start, b.end).Fields
		return slices.DeleteFunc(fields, func(f Field) bool { return !asked.has(f.Key) || b.kind == "module" && moduleMeta(f.Key) })
	case b.kind == "variable":
		return in.variableFields(b, scope, asked)
	case b.kind == "locals":
		return in.localFields(b, asked)
	case b.kind == "moved" || b.kind == "removed" || b.kind == "import":
		return slices.DeleteFunc(scope.wordFields(b.body()), func(f Field) bool { return !asked.has(f.Key) })
	case b.kind == "module":
		return scope.bodyFields(b.body(), left(moduleMeta), ownFields+2)
	}
	return scope.bodyFields(b.body(), left(repeatAttribute), ownFields)
}

func at(v Value, line int) Value {
	v.Start, v.End = line, line
	return v
}

func repeatAttribute(name string) bool { return name == "count" || name == "for_each" }

// add appends a fact of the block, with what is said of every block.
func (in *tfInstance) add(b *tfBlock, name string, v Value, maybe bool) {
	v.Fields = append(v.Fields, Field{"_root", at(Boolean(in.mod.root), b.start)})
	if in.env != "" {
		v.Fields = append(v.Fields, Field{"_env", at(Str(in.env), b.start)})
	}
	if account := accountOfBlock(name, v); account.Kind != Absent {
		v.Fields = append(v.Fields, Field{"_account", account})
	}
	hint := in.mod.hint
	if hint == "" && (maybe || in.maybe) {
		hint = hintMaybe
	}
	group := in.group
	if group == "" {
		group = in.mod.dir
	}
	in.j.facts = append(in.j.facts, Fact{Kind: Terraform, Name: name, Path: b.file.path, Start: v.Start, End: v.End,
		Value: v, Hint: hint, Group: group})
}

// variableFields are a variable's settings; its type is shown as written.
func (in *tfInstance) variableFields(b *tfBlock, scope *hclScope, asked Asked) []Field {
	rest := scope.bodyFields(b.body(), func(name string) bool { return name == "type" || !asked.has(name) }, ownFields+1)
	t := b.body().Attributes["type"]
	if t == nil || !asked.has("type") {
		return rest
	}
	return slices.Insert(rest, 0, Field{"type", placed(scope.source(t.Expr), t.SrcRange.Start.Line, t.SrcRange.End.Line)})
}

func (s *hclScope) source(x hclsyntax.Expression) Value {
	r := x.Range()
	return Value{Kind: String, Text: hclSource(s.text, r), Start: r.Start.Line, End: r.End.Line}
}

func (in *tfInstance) localFields(b *tfBlock, asked Asked) []Field {
	scope := in.scope(b.file)
	attributes := sortedAttributes(b.body(), func(name string) bool { return !asked.has(name) })
	out := make([]Field, 0, len(attributes)+ownFields)
	for _, a := range attributes {
		out = append(out, Field{a.Name, scope.attribute(a)})
	}
	return out
}

func (s *hclScope) wordFields(b *hclsyntax.Body) []Field {
	fields := s.bodyFields(b, func(name string) bool {
		return repeatAttribute(name) || name == "to" || name == "from"
	}, ownFields)
	for _, a := range sortedAttributes(b, nil) {
		if a.Name == "to" || a.Name == "from" {
			fields = append(fields, Field{a.Name, placed(s.source(a.Expr), a.SrcRange.Start.Line, a.SrcRange.End.Line)})
		}
	}
	return fields
}

// emitCall adds a fact for a call of a module: its arguments, and where the
// module comes from.
func (in *tfInstance) emitCall(b *tfBlock) {
	each, n := in.elements(b)
	from := len(in.j.facts)
	for i, e := range each {
		at, of := len(in.j.facts), *in
		if env := environmentOf(e.key); env != "" {
			of.env = env
		}
		of.emitOneCall(b, e.scope, n)
		if i > 0 {
			in.j.dropRepeated(from, at)
		}
	}
}

func (in *tfInstance) emitOneCall(b *tfBlock, scope *hclScope, n tfRepeat) {
	source := b.literal("source")
	if source == "" {
		source = "?"
	}
	name, version := moduleSource(in.mod.dir, source)
	if dir := path.Join(in.mod.dir, source); besideCaller(source) && in.j.modules[dir] == nil {
		name = fetchedModule + strings.ToLower(dir)
	}
	if written := b.literal("version"); written != "" {
		version = written
	}
	name = "module:" + name
	asked, kinds := in.j.asked(name), []*tfMade(nil)
	if in.j.called(in.mod, b) == nil {
		kinds = kindsMade(name)
	}
	if len(kinds) > 0 {
		asked = nil
	}
	v := Value{Kind: Map, Start: b.start, End: b.end, Fields: in.members(b, scope, asked)}
	v = moduleFields(v, b.label(0), source, version, n.count)
	in.add(b, name, in.askedOnly(name, v), n.maybe)
	in.emitMade(b, kinds, v, n.maybe)
}

// fetchedModule is where a module comes from that the code calls by a path, but
// that is not in the tree: something brings it from another repository first.
const fetchedModule = "git-fetched/"

func moduleFields(v Value, label, source, version string, count int) Value {
	v.Fields = append(v.Fields, Field{"_name", at(Str(label), v.Start)}, Field{"_source", at(Str(source), v.Start)})
	if version != "" {
		v.Fields = append(v.Fields, Field{"_version", at(Str(version), v.Start)})
	}
	if count >= 0 {
		v.Fields = append(v.Fields, Field{"_count", at(Num(count), v.Start)})
	}
	return v
}

// emitBackend adds a fact for each backend and cloud block.
func (in *tfInstance) emitBackend(b *tfBlock, scope *hclScope) {
	if b.body() == nil {
		for _, f := range b.json.Get("backend").Fields {
			v := placed(scope.json(f.Value), b.start, b.end)
			in.add(b, "backend."+strings.ToLower(f.Key), v, false)
		}
		return
	}
	for _, nested := range b.body().Blocks {
		name := "backend.cloud"
		if nested.Type == "backend" && len(nested.Labels) == 1 {
			name = "backend." + strings.ToLower(nested.Labels[0])
		} else if nested.Type != "cloud" {
			continue
		}
		in.add(b, name, scope.nestedBody(nested, nested.Body, nil), false)
	}
}
