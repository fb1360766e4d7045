package facts

import (
	"path"
	"strings"
)

// bicepCall is one call of a file, with what its parameters are.
type bicepCall struct {
	file  *bicepFile
	given map[string]Value
	hint  string
	root  string
	depth int
}

// maxBicepDepth bounds modules that call modules.
const maxBicepDepth = 12

const hintBicepCondition = "depends on a condition that is not known"

func (j *bicepJoin) template(c bicepCall) {
	if c.depth > maxBicepDepth || j.left < 0 {
		return
	}
	scope := newBicepScope(c.file.statements, c.given, &j.left)
	for _, s := range c.file.statements {
		switch s.word {
		case "resource":
			j.resource(c, scope, s, "")
		case "module":
			j.module(c, scope, s)
		}
	}
}

// made is the body of a resource or module, for the first of a loop, and how
// many there are of it: 0 where that is not known. It is false where there is
// none at all.
func (s *bicepScope) made(body bicepExpr) (in *bicepScope, x bicepExpr, hint string, count int, ok bool) {
	in, x, count = s, body, 1
	if x.op == "for" {
		list := s.value(x.parts[0])
		item := Value{Kind: Unknown, Text: x.text}
		switch {
		case list.Kind == List && len(list.Items) == 0:
			return in, x, "", 0, false
		case list.Kind == List:
			item, count = list.Items[0], len(list.Items)
		default:
			count = 0
		}
		in, x = s.with(x.text, item), x.parts[1]
	}
	if x.op == "if" {
		switch in.truth(x.parts[0]) {
		case no:
			return in, x, "", 0, false
		case maybe:
			hint = hintBicepCondition
		}
		x = x.parts[1]
	}
	return in, x, hint, count, true
}

func (j *bicepJoin) resource(c bicepCall, scope *bicepScope, s bicepStatement, above string) {
	if s.body == nil {
		return
	}
	kind, _, _ := strings.Cut(s.of, "@")
	kind = strings.ToLower(kind)
	if above != "" && kind != "" {
		kind = above + "/" + kind
	}
	in, body, hint, count, ok := scope.made(*s.body)
	if !ok || kind == "" {
		return
	}
	if !s.existing {
		j.fact(c, in, s, kind, body, hint, count)
	}
	for _, inner := range body.inside {
		if inner.word == "resource" {
			j.resource(c, in, inner, kind)
		}
	}
}

func (j *bicepJoin) fact(c bicepCall, in *bicepScope, s bicepStatement, name string, body bicepExpr, hint string, count int) {
	if j.area(c.root)&^j.area(c.file.path) != 0 {
		return // an example's call of a module says nothing of the module
	}
	v := in.value(body)
	if v.Kind != Map {
		v = Value{Kind: Map, Start: s.start, End: s.end}
	}
	v.Fields = append(v.Fields[:len(v.Fields):len(v.Fields)], Field{"_name", Str(s.name)})
	if count != 1 {
		n := Num(count)
		if count == 0 {
			n = Value{Kind: Unknown, Text: s.name}
		}
		v.Fields = append(v.Fields, Field{"_count", n})
	}
	if env := environmentOfPath(c.root); env != "" {
		v.Fields = append(v.Fields, Field{"_env", Str(env)})
	}
	if c.hint != "" {
		hint = c.hint
	}
	j.out = append(j.out, Fact{Kind: Bicep, Name: name, Path: c.file.path, Start: s.start, End: s.end, Value: v, Hint: hint, Group: c.root})
}

// module goes on into a module of this repository; of one in a registry what it
// is given is the fact.
func (j *bicepJoin) module(c bicepCall, scope *bicepScope, s bicepStatement) {
	if s.body == nil {
		return
	}
	in, body, hint, count, ok := scope.made(*s.body)
	if !ok {
		return
	}
	params := bicepExpr{op: "object", start: s.start, end: s.end}
	for _, m := range body.members {
		if m.key.value.Text == "params" {
			params = m.value
		}
	}
	if registry, version, ok := strings.Cut(s.of, ":"); ok && version != "" {
		j.fact(c, in, s, "module:"+registryModule(registry, version), params, hint, count)
		return
	}
	f := j.files[path.Join(path.Dir(c.file.path), s.of)]
	if f == nil {
		return
	}
	given := map[string]Value{}
	for _, field := range in.value(params).Fields {
		given[field.Key] = field.Value
	}
	if c.hint != "" {
		hint = c.hint
	}
	j.template(bicepCall{file: f, given: given, hint: hint, root: c.root, depth: c.depth + 1})
}

// registryModule is the name of a module in a registry: avm/res/web/site of
// br/public:avm/res/web/site:0.15.0.
func registryModule(registry, rest string) string {
	name, _, _ := strings.Cut(rest, ":")
	if registry == "br" {
		name = strings.TrimPrefix(name, "mcr.microsoft.com/bicep/")
	}
	return strings.ToLower(name)
}
