package facts

import (
	"strings"
	"testing"
)

func TestLeftOutOfFlux(t *testing.T) {
	var b strings.Builder
	file := func(name, text string) { b.WriteString("-- " + name + " --\n" + text + "\n") }
	flux := func(app string) string {
		return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " + app + "}\nspec: {path: ./apps/" + app + "/app}"
	}
	release := func(chart string) string {
		return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x}\nspec: {chart: {spec: {chart: " + chart + "}}}"
	}
	for _, app := range []string{"grafana", "keda", "loki", "velero"} {
		file("apps/"+app+"/ks.yaml", flux(app))
		file("apps/"+app+"/app/release.yaml", release(app))
	}
	file("apps/kustomization.yaml", "resources: [namespace.yaml]")
	file("apps/namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}")
	file("overlays/main/kustomization.yaml", "resources:\n- ../../apps\n- ../../apps/grafana/ks.yaml\n- ../../apps/keda/ks.yaml\n# - ../../apps/loki/ks.yaml\n- ../../apps/velero/ks.yaml")
	// Below a folder without a list, Flux takes whatever it finds.
	file("found/tempo/ks.yaml", flux("tempo"))
	file("found/tempo/app/release.yaml", release("tempo"))
	all, err := Read(t.Context(), memTree(archive(b.String())), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all.All {
		if f.Kind == Helm && f.Name == "release" {
			got = append(got, f.Value.Get("chart").Text+":"+f.Hint)
		}
	}
	const want = "grafana: keda: loki:" + hintLeftOut + " velero: tempo:"
	if got := strings.Join(got, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
