package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxBicepSteps bounds what evaluating the files of a whole repository takes.
const maxBicepSteps = 2_000_000

// bicepFile is one file of Bicep, or one that gives values to a template's
// parameters.
type bicepFile struct {
	path       string
	statements []bicepStatement
	values     map[string]Value // of main.parameters.json
	templates  []Value          // of a template in JSON
}

func isBicep(p place, _ *layout) bool { return p.ext == ".bicep" || p.ext == ".bicepparam" }

func isBicepValues(p place, _ *layout) bool {
	return p.ext == ".json" && strings.Contains(p.base, ".parameters.")
}

func readBicepPart(in *source, out *found) {
	out.parts.bicep = &bicepFile{path: in.path, statements: parseBicep(string(in.text))}
}

func readBicepValues(in *source, out *found) {
	docs, _ := in.documents()
	values := map[string]Value{}
	for _, doc := range docs {
		if p := nodeGet(doc, "parameters"); p != nil && p.Kind == yaml.MappingNode {
			for _, f := range nodeValue(p).Fields {
				values[f.Key] = azdValue(f.Value.Get("value"))
			}
		}
	}
	if len(values) > 0 {
		out.parts.bicep = &bicepFile{path: in.path, values: values}
	}
}

// azdValue is a value that the Azure Developer CLI fills in from variables: one
// with a default has that.
func azdValue(v Value) Value {
	if !strings.Contains(v.Text, "${") {
		return v
	}
	inner, ok := strings.CutPrefix(v.Text, "${")
	inner, also := strings.CutSuffix(inner, "}")
	if _, fallback, has := strings.Cut(inner, "="); ok && also && has {
		v.Text = fallback
		return v
	}
	v.Kind = Unknown
	return v
}

// bicepJoin turns the files of a repository into facts: each template that
// nothing calls is deployed, with the modules that it calls.
type bicepJoin struct {
	files  map[string]*bicepFile
	called map[string]bool
	given  map[string]map[string]Value // by the path of a template
	area   func(path string) Area
	left   int
	out    []Fact
}

func joinBicep(files []bicepFile, area func(path string) Area) []Fact {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b bicepFile) int { return cmp.Compare(a.path, b.path) })
	j := &bicepJoin{files: map[string]*bicepFile{}, called: map[string]bool{}, given: map[string]map[string]Value{}, area: area, left: maxBicepSteps}
	for i := range files {
		if strings.HasSuffix(files[i].path, ".bicep") || len(files[i].templates) > 0 {
			j.files[files[i].path] = &files[i]
		}
		for _, s := range files[i].statements {
			callee := path.Join(path.Dir(files[i].path), s.of)
			if s.word == "module" && area(files[i].path)&^area(callee) == 0 {
				j.called[callee] = true
			}
		}
	}
	for i := range files {
		j.values(&files[i])
	}
	for i := range files {
		f := &files[i]
		if strings.HasSuffix(f.path, ".bicep") && !j.called[f.path] {
			j.template(bicepCall{file: f, given: j.given[f.path], hint: j.apart(f.path), root: f.path})
		}
		for _, top := range f.templates {
			j.out = append(j.out, armFacts(f.path, top, j.given[f.path])...)
		}
	}
	return j.out
}

// values keeps what a file says of a template's parameters. Of several
// production's count; of others those that come first.
func (j *bicepJoin) values(f *bicepFile) {
	of, values := "", f.values
	if stem, _, ok := strings.Cut(f.path, ".parameters."); ok && values != nil {
		if of = stem + ".bicep"; j.files[of] == nil {
			of = stem + ".json"
		}
	}
	for _, s := range f.statements {
		if s.word == "using" && s.of != "" {
			of = path.Join(path.Dir(f.path), s.of)
		}
	}
	if of == "" || j.files[of] == nil {
		return
	}
	if values == nil {
		values = map[string]Value{}
		scope := newBicepScope(f.statements, nil, &j.left)
		for _, s := range f.statements {
			if s.word == "param" && s.body != nil {
				values[s.name] = scope.value(*s.body)
			}
		}
	}
	if j.given[of] == nil || environmentOf(path.Base(f.path)) == production {
		j.given[of] = values
	}
}

const hintUncalledBicep = "no template calls this module"

// apart says why a template that nothing calls is not known to be deployed:
// one that calls others lies beside it or above, or it lies among modules.
func (j *bicepJoin) apart(name string) string {
	if j.calls(name) {
		return ""
	}
	for _, folder := range strings.Split(path.Dir(name), "/") {
		switch strings.ToLower(folder) {
		case "core", "module", "modules", "shared", "lib":
			return hintUncalledBicep
		}
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if main := path.Join(dir, "main.bicep"); main != name && j.files[main] != nil && j.calls(main) && !j.called[main] {
			return hintUncalledBicep
		}
		if dir == "." {
			return ""
		}
	}
}

// calls tells whether a template calls other files.
func (j *bicepJoin) calls(name string) bool {
	return slices.ContainsFunc(j.files[name].statements, func(s bicepStatement) bool {
		return s.word == "module" && strings.HasSuffix(s.of, ".bicep")
	})
}
