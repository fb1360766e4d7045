package facts

import (
	"strings"
	"testing"
)

func TestReleases(t *testing.T) {
	const files = `
-- flux.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: dns}
spec: {chart: {spec: {chart: external-dns, sourceRef: {name: bitnami}}}, values: {provider: aws}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: cert}
spec: {url: oci://quay.io/jetstack/charts/cert-manager}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: certificates}
spec: {chartRef: {kind: OCIRepository, name: cert}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: own}
spec: {chart: {spec: {chart: ./charts/own}}}
-- argo.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: x}
spec:
  sources:
    - {repoURL: https://example.org, chart: Velero, helm: {values: "a: {b: 1}", parameters: [{name: a.c, value: "2"}]}}
    - {repoURL: https://example.org/x.git, path: deploy}
-- helmfile.d/apps.yaml --
releases:
  - {name: logs, chart: grafana/loki, values: [{x: 1}, other.yaml, {y: 2}]}
  - {name: off, chart: grafana/tempo, installed: false}
-- helmfile.d/other.yaml --
replicas: 2
-- helmfile.d/unnamed.yaml --
replicas: 3
-- helmfile.yaml.gotmpl --
environments: {production: {}}
templates:
  default: &default
    values:
      - env/{{~{{ .Environment.Name }}~}}/{{~{{ .Release.Name }}~}}.values.yaml.gotmpl
releases:
  - name: search
    chart: bitnami/elasticsearch
    <<: *default
{{ if eq .Environment.Name "local" }}
  - name: mail
    chart: codecentric/mailhog
{{ end }}
  - name: {{ .Values.name }}
    chart: {{ .Values.chart }}
-- env/local/search.values.yaml.gotmpl --
replicas: 1
-- env/production/search.values.yaml.gotmpl --
replicas: 3
ip: {{ .Values.ip | quote }}
{{- if .Values.tls }}
tls: true
{{- end }}
-- apps/probe/release.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: probe}
spec: {chart: {spec: {chart: gatus}}, valuesFrom: [{kind: ConfigMap, name: probe-values}, {kind: Secret, name: probe}], values: {a: 2}}
-- apps/probe/kustomization.yaml --
configMapGenerator:
  - {name: probe-values, files: [values.yaml=./values.yaml]}
-- apps/probe/values.yaml --
a: 1
b: 1
-- apps/other/values.yaml --
c: 1
-- argo-values.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: y}
spec:
  sources:
    - {repoURL: https://example.org/charts, chart: loki, helm: {valueFiles: [$mine/apps/other/values.yaml]}}
    - {repoURL: https://example.org/this.git, ref: mine}
-- kustomize/kustomization.yaml --
helmCharts:
  - {name: redis, repo: https://example.org, valuesInline: {replicas: 3}}
-- main.tf --
provider "helm" {}
resource "helm_release" "a" {
  chart  = "oci://example.org/charts/keda"
  values = [yamlencode({ a = 1 }), "b: 2"]
  set {
    name  = "c.d"
    value = true
  }
}
resource "helm_release" "local" {
  chart = "${path.module}/chart"
}
module "addons" {
  source              = "aws-ia/eks-blueprints-addons/aws"
  enable_cert_manager = true
  enable_argocd       = false
}
`
	all, err := Read(t.Context(), memTree(archive(strings.ReplaceAll(files, "~", "`"))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all.All {
		if isNamed(f) {
			t.Errorf("%s is left", f.Path)
		}
		if f.Kind == Helm && f.Name == "release" {
			got = append(got, f.Path+" "+f.Value.Get("chart").Text+" "+render(f.Value.Get("values")))
		}
	}
	const want = `apps/probe/release.yaml gatus {a:#2 b:#1}
argo-values.yaml loki {c:#1}
argo.yaml velero {a:{b:#1 c:2}}
flux.yaml external-dns {provider:aws}
flux.yaml cert-manager -
helmfile.d/apps.yaml loki {replicas:#2 x:#1 y:#2}
helmfile.yaml.gotmpl elasticsearch {replicas:#3 ip:?({{ .Values.ip | quote }})}
kustomize/kustomization.yaml redis {replicas:#3}
main.tf keda {a:#1 b:#2 c:{d:=true}}
main.tf cert-manager -`
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
