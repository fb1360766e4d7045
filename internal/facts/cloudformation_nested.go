package facts

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
)

// nestsStack knows what takes in another template.
func nestsStack(k Kind, name string) bool {
	return k == CloudFormation && (name == "aws::cloudformation::stack" || name == "aws::serverless::application")
}

// nestedStack is a stack within a template.
type nestedStack struct {
	file       string // where it stands
	template   string // what it makes, if that lies in this repository
	parameters []Field
}

// nestedGivens is what stacks give the parameters of the templates that they
// nest.
func (r *reader) nestedGivens(ctx context.Context, all []Fact) ([]stackGiven, error) {
	var stacks []nestedStack
	templates := map[[2]string]string{} // by the file and the name in it
	for i := range all {
		if f := &all[i]; nestsStack(f.Kind, f.Name) {
			s := nestedStack{file: f.Path, parameters: f.Value.Get("Parameters").Fields}
			s.template = r.nestedTemplate(firstOf(f.Value.Get("TemplateURL"), f.Value.Get("Location")).Text, f.Path)
			templates[[2]string{f.Path, f.Value.Get("_name").Text}] = s.template
			stacks = append(stacks, s)
		}
	}
	outputs, err := r.stackOutputs(ctx, stacks)
	var out []stackGiven
	for _, s := range stacks {
		g := stackGiven{template: s.template}
		for _, p := range s.parameters {
			text, known := nestedValue(p.Value)
			if stack, output, ok := strings.Cut(strings.TrimPrefix(text, "!GetAtt "), ".Outputs."); ok {
				if told, ok := outputs[templates[[2]string{s.file, stack}]][output]; ok {
					text = told
				}
			}
			g.set(p.Key, text, known)
		}
		if g.template != "" && g.template != s.file && len(g.values) > 0 {
			out = append(out, g)
		}
	}
	return out, err
}

// stackOutputs is what the templates of nested stacks tell those beside them, by
// template and name.
func (r *reader) stackOutputs(ctx context.Context, stacks []nestedStack) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for _, s := range stacks {
		if s.template != "" {
			out[s.template] = map[string]string{}
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	err := r.tree.Text(ctx, slices.Sorted(maps.Keys(out)), func(p string, text []byte, err error) {
		if err != nil || len(text) > maxText {
			return
		}
		docs, _ := yamlDocuments(p, text)
		for _, doc := range docs {
			if !isTemplate(doc) {
				continue
			}
			t := (&nodeReader{tagged: shortForm}).value(doc)
			e := newStackEvaluator(t, nil)
			for _, o := range t.Get("Outputs").Fields {
				if told, known := nestedValue(e.resolve(o.Value.Get("Value"), 0)); known {
					out[p][o.Key] = told
				}
			}
		}
	})
	return out, err
}

// maxAddress is how long the address of a template can be in CloudFormation.
const maxAddress = 1024

// nestedTemplate is where the template lies that an address means: by as much
// of its end as there is here, from the top of the repository or beside the
// template that names it. The name alone has to lie beside it.
func (r *reader) nestedTemplate(address, beside string) string {
	if len(address) > maxAddress {
		return ""
	}
	if _, rest, ok := strings.Cut(address, "://"); ok {
		_, address, _ = strings.Cut(rest, "/")
	}
	address = strings.TrimLeft(address[strings.LastIndexByte(address, '}')+1:], "/")
	for more := address != ""; more; _, address, more = strings.Cut(address, "/") {
		if p := path.Join(path.Dir(beside), address); r.has(p) {
			return p
		}
		if strings.Contains(address, "/") && r.has(address) {
			return address
		}
	}
	return ""
}

// nestedValue is a value as a parameter takes it: lists are texts with commas.
func nestedValue(v Value) (text string, known bool) {
	if v.Kind != List {
		return v.Text, v.Kind == String || v.Kind == Number || v.Kind == Bool
	}
	words := make([]string, 0, len(v.Items))
	for _, item := range v.Items {
		if !literal(item) {
			return "", false
		}
		words = append(words, item.Text)
	}
	return strings.Join(words, ","), true
}
