// Package check holds the chart against Helm's own engine and Kubernetes' own
// types, and the Compose file against Compose's own loader. It is a module of
// its own, so that the server depends on none of them: go test ./docs/deploy/check
// from there, or make deploy.
package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

const chartDir = "../helm/readyline"

// values are given as `helm install --set` and `--values` give them.
type values = map[string]any

func render(t *testing.T, given values) (map[string]string, error) {
	t.Helper()
	c, err := loader.Load(chartDir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := chartutil.ToRenderValues(c, given, chartutil.ReleaseOptions{Name: "readyline", Namespace: "ops", IsInstall: true}, nil)
	if err != nil {
		return nil, err
	}
	return engine.Engine{Strict: true}.Render(c, all)
}

// objects reads what was rendered as the API server does, which refuses a field
// that does not exist, or one twice.
func objects(t *testing.T, files map[string]string) (out []runtime.Object, others int) {
	t.Helper()
	strict := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		docs := yaml.NewDocumentDecoder(io.NopCloser(strings.NewReader(files[name])))
		for text := make([]byte, 1<<20); ; {
			n, err := docs.Read(text)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			doc := bytes.TrimSpace(text[:n])
			if len(doc) == 0 {
				continue
			}
			if bytes.Contains(doc, []byte("apiVersion: monitoring.coreos.com/")) {
				others++ // the Prometheus operator's, in no module that we have
				continue
			}
			o, _, err := strict.Decode(doc, nil, nil)
			if err != nil {
				t.Errorf("%s: %v in\n%s", name, err, doc)
				continue
			}
			out = append(out, o)
		}
	}
	return out, others
}

func TestChart(t *testing.T) {
	full := map[string]int{
		"*v1.Deployment": 2, "*v1.Service": 1, "*v1.Ingress": 1, "*v1.PodDisruptionBudget": 2, "*v1.NetworkPolicy": 1, "*v1.ServiceAccount": 1,
	}
	cases := []struct {
		name   string
		given  values
		kinds  map[string]int
		others int
	}{
		{"as it comes", values{}, full, 0},
		{"before /setup", values{"appFromSecret": false, "web": values{"replicas": 1}},
			map[string]int{"*v1.Deployment": 2, "*v1.Service": 1, "*v1.Ingress": 1, "*v1.PodDisruptionBudget": 1, "*v1.NetworkPolicy": 1, "*v1.ServiceAccount": 1}, 0},
		{"as little as can be", values{"ingress": values{"enabled": false}, "networkPolicy": values{"enabled": false}, "web": values{"replicas": 1}, "worker": values{"replicas": 1}},
			map[string]int{"*v1.Deployment": 2, "*v1.Service": 1, "*v1.ServiceAccount": 1}, 0},
		{"all there is", values{
			"podMonitor":       values{"enabled": true},
			"imagePullSecrets": []any{values{"name": "pull"}},
			"serviceAccount":   values{"annotations": values{"example.com/role": "readyline"}},
			"extraEnv":         []any{values{"name": "READYLINE_ANONYMOUS", "value": "true"}},
			"nodeSelector":     values{"disk": "fast"},
			"tolerations":      []any{values{"key": "only", "operator": "Exists"}},
			"networkPolicy":    values{"extraEgress": []any{values{"ports": []any{values{"port": 4318, "protocol": "TCP"}}}}},
		}, full, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.given["publicUrl"] = "https://readyline.example.com"
			files, err := render(t, c.given)
			if err != nil {
				t.Fatal(err)
			}
			all, others := objects(t, files)
			kinds := map[string]int{}
			for _, o := range all {
				kinds[typeOf(o)]++
				if d, ok := o.(*appsv1.Deployment); ok {
					careful(t, d, c.given["extraEnv"] != nil)
				}
			}
			if !maps.Equal(kinds, c.kinds) || others != c.others {
				t.Errorf("%v and %d others, want %v and %d", kinds, others, c.kinds, c.others)
			}
		})
	}
}

// careful checks what makes a deployment fit to run.
func careful(t *testing.T, d *appsv1.Deployment, extra bool) {
	t.Helper()
	pod := d.Spec.Template.Spec
	if pod.SecurityContext == nil || pod.SecurityContext.RunAsNonRoot == nil || !*pod.SecurityContext.RunAsNonRoot {
		t.Errorf("%s may run as root", d.Name)
	}
	for key, value := range d.Spec.Selector.MatchLabels {
		if d.Spec.Template.Labels[key] != value {
			t.Errorf("%s does not select its own pods by %s", d.Name, key)
		}
	}
	for _, c := range pod.Containers {
		if c.LivenessProbe == nil || c.ReadinessProbe == nil || c.StartupProbe == nil || c.Resources.Limits.Memory().IsZero() {
			t.Errorf("%s: probes or limits are missing", d.Name)
		}
		if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			t.Errorf("%s: the root file system can be written", d.Name)
		}
		if has := slices.ContainsFunc(c.Env, func(v corev1.EnvVar) bool { return v.Name == "READYLINE_ANONYMOUS" }); has != extra {
			t.Errorf("%s: further settings: %v, want %v", d.Name, has, extra)
		}
	}
}

func TestChartRefuses(t *testing.T) {
	for says, given := range map[string]values{
		"publicUrl":    {},
		"pattern":      {"publicUrl": "readyline.example.com"},
		"webReplicas":  {"publicUrl": "https://r.example.com", "webReplicas": 3},
		"/log/level":   {"publicUrl": "https://r.example.com", "log": values{"level": "loud"}},
		"/web/replica": {"publicUrl": "https://r.example.com", "web": values{"replicas": -1}},
	} {
		if _, err := render(t, given); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v, want something about %s", given, err, says)
		}
	}
}

func TestLint(t *testing.T) {
	result := lint.All(chartDir, values{"publicUrl": "https://readyline.example.com"}, "ops", true)
	for _, m := range result.Messages {
		if m.Severity >= support.WarningSev {
			t.Error(m)
		}
	}
}

func typeOf(o runtime.Object) string { return fmt.Sprintf("%T", o) }
