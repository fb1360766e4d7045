package facts

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestCIArchives(t *testing.T) {
	eachPipelineArchive(t, "testdata/ci", func(files []txtar.File) []Fact {
		facts, warnings := ciFacts(files)
		for _, w := range warnings {
			t.Errorf("%s:%d: %s", w.Path, w.Line, w.Message)
		}
		return facts
	})
}

func ciFacts(files []txtar.File) ([]Fact, []Warning) {
	var ps []parsedCI
	var ss []parsedScript
	var warnings []Warning
	for _, f := range files {
		if ciSystem(f.Name) == "" {
			var out found
			in := &source{path: f.Name, text: f.Data}
			if isConcourse(placeOf(f.Name), nil) {
				readConcoursePart(in, &out)
			}
			if isAzureTemplate(placeOf(f.Name), nil) {
				readAzureTemplatePart(in, &out)
			}
			if out.parts.ci != nil {
				ps = append(ps, *out.parts.ci)
			}
		}
		if ciSystem(f.Name) != "" {
			p, more := readCI(f.Name, f.Data)
			ps = append(ps, p)
			warnings = append(warnings, more...)
		}
		if scriptKind(f.Name) != "" {
			if s, ok := readScript(f.Name, f.Data); ok {
				ss = append(ss, s)
			}
		}
	}
	return joinCI(expandConcourse(expandAzure(ps), ss), ss), warnings
}

func TestTravisRunsWhatALanguageBrings(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"language: java\n", "mvn test -B"},
		{"language: java\nscript: [mvn compile]\n", "mvn compile"},
		{"language: java\njobs: {include: [{stage: lint, script: [make lint]}]}\n", "make lint"},
		{"language: go\n", ""},
		{"services: [docker]\n", ""},
	} {
		p, _ := readCI(".travis.yml", []byte(tc.text))
		var got []string
		for _, f := range joinCI([]parsedCI{p}, nil) {
			got = append(got, f.Value.Get("run").Text)
		}
		if strings.Join(got, "|") != tc.want {
			t.Errorf("%q runs %q, want %q", tc.text, got, tc.want)
		}
	}
}
