package facts

import (
	"fmt"
	"testing"
)

func TestSamples(t *testing.T) {
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
	for _, c := range []struct {
		title  string
		folder int
		hint   bool
	}{
		{"# Kubernetes Engine Samples\n", 12, true},
		{"# Kubernetes Engine Samples\n", 3, false},
		{"# GKE Networking Recipes\n", 12, true},
		{"# Recipes API / Recipes Backend\n", 12, false},
		{"# A sample application of twelve services\n", 12, false},
		{"# Cluster examples\n", 10, true},
	} {
		files := map[string]string{"README.md": c.title, ".github/workflows/a.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n",
			"all.yaml": deployment}
		for i := range c.folder {
			files[fmt.Sprintf("s%d/README.md", i)] = "# One\n"
			files[fmt.Sprintf("s%d/k8s/all.yaml", i)] = deployment
		}
		got, err := Read(t.Context(), memTree(files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.All {
			if f.Kind == Kubernetes && (f.Hint != "") != (c.hint && f.Path != "all.yaml") || f.Kind == Workflow && f.Hint != "" {
				t.Errorf("%q, %d folders: %s has hint %q", c.title, c.folder, f.Path, f.Hint)
			}
		}
	}
}
