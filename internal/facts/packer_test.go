package facts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Each archive is a folder of templates; "want" has a line for each fact.
func TestPacker(t *testing.T) {
	for _, file := range []string{"hcl", "json", "template"} {
		t.Run(file, func(t *testing.T) {
			a, err := txtar.ParseFile("testdata/packer/" + file + ".txtar")
			if err != nil {
				t.Fatal(err)
			}
			var parsed []packerFile
			var found []Fact
			var want string
			for _, f := range a.Files {
				switch {
				case f.Name == "want":
					want = string(f.Data)
				case isPackerPath(f.Name):
					p, warnings := readPacker(f.Name, f.Data)
					if len(warnings) > 0 {
						t.Errorf("warnings: %v", warnings)
					}
					parsed = append(parsed, p)
				default:
					facts, _ := readPackerTemplate(f.Name, f.Data)
					found = append(found, facts...)
				}
			}
			var lines []string
			for _, f := range append(found, joinPacker(parsed)...) {
				lines = append(lines, hclFactLine(f))
			}
			got := strings.Join(lines, "\n")
			if diff := cmp.Diff(strings.TrimSpace(want), got); diff != "" {
				t.Errorf("facts (-want +got):\n%s\ngot:\n%s", diff, got)
			}
		})
	}
}
