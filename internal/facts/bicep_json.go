package facts

import (
	"bytes"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// armTemplate is one template of Azure Resource Manager in JSON, which is what
// Bicep is compiled to.
type armTemplate struct {
	scope *bicepScope
	path  string
	out   []Fact
}

func readARM(in *source, out *found) {
	if !bytes.Contains(in.text, []byte("eploymentTemplate.json")) {
		return
	}
	docs, _ := in.documents()
	for _, doc := range docs {
		if doc.Kind == yaml.MappingNode {
			top := nodeValue(doc)
			if len(top.Lookup("metadata._generator")) > 0 {
				continue // compiled from Bicep that lies beside it
			}
			if out.parts.bicep == nil {
				out.parts.bicep = &bicepFile{path: in.path}
			}
			out.parts.bicep.templates = append(out.parts.bicep.templates, top)
		}
	}
}

func armFacts(name string, top Value, given map[string]Value) []Fact {
	left := maxBicepSteps / 20
	t := &armTemplate{scope: armScope(top, given, &left), path: name}
	t.resources(top.Get("resources"), "")
	return t.out
}

// armScope is where the expressions of a template get their values from.
func armScope(top Value, given map[string]Value, left *int) *bicepScope {
	s := newBicepScope(nil, given, left)
	for _, f := range top.Get("parameters").Fields {
		if v := f.Value.Get("defaultValue"); v.Kind != Absent {
			x := armExpr(v, 0)
			s.names[f.Key] = &x
		}
		s.param[f.Key] = true
	}
	for _, f := range top.Get("variables").Fields {
		x := armExpr(f.Value, 0)
		s.names[f.Key] = &x
	}
	return s
}

// armExpr is a value whose texts in brackets are expressions.
func armExpr(v Value, depth int) bicepExpr {
	x := bicepExpr{value: v, start: v.Start, end: v.End}
	if depth > maxNesting {
		return x
	}
	switch {
	case v.Kind == Map:
		x.op = "object"
		for _, f := range v.Fields {
			key := armExpr(Str(f.Key), maxNesting)
			x.members = append(x.members, bicepMember{key, armExpr(f.Value, depth+1)})
		}
	case v.Kind == List:
		x.op = "list"
		for _, item := range v.Items {
			x.parts = append(x.parts, armExpr(item, depth+1))
		}
	case v.Kind == String && strings.HasPrefix(v.Text, "[") && !strings.HasPrefix(v.Text, "[[") && strings.HasSuffix(v.Text, "]"):
		p := &bicepParser{tokens: bicepTokens(v.Text[1 : len(v.Text)-1])}
		x = relined(p.expr(), v.Start)
	}
	return x
}

// relined puts an expression on the line of the text that it was read from.
func relined(x bicepExpr, line int) bicepExpr {
	x.start, x.end = line, line
	x.value.Start, x.value.End = line, line
	for i := range x.parts {
		x.parts[i] = relined(x.parts[i], line)
	}
	return x
}

func (t *armTemplate) resources(list Value, above string) {
	for _, r := range membersOf(list) {
		t.resource(r, above)
	}
	for _, f := range list.Fields { // by name, as newer templates have them
		if f.Value.Kind == Map {
			t.resource(f.Value, above)
		}
	}
}

func (t *armTemplate) resource(r Value, above string) {
	kind := strings.ToLower(r.Get("type").Text)
	if r.Kind != Map || kind == "" || r.Get("existing").Text == "true" {
		return
	}
	if above != "" && !strings.Contains(kind, ".") {
		kind = above + "/" + kind
	}
	f := Fact{Kind: Bicep, Name: kind, Path: t.path, Start: r.Start, End: r.End, Group: t.path}
	if c := r.Get("condition"); c.Kind != Absent {
		switch t.scope.truth(armExpr(c, 0)) {
		case no:
			return
		case maybe:
			f.Hint = hintBicepCondition
		}
	}
	if kind == "microsoft.resources/deployments" {
		if linked := r.Get("properties").Get("templateLink"); linked.Kind == Map {
			f.Name = "module:" + t.linked(linked)
			f.Value = t.given(r.Get("properties").Get("parameters"), r)
			t.out = append(t.out, f)
			return
		}
		t.nested(r.Get("properties"))
		return
	}
	if f.Value = t.scope.value(armExpr(r, 0)); f.Value.Kind != Map {
		return
	}
	if env := environmentOfPath(t.path); env != "" {
		f.Value.Fields = append(f.Value.Fields, Field{"_env", Str(env)})
	}
	t.out = append(t.out, f)
	t.resources(r.Get("resources"), kind)
}

// linked is the name of a template that is kept elsewhere, without what it ends
// in: that of its file, as far as the template says it.
func (t *armTemplate) linked(link Value) string {
	for _, key := range []string{"relativePath", "uri", "id"} {
		x := armExpr(link.Get(key), 0)
		v := t.scope.value(x)
		if last := len(x.parts) - 1; v.Kind == Unknown && x.op == "call" && last >= 0 { // concat(…, 'web/app.json')
			v = t.scope.value(x.parts[last])
		}
		if v.Kind == String && v.Text != "" {
			name, _, _ := strings.Cut(path.Base(v.Text), "?")
			return strings.ToLower(strings.TrimSuffix(name, ".json"))
		}
	}
	return "template"
}

// given is the values of a deployment's parameters.
func (t *armTemplate) given(parameters, at Value) Value {
	out := Value{Kind: Map, Start: at.Start, End: at.End}
	for _, p := range parameters.Fields {
		if v := p.Value.Get("value"); v.Kind != Absent {
			out.Fields = append(out.Fields, Field{p.Key, t.scope.value(armExpr(v, 0))})
		}
	}
	return out
}

// nested goes on into a template within the template. By itself it sees the
// names of the one around it; asked to, its own, which that one gives it.
func (t *armTemplate) nested(of Value) {
	template := of.Get("template")
	if of.Get("expressionEvaluationOptions").Get("scope").Text != "inner" {
		t.resources(template.Get("resources"), "")
		return
	}
	given := map[string]Value{}
	for _, p := range t.given(of.Get("parameters"), of).Fields {
		given[p.Key] = p.Value
	}
	around := t.scope
	t.scope = armScope(template, given, around.left)
	t.resources(template.Get("resources"), "")
	t.scope = around
}
