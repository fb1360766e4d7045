package facts

import (
	"bytes"
	"path"
	"strings"
)

// readPackerTemplate reads a template of Packer's older JSON form, known by its
// builders. JSON that is something else gives nothing.
func readPackerTemplate(name string, text []byte) ([]Fact, []Warning) {
	if !bytes.Contains(text, []byte(`"builders"`)) || len(text) > maxHCLText {
		return nil, nil
	}
	node, err := jsonDocument(cleanText(text))
	if err != nil {
		return nil, nil // it merely might have been one
	}
	doc := nodeValue(node)
	builders := doc.Get("builders")
	if builders.Kind != List || len(builders.Items) == 0 || builders.Items[0].Get("type").Kind != String {
		return nil, nil
	}
	t := packerTemplate{path: name, variables: doc.Get("variables")}
	provisioners := t.plugins("provisioner", doc.Get("provisioners"))
	processors := t.plugins("post-processor", doc.Get("post-processors"))
	var sources []string
	for _, b := range builders.Items {
		kind := strings.ToLower(b.Get("type").Text)
		label := b.Get("name").Text
		if label == "" {
			label = kind
		}
		sources = append(sources, kind+"."+label)
		v := t.fill(b, 0)
		v.Fields = append(v.Fields, packerCounts(b.Start, label, 1, len(provisioners))...)
		t.add("source:"+kind, v)
	}
	build := Value{Kind: Map, Start: builders.Start, End: builders.End}
	t.add("build", packerBuildFields(build, sources, provisioners, processors))
	return t.facts, nil
}

type packerTemplate struct {
	path      string
	variables Value
	facts     []Fact
}

func (t *packerTemplate) add(name string, v Value) {
	t.facts = append(t.facts, Fact{Kind: Packer, Name: name, Path: t.path, Start: v.Start, End: v.End, Value: v, Group: path.Dir(t.path)})
}

// plugins adds a fact for each provisioner or post-processor and returns their
// types. Post-processors may stand in lists of lists, or as bare names.
func (t *packerTemplate) plugins(kind string, list Value) []string {
	var types []string
	for _, p := range list.Items {
		switch {
		case p.Kind == List:
			types = append(types, t.plugins(kind, p)...)
		case p.Kind == String:
			types = append(types, p.Text)
			t.add(kind+":"+strings.ToLower(p.Text), Value{Kind: Map, Start: p.Start, End: p.End})
		case p.Get("type").Kind == String:
			types = append(types, p.Get("type").Text)
			t.add(kind+":"+strings.ToLower(p.Get("type").Text), t.fill(p, 0))
		}
	}
	return types
}

var packerUser = lazily("{{\\s*user\\s+[`\"]([^`\"]*)[`\"]\\s*}}")

// fill puts the template's own variables in; what else is computed, or comes
// from the environment, is unknown.
func (t *packerTemplate) fill(v Value, depth int) Value {
	for i := range v.Items {
		v.Items[i] = t.fill(v.Items[i], depth)
	}
	for i := range v.Fields {
		v.Fields[i].Value = t.fill(v.Fields[i].Value, depth)
	}
	if v.Kind != String || !strings.Contains(v.Text, "{{") {
		return v
	}
	text := packerUser().ReplaceAllStringFunc(v.Text, func(call string) string {
		name := packerUser().FindStringSubmatch(call)[1]
		if x := t.variables.Get(name); hclScalar(x) && !strings.Contains(x.Text, "{{") && x.Text != "" {
			return x.Text
		}
		return call
	})
	if strings.Contains(text, "{{") || len(text) > maxHCLString {
		v.Kind = Unknown
		return v
	}
	v.Text = text
	return v
}
