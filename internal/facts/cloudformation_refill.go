package facts

import (
	"context"
	"path"
	"slices"
	"strings"
)

// samConfig is a file of SAM's command line: what it deploys, by environment.
type samConfig struct {
	path string
	said Value
}

func isSAMConfig(p place, _ *layout) bool {
	return p.base == "samconfig.toml" || p.base == "samconfig.yaml" || p.base == "samconfig.yml"
}

func readSAMConfig(in *source, out *found) {
	if strings.HasSuffix(in.path, ".toml") {
		if v, _, err := tomlValue(in.text); err == nil {
			out.parts.sam = &samConfig{in.path, v}
		}
	} else if docs, _ := in.documents(); len(docs) > 0 {
		out.parts.sam = &samConfig{in.path, nodeValue(docs[0])}
	}
}

// samGivens is what such a file gives the parameters of templates. The one
// beside it is meant where it names none.
func (r *reader) samGivens(c samConfig) []stackGiven {
	var out []stackGiven
	for _, env := range c.said.Fields {
		option := func(names ...string) Value {
			for _, command := range [...]string{"deploy", "build", "global"} {
				for _, name := range names {
					if v := env.Value.Get(command).Get("parameters").Get(name); v.Kind != Absent {
						return v
					}
				}
			}
			return Value{}
		}
		g := stackGiven{env: environmentOf(env.Key)}
		if g.env == "" {
			g.env = environmentOf(option("stack_name").Text)
		}
		names := []string{"template.yaml", "template.yml", "template.json"}
		if named := option("template_file", "template"); named.Kind == String {
			names = []string{named.Text}
		}
		for _, name := range names {
			if p := path.Join(path.Dir(c.path), name); g.template == "" && r.has(p) {
				g.template = p
			}
		}
		switch v := option("parameter_overrides"); v.Kind {
		case String:
			g.add(splitWords(v.Text))
		case List:
			for _, item := range v.Items {
				g.add([]string{item.Text})
			}
		}
		if g.template != "" && len(g.values) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// refillStacks reads the templates anew that are deployed with parameters this
// repository tells of.
func (r *reader) refillStacks(ctx context.Context, all []Fact, configs []samConfig) ([]Fact, error) {
	byTemplate := map[string][]stackGiven{}
	givens, err := r.nestedGivens(ctx, all)
	if err != nil {
		return all, err
	}
	givens = append(givens, r.stackGivens(all)...)
	for _, c := range configs {
		givens = append(givens, r.samGivens(c)...)
	}
	if err := r.openParameters(ctx, givens); err != nil {
		return all, err
	}
	for _, g := range givens {
		byTemplate[g.template] = append(byTemplate[g.template], g)
	}
	var paths []string
	for t, of := range byTemplate {
		if len(givenTo(of)) > 0 && slices.ContainsFunc(all, func(f Fact) bool { return isOfTemplate(f, t) }) {
			paths = append(paths, t)
		}
	}
	if len(paths) == 0 {
		return all, nil
	}
	slices.Sort(paths)
	var filled []Fact
	anew := map[string]bool{}
	err = r.tree.Text(ctx, paths, func(p string, text []byte, err error) {
		if _, named := filledStem(p); err != nil || named || isFilled(text) || len(text) > maxText {
			return
		}
		var facts []Fact
		docs, _ := yamlDocuments(p, text)
		for _, doc := range docs {
			if isTemplate(doc) {
				facts = append(facts, templateFacts(p, (&nodeReader{tagged: shortForm}).value(doc), givenTo(byTemplate[p]))...)
			}
		}
		anew[p] = true
		filled = append(filled, facts...)
	})
	all = slices.DeleteFunc(all, func(f Fact) bool { return anew[f.Path] && isOfTemplate(f, f.Path) })
	return append(all, filled...), err
}

func isOfTemplate(f Fact, template string) bool {
	return f.Kind == CloudFormation && f.Path == template && !f.Made
}

// openParameters reads the files that hold parameters.
func (r *reader) openParameters(ctx context.Context, givens []stackGiven) error {
	var paths []string
	for _, g := range givens {
		if g.file != "" && !slices.Contains(paths, g.file) {
			paths = append(paths, g.file)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	slices.Sort(paths)
	return r.tree.Text(ctx, paths, func(p string, text []byte, err error) {
		docs, faults := yamlDocuments(p, text)
		if err != nil || len(text) > maxText || len(faults) > 0 || len(docs) == 0 {
			return
		}
		for i := range givens {
			if givens[i].file == p {
				givens[i].addFile(nodeValue(docs[0]))
			}
		}
	})
}

// givenTo is what production's deployment gives a template; where none is
// named for it, what those of no environment agree on.
func givenTo(of []stackGiven) map[string]string {
	out, differs := map[string]string{}, map[string]bool{}
	for _, g := range of {
		if g.env == production && len(g.values) > 0 {
			return g.values
		}
		if g.env != "" {
			continue
		}
		for key, value := range g.values {
			have, ok := out[key]
			differs[key] = differs[key] || ok && have != value
			out[key] = value
		}
	}
	for key := range differs {
		if differs[key] {
			delete(out, key)
		}
	}
	return out
}
