package facts

import (
	"strconv"
	"strings"
	"testing"
)

const filledDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: web
        image: acme/web:BLANK
        env:
        - {name: START, value: "echo ready\necho $HOME"}
`

// TestFilledManifests reads Kubernetes objects whose blanks something fills in.
func TestFilledManifests(t *testing.T) {
	for _, c := range []struct{ name, path, blank, image string }{
		{"sed", "k8s/web.tmpl", "__IMAGE_TAG__", "acme/web:{{ IMAGE_TAG }}"},
		{"envsubst", "k8s/web.yaml.tpl", "${TAG}", "acme/web:{{ TAG }}"},
		{"envsubst's short form", "k8s/web.yml.template", "$TAG", "acme/web:{{ TAG }}"},
		{"per cent", "k8s/web.yaml.in", "%TAG%", "acme/web:{{ TAG }}"},
		{"two per cent", "k8s/web.yaml.in", "%%TAG%%", "acme/web:{{ TAG }}"},
		{"autoconf", "k8s/web.yaml.in", "@TAG@", "acme/web:{{ TAG }}"},
		{"at signs", "k8s/web.yaml.in", "@@TAG@@", "acme/web:{{ TAG }}"},
		{"angle brackets", "k8s/web.yaml.envsubst", "<TAG>", "acme/web:{{ TAG }}"},
		{"Jinja", "k8s/web.yaml.j2", "{{ tag }}", "acme/web:{{ tag }}"},
		{"Go", "k8s/web.yaml.gotmpl", "{{ .Tag }}", "acme/web:{{ .Tag }}"},
		{"Mustache", "k8s/web.yaml.mustache", "{{tag}}", "acme/web:{{ tag }}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out found
			p := placeOf(c.path)
			if !isFilledManifest(p, newLayout(nil)) {
				t.Fatal("not claimed")
			}
			readFilledManifest(&source{path: c.path, text: []byte(strings.Replace(filledDeployment, "BLANK", c.blank, 1))}, &out)
			if len(out.facts) != 1 || out.facts[0].Hint != "" {
				t.Fatalf("%+v", out.facts)
			}
			container := out.facts[0].Value.Get("_pod").Get("containers").Items[0]
			image, start := container.Get("image"), container.Get("env").Items[0].Get("value")
			if image.Kind != Unknown || image.Text != c.image || image.Start != 11 {
				t.Errorf("image %v %q on line %d", image.Kind, image.Text, image.Start)
			}
			if start.Kind != String {
				t.Errorf("a program's own sign: %v %q", start.Kind, start.Text)
			}
		})
	}
}

// TestFilledParts tells what conditions and loops reach.
func TestFilledParts(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
	for _, c := range []struct{ name, text, want string }{
		{"a condition in one", filledDeployment + "---\n{% if public %}\n" + service + "{% endif %}\n", "deployment.apps 1  service. 16 hint"},
		{"a condition around two", "{{#if public}}\n" + service + "---\n" + filledDeployment + "{{/if}}\n", "service. 2 hint deployment.apps 6 hint"},
		{"what YAML can't begin with", "apiVersion: v1\nkind: Service\nmetadata: {name: @NAME@}\nspec:\n  type: %TYPE%\n", "service. 1 "},
		{"a condition within", "{{#if a}}\n# a\n{{/if}}\napiVersion: v1\nkind: Service\nspec:\n  {{#each b}}\n  - a\n  {{/each}}\n", "service. 4 "},
		{"a file within", "{% include 'a' %}\napiVersion: v1\nkind: Service\n", "service. 2 hint"},
		{"lines within", "apiVersion: v1\nkind: Service\nspec:\n  {{ toYaml .Spec }}\n", "service. 1 hint"},
		{"a number", "apiVersion: v1\nkind: Service\nspec:\n  port: {{PORT}}\n", "service. 1 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range filledObjects("web.yaml.j2", "web.yaml", []byte(c.text)) {
				hint := ""
				if f.Hint != "" {
					hint = "hint"
				}
				got = append(got, f.Name+" "+strconv.Itoa(f.Start)+" "+hint)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%q, want %q", s, c.want)
			}
		})
	}
}

// TestFilledValues tells what a condition holds from what is there in any case.
func TestFilledValues(t *testing.T) {
	facts := filledObjects("web.yaml.j2", "web.yaml", []byte("apiVersion: apps/v1\nkind: Deployment\nspec:\n{% if big %}\n  replicas: 3\n{% else %}\n  replicas: 1\n{% endif %}\n  paused: false\n"))
	if len(facts) != 1 || facts[0].Hint != "" {
		t.Fatalf("%+v", facts)
	}
	spec := facts[0].Value.Get("spec")
	if n, p := spec.Get("replicas"), spec.Get("paused"); n.Kind != Unknown || p.Kind != Bool || p.Start != 9 {
		t.Errorf("%+v %+v", n, p)
	}
}

// TestFilledElsewhere leaves alone what is none, or is another's.
func TestFilledElsewhere(t *testing.T) {
	l := newLayout([]File{{Path: "charts/web/Chart.yaml"}})
	for _, path := range []string{"charts/web/templates/_helpers.tpl", "charts/web/files/job.yaml.tmpl", "k8s/web.yaml", "k8s/web.yaml.tftpl", "src/config.in", ".github/x.yaml.tmpl"} {
		if isFilledManifest(placeOf(path), l) {
			t.Errorf("%s is claimed", path)
		}
	}
	var out found
	readFilledManifest(&source{path: "mail.tmpl", text: []byte("apiVersion: of {{ .Kind }}\nkind: regards\n")}, &out)
	if len(out.facts) > 0 || len(out.warnings) > 0 {
		t.Errorf("%d facts, %d warnings", len(out.facts), len(out.warnings))
	}
}

// TestUnfilled asks who fills such files in.
func TestUnfilled(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		hint  string
	}{
		{"nobody", nil, hintUnfilled},
		{"a workflow", map[string]string{".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: sed s/__TAG__/1/ k8s/web.tmpl | kubectl apply -f -\n"}, ""},
		{"of its neighbour", map[string]string{"k8s/api.tmpl": filledDeployment, ".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: sed s/__TAG__/1/ k8s/api.tmpl | kubectl apply -f -\n"}, ""},
		{"of all in the folder", map[string]string{"deploy.sh": "#!/bin/sh\nfor f in k8s/*; do envsubst < $f | kubectl apply -f -; done\n"}, ""},
		{"an action", map[string]string{".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: nais/deploy/actions/deploy@v2\n      env: {RESOURCE: k8s/web.tmpl}\n"}, ""},
		{"a Makefile", map[string]string{"Makefile": "deploy:\n\tenvsubst < k8s/web.tmpl | kubectl apply -f -\n"}, ""},
		{"a test", map[string]string{"tests/run.sh": "envsubst < k8s/web.tmpl | kubectl apply -f -\n"}, hintUnfilled},
		{"what needs nothing", map[string]string{"k8s/web.yaml": "kind: A\napiVersion: {{V}}\n---\n" + strings.Replace(filledDeployment, "BLANK", "1.2", 1)}, hintUnfilled},
		{"a copy", map[string]string{"Makefile": "dist:\n\tcp -r k8s dist\n"}, hintUnfilled},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"k8s/web.tmpl": filledDeployment}
			for path, text := range c.files {
				files[path] = text
			}
			read, err := Read(t.Context(), memTree(files), Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range read.All {
				if f.Path == "k8s/web.tmpl" && f.Hint != c.hint {
					t.Errorf("hint %q, want %q", f.Hint, c.hint)
				}
				if f.Path == "k8s/web.yaml" && (f.Hint != "") != (f.Name != "deployment.apps") {
					t.Errorf("%s: hint %q", f.Name, f.Hint)
				}
			}
		})
	}
}

func TestDefinesKinds(t *testing.T) {
	const crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  names: {kind: Widget}\n"
	for text, want := range map[string]bool{
		crd: true, "{{- if .Values.crds }}\n" + crd + "---\n" + crd + "{{- end }}\n": true,
		crd + "---\napiVersion: v1\nkind: Service\n": false, "kind: Service\n---\n" + crd: false, "": false,
	} {
		if got := definesKinds([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
