package facts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestObjectsOfAppTemplate(t *testing.T) {
	files := archive(`
-- apps/shop/chart.yaml --
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: shop}
spec: {url: "oci://ghcr.io/bjw-s-labs/helm/app-template"}
-- apps/shop/release.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop}
spec:
  chartRef: {kind: OCIRepository, name: shop}
  values:
    controllers:
      shop:
        replicas: 2
        strategy: RollingUpdate
        containers:
          app:
            image: {repository: acme/shop, tag: 1.2.0}
            env: {TZ: UTC, KEY: {valueFrom: {secretKeyRef: {name: shop, key: key}}}}
            probes:
              liveness: {enabled: true, custom: true, spec: {httpGet: {path: /live, port: 80}}}
              readiness: {enabled: true, type: HTTP, path: /ready}
              startup: {enabled: false}
      nightly:
        type: cronjob
        cronjob: {schedule: "@daily"}
        containers: {app: {image: {repository: acme/shop, tag: 1.2.0}}}
      old: {enabled: false, containers: {app: {image: {repository: acme/old, tag: "1"}}}}
    defaultPodOptions: {securityContext: {runAsNonRoot: true}}
    service: {shop: {ports: {http: {port: 80}}}}
    route: {shop: {hostnames: [shop.acme.io], parentRefs: [{name: web}]}}
-- apps/wiki/release.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2beta1
kind: HelmRelease
metadata: {name: wiki}
spec:
  chart: {spec: {chart: app-template, sourceRef: {name: bjw-s}}}
  values:
    image: {repository: acme/wiki, tag: 1.0.0}
    controller: {type: statefulset}
    podSecurityContext: {runAsUser: 568}
    ingress: {main: {enabled: true, hosts: [{host: wiki.acme.io, paths: [{path: /}]}]}, api: {enabled: false}}
    persistence: {config: {existingClaim: wiki}}
-- apps/other/release.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: other}
spec:
  chart: {spec: {chart: redis}}
  values: {controllers: {other: {containers: {app: {image: {repository: acme/other}}}}}}
`)
	got, err := Read(context.Background(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got.All {
		if f.Kind != Kubernetes || strings.Contains(f.Name, "fluxcd") {
			continue
		}
		v := f.Value
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s:%d %s", f.Name, f.Path, f.Start, render(v.Get("spec")))))
	}
	slices.Sort(lines)
	want := []string{
		`cronjob.batch apps/shop/release.yaml:19 {schedule:@daily jobTemplate:{spec:{template:{metadata:{} spec:{securityContext:{runAsNonRoot:=true} containers:[{name:app image:acme/shop:1.2.0}]}}}}}`,
		`deployment.apps apps/shop/release.yaml:8 {template:{metadata:{} spec:{securityContext:{runAsNonRoot:=true} containers:[{name:app image:acme/shop:1.2.0 env:[{name:TZ value:UTC} {name:KEY valueFrom:{secretKeyRef:{name:shop key:key}}}] livenessProbe:{httpGet:{path:/live port:#80}} readinessProbe:{httpGet:{path:/ready}}}]}} strategy:{type:RollingUpdate} replicas:#2}`,
		`httproute.gateway.networking.k8s.io apps/shop/release.yaml:26 {hostnames:[shop.acme.io] parentRefs:[{name:web}]}`,
		`ingress.networking.k8s.io apps/wiki/release.yaml:10 {rules:[{host:wiki.acme.io http:{paths:[{path:/}]}}]}`,
		`service. apps/shop/release.yaml:25 {ports:[{name:http port:#80}] selector:{app.kubernetes.io/service:shop}}`,
		`statefulset.apps apps/wiki/release.yaml:8 {template:{metadata:{} spec:{securityContext:{runAsUser:#568} containers:[{name:main image:acme/wiki:1.0.0}] volumes:[{name:config persistentVolumeClaim:{claimName:wiki}}]}}}`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}
