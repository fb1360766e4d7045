package facts

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// isCopilot takes the manifests of services and jobs that AWS Copilot makes
// stacks of: copilot/api/manifest.yml.
func isCopilot(p place, _ *layout) bool {
	return (p.base == "manifest.yml" || p.base == "manifest.yaml") && path.Base(path.Dir(p.dir)) == "copilot"
}

// readCopilot gives what Copilot makes of a manifest in production, as far as
// the manifest itself says it: what it has by default is not written there.
func readCopilot(file string, docs []*yaml.Node) []Fact {
	if len(docs) == 0 {
		return nil
	}
	m := copilotInProduction((&nodeReader{}).value(docs[0]))
	kind := m.Get("type").Text
	switch kind {
	case "Load Balanced Web Service", "Backend Service", "Worker Service", "Scheduled Job":
	default:
		return nil
	}
	c := copilot{m}
	made := []Fact{c.fact(taskDefinition, c.task())}
	if kind != "Scheduled Job" {
		made = append(made, c.fact(taskService, c.service()))
		made = append(made, c.scaling()...)
	}
	for i := range made {
		made[i].Path = file
	}
	return made
}

type copilot struct{ m Value }

func (c *copilot) fact(name string, v Value) Fact {
	v = v.With("_name", c.m.Get("name"))
	return Fact{Kind: CloudFormation, Name: name, Start: c.m.Start, End: c.m.End, Value: v, Made: true}
}

// copilotInProduction is a manifest with what it says of production alone.
func copilotInProduction(m Value) Value {
	for _, env := range m.Get("environments").Fields {
		if environmentOf(env.Key) == production {
			return mergedOver(m, env.Value)
		}
	}
	return m
}

func (c *copilot) task() Value {
	var env, secrets []Value
	for _, f := range few(c.m.Get("variables").Fields) {
		v := f.Value
		if v.Kind == Map { // from another stack
			v = Value{Kind: Unknown, Text: "variables." + f.Key, Start: v.Start, End: v.End}
		}
		env = append(env, copilotPair(f, "Value", v))
	}
	for _, f := range few(c.m.Get("secrets").Fields) {
		from := firstOf(f.Value.Get("secretsmanager"), f.Value.Get("from_cfn"), f.Value)
		secrets = append(secrets, copilotPair(f, "ValueFrom", from))
	}
	image := c.m.Get("image")
	containers := []Value{mapAt(c.m, "Name", c.m.Get("name"), "Image", image.Get("location"), "Environment", listAt(c.m, env), "Secrets", listAt(c.m, secrets),
		"HealthCheck", capitalised(image.Get("healthcheck")), "ReadonlyRootFilesystem", c.m.Get("storage").Get("readonly_fs"))}
	for _, s := range few(c.m.Get("sidecars").Fields) {
		containers = append(containers, mapAt(c.m, "Name", Str(s.Key), "Image", s.Value.Get("image")))
	}
	if tracing := c.m.Get("observability").Get("tracing"); tracing.Text == "awsxray" {
		image := at(Str("public.ecr.aws/aws-observability/aws-otel-collector"), tracing.Start)
		containers = append(containers, Value{Kind: Map, Start: tracing.Start, End: tracing.End, Fields: []Field{{"Name", Str("collector")}, {"Image", image}}})
	}
	return mapAt(c.m, "Cpu", c.m.Get("cpu"), "Memory", c.m.Get("memory"), "ContainerDefinitions", listAt(c.m, containers))
}

func copilotPair(f Field, member string, v Value) Value {
	return Value{Kind: Map, Start: f.Value.Start, End: f.Value.End, Fields: []Field{{"Name", at(Str(f.Key), f.Value.Start)}, {member, v}}}
}

func (c *copilot) service() Value {
	count := c.m.Get("count")
	if count.Kind == Map {
		count = count.Get("spot")
	}
	out := mapAt(c.m, "LaunchType", Str("FARGATE"), "DesiredCount", count)
	if p := c.m.Get("network").Get("vpc").Get("placement"); p.Text == "private" {
		out = out.With("NetworkConfiguration", mapAt(c.m, "AwsvpcConfiguration", mapAt(c.m, "AssignPublicIp", at(Str("DISABLED"), p.Start), "Subnets", p)))
	}
	return out
}

// scaling is what a range of copies comes to.
func (c *copilot) scaling() []Fact {
	count := c.m.Get("count")
	span := count.Get("range")
	least, most := span.Get("min"), span.Get("max")
	if span.Kind == String {
		from, to, _ := strings.Cut(span.Text, "-")
		least, most = at(Str(strings.TrimSpace(from)), span.Start), at(Str(strings.TrimSpace(to)), span.Start)
	}
	if most.Kind == Absent {
		return nil
	}
	target := c.fact("aws::applicationautoscaling::scalabletarget", mapAt(c.m, "ServiceNamespace", Str("ecs"), "MinCapacity", least, "MaxCapacity", most))
	target.Start, target.End = span.Start, span.End
	out := []Fact{target}
	metrics := [...]string{"cpu_percentage", "memory_percentage", "requests", "response_time", "queue_delay"}
	if i := slices.IndexFunc(metrics[:], func(name string) bool { return count.Get(name).Kind != Absent }); i >= 0 {
		policy := mapAt(c.m, "PolicyType", Str("TargetTrackingScaling"), "PolicyName", Str(metrics[i]))
		out = append(out, c.fact("aws::applicationautoscaling::scalingpolicy", policy))
	}
	return out
}
