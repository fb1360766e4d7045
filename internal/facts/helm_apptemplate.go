package facts

import (
	"slices"
	"strings"
)

// joinAppTemplates gives the objects that releases of the chart app-template
// make. The chart is a form: its values are workloads and services in other
// words, so they are read without it.
func joinAppTemplates(all []Fact) []Fact {
	var out []Fact
	for i := range all {
		if f := &all[i]; f.Kind == Helm && f.Name == "release" && f.Value.Get("chart").Text == "app-template" {
			a := appTemplate{release: f, values: f.Value.Get("values")}
			a.workloads()
			a.others()
			out = append(out, a.out...)
		}
	}
	return slices.Clip(out)
}

// appTemplate is one such release.
type appTemplate struct {
	release *Fact
	values  Value
	seen    int // workloads looked at
	out     []Fact
}

// add gives an object, named as its values are.
func (a *appTemplate) add(version, kind, name string, from Value, fields ...Field) {
	meta := record(from, Field{"name", Str(name)}, Field{"annotations", from.Get("annotations")}, Field{"labels", from.Get("labels")})
	v := record(from, append([]Field{{"apiVersion", Str(version)}, {"kind", Str(kind)}, {"metadata", meta}}, fields...)...)
	if len(a.out) >= maxManifests {
		return
	}
	for _, f := range heldObjects(a.release, v) {
		f.Value = f.Value.With("_chart", a.release.Value.Get("chart"))
		a.out = append(a.out, f)
	}
}

// record is a map of what is there, placed where another value is.
func record(from Value, fields ...Field) Value {
	v := Value{Kind: Map, Start: from.Start, End: from.End}
	for _, f := range fields {
		if f.Value.Kind == Absent || f.Value.Kind == Null {
			continue
		}
		if f.Value.Start == 0 {
			f.Value = at(f.Value, from.Start)
		}
		v.Fields = append(v.Fields, f)
	}
	return v
}

// enabled goes through the members of a map that are not disabled.
func enabled(v Value, do func(name string, v Value)) {
	if v.Kind != Map {
		return
	}
	for _, f := range v.Fields {
		if f.Value.Kind == Map && f.Value.Get("enabled").Text != "false" && !strings.HasPrefix(f.Key, "_") {
			do(f.Key, f.Value)
		}
	}
}

func (a *appTemplate) workloads() {
	if a.values.Get("controllers").Kind != Map { // before the chart's second version: one container, told at the top
		if a.values.Get("image").Get("repository").Kind == String {
			a.workload("main", a.values.Get("controller"), record(a.values, Field{"main", a.values}), a.values)
		}
		return
	}
	enabled(a.values.Get("controllers"), func(name string, c Value) {
		pod := mergeValues(a.values.Get("defaultPodOptions"), c.Get("pod"))
		a.workload(name, c, c.Get("containers"), pod)
	})
}

// ofPods are the members of a pod that mean the same in the chart's values.
var ofPods = []string{"affinity", "automountServiceAccountToken", "dnsPolicy", "hostIPC", "hostNetwork", "hostPID", "nodeSelector",
	"priorityClassName", "runtimeClassName", "securityContext", "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints"}

