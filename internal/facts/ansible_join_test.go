package facts

import (
	"fmt"
	"strings"
	"testing"
)

func TestUnplayedRoles(t *testing.T) {
	roles := `
-- roles/web/tasks/main.yml --
- include_role: {name: acme.base}
-- roles/base/tasks/main.yml --
- apt: {name: curl}
-- roles/spare/tasks/main.yml --
- apt: {name: vim}
`
	for play, want := range map[string]string{
		"[web]":                    "spare",
		"[{role: web}, {role: x}]": "spare",
		"['{{ chosen }}']":         "",
	} {
		all, err := Read(t.Context(), memTree(archive("-- site.yml --\n- hosts: all\n  roles: "+play+"\n"+strings.TrimPrefix(roles, "\n"))), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range all.All {
			if f.Hint == hintUnplayed {
				got += f.Value.Get("_role").Text
			}
		}
		if got != want {
			t.Errorf("%s: hints in %q, want %q", play, got, want)
		}
	}
}

func TestPolicyCatalogue(t *testing.T) {
	for text, want := range map[string]bool{
		"": true,
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {}\n": false,
	} {
		files := map[string]string{"app.yaml": text}
		for i := range manyPolicies {
			files[fmt.Sprintf("pod/p%d.yaml", i)] = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {}\n"
		}
		all, err := Read(t.Context(), memTree(files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all.All {
			if f.Name == "clusterpolicy.kyverno.io" && (f.Hint != "") != want {
				t.Fatalf("%q: hint %q", text, f.Hint)
			}
		}
	}
}
