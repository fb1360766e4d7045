package facts

import (
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
