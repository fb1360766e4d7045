package facts

import (
	"path"
	"strings"
)

// markWorkloads says of each workload what its object leaves to others: _copies
// is how many run at least, the autoscaler's word before its own; _serves that
// something asks it for more than its metrics; _backing that it is a store, a
// queue or a tool that others publish, and nothing of this repository's own.
func markWorkloads(all []Fact, area func(path string) Area) {
	w := workloads{area: area, scalers: map[string][]*Fact{}, services: map[string][]*Fact{}}
	for i := range all {
		w.note(&all[i])
	}
	for i := range all {
		f := &all[i]
		if f.Kind != Kubernetes {
			continue
		}
		switch kind, _, _ := strings.Cut(f.Name, "."); kind {
		case "deployment", "rollout", "statefulset":
			f.Value = f.Value.With("_copies", w.copies(f, kind))
		case "daemonset":
		default:
			continue
		}
		if isBacking(f.Value.Get("_pod")) {
			f.Value = f.Value.With("_backing", Boolean(true))
		} else if w.serves(f) {
			f.Value = f.Value.With("_serves", Boolean(true))
		}
	}
}

// workloads are the objects that speak about workloads.
type workloads struct {
	area     func(path string) Area
	scalers  map[string][]*Fact // by kind and name of what they scale
	services map[string][]*Fact // by the first label that they select by
}

func (w *workloads) note(f *Fact) {
	if f.Kind != Kubernetes {
		return
	}
	spec := f.Value.Get("spec")
	switch kind, group, _ := strings.Cut(f.Name, "."); {
	case kind == "horizontalpodautoscaler", f.Name == "scaledobject.keda.sh":
		to := spec.Get("scaleTargetRef")
		kind := strings.ToLower(to.Get("kind").Text)
		if kind == "" {
			kind = "deployment"
		}
		key := kind + " " + to.Get("name").Text
		w.scalers[key] = append(w.scalers[key], f)
	case kind == "service" && group == "":
		if selector := spec.Get("selector").Fields; len(selector) > 0 {
			key := selector[0].Key + "=" + selector[0].Value.Text
			w.services[key] = append(w.services[key], f)
		}
	}
}

// copies are those that a workload has at least.
func (w *workloads) copies(f *Fact, kind string) Value {
	own := f.Value.Get("spec").Get("replicas")
	least, known := Value{}, false
	for _, s := range w.scaling(f, kind) {
		n := firstOf(s.Value.Get("spec").Get("minReplicas"), s.Value.Get("spec").Get("minReplicaCount"))
		if n.Kind == Absent || n.Kind == Null {
			n = at(Value{Kind: Number, Text: "1"}, s.Start)
		}
		if s.Path != f.Path {
			n = at(n, max(own.Start, f.Start))
		}
		have, ok := n.Float()
		if so, sure := least.Float(); !known || !ok || sure && have < so {
			least, known = n, true
		}
	}
	switch {
	case known:
		return least
	case own.Kind != Absent && own.Kind != Null:
		return own
	case filledLater(f.Path): // who leaves it out there may well scale by hand
		return at(Value{Kind: Unknown, Text: "what the template leaves out"}, f.Start)
	default:
		return at(Value{Kind: Number, Text: "1"}, f.Start)
	}
}

// filledLater tells whether something writes the objects of a file before they
// are applied.
func filledLater(file string) bool {
	_, filled := filledStem(file)
	return filled || strings.HasSuffix(file, ".erb")
}

// scaling are the autoscalers of a workload: those of its own file before
// others, which may be another environment's.
func (w *workloads) scaling(f *Fact, kind string) []*Fact {
	name := f.Value.Get("metadata").Get("name").Text
	var beside, others []*Fact
	for _, s := range w.scalers[kind+" "+name] {
		env := s.Value.Get("_env").Text
		switch {
		case name == "" || s.Hint != "" || !w.alike(f, s):
		case s.Path == f.Path:
			beside = append(beside, s)
		case env != development && env != staging:
			others = append(others, s)
		}
	}
	if len(beside) > 0 {
		return beside
	}
	return others
}

