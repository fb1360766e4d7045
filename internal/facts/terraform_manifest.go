package facts

import (
	"slices"
	"strings"
)

// joinTerraformObjects gives the objects of Kubernetes that Terraform's blocks
// are handed: a map, or the text of YAML documents. What is filled in when it
// is applied stays unknown.
func joinTerraformObjects(all []Fact) []Fact {
	var out []Fact
	for i := range all {
		f := &all[i]
		if f.Kind != Terraform {
			continue
		}
		switch f.Name {
		case "kubernetes_manifest":
			out = append(out, heldObjects(f, f.Value.Get("manifest"))...)
		case "kubectl_manifest":
			for _, v := range manifestTexts(f.Value.Get("yaml_body")) {
				out = append(out, heldObjects(f, v)...)
			}
		}
	}
	return slices.Clip(out)
}

// holdsObjects tells whether Terraform hands the cluster objects by blocks of a
// name.
func holdsObjects(name string) bool {
	return name == "kubernetes_manifest" || name == "kubectl_manifest"
}

// heldObjects is the objects that a fact holds, one or a list, with what the
// fact says of itself.
func heldObjects(f *Fact, v Value) []Fact {
	var out []Fact
	for _, item := range v.Items[:min(len(v.Items), maxManifests)] {
		out = append(out, heldObjects(f, item)...)
	}
	if v.Kind != Map {
		return out
	}
	out = objectFacts(f.Path, v)
	for i := range out {
		o := &out[i]
		if o.Start < f.Start || o.Start > f.End || o.End > f.End { // written in another file
			o.Start, o.End = f.Start, f.End
		}
		o.Hint = f.Hint
		if env := f.Value.Get("_env"); env.Text != "" && o.Value.Get("_env").Kind == Absent {
			o.Value = o.Value.With("_env", env)
		}
	}
	return out
}

// manifestTexts is the documents of a text in YAML.
func manifestTexts(v Value) []Value {
	if v.Kind == Map {
		return []Value{v}
	}
	if v.Kind != String && v.Kind != Unknown || len(v.Text) > maxInline || !strings.Contains(v.Text, "kind:") {
		return nil
	}
	text := v.Text
	if strings.HasPrefix(text, "<<") { // as it is written: between its markers
		_, text, _ = strings.Cut(text, "\n")
		text = text[:max(strings.LastIndexByte(text, '\n'), 0)]
	}
	docs, _ := yamlDocuments("", []byte(text))
	var out []Value
	for _, d := range docs[:min(len(docs), maxManifests)] {
		out = append(out, mapped(shifted((&nodeReader{}).value(d), v.Start, v.End), func(x Value) Value {
			if x.Kind == String && strings.Contains(x.Text, "${") {
				x.Kind = Unknown
			}
			return x
		}))
	}
	return out
}
