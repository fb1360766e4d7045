package facts

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// isAppEngine takes what may be services of App Engine: app.yaml, app.prod.yaml,
// api.app.yaml, app-production.yml. What they are, their runtime tells.
func isAppEngine(p place, _ *layout) bool {
	stem := strings.TrimSuffix(p.base, p.ext)
	return p.yaml() && (stem == "app" || strings.HasPrefix(stem, "app.") || strings.HasPrefix(stem, "app-") || strings.HasPrefix(stem, "app_") ||
		strings.HasSuffix(stem, ".app") || strings.HasSuffix(stem, "-app"))
}

func readAppEngine(file string, docs []*yaml.Node) []Fact {
	if len(docs) == 0 {
		return nil
	}
	app := nodeValue(docs[0])
	if app.Get("runtime").Kind != String || app.Get("apiVersion").Kind != Absent {
		return nil
	}
	auto, check := app.Get("automatic_scaling"), firstOf(app.Get("liveness_check"), app.Get("readiness_check"))
	scales := at(Boolean(true), app.Start) // unless it says otherwise
	if fixed := firstOf(app.Get("manual_scaling"), app.Get("basic_scaling")); fixed.Kind != Absent {
		scales = at(Boolean(false), fixed.Start)
	} else if auto.Kind != Absent {
		scales = at(Boolean(true), auto.Start)
	}
	var https Value
	for _, h := range few(app.Get("handlers").Items) {
		if s := h.Get("secure"); s.Text == "always" {
			https = at(Boolean(true), s.Start)
		}
	}
	return []Fact{platformFact(file, "app-engine", "web", app, "_name", app.Get("service"),
		"instances", firstOf(app.Get("manual_scaling").Get("instances"), auto.Get("min_instances"), auto.Get("min_num_instances")),
		"max_instances", firstOf(auto.Get("max_instances"), auto.Get("max_num_instances"), app.Get("basic_scaling").Get("max_instances")), "scales", scales,
		"memory", app.Get("resources").Get("memory_gb"), "cpu", app.Get("resources").Get("cpu"), "size", app.Get("instance_class"),
		"health_check", under(check.Get("path"), "path"), "command", app.Get("entrypoint"), "https", https, "env", app.Get("env_variables"))}
}
