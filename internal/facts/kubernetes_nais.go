package facts

import (
	"net/url"
	"strings"
)

// joinNais gives the objects that the operator of NAIS makes of an Application
// or a Naisjob: what their manifests say, in Kubernetes' own words.
func joinNais(all []Fact) []Fact {
	var out []Fact
	for i := range all {
		if all[i].Kind != Kubernetes || all[i].Name != "application.nais.io" && all[i].Name != "naisjob.nais.io" {
			continue
		}
		f := all[i]
		if env := environmentOfPath(f.Path); env != "" { // app-dev.yaml
			f.Value = f.Value.With("_env", Str(env))
		}
		n := naisApp{fact: &f, spec: f.Value.Get("spec"), meta: record(f.Value, Field{"name", f.Value.Get("metadata").Get("name")})}
		if f.Name == "naisjob.nais.io" {
			n.job()
		} else {
			n.application()
		}
		out = append(out, n.out...)
	}
	return out
}

// naisApp is one such manifest.
type naisApp struct {
	fact *Fact
	spec Value
	meta Value
	out  []Fact
}

func (n *naisApp) add(version, kind string, from Value, spec ...Field) {
	v := record(from, Field{"apiVersion", Str(version)}, Field{"kind", Str(kind)}, Field{"metadata", n.meta}, Field{"spec", record(from, spec...)})
	n.out = append(n.out, heldObjects(n.fact, v)...)
}

// byPlatform is what the platform has a word of its own for where the manifest
// has none.
func (n *naisApp) byPlatform(v Value) Value {
	if v.Kind != Absent && v.Kind != Null {
		return v
	}
	return at(Value{Kind: Unknown, Text: "what the platform sets"}, n.spec.Start)
}

func (n *naisApp) application() {
	replicas := n.spec.Get("replicas")
	of := []Field{{"replicas", n.byPlatform(replicas.Get("min"))}, {"template", n.template()}}
	if strategy := n.spec.Get("strategy"); strategy.Kind == Map {
		of = append(of, Field{"strategy", strategy})
	}
	n.add("apps/v1", "Deployment", n.spec, of...)
	n.scaler(replicas)
	for _, address := range n.spec.Get("ingresses").Items {
		if u, err := url.Parse(address.Text); err == nil && u.Host != "" {
			n.add("networking.k8s.io/v1", "Ingress", address, Field{"rules", Value{Kind: List, Start: address.Start, End: address.End,
				Items: []Value{record(address, Field{"host", Str(u.Host)})}}})
		}
	}
}

// scaler is made where there are bounds, or a measure, to scale by.
func (n *naisApp) scaler(replicas Value) {
	least, hasLeast := replicas.Get("min").Float()
	most, hasMost := replicas.Get("max").Float()
	measured := replicas.Get("cpuThresholdPercentage").Kind != Absent || replicas.Get("scalingStrategy").Kind == Map
	if replicas.Get("disableAutoScaling").Text == "true" || hasLeast && hasMost && most <= least || !measured && !(hasLeast && hasMost) {
		return
	}
	n.add("autoscaling/v2", "HorizontalPodAutoscaler", replicas,
		Field{"minReplicas", n.byPlatform(replicas.Get("min"))}, Field{"maxReplicas", n.byPlatform(replicas.Get("max"))},
		Field{"scaleTargetRef", record(replicas, Field{"kind", Str("Deployment")}, Field{"name", n.meta.Get("name")})})
}

func (n *naisApp) job() {
	template := Field{"template", n.template()}
	if schedule := n.spec.Get("schedule"); schedule.Kind != Absent {
		n.add("batch/v1", "CronJob", n.spec, Field{"schedule", schedule}, Field{"concurrencyPolicy", n.spec.Get("concurrencyPolicy")},
			Field{"jobTemplate", record(n.spec, Field{"spec", record(n.spec, template)})})
		return
	}
	n.add("batch/v1", "Job", n.spec, template, Field{"backoffLimit", n.spec.Get("backoffLimit")})
}

func (n *naisApp) template() Value {
	s := n.spec
	port := s.Get("port")
	if port.Kind == Absent {
		port = at(Value{Kind: Number, Text: "8080"}, s.Start)
	}
	fields := []Field{{"name", n.meta.Get("name")}, {"image", s.Get("image")}, {"command", s.Get("command")},
		{"resources", n.byPlatform(naisResources(s.Get("resources")))}, {"securityContext", n.byPlatform(Value{})},
		{"env", s.Get("env")}, {"envFrom", naisEnv(s.Get("envFrom"))},
		{"livenessProbe", naisProbe(s.Get("liveness"))}, {"readinessProbe", naisProbe(s.Get("readiness"))}, {"startupProbe", naisProbe(s.Get("startup"))}}
	if n.fact.Name == "application.nais.io" {
		fields = append(fields, Field{"ports", Value{Kind: List, Start: port.Start, End: port.End, Items: []Value{record(port, Field{"containerPort", port})}}})
	}
	if path := s.Get("preStopHookPath"); path.Kind == String {
		fields = append(fields, Field{"lifecycle", record(path, Field{"preStop", record(path, Field{"httpGet", record(path, Field{"path", path})})})})
	} else {
		fields = append(fields, Field{"lifecycle", record(s.Get("preStopHook"), Field{"preStop", s.Get("preStopHook")})})
	}
	if last := fields[len(fields)-1].Value; len(last.Fields) == 0 {
		fields = fields[:len(fields)-1]
	}
	containers := Value{Kind: List, Start: s.Start, End: s.End, Items: []Value{record(s, fields...)}}
	return record(s, Field{"spec", record(s, Field{"containers", containers}, Field{"securityContext", n.byPlatform(Value{})},
		Field{"serviceAccountName", n.meta.Get("name")}, Field{"terminationGracePeriodSeconds", s.Get("terminationGracePeriodSeconds")})})
}

// naisResources are those of a manifest over those that the operator gives.
func naisResources(v Value) Value {
	if v.Kind != Map {
		return v
	}
	given := func(text string) Value { return at(Str(text), v.Start) }
	return mergedOver(record(v, Field{"requests", record(v, Field{"cpu", given("200m")}, Field{"memory", given("256Mi")})},
		Field{"limits", record(v, Field{"memory", given("512Mi")})}), v)
}

// naisProbe is a probe in Kubernetes' own words.
func naisProbe(v Value) Value {
	if v.Kind != Map || v.Get("path").Kind == Absent {
		return Value{}
	}
	return record(v, Field{"httpGet", record(v, Field{"path", v.Get("path")}, Field{"port", v.Get("port")})},
		Field{"initialDelaySeconds", v.Get("initialDelay")}, Field{"periodSeconds", v.Get("periodSeconds")},
		Field{"timeoutSeconds", v.Get("timeout")}, Field{"failureThreshold", v.Get("failureThreshold")})
}

// naisEnv are the secrets and maps that a container takes its environment from.
func naisEnv(from Value) Value {
	out := Value{Kind: List, Start: from.Start, End: from.End}
	for _, item := range from.Items {
		for _, f := range item.Fields {
			ref := map[string]string{"secret": "secretRef", "configmap": "configMapRef"}[strings.ToLower(f.Key)]
			if ref != "" {
				out.Items = append(out.Items, record(item, Field{ref, record(item, Field{"name", f.Value})}))
			}
		}
	}
	if len(out.Items) == 0 {
		return Value{}
	}
	return out
}
