package facts

import (
	"slices"
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
		switch s := h.Get("secure"); {
		case s.Text == "always" && https.Kind == Absent:
			https = at(Boolean(true), s.Start)
		case s.Text == "never", s.Text == "optional":
			https = at(Boolean(false), s.Start)
		}
	}
	return []Fact{platformFact(file, "app-engine", "web", app, "_name", app.Get("service"),
		"instances", firstOf(app.Get("manual_scaling").Get("instances"), auto.Get("min_instances"), auto.Get("min_num_instances")),
		"max_instances", firstOf(auto.Get("max_instances"), auto.Get("max_num_instances"), app.Get("basic_scaling").Get("max_instances")), "scales", scales,
		"memory", app.Get("resources").Get("memory_gb"), "cpu", app.Get("resources").Get("cpu"), "size", app.Get("instance_class"),
		"health_check", under(check.Get("path"), "path"), "command", app.Get("entrypoint"), "https", https, "env", app.Get("env_variables"))}
}

const hintNoAppEngine = "stands where a plugin of the build takes it from, which the build does not have"

// markAppEngine makes hints of services in src/main/appengine that neither the
// build's plugin nor a pipeline brings to App Engine.
func markAppEngine(all []Fact) {
	var laid []*Fact
	for i := range all {
		if f := &all[i]; f.Kind == Platform && f.Name == "app-engine" && f.Hint == "" && strings.Contains("/"+f.Path, "/src/main/appengine/") {
			laid = append(laid, f)
		}
	}
	if len(laid) == 0 || slices.ContainsFunc(all, toAppEngine) {
		return
	}
	for _, f := range laid {
		f.Hint = hintNoAppEngine
	}
}

// toAppEngine tells of a plugin, an action or a command that deploys to App
// Engine.
func toAppEngine(f Fact) bool {
	switch f.Kind {
	case Dependency:
		return strings.Contains(f.Name, "appengine")
	case Workflow, CI:
		return strings.Contains(f.Value.Get("uses").Text, "appengine") || strings.Contains(f.Value.Get("run").Text, "app deploy")
	}
	return false
}
