package facts

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// readCloudFormation gives one fact per resource of a CloudFormation or SAM
// template, its properties after parameters' defaults, mappings, conditions
// and globals. Other files give nothing.
func readCloudFormation(path string, docs []*yaml.Node) []Fact {
	var out []Fact
	for _, doc := range docs {
		if isTemplate(doc) {
			out = append(out, templateFacts(path, (&nodeReader{tagged: shortForm}).value(doc), nil)...)
		}
	}
	return out
}

// isTemplate knows a template by what it says: its version, or a resource
// whose type is one that CloudFormation makes.
func isTemplate(doc *yaml.Node) bool {
	resources := nodeGet(doc, "Resources")
	if resources == nil || resources.Kind != yaml.MappingNode {
		return false
	}
	if nodeGet(doc, "AWSTemplateFormatVersion") != nil {
		return true
	}
	for i := 1; i < len(resources.Content); i += 2 {
		if isResourceType(nodeText(resources.Content[i], "Type")) {
			return true
		}
	}
	return false
}

func isResourceType(name string) bool {
	for _, prefix := range []string{"AWS::", "Alexa::", "Custom::"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// shortForm turns `!Sub x` into `Fn::Sub: x`, so that both forms are resolved
// by the same code.
func shortForm(r *nodeReader, n *yaml.Node) (Value, bool) {
	name := strings.TrimPrefix(n.Tag, "!")
	switch name {
	case "Ref", "Condition":
	case "GetAtt", "Sub", "If", "FindInMap", "Join", "Select", "Split", "Equals", "And", "Or", "Not", "GetAZs",
		"Base64", "ImportValue", "Transform", "Cidr", "ToJsonString", "Length", "GetStackOutput":
		name = "Fn::" + name
	default:
		return Value{}, false
	}
	v := r.plain(n)
	if n.Kind == yaml.ScalarNode {
		v.Kind, v.Text = String, n.Value
	}
	return Value{Kind: Map, Start: v.Start, End: v.End, Fields: []Field{{name, v}}}, true
}

// templateFacts reads one template, given with every function in long form,
// and what is known of the parameters it is deployed with.
func templateFacts(file string, t Value, given map[string]string) []Fact {
	e := newStackEvaluator(t, given)
	var out []Fact
	for _, r := range t.Get("Resources").Fields {
		if strings.HasPrefix(r.Key, "Fn::ForEach::") && len(r.Value.Items) == 3 {
			for _, looped := range r.Value.Items[2].Fields {
				out = e.resource(file, looped, out)
			}
			continue
		}
		out = e.resource(file, r, out)
	}
	for _, p := range t.Get("Parameters").Fields {
		if p.Value.Kind == Map {
			f := Fact{Kind: CloudFormation, Name: "parameter", Path: file, Start: p.Value.Start, End: p.Value.End}
			f.Value = p.Value.With("_name", Str(p.Key))
			out = append(out, f)
		}
	}
	return out
}

func (e *stackEvaluator) resource(file string, r Field, out []Fact) []Fact {
	kind := r.Value.Get("Type").Text
	if r.Value.Kind != Map || kind == "" {
		return out
	}
	f := Fact{Kind: CloudFormation, Name: strings.ToLower(kind), Path: file, Start: r.Value.Start, End: r.Value.End}
	if condition := r.Value.Get("Condition"); condition.Kind == String {
		switch e.condition(condition.Text) {
		case no:
			return out
		case maybe:
			f.Hint = "depends on a condition whose parameters have no default: " + condition.Text
		}
	} else if condition.Kind == Unknown {
		f.Hint = "depends on a condition that is not known"
	}
	v := e.resolve(e.withGlobals(kind, r.Value.Get("Properties")), 0)
	if v.Kind != Map {
		if v.Kind == Unknown && f.Hint == "" {
			f.Hint = "its properties are not known"
		}
		v = Value{Kind: Map, Start: r.Value.Start, End: r.Value.End}
	}
	v.Fields = append(v.Fields[:len(v.Fields):len(v.Fields)], Field{"_name", Str(r.Key)})
	for _, a := range []struct{ from, to string }{
		{"DeletionPolicy", "_deletion_policy"}, {"UpdateReplacePolicy", "_update_replace_policy"},
		{"UpdatePolicy", "_update_policy"}, {"CreationPolicy", "_creation_policy"}, {"Metadata", "_metadata"},
	} {
		if m := r.Value.Get(a.from); m.Kind != Absent {
			v.Fields = append(v.Fields, Field{a.to, e.resolve(m, 0)})
		}
	}
	if env := environmentOfPath(file); env != "" {
		v.Fields = append(v.Fields, Field{"_env", Str(env)})
	}
	f.Value = v
	return append(out, f)
}

// withGlobals adds what SAM's Globals say about a kind of resource: maps are
// merged, lists appended, and what the resource says itself wins.
func (e *stackEvaluator) withGlobals(kind string, own Value) Value {
	section, ok := strings.CutPrefix(kind, "AWS::Serverless::")
	if !ok {
		return own
	}
	globals := e.template.Get("Globals").Get(section)
	if globals.Kind != Map {
		return own
	}
	if own.Kind != Map {
		return globals
	}
	return e.mergeGlobals(globals, own)
}

func (e *stackEvaluator) mergeGlobals(global, own Value) Value {
	switch {
	case global.Kind == Map && own.Kind == Map:
		if _, isFunction := intrinsic(own); isFunction {
			return own
		}
		out := Value{Kind: Map, Start: own.Start, End: own.End}
		for _, f := range global.Fields {
			if e.spend(1); own.Get(f.Key).Kind == Absent {
				out.Fields = append(out.Fields, f)
			}
		}
		for _, f := range own.Fields {
			f.Value = e.mergeGlobals(global.Get(f.Key), f.Value)
			out.Fields = append(out.Fields, f)
		}
		return out
	case global.Kind == List && own.Kind == List && e.spend(len(global.Items)):
		own.Items = append(global.Items[:len(global.Items):len(global.Items)], own.Items...)
	}
	return own
}
