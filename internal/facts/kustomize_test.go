package facts

import (
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

const kustomizeTree = `
-- base/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  paused: true
  template:
    spec:
      containers:
      - {name: app, image: acme/web}
      - {name: proxy, image: "envoy:1"}
-- base/kustomization.yaml --
resources: [deployment.yaml]
-- overlays/dev/kustomization.yaml --
resources: [../../base]
replicas: [{name: web, count: 9}]
-- overlays/prod/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
replicas: [{name: web, count: 3}]
images: [{name: acme/web, newTag: v2}]
patches:
- path: limits.yaml
- target: {kind: Deployment}
  patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: any}
    spec: {paused: null, minReadySeconds: 5}
- target: {kind: Deployment, name: web}
  patch: '[{op: replace, path: /spec/minReadySeconds, value: 6}]'
-- components/cache/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [cache.yaml]
-- components/cache/cache.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: included by nobody}
-- overlays/prod/limits.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: app, resources: {limits: {memory: 1Gi}}}]}}}
`

func TestJoinKustomize(t *testing.T) {
	var all []Fact
	for _, f := range txtar.Parse([]byte(kustomizeTree)).Files {
		docs, _ := yamlDocuments(f.Name, f.Data)
		all = append(all, readKubernetes(f.Name, docs)...)
	}
	before := renderFacts(all)
	got := slices.DeleteFunc(joinKustomize(all), func(f Fact) bool { return f.Name != "deployment.apps" })
	pod := "{containers:[{name:app resources:{limits:{memory:1Gi}} image:acme/web:v2} {name:proxy image:envoy:1}]}"
	checkFacts(t, got, "deployment.apps 1-11 {apiVersion:apps/v1 kind:Deployment metadata:{name:web} "+
		"spec:{minReadySeconds:#6 template:{spec:"+pod+"} replicas:#3} _pod:"+pod+" _env:production}")
	if renderFacts(all) != before {
		t.Error("the facts handed in were changed")
	}
}

func TestApplyOperations(t *testing.T) {
	const object = "spec: {replicas: 1, list: [a, b], gone: x, '`a/b`': 1}\n"
	for _, c := range []struct{ patch, want string }{
		{"[{op: replace, path: /spec/replicas, value: 3}]", "{spec:{replicas:#3 list:[a b] gone:x `a/b`:#1}}"},
		{"[{op: remove, path: /spec/gone}, {op: add, path: /spec/new, value: {y: 1}}]", "{spec:{replicas:#1 list:[a b] `a/b`:#1 new:{y:#1}}}"},
		{"[{op: add, path: /spec/list/-, value: c}, {op: add, path: /spec/list/0, value: z}, {op: remove, path: /spec/list/1}]", "{spec:{replicas:#1 list:[z b c] gone:x `a/b`:#1}}"},
		{"[{op: replace, path: '/spec/`a~1b`', value: 2}, {op: add, path: /none/x, value: 1}, {op: replace, path: /spec/list/9, value: 1}]", "{spec:{replicas:#1 list:[a b] gone:x `a/b`:#2}}"},
	} {
		objects, _ := yamlDocuments("", []byte(object))
		patches, _ := yamlDocuments("", []byte(c.patch))
		before := nodeValue(objects[0])
		if got := render(applyOperations(before, nodeValue(patches[0]))); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.patch, got, c.want)
		}
		if render(before) != render(nodeValue(objects[0])) {
			t.Errorf("%s: the object handed in was changed", c.patch)
		}
	}
}