func (a *appTemplate) workload(name string, c, containers, pod Value) {
	if a.seen++; a.seen > maxManifests {
		return
	}
	from := c
	if from.Start == 0 {
		from = containers
	}
	var spec []Field
	for _, key := range ofPods {
		if key == "securityContext" && pod.Get("podSecurityContext").Kind == Map { // before the second version
			spec = append(spec, Field{key, pod.Get("podSecurityContext")})
			continue
		}
		spec = append(spec, Field{key, pod.Get(key)})
	}
	spec = append(spec, Field{"containers", a.open(name, containersOf(containers))}, Field{"initContainers", containersOf(c.Get("initContainers"))}, Field{"volumes", a.volumes()})
	template := record(from, Field{"metadata", record(from, Field{"annotations", firstOf(pod.Get("annotations"), pod.Get("podAnnotations"))})}, Field{"spec", record(from, spec...)})
	of := []Field{{"template", template}}
	kind, version := "Deployment", "apps/v1"
	switch strings.ToLower(c.Get("type").Text) {
	case "statefulset":
		kind = "StatefulSet"
	case "daemonset":
		kind = "DaemonSet"
	case "job":
		kind, version = "Job", "batch/v1"
	case "cronjob":
		kind, version = "CronJob", "batch/v1"
		job := c.Get("cronjob")
		of = []Field{{"schedule", job.Get("schedule")}, {"concurrencyPolicy", job.Get("concurrencyPolicy")}, {"suspend", job.Get("suspend")},
			{"jobTemplate", record(from, Field{"spec", record(from, of...)})}}
	case "", "deployment":
		strategy := c.Get("strategy")
		if n, _ := c.Get("replicas").Float(); n > 1 && strategy.Kind == Absent {
			strategy = Str("Recreate") // which is what the chart chooses
		}
		of = append(of, Field{"strategy", record(from, Field{"type", strategy}, Field{"rollingUpdate", c.Get("rollingUpdate")})})
	default:
		return
	}
	if kind == "Deployment" || kind == "StatefulSet" {
		of = append(of, Field{"replicas", c.Get("replicas")})
	}
	a.add(version, kind, name, from, Field{"spec", record(from, of...)})
}

// open gives the first container the ports of the services that lead to it.
func (a *appTemplate) open(controller string, containers Value) Value {
	ports := Value{Kind: List}
	enabled(a.values.Get("service"), func(_ string, v Value) {
		if to := v.Get("controller").Text; to == "" && controller != "main" && len(a.values.Get("controllers").Fields) > 1 || to != "" && to != controller {
			return
		}
		enabled(v.Get("ports"), func(name string, p Value) {
			ports.Items = append(ports.Items, record(p, Field{"name", Str(name)}, Field{"containerPort", firstOf(p.Get("targetPort"), p.Get("port"))}))
			ports.Start, ports.End = p.Start, p.End
		})
	})
	if len(ports.Items) == 0 || len(containers.Items) == 0 {
		return containers
	}
	containers.Items = slices.Clone(containers.Items)
	containers.Items[0] = containers.Items[0].With("ports", ports)
	return containers
}

// containersOf is a list of containers out of the chart's map of them.
func containersOf(m Value) Value {
	list := Value{Kind: List, Start: m.Start, End: m.End}
	enabled(m, func(name string, c Value) {
		image := c.Get("image").Get("repository")
		if image.Kind != String {
			return
		}
		if tag := c.Get("image").Get("tag"); tag.Kind == String || tag.Kind == Number {
			image.Text += ":" + tag.Text
		}
		if digest := c.Get("image").Get("digest"); digest.Kind == String && digest.Text != "" {
			image.Text += "@" + digest.Text
		}
		probes := c.Get("probes")
		fields := []Field{{"name", Str(name)}, {"image", image}, {"env", environment(c.Get("env"))}, {"resources", c.Get("resources")}}
		for _, key := range []string{"args", "command", "envFrom", "lifecycle", "securityContext"} {
			fields = append(fields, Field{key, c.Get(key)})
		}
		for _, probe := range []string{"liveness", "readiness", "startup"} {
			fields = append(fields, Field{probe + "Probe", probeOf(probes.Get(probe))})
		}
		list.Items = append(list.Items, record(c, fields...))
	})
	if len(list.Items) == 0 {
		return Value{}
	}
	return list
}

// probeOf is a probe that is asked for: one written out, or one of a type that
// the chart fills in.
func probeOf(v Value) Value {
	if v.Get("enabled").Text != "true" {
		return Value{}
	}
	if v.Get("custom").Text == "true" || v.Get("spec").Get("httpGet").Kind == Map {
		return v.Get("spec")
	}
	place := record(v, Field{"path", v.Get("path")}, Field{"port", v.Get("port")})
	switch strings.ToUpper(v.Get("type").Text) {
	case "HTTP", "HTTPS":
		return record(v, Field{"httpGet", place})
	case "GRPC":
		return record(v, Field{"grpc", place})
	}
	return record(v, Field{"tcpSocket", place})
}