// alike tells whether two objects come out of one chart, or out of none, and
// count as much.
func (w *workloads) alike(a, b *Fact) bool {
	return a.Value.Get("_chart").Text == b.Value.Get("_chart").Text && w.area(a.Path) == w.area(b.Path)
}

// aside are ports that nobody who uses the service asks at.
var aside = lazily(`(?i)metric|prom|telemetry|debug|pprof|profil|health|admin|probe`)

// serves tells whether a workload opens a port for others, or is asked through
// one, or a service leads to it.
func (w *workloads) serves(f *Fact) bool {
	opened, asked := false, false
	for _, c := range f.Value.Get("_pod").Get("containers").Items {
		if c.Get("livenessProbe").Get("httpGet").Get("path").Text == "/metrics" || c.Get("readinessProbe").Get("httpGet").Get("path").Text == "/metrics" {
			opened = true
			continue
		}
		for _, p := range c.Get("ports").Items {
			if opened = true; !aside().MatchString(p.Get("name").Text) {
				return true
			}
		}
		probe := c.Get("readinessProbe")
		asked = asked || probe.Get("httpGet").Kind == Map || probe.Get("grpc").Kind == Map
	}
	return !opened && (asked || w.selected(f))
}

func (w *workloads) selected(f *Fact) bool {
	labels := f.Value.Get("spec").Get("template").Get("metadata").Get("labels")
	for _, l := range labels.Fields {
		for _, s := range w.services[l.Key+"="+l.Value.Text] {
			if w.alike(f, s) && selects(s.Value.Get("spec").Get("selector"), labels) {
				return true
			}
		}
	}
	return false
}

func selects(selector, labels Value) bool {
	for _, f := range selector.Fields {
		if labels.Get(f.Key).Text != f.Value.Text {
			return false
		}
	}
	return true
}

// backing are images of stores, queues, agents and tools for the staff.
var backing = lazily(`^(postgres(ql)?|postgis|timescaledb(-ha)?|mysql|mysql-server|mariadb|redis|redis-stack(-server)?|valkey|keydb|mongo|mongodb|memcached|rabbitmq|kafka|kafka-native|cp-kafka|cp-zookeeper|zookeeper|` +
	`cp-schema-registry|apicurio-registry[\w-]*|nats|minio|elasticsearch|opensearch|solr|cassandra|localstack|mailhog|maildev|mailpit|mailcatcher|otel-lgtm|grafana|prometheus|jaeger|all-in-one|zipkin|kibana|` +
	`logstash|fluentd|fluent-bit|filebeat|(opentelemetry|otel)-collector(-contrib)?|clamav|clamav-debian|clamav-rest|metabase|pgadmin4|adminer|phpmyadmin|mongo-express|redis-commander|redisinsight|kafka-ui|` +
	`redis-exporter|redis_exporter|postgres-exporter|postgres_exporter|pgbouncer|busybox|locust)$`)

// stores are ports that only data stores listen at.
var stores = map[string]bool{"5432": true, "3306": true, "27017": true, "6379": true, "1433": true, "11211": true}

// isBacking tells whether all containers of a pod are such, by their images or
// by the ports that they open.
func isBacking(pod Value) bool {
	containers := pod.Get("containers").Items
	for _, c := range containers {
		image := c.Get("image").Text
		if strings.HasSuffix(image, "/mssql/server") {
			continue
		}
		name, _, _ := strings.Cut(path.Base(image), "@")
		name, _, _ = strings.Cut(name, ":")
		if !backing().MatchString(strings.ToLower(name)) && !storesOnly(c.Get("ports").Items) {
			return false
		}
	}
	return len(containers) > 0
}

func storesOnly(ports []Value) bool {
	for _, p := range ports {
		if !stores[p.Get("containerPort").Text] {
			return false
		}
	}
	return len(ports) > 0
}
