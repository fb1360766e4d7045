package facts

import (
	"strings"
	"testing"
)

func TestWorkloads(t *testing.T) {
	const head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
	const labelled = head + "spec: {template: {metadata: {labels: {app: web, tier: a}}, spec: {containers: [{name: web, image: acme/web}]}}}\n---\n"
	for _, c := range []struct {
		name, text               string
		copies, serves, stranger string
	}{
		{"nothing", head + "spec: {template: {spec: {containers: [{name: web, image: acme/web}]}}}\n", "1", "", ""},
		{"its own word", head + "spec: {replicas: 3, template: {spec: {containers: [{name: web, image: acme/web, ports: [{containerPort: 80}]}]}}}\n", "3", "true", ""},
		{"metrics", head + "spec: {template: {spec: {containers: [{name: web, image: acme/web, ports: [{name: metrics, containerPort: 80}], readinessProbe: {httpGet: {path: /up}}}]}}}\n", "1", "", ""},
		{"metrics by their path", head + "spec: {template: {spec: {containers: [{name: web, image: acme/web, ports: [{containerPort: 80}], livenessProbe: {httpGet: {path: /metrics}}}]}}}\n", "1", "", ""},
		{"asked", head + "spec: {template: {spec: {containers: [{name: web, image: acme/web, readinessProbe: {httpGet: {path: /up}}}]}}}\n", "1", "true", ""},
		{"probes", head + "spec: {template: {spec: {containers: [{name: web, image: acme/web, ports: [{name: probe-port, containerPort: 80}]}]}}}\n", "1", "", ""},
		{"asked inside", head + "spec: {template: {spec: {containers: [{name: web, image: acme/web, readinessProbe: {exec: {command: [up]}}}]}}}\n", "1", "", ""},
		{"a service", labelled + "apiVersion: v1\nkind: Service\nspec: {selector: {app: web}}\n", "1", "true", ""},
		{"another's service", labelled + "apiVersion: v1\nkind: Service\nspec: {selector: {app: web, tier: b}}\n", "1", "", ""},
		{"scaled", labelled + "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {minReplicas: 2, scaleTargetRef: {kind: Deployment, name: web}}\n", "2", "", ""},
		{"scaled from one", labelled + "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {scaleTargetRef: {kind: Deployment, name: web}}\n", "1", "", ""},
		{"scaled by events", labelled + "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec: {minReplicaCount: 4, scaleTargetRef: {name: web}}\n", "4", "", ""},
		{"another is scaled", labelled + "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {minReplicas: 2, scaleTargetRef: {kind: Deployment, name: api}}\n", "1", "", ""},
		{"a store", head + "spec: {template: {spec: {containers: [{name: db, image: docker.io/bitnami/postgresql:16@sha256:0, ports: [{containerPort: 80}]}]}}}\n", "1", "", "true"},
		{"a store by its port", head + "spec: {template: {spec: {containers: [{name: db, image: acme/db, ports: [{containerPort: 5432}]}]}}}\n", "1", "", "true"},
		{"a tool", head + "spec: {template: {spec: {containers: [{name: m, image: metabase/metabase:v0.49.7, ports: [{containerPort: 3000}]}]}}}\n", "1", "", "true"},
		{"a store beside the program", head + "spec: {template: {spec: {containers: [{name: web, image: acme/web, ports: [{containerPort: 80}]}, {name: cache, image: redis}]}}}\n", "1", "true", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := Read(t.Context(), memTree(map[string]string{"k8s/web.yaml": c.text}), Options{})
			if err != nil {
				t.Fatal(err)
			}
			v := read.All[0].Value
			if got := [3]string{v.Get("_copies").Text, v.Get("_serves").Text, v.Get("_backing").Text}; got != [3]string{c.copies, c.serves, c.stranger} {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestRunners(t *testing.T) {
	for image, want := range map[string]bool{
		"ghcr.io/acme/actions-runner:2.3@sha256:0":     true,
		"acme/shop-github-runner-base/runner-base:0.1": true,
		"myoung34/github-runner:latest":                true,
		"gitlab/gitlab-runner:v17":                     true,
		"buildkite/agent:3":                            true,
		"jenkins/inbound-agent":                        true,
		"acme/agent:3":                                 false,
		"acme/task-runner:1":                           false,
		"registry.github-runners.io/web":               false,
		"registry.actions-runner.io/test-runner":       false,
		"acme/runner:1":                                false,
		"acme/web":                                     false,
		"":                                             false,
		strings.Repeat("github-", 50_000) + "/" + strings.Repeat("actions_", 50_000): false,
	} {
		if got := isRunner(image); got != want {
			t.Errorf("%.60q: %v", image, got)
		}
	}
	const text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: r}\nspec: {template: {spec: {containers: [{name: r, image: acme/github-runner}, {name: d, image: 'docker:dind'}]}}}\n"
	read, err := Read(t.Context(), memTree(map[string]string{"k8s/r.yaml": text}), Options{})
	if err != nil || read.All[0].Hint != hintRunner {
		t.Errorf("%v: %q", err, read.All[0].Hint)
	}
}
