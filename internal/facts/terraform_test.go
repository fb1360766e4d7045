package facts

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// readTerraformFiles reads a small repository: its code, and beside it the
// files that the code may read.
func readTerraformFiles(files map[string]string, roots ...string) ([]Fact, []Warning) {
	paths := make([]string, 0, len(files))
	for p := range files {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	var parsed []terraformFile
	var warnings []Warning
	for _, p := range paths {
		if terraformRoleOf(p) == notTerraform {
			continue
		}
		f, w := readTerraform(p, []byte(files[p]))
		parsed, warnings = append(parsed, f), append(warnings, w...)
	}
	found, more := joinTerraform(parsed, terraformContext{
		roots: roots,
		area: func(p string) Area {
			if strings.HasPrefix(p, "examples/") {
				return AreaExample
			}
			return 0
		},
		text: func(p string) ([]byte, bool) { s, ok := files[p]; return []byte(s), ok },
	})
	return found, append(warnings, more...)
}

// hclLine renders a value in one line: strings bare, an Unknown as ?source.
func hclLine(v Value) string {
	switch v.Kind {
	case Absent:
		return "ABSENT"
	case Null:
		return "null"
	case Unknown:
		return "?" + strings.Join(strings.Fields(v.Text), " ")
	case List:
		items := make([]string, len(v.Items))
		for i, item := range v.Items {
			items[i] = hclLine(item)
		}
		return "[" + strings.Join(items, " ") + "]"
	case Map:
		fields := make([]string, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = f.Key + ":" + hclLine(f.Value)
		}
		return "{" + strings.Join(fields, " ") + "}"
	}
	return strings.ReplaceAll(v.Text, "\n", `\n`)
}

func hclFactLine(f Fact) string {
	s := fmt.Sprintf("%s %s:%d-%d %s", f.Name, f.Path, f.Start, f.End, hclLine(f.Value))
	if f.Hint != "" {
		s += " // " + f.Hint
	}
	return s
}

// Each archive of testdata/terraform is a repository; "want" has a line for
// each fact and warning, "only" (optional) the names of the facts to show.
func TestTerraformRepositories(t *testing.T) {
	archives, err := filepath.Glob("testdata/terraform/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, want, only, roots := map[string]string{}, "", "", []string(nil)
			for _, f := range a.Files {
				switch f.Name {
				case "want":
					want = string(f.Data)
				case "only":
					only = string(f.Data)
				case "roots":
					roots = strings.Fields(string(f.Data))
				default:
					files[f.Name] = string(f.Data)
				}
			}
			got := terraformReport(files, roots, strings.Fields(only))
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
				t.Errorf("facts (-want +got):\n%s\ngot:\n%s", diff, got)
			}
		})
	}
}

func terraformReport(files map[string]string, roots, only []string) string {
	found, warnings := readTerraformFiles(files, roots...)
	var b strings.Builder
	for _, f := range found {
		shown := len(only) == 0
		for _, name := range only {
			shown = shown || strings.HasPrefix(f.Name, name)
		}
		if shown {
			b.WriteString(hclFactLine(f) + "\n")
		}
	}
	for _, w := range warnings {
		fmt.Fprintf(&b, "warning %s:%d %s\n", w.Path, w.Line, w.Message)
	}
	return b.String()
}
