package facts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Each archive is a repository; "want" has a line for each fact.
func TestBicep(t *testing.T) {
	for _, file := range []string{"bicep", "json"} {
		t.Run(file, func(t *testing.T) {
			a, err := txtar.ParseFile("testdata/bicep/" + file + ".txtar")
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			var want string
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
				} else {
					files[f.Name] = string(f.Data)
				}
			}
			all, err := Read(t.Context(), memTree(files), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, f := range all.All {
				if f.Kind == Bicep {
					lines = append(lines, hclFactLine(f))
				}
			}
			got := strings.Join(lines, "\n")
			if diff := cmp.Diff(strings.TrimSpace(want), got); diff != "" {
				t.Errorf("facts (-want +got):\n%s\ngot:\n%s", diff, got)
			}
		})
	}
}

// Values that double with each line come to an end.
func TestBicepBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("var a0 = ['x']\nvar t0 = 'xxxxxxxx'\n")
	for i := range 60 {
		n, m := Num(i).Text, Num(i+1).Text
		b.WriteString("var a" + m + " = concat(a" + n + ", a" + n + ")\nvar t" + m + " = '${t" + n + "}${t" + n + "}'\n")
	}
	b.WriteString("resource x 'Microsoft.Web/sites@2022' = {\n  a: a60\n  t: t60\n}\nresource y 'Microsoft.Web/sites@2022' = {\n  " + strings.Repeat("!", 5000) + "}\n")
	b.WriteString("var deep = " + strings.Repeat("a ? b : ", 20000) + "c\nmodule self 'main.bicep' = {}\n")
	if _, err := Read(t.Context(), memTree(map[string]string{"main.bicep": b.String()}), Options{}); err != nil {
		t.Fatal(err)
	}
}

// A file may end anywhere.
func TestBicepCutShort(t *testing.T) {
	a, err := txtar.ParseFile("testdata/bicep/bicep.txtar")
	if err != nil {
		t.Fatal(err)
	}
	text := string(a.Files[0].Data)
	for i := range text {
		for _, end := range [...]string{"", "(", "'", "${", "[for x", "=>"} {
			parseBicep(text[:i] + end)
		}
	}
}
