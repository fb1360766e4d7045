package facts

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestAnsibleArchives(t *testing.T) {
	eachPipelineArchive(t, "testdata/ansible", func(files []txtar.File) []Fact {
		var out found
		for _, f := range files {
			readAnsible(&source{path: f.Name, text: f.Data}, &out)
		}
		for _, w := range out.warnings {
			t.Errorf("%s:%d: %s", w.Path, w.Line, w.Message)
		}
		return out.facts
	})
}
