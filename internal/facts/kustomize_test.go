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
		"spec:{minReadySeconds:#5 template:{spec:"+pod+"} replicas:#3} _pod:"+pod+" _env:production}")
	if renderFacts(all) != before {
		t.Error("the facts handed in were changed")
	}
}
