package facts

import (
	"fmt"
	"strings"
	"testing"
)

// renderFacts writes one fact a line: name, lines, hint, value.
func renderFacts(facts []Fact) string {
	var b strings.Builder
	for _, f := range facts {
		fmt.Fprintf(&b, "%s %d-%d %s", f.Name, f.Start, f.End, render(f.Value))
		if f.Hint != "" {
			fmt.Fprintf(&b, " (%s)", f.Hint)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func checkFacts(t *testing.T, got []Fact, want string) {
	t.Helper()
	if text := renderFacts(got); strings.TrimSpace(text) != strings.TrimSpace(want) {
		t.Errorf("got:\n%swant:\n%s", text, want)
	}
}

func TestReadKubernetes(t *testing.T) {
	for _, c := range []struct{ name, path, text, want string }{
		{"group and core", "k8s/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n---\napiVersion: cert-manager.io/v1\nkind: Certificate\n",
			"service. 1-3 {apiVersion:v1 kind:Service metadata:{name:x}}\ncertificate.cert-manager.io 5-6 {apiVersion:cert-manager.io/v1 kind:Certificate}"},
		{"list", "a.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n- {apiVersion: v1, kind: Pod, spec: {a: 1}}\n",
			"configmap. 4-5 {apiVersion:v1 kind:ConfigMap}\npod. 6-6 {apiVersion:v1 kind:Pod spec:{a:#1} _pod:{a:#1}}"},
		{"suspended", "a.yaml", "apiVersion: batch/v1\nkind: CronJob\nspec: {suspend: true}\n", ""},
		{"environment", "overlays/prod/x.yaml", "apiVersion: v1\nkind: Namespace\n", "namespace. 1-2 {apiVersion:v1 kind:Namespace _env:production}"},
		{"secret", "a.yaml", "apiVersion: v1\nkind: Secret\nstringData: {a: hunter2, b: '', db-username: shop, tls.key: x}\n", "secret. 1-3 {apiVersion:v1 kind:Secret stringData:{a:redacted b: db-username:name tls.key:redacted}}"},
		{"secret to be filled in", "a.yaml", "apiVersion: v1\nkind: Secret\nstringData: {a: '${PASSWORD}'}\n", "secret. 1-3 {apiVersion:v1 kind:Secret stringData:{a:placeholder}}"},
		{"secret that says it is none", "a.yaml", "apiVersion: v1\nkind: Secret\ndata: {a: Y2hhbmdlbWU=, b: aHVudGVyMg==, c: PDw8}\nstringData: {d: thisMustBeEphemeral, e: asdfasdf, f: hunter2}\n", "secret. 1-4 {apiVersion:v1 kind:Secret data:{a:placeholder b:redacted c:redacted} stringData:{d:placeholder e:placeholder f:redacted}}"},
		{"secret named by where it is kept", "a.yaml", "apiVersion: v1\nkind: Secret\nstringData: {a: 'op://vault/item/PASSWORD'}\n", "secret. 1-3 {apiVersion:v1 kind:Secret stringData:{a:placeholder}}"},
		{"cron job's pods", "a.yaml", "apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {x: 1}}}}}\n",
			"cronjob.batch 1-3 {apiVersion:batch/v1 kind:CronJob spec:{jobTemplate:{spec:{template:{spec:{x:#1}}}}} _pod:{x:#1}}"},
		{"other YAML", "a.yaml", "kind: x\nname: y\n", ""},
		{"bare kustomization", "base/kustomization.yaml", "resources: [a.yaml]\n", "kustomization.kustomize.config.k8s.io 1-1 {resources:[a.yaml]}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, _ := yamlDocuments(c.path, []byte(c.text))
			checkFacts(t, readKubernetes(c.path, docs), c.want)
		})
	}
}

func FuzzKubernetes(f *testing.F) {
	f.Add("resources: [a.yaml]\nimages: [{name: x, newTag: y}]\npatches: [{path: p.yaml}, {target: {kind: Pod}, patch: '[{op: add, path: /a/-, value: 1}]'}]\n",
		"apiVersion: v1\nkind: List\nitems: [{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{image: x}]}}}}]\n")
	f.Fuzz(func(t *testing.T, overlay, objects string) {
		read := func() (all []Fact) {
			for _, file := range [][2]string{{"prod/a.yaml", objects}, {"prod/kustomization.yaml", overlay}} {
				docs, _ := yamlDocuments(file[0], []byte(file[1]))
				all = append(all, readKubernetes(file[0], docs)...)
			}
			return joinKustomize(all)
		}
		facts := read()
		if renderFacts(facts) != renderFacts(read()) {
			t.Error("not the same twice")
		}
		lines := max(strings.Count(overlay, "\n"), strings.Count(objects, "\n")) + 1
		checkFactLines(t, facts, nil, []byte(strings.Repeat("\n", lines-1)))
	})
}
