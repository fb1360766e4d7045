package facts

import (
	"path"
	"strings"
)

// stackGiven is what the parameters of a template are given where it is
// deployed.
type stackGiven struct {
	template string
	env      string
	values   map[string]string
	file     string // JSON that holds more of them
}

// stackTemplate is where the template lies that a name means: from the top of
// the repository, or beside the file that names it.
func (r *reader) stackTemplate(name, beside string) string {
	name = strings.TrimPrefix(withoutQuotes(name), "file://")
	for _, p := range [...]string{path.Clean(name), path.Join(path.Dir(beside), name)} {
		if name != "" && r.has(p) {
			return p
		}
	}
	return ""
}

// stackGivens is what commands and actions give the parameters of templates.
func (r *reader) stackGivens(all []Fact) []stackGiven {
	var out []stackGiven
	command := func(f *Fact, c Value, text string) {
		if !strings.HasPrefix(text, "aws ") && !strings.HasPrefix(text, "sam ") {
			return
		}
		if hint := madeHint(f, c); hint == hintPreviews || hint == hintBranches {
			return
		}
		beside := f.Path
		if via := c.Get("via").Text; via != "" {
			beside = via
		}
		if g, ok := r.stackCommand(text, beside, c); ok {
			g.env = madeFor(f, g.env)
			out = append(out, g)
		}
	}
	for i := range all {
		f := &all[i]
		switch f.Kind {
		case Workflow:
			for _, c := range f.Value.Get("commands").Items {
				command(f, c, c.Get("text").Text)
			}
			uses, _, _ := strings.Cut(strings.ToLower(f.Value.Get("uses").Text), "@")
			with := f.Value.Get("with")
			if t := r.stackTemplate(with.Get("template").Text, f.Path); t != "" && uses == "aws-actions/aws-cloudformation-github-deploy" && madeHint(f, with) != hintPreviews {
				g := stackGiven{template: t, env: madeFor(f, with.Get("name").Text)}
				g.add(strings.FieldsFunc(with.Get("parameter-overrides").Text, func(c rune) bool { return c == ',' || c == '\n' }))
				out = append(out, g)
			}
		case CI:
			command(f, f.Value, f.Value.Get("run").Text)
		}
	}
	return out
}

// stackCommand reads what deploys a template; the stack's name stands for its
// environment until more is known.
func (r *reader) stackCommand(text, beside string, at Value) (stackGiven, bool) {
	words := splitWords(text)
	in := parseFlags(words[1:], isAWSSwitch, true, at)
	var template Value
	switch {
	case words[0] == "sam" && in.runs("deploy"):
		template = firstOf(in.get("template-file"), in.get("template"), in.get("t"))
	case words[0] == "aws" && in.runs("cloudformation", "deploy"):
		template = in.get("template-file")
	case words[0] == "aws" && (in.runs("cloudformation", "create-stack") || in.runs("cloudformation", "update-stack") || in.runs("cloudformation", "create-change-set")):
		template = in.get("template-body")
	default:
		return stackGiven{}, false
	}
	g := stackGiven{template: r.stackTemplate(template.Text, beside), env: in.get("stack-name").Text}
	for _, v := range listed(firstOf(in.get("parameter-overrides"), in.get("parameters"))) {
		if file, ok := strings.CutPrefix(v.Text, "file://"); ok {
			g.file = r.stackTemplate(file, beside)
			continue
		}
		g.add([]string{v.Text})
	}
	return g, g.template != ""
}

// add reads Key=Value and ParameterKey=Key,ParameterValue=Value.
func (g *stackGiven) add(pairs []string) {
	for _, pair := range pairs {
		pair = strings.TrimSpace(withoutQuotes(strings.TrimSpace(pair)))
		if rest, ok := strings.CutPrefix(pair, "ParameterKey="); ok {
			pair = strings.Replace(rest, ",ParameterValue=", "=", 1)
		}
		key, value, ok := strings.Cut(pair, "=")
		g.set(key, value, ok)
	}
}

// set keeps a value that is known to the letter.
func (g *stackGiven) set(key, value string, ok bool) {
	value = withoutQuotes(value)
	if !ok || key == "" || strings.Contains(key, "$") || strings.ContainsAny(value, "$`") {
		return
	}
	if g.values == nil {
		g.values = map[string]string{}
	}
	g.values[key] = value
}

// addFile reads a file of parameters: a list of keys and values, a list of
// pairs, or a map, of which CodePipeline's lies below Parameters.
func (g *stackGiven) addFile(v Value) {
	if inner := v.Get("Parameters"); inner.Kind == Map {
		v = inner
	}
	for _, f := range v.Fields {
		g.set(f.Key, f.Value.Text, f.Value.Kind == String || f.Value.Kind == Number || f.Value.Kind == Bool)
	}
	for _, item := range v.Items {
		if item.Kind == String {
			g.add([]string{item.Text})
			continue
		}
		key, value := item.Get("ParameterKey"), item.Get("ParameterValue")
		g.set(key.Text, value.Text, value.Kind == String || value.Kind == Number || value.Kind == Bool)
	}
}
