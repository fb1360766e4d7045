package facts

// joinClowder gives the objects that the operator Clowder makes of a ClowdApp:
// its deployments and those of its jobs that have a timetable.
func joinClowder(all []Fact) []Fact {
	var out []Fact
	for i := range all {
		f := &all[i]
		if f.Kind != Kubernetes || f.Name != "clowdapp.cloud.redhat.com" {
			continue
		}
		c := clowdApp{fact: f, name: f.Value.Get("metadata").Get("name")}
		for _, d := range f.Value.Get("spec").Get("deployments").Items {
			c.deployment(d)
		}
		for _, j := range f.Value.Get("spec").Get("jobs").Items {
			c.job(j)
		}
		out = append(out, c.out...)
	}
	return out
}

// clowdApp is one such manifest.
type clowdApp struct {
	fact *Fact
	name Value
	out  []Fact
}

func (c *clowdApp) add(version, kind string, from Value, spec ...Field) {
	v := record(from, Field{"apiVersion", Str(version)}, Field{"kind", Str(kind)},
		Field{"metadata", record(from, Field{"name", c.named(from)})}, Field{"spec", record(from, spec...)})
	c.out = append(c.out, heldObjects(c.fact, v)...)
}

// named is the application's name and the part's own.
func (c *clowdApp) named(part Value) Value {
	name := part.Get("name")
	name.Text = c.name.Text + "-" + name.Text
	return name
}

// byEnvironment is what the environment that the application runs in has a word
// for where the manifest has none.
func byEnvironment(v, from Value) Value {
	if v.Kind != Absent && v.Kind != Null {
		return v
	}
	return at(Value{Kind: Unknown, Text: "what the environment sets"}, from.Start)
}

func (c *clowdApp) deployment(d Value) {
	simple := d.Get("autoScalerSimple").Get("replicas")
	least := firstOf(d.Get("replicas"), d.Get("minReplicas"), simple.Get("min"))
	c.add("apps/v1", "Deployment", d, Field{"replicas", byEnvironment(least, d)}, Field{"strategy", clowderStrategy(d)}, Field{"template", c.template(d)})
	target := record(d, Field{"kind", Str("Deployment")}, Field{"name", c.named(d)})
	if simple.Kind == Map {
		c.add("autoscaling/v2", "HorizontalPodAutoscaler", d, Field{"minReplicas", byEnvironment(simple.Get("min"), d)},
			Field{"maxReplicas", byEnvironment(simple.Get("max"), d)}, Field{"scaleTargetRef", target})
	}
	if scaler := d.Get("autoScaler"); scaler.Kind == Map {
		c.add("keda.sh/v1alpha1", "ScaledObject", d, Field{"minReplicaCount", byEnvironment(scaler.Get("minReplicaCount"), d)},
			Field{"maxReplicaCount", byEnvironment(scaler.Get("maxReplicaCount"), d)}, Field{"scaleTargetRef", target}, Field{"triggers", scaler.Get("triggers")})
	}
}

// clowderStrategy is how new pods take the place of old ones: by and by where
// the deployment is public, all at once where it says nothing else.
func clowderStrategy(d Value) Value {
	kind := firstOf(d.Get("deploymentStrategy").Get("privateStrategy"), Str("Recreate"))
	if d.Get("webServices").Get("public").Get("enabled").Text == "true" || d.Get("web").Text == "true" {
		kind = Str("RollingUpdate")
	}
	return record(d, Field{"type", kind})
}

func (c *clowdApp) job(j Value) {
	if schedule := j.Get("schedule"); schedule.Kind != Absent {
		c.add("batch/v1", "CronJob", j, Field{"schedule", schedule}, Field{"suspend", j.Get("suspend")}, Field{"concurrencyPolicy", j.Get("concurrencyPolicy")},
			Field{"jobTemplate", record(j, Field{"spec", record(j, Field{"template", c.template(j)})})})
	}
}

// template is that of a part's pods. What serves is asked for its health by
// default.
func (c *clowdApp) template(part Value) Value {
	pod := part.Get("podSpec")
	services := part.Get("webServices")
	serves := services.Get("public").Get("enabled").Text == "true" || services.Get("private").Get("enabled").Text == "true" || part.Get("web").Text == "true"
	live, ready := pod.Get("livenessProbe"), pod.Get("readinessProbe")
	fields := []Field{{"name", c.named(part)}, {"image", pod.Get("image")}, {"command", pod.Get("command")}, {"args", pod.Get("args")},
		{"env", pod.Get("env")}, {"volumeMounts", pod.Get("volumeMounts")}, {"resources", byEnvironment(pod.Get("resources"), pod)},
		{"securityContext", byEnvironment(Value{}, pod)}}
	if serves {
		port := record(services, Field{"containerPort", at(Value{Kind: Number, Text: "8000"}, part.Start)})
		fields = append(fields, Field{"ports", Value{Kind: List, Start: part.Start, End: part.End, Items: []Value{port}}})
		live, ready = byEnvironment(live, pod), byEnvironment(ready, pod)
	}
	fields = append(fields, Field{"livenessProbe", live}, Field{"readinessProbe", ready})
	containers := Value{Kind: List, Start: pod.Start, End: pod.End, Items: []Value{record(pod, fields...)}}
	return record(part, Field{"spec", record(pod, Field{"containers", containers}, Field{"volumes", pod.Get("volumes")},
		Field{"securityContext", byEnvironment(Value{}, pod)}, Field{"serviceAccountName", byEnvironment(Value{}, pod)})})
}
