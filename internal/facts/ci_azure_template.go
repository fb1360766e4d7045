package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// hintUncalledTemplate is why the steps of a template that no pipeline takes
// in may never run.
const hintUncalledTemplate = "nothing in this repository calls this template"

const (
	maxAzureDepth = 20      // templates within templates
	maxFilled     = 100_000 // values of the templates that one pipeline takes in
)

// isAzureTemplate takes the YAML files that may be a pipeline or be taken in by
// one: those named, or below folders named, after pipelines, templates or builds.
func isAzureTemplate(p place, _ *layout) bool {
	if !p.yaml() || isCI(p.path) || isWorkflow(p.path) {
		return false
	}
	if strings.Contains(strings.ToLower(p.base), "pipeline") {
		return true
	}
	return slices.ContainsFunc(strings.Split(strings.ToLower(p.dir), "/"), func(s string) bool {
		switch s {
		case "azure", "ci", "cd", "build", "eng", "ado", ".ado", "azdo", ".azdo", ".azure", "devops", ".devops":
			return true
		}
		return strings.Contains(s, "pipeline") || strings.Contains(s, "template")
	})
}

// readAzureTemplatePart reads a file that may be a part of an Azure pipeline;
// most are something else, which their first words tell.
func readAzureTemplatePart(in *source, out *found) {
	if !bytes.Contains(in.text, []byte("steps:")) && !bytes.Contains(in.text, []byte("jobs:")) && !bytes.Contains(in.text, []byte("stages:")) && !bytes.Contains(in.text, []byte("extends:")) || out.parts.ci != nil {
		return
	}
	docs, warnings := in.documents()
	if len(docs) != 1 || len(warnings) > 0 {
		return
	}
	top := nodeValue(docs[0])
	if !azureBody(top) {
		return
	}
	out.parts.ci = &parsedCI{path: in.path, system: "azure", tops: []Value{top}, loose: true}
}

// azureBody tells whether a document has the shape of a pipeline or of a part
// of one.
func azureBody(top Value) bool {
	if top.Kind != Map || top.Get("kind").Kind != Absent || top.Get("on").Kind != Absent || top.Get("runs").Kind != Absent {
		return false
	}
	return top.Get("steps").Kind == List || top.Get("jobs").Kind == List || top.Get("stages").Kind == List || top.Get("extends").Get("template").Kind == String
}

// azureFiles are the Azure pipelines of the repository and their templates.
type azureFiles map[string]*parsedCI

// expandAzure reads the Azure pipelines, their templates put in place. A
// template runs when the pipelines do that take it in, not by itself.
func expandAzure(all []parsedCI) []parsedCI {
	files := azureFiles{}
	called := map[string]bool{}
	for i := range all {
		if p := &all[i]; len(p.tops) > 0 && p.system == "azure" {
			files[p.path] = p
			for _, top := range p.tops {
				noteTemplates(top, p.path, called, 0)
			}
		}
	}
	for _, p := range files {
		for _, top := range p.tops {
			triggered := top.Get("trigger").Kind != Absent || top.Get("pr").Kind != Absent || len(top.Get("schedules").Items) > 0
			a := azure{files: files, file: p.path, runs: azureTriggers(top), left: maxFilled}
			switch {
			case triggered:
			case p.loose || called[p.path]:
				continue
			case strings.Contains(strings.ToLower(p.path), "template"):
				a.hint = hintUncalledTemplate
			}
			p.steps = append(p.steps, a.read(top)...)
		}
	}
	return all
}

// noteTemplates notes the files that a part of a pipeline takes in.
func noteTemplates(v Value, file string, called map[string]bool, depth int) {
	if depth > maxAzureDepth {
		return
	}
	if t := v.Get("template"); t.Kind == String {
		called[azureTemplate(file, t.Text)] = true
	}
	for _, f := range v.Fields {
		noteTemplates(f.Value, file, called, depth+1)
	}
	for _, item := range v.Items {
		noteTemplates(item, file, called, depth+1)
	}
}

// azureTemplate is the path that a file names a template by; empty for one of
// another repository.
func azureTemplate(file, name string) string {
	if name, at, ok := strings.Cut(name, "@"); ok && at != "self" {
		return ""
	} else if ok {
		return azureTemplate(file, name)
	}
	if strings.HasPrefix(name, "/") {
		return path.Clean(name[1:])
	}
	return path.Join(path.Dir(file), name)
}

// include puts a template of this repository in the place where v names it;
// false when there is none.
func (a *azure) include(v Value, in ciStep, depth int) bool {
	t := a.files[azureTemplate(a.file, v.Get("template").Text)]
	if t == nil || depth > maxAzureDepth {
		return false
	}
	if a.left--; a.left < 0 {
		return true
	}
	was := *a
	a.file = t.path
	if a.callEnd == 0 {
		a.callStart, a.callEnd = v.Start, v.End
	}
	for _, top := range t.tops {
		f := azureFill{given: azureParameters(top.Get("parameters"), v.Get("parameters")), left: a.left}
		filled := f.value(top, 0)
		a.left = f.left
		a.walk(filled, in, depth+1)
	}
	a.file, a.callStart, a.callEnd = was.file, was.callStart, was.callEnd
	return true
}

// azureParameters is what a template is given, over its defaults.
func azureParameters(declared, given Value) map[string]Value {
	out := map[string]Value{}
	for _, item := range declared.Items {
		if d := item.Get("default"); d.Kind != Absent {
			out["parameters."+item.Get("name").Text] = d
		}
	}
	for _, f := range declared.Fields {
		out["parameters."+f.Key] = f.Value
	}
	for _, f := range given.Fields {
		out["parameters."+f.Key] = f.Value
	}
	return out
}
