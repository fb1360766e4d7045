package facts

import (
	"testing"
)

func TestWholeFolder(t *testing.T) {
	for _, c := range []struct {
		want  string
		paths []string
	}{
		{"shop-demo", []string{"README.md", ".github/workflows/ci.yml", "shop-demo/pom.xml", "shop-demo/orders/Dockerfile", "docs/site/package.json"}},
		{"sample-app", []string{"sample-app/package.json", ".devcontainer/Dockerfile", "pictures/a.png"}},
		{"", []string{"shop-demo/pom.xml", "infra/main.tf"}},
		{"", []string{"shop-demo/pom.xml", "package.json"}},
		{"", []string{"examples/pom.xml", "README.md"}},
		{"", []string{"demo/pom.xml", "README.md"}},
		{"", []string{"shop/pom.xml"}},
		{"", []string{"one-demo/pom.xml", "two-demo/pom.xml"}},
		{"", nil},
	} {
		files := map[string]string{}
		for _, p := range c.paths {
			files[p] = "x"
		}
		if got := wholeFolder(memTree(files).Files); got != c.want {
			t.Errorf("%q: %q, want %q", c.paths, got, c.want)
		}
	}
}

func TestAreaOfWholeFolder(t *testing.T) {
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
	files := map[string]string{"shop-demo/pom.xml": "<project/>", "shop-demo/k8s/all.yaml": deployment,
		"shop-demo/examples/all.yaml": deployment, "shop-demolition/all.yaml": deployment}
	got, err := Read(t.Context(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Area{"shop-demo/k8s/all.yaml": 0, "shop-demo/examples/all.yaml": AreaExample, "shop-demolition/all.yaml": 0}
	for _, f := range got.All {
		if area, ok := want[f.Path]; ok && f.Area != area {
			t.Errorf("%s lies in %v, want %v", f.Path, f.Area, area)
		}
	}
	if got := LeastArea("shop-demo/k8s/all.yaml"); got != 0 {
		t.Errorf("at least %v", got)
	}
	if got := LeastArea("shop-demo/test/all.yaml"); got != AreaTest {
		t.Errorf("a test lies at least in %v", got)
	}
}

func TestSoleDev(t *testing.T) {
	for _, c := range []struct {
		want  Area
		paths []string
	}{
		{AreaDev, []string{"dev/stack.yaml", "dev/setup.sh", "api/package.json"}},
		{0, []string{"dev/stack.yaml", "prod/stack.yaml"}},
		{0, []string{"dev/stack.yaml", "pre-prod/stack.yaml"}},
		{0, []string{"infra/dev/stack.yaml"}},
		{0, []string{"dev/main.tf"}},
		{0, []string{"dev/guides/design.md"}},
	} {
		files := map[string]string{}
		for _, p := range c.paths {
			files[p] = "x"
		}
		got, err := Read(t.Context(), memTree(files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.All {
			if f.Path == c.paths[0] && f.Area != c.want {
				t.Errorf("%q: %s lies in %v, want %v", c.paths, f.Path, f.Area, c.want)
			}
		}
	}
}

func TestAreaOfCarried(t *testing.T) {
	const bicep = "resource s 'Microsoft.Storage/storageAccounts@2023-01-01' = {\n  name: 's'\n}\n"
	files := map[string]string{"cli/resources/resources.go": "package resources\n", "cli/resources/minimal/main.bicep": bicep,
		"infra/resources/store/main.bicep": bicep, "cli/templates/main.go": "package main\n", "cli/templates/a/main.bicep": bicep,
		"pkg/gen/embeds.go": "package gen\n", "pkg/gen/templates/basic/main.bicep": bicep}
	got, err := Read(t.Context(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Area{"cli/resources/minimal/main.bicep": AreaTemplate, "infra/resources/store/main.bicep": 0, "cli/templates/a/main.bicep": 0,
		"pkg/gen/templates/basic/main.bicep": AreaTemplate}
	for _, f := range got.All {
		if area, ok := want[f.Path]; ok && f.Kind == Bicep && f.Area != area {
			t.Errorf("%s lies in %v, want %v", f.Path, f.Area, area)
		}
	}
}
