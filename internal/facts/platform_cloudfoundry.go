package facts

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// isCloudFoundry takes what may be manifests of Cloud Foundry by their names:
// manifest.yml, manifest_api_prod.yml, production-manifest.yml, manifests/api.yml.
// What they are, the list of applications tells.
func isCloudFoundry(p place, _ *layout) bool {
	return p.yaml() && (strings.Contains(p.base, "manifest") || strings.HasSuffix(p.dir, "manifests") || strings.Contains(p.dir, "cloudfoundry") || strings.Contains(p.dir, "cloud.gov"))
}

// cfBlank is a variable that a push fills in.
var cfBlank = lazily(`\(\([\w./-]+\)\)`)

// readCloudFoundry gives a fact for each process of each application.
func readCloudFoundry(file string, docs []*yaml.Node) []Fact {
	if len(docs) == 0 {
		return nil
	}
	manifest := unfilled(nodeValue(docs[0]))
	var out []Fact
	for _, app := range few(manifest.Get("applications").Items) {
		if app.Kind != Map {
			continue
		}
		app.Fields = cfInherited(app, manifest)
		out = append(out, cfProcesses(file, app)...)
	}
	return out
}

// cfInherited are the members of an application, with those that older manifests
// say once for all.
func cfInherited(app, manifest Value) []Field {
	fields := app.Fields[:len(app.Fields):len(app.Fields)]
	for _, f := range manifest.Fields {
		switch f.Key {
		case "memory", "instances", "buildpack", "buildpacks", "services", "env", "health-check-type", "health-check-http-endpoint", "stack":
			if app.Get(f.Key).Kind == Absent {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// cfProcesses are the processes of an application. Where they say themselves what
// answers requests, the application as a whole says no more.
func cfProcesses(file string, app Value) []Fact {
	var out []Fact
	serves := false
	for _, p := range few(app.Get("processes").Items) {
		if p.Kind != Map {
			continue
		}
		kind := cfType(p.Get("type").Text != "web")
		serves = serves || kind == "web"
		out = append(out, cfProcess(file, app, p, kind))
	}
	if len(out) == 0 || !serves && (app.Get("instances").Kind != Absent || app.Get("memory").Kind != Absent) {
		out = append(out, cfProcess(file, app, app, cfType(app.Get("no-route").Text == "true")))
	}
	return out
}

func cfType(silent bool) string {
	if silent {
		return "worker"
	}
	return "web"
}

func cfProcess(file string, app, p Value, kind string) Fact {
	check := mapAt(p, "type", firstOf(p.Get("health-check-type"), app.Get("health-check-type")),
		"path", firstOf(p.Get("health-check-http-endpoint"), app.Get("health-check-http-endpoint")))
	if len(check.Fields) == 0 {
		check = Value{}
	}
	var hosts []Value
	for _, r := range few(app.Get("routes").Items) {
		if host := r.Get("route"); host.Kind != Absent {
			hosts = append(hosts, host)
		}
	}
	return platformFact(file, "cloud-foundry", kind, p, "_name", app.Get("name"), "instances", firstOf(p.Get("instances"), app.Get("instances")),
		"memory", firstOf(p.Get("memory"), app.Get("memory")), "health_check", check, "command", firstOf(p.Get("command"), app.Get("command")),
		"buildpack", firstOf(app.Get("buildpacks"), app.Get("buildpack")), "image", app.Get("docker").Get("image"),
		"hosts", listAt(app, hosts), "services", listAt(app, cfServices(app)), "env", app.Get("env"))
}

// cfServices are the names of what is bound to an application, with the blanks
// in them: what kind it is mostly stands beside those.
func cfServices(app Value) []Value {
	var out []Value
	for _, s := range few(app.Get("services").Items) {
		if s.Kind == Map {
			s = s.Get("name")
		}
		if s.Kind == Unknown {
			s.Kind = String
		}
		if s.Kind == String {
			out = append(out, s)
		}
	}
	return out
}

// unfilled makes unknown what a push fills in.
func unfilled(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind == String && cfBlank().MatchString(v.Text) {
			v.Kind = Unknown
		}
		return v
	})
}