// environment is a list of variables out of the chart's map of them.
func environment(m Value) Value {
	if m.Kind != Map {
		return m
	}
	list := Value{Kind: List, Start: m.Start, End: m.End}
	for _, f := range m.Fields {
		v := record(f.Value, Field{"name", Str(f.Key)})
		if f.Value.Kind == Map {
			v.Fields = append(v.Fields, f.Value.Fields...)
		} else {
			v.Fields = append(v.Fields, Field{"value", f.Value})
		}
		list.Items = append(list.Items, v)
	}
	return list
}

// volumes is what the chart calls persistence.
func (a *appTemplate) volumes() Value {
	list := Value{Kind: List, Start: a.values.Start, End: a.values.End}
	enabled(a.values.Get("persistence"), func(name string, v Value) {
		source := Field{"persistentVolumeClaim", record(v, Field{"claimName", firstOf(v.Get("existingClaim"), Str(name))})}
		switch v.Get("type").Text {
		case "configMap", "secret":
			source = Field{v.Get("type").Text, record(v, Field{"name", firstOf(v.Get("name"), v.Get("identifier"))})}
		case "emptyDir":
			source = Field{"emptyDir", record(v, Field{"medium", v.Get("medium")})}
		case "hostPath":
			source = Field{"hostPath", record(v, Field{"path", v.Get("hostPath")})}
		case "nfs":
			source = Field{"nfs", record(v, Field{"server", v.Get("server")}, Field{"path", v.Get("path")})}
		case "", "persistentVolumeClaim", "pvc":
		default:
			return
		}
		list.Items = append(list.Items, record(v, Field{"name", Str(name)}, source))
	})
	if len(list.Items) == 0 {
		return Value{}
	}
	return list
}

// others gives what stands beside the workloads.
func (a *appTemplate) others() {
	enabled(a.values.Get("service"), func(name string, v Value) {
		ports := Value{Kind: List, Start: v.Start, End: v.End}
		enabled(v.Get("ports"), func(port string, p Value) {
			ports.Items = append(ports.Items, record(p, Field{"name", Str(port)}, Field{"port", p.Get("port")}, Field{"targetPort", p.Get("targetPort")}))
		})
		a.add("v1", "Service", name, v, Field{"spec", record(v, Field{"type", v.Get("type")}, Field{"ports", ports}, Field{"selector", record(v, Field{"app.kubernetes.io/service", Str(name)})})})
	})
	enabled(a.values.Get("ingress"), func(name string, v Value) {
		rules := Value{Kind: List, Start: v.Start, End: v.End}
		for _, h := range v.Get("hosts").Items {
			rules.Items = append(rules.Items, record(h, Field{"host", h.Get("host")}, Field{"http", record(h, Field{"paths", h.Get("paths")})}))
		}
		a.add("networking.k8s.io/v1", "Ingress", name, v, Field{"spec",
			record(v, Field{"ingressClassName", firstOf(v.Get("className"), v.Get("ingressClassName"))}, Field{"rules", rules}, Field{"tls", v.Get("tls")})})
	})
	enabled(a.values.Get("route"), func(name string, v Value) {
		if k := v.Get("kind").Text; k != "" && k != "HTTPRoute" {
			return
		}
		a.add("gateway.networking.k8s.io/v1", "HTTPRoute", name, v, Field{"spec",
			record(v, Field{"hostnames", v.Get("hostnames")}, Field{"parentRefs", v.Get("parentRefs")}, Field{"rules", v.Get("rules")})})
	})
	enabled(a.values.Get("serviceMonitor"), func(name string, v Value) {
		a.add("monitoring.coreos.com/v1", "ServiceMonitor", name, v, Field{"spec", record(v, Field{"endpoints", v.Get("endpoints")})})
	})
	enabled(a.values.Get("configMaps"), func(name string, v Value) {
		a.add("v1", "ConfigMap", name, v, Field{"data", v.Get("data")})
	})
}
