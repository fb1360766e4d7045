package facts

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// platformFact is one application, job or store as the file of the platform that
// runs it describes it. Words are pairs of a name and a value, in the terms that
// all platforms share; what the file doesn't say is left out.
func platformFact(file, platform, kind string, said Value, words ...any) Fact {
	v := mapAt(said, append([]any{"type", at(Str(kind), said.Start)}, words...)...)
	v = v.With("settings", said)
	if dir := path.Dir(file); dir == "." || dir == ".do" || dir == "config" {
		v = v.With("_root", Boolean(true))
	}
	if env := firstText(environmentOfPath(file), environmentOf(v.Get("_name").Text)); env != "" && v.Get("_env").Kind == Absent {
		v = v.With("_env", Str(env))
	}
	return Fact{Kind: Platform, Name: platform, Path: file, Start: max(said.Start, 1), End: said.End, Value: v}
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// eachOf calls read for every map of a list.
func eachOf(list Value, read func(Value) Fact) []Fact {
	var out []Fact
	for _, item := range few(list.Items) {
		if item.Kind == Map {
			out = append(out, read(item))
		}
	}
	return out
}

// isYAMLNamed takes YAML files of a name, for an environment or not: app.yaml,
// app.production.yml.
func isYAMLNamed(p place, names ...string) bool {
	stem, _, _ := strings.Cut(p.base, ".")
	return p.yaml() && slices.Contains(names, stem)
}

func isRender(p place, _ *layout) bool { return isYAMLNamed(p, "render") }

// readRender reads a blueprint of Render's, those of projects' environments
// included.
func readRender(file string, docs []*yaml.Node) []Fact {
	if len(docs) == 0 {
		return nil
	}
	blueprint := nodeValue(docs[0])
	out := renderServices(file, blueprint, "")
	for _, project := range few(blueprint.Get("projects").Items) {
		for _, e := range few(project.Get("environments").Items) {
			out = append(out, renderServices(file, e, environmentOf(e.Get("name").Text))...)
		}
	}
	return out
}

func renderServices(file string, of Value, env string) []Fact {
	var named Value
	if env != "" {
		named = Str(env)
	}
	out := eachOf(of.Get("services"), func(s Value) Fact {
		scaling := s.Get("scaling")
		return platformFact(file, "render", renderType(s), s, "_name", s.Get("name"), "_env", named,
			"instances", firstOf(scaling.Get("minInstances"), s.Get("numInstances")), "max_instances", scaling.Get("maxInstances"),
			"health_check", under(s.Get("healthCheckPath"), "path"), "release", s.Get("preDeployCommand"),
			"build", s.Get("buildCommand"), "dockerfile", s.Get("dockerfilePath"), "image", s.Get("image"), "command", s.Get("startCommand"), "schedule", s.Get("schedule"),
			"auto_deploy", renderDeploys(s), "size", s.Get("plan"), "env", keyed(s.Get("envVars"), "key", "value"))
	})
	return append(out, eachOf(of.Get("databases"), func(d Value) Fact {
		return platformFact(file, "render", "database", d, "_name", d.Get("name"), "_env", named, "engine", at(Str("postgres"), d.Start),
			"size", d.Get("plan"), "ha", d.Get("highAvailability").Get("enabled"))
	})...)
}

func renderType(s Value) string {
	if s.Get("runtime").Text == "static" || s.Get("env").Text == "static" {
		return "static"
	}
	switch kind := s.Get("type").Text; kind {
	case "pserv":
		return "private"
	case "cron":
		return "schedule"
	case "redis", "keyvalue":
		return "cache"
	default:
		return kind
	}
}

// renderDeploys tells whether a push deploys.
func renderDeploys(s Value) Value {
	by := firstOf(s.Get("autoDeployTrigger"), s.Get("autoDeploy"))
	switch by.Text {
	case "true", "yes", "commit", "checksPass":
		return at(Boolean(true), by.Start)
	case "":
		return Value{}
	}
	return at(Boolean(by.Kind == Unknown), by.Start)
}

// under is a value under one name; absent where the value is.
func under(v Value, name string) Value {
	if v.Kind == Absent || v.Kind == Null {
		return Value{}
	}
	return mapAt(v, name, v)
}

// keyed is a list of maps as a map, by two of their members.
func keyed(list Value, key, value string) Value {
	out := Value{Kind: Map, Start: list.Start, End: list.End}
	for _, item := range few(list.Items) {
		if k := item.Get(key).Text; k != "" {
			v := item.Get(value)
			if v.Kind == Absent {
				v = Value{Kind: Unknown, Text: k, Start: item.Start, End: item.End}
			}
			out.Fields = append(out.Fields, Field{k, v})
		}
	}
	if len(out.Fields) == 0 {
		return Value{}
	}
	return out
}

// isDigitalOcean takes the specifications of applications under .do.
func isDigitalOcean(p place, _ *layout) bool { return p.yaml() && path.Base(p.dir) == ".do" }

// readDigitalOcean reads a specification of DigitalOcean's App Platform.
func readDigitalOcean(file string, docs []*yaml.Node) []Fact {
	if len(docs) == 0 {
		return nil
	}
	spec := nodeValue(docs[0])
	if inner := spec.Get("spec"); inner.Kind == Map {
		spec = inner
	}
	var out []Fact
	for _, part := range [...]struct{ key, kind string }{
		{"services", "web"}, {"workers", "worker"}, {"jobs", "job"}, {"static_sites", "static"}, {"functions", "function"},
	} {
		out = append(out, eachOf(spec.Get(part.key), func(s Value) Fact {
			kind, release := part.kind, Value{}
			switch s.Get("kind").Text {
			case "SCHEDULED":
				kind = "schedule"
			case "PRE_DEPLOY":
				release = s.Get("run_command")
			}
			scaling, check := s.Get("autoscaling"), s.Get("health_check")
			return platformFact(file, "digitalocean", kind, s, "_name", s.Get("name"),
				"instances", firstOf(scaling.Get("min_instance_count"), s.Get("instance_count")), "max_instances", scaling.Get("max_instance_count"),
				"health_check", under(check.Get("http_path"), "path"), "release", release, "build", s.Get("build_command"), "dockerfile", s.Get("dockerfile_path"),
				"image", s.Get("image"), "command", s.Get("run_command"), "size", s.Get("instance_size_slug"), "schedule", s.Get("schedule").Get("cron"),
				"auto_deploy", firstOf(s.Get("github").Get("deploy_on_push"), s.Get("gitlab").Get("deploy_on_push"), s.Get("image").Get("deploy_on_push").Get("enabled")),
				"env", keyed(s.Get("envs"), "key", "value"))
		})...)
	}
	return append(out, eachOf(spec.Get("databases"), func(d Value) Fact {
		kind := "database"
		switch d.Get("engine").Text {
		case "REDIS", "VALKEY":
			kind = "cache"
		}
		return platformFact(file, "digitalocean", kind, d, "_name", d.Get("name"), "engine", lowered(d.Get("engine")), "managed", d.Get("production"), "size", d.Get("size"))
	})...)
}

func lowered(v Value) Value {
	v.Text = strings.ToLower(v.Text)
	return v
}
