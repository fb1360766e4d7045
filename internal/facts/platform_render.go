package facts

import (
	"go.yaml.in/yaml/v3"
)

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
