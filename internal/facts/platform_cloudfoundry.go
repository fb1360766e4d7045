package facts

import (
	"regexp"
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
var cfBlank = regexp.MustCompile(`\(\([\w./-]+\)\)`)

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

func cfProcesses(file string, app Value) []Fact {
	out := []Fact{cfProcess(file, app, app, cfType(app, app.Get("no-route").Text == "true"))}
	for i, p := range few(app.Get("processes").Items) {
		if p.Kind != Map {
			continue
		}
		fact := cfProcess(file, app, p, cfType(p, p.Get("type").Text != "web"))
		if fact.Value.Get("type").Text == "web" || i == 0 && app.Get("instances").Kind == Absent && app.Get("memory").Kind == Absent {
			out = out[1:] // the process says it all
			out = append([]Fact{fact}, out...)
			continue
		}
		out = append(out, fact)
	}
	return out
}

func cfType(p Value, silent bool) string {
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
	fact := platformFact(file, "cloud-foundry", kind, p, "_name", app.Get("name"), "instances", firstOf(p.Get("instances"), app.Get("instances")),
		"memory", firstOf(p.Get("memory"), app.Get("memory")), "health_check", check, "command", firstOf(p.Get("command"), app.Get("command")),
		"buildpack", firstOf(app.Get("buildpacks"), app.Get("buildpack")), "image", app.Get("docker").Get("image"),
		"hosts", listAt(app, hosts), "services", listAt(app, cfServices(app)), "env", app.Get("env"))
	return fact
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
	switch v.Kind {
	case String:
		if cfBlank.MatchString(v.Text) {
			v.Kind = Unknown
		}
	case List:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = unfilled(item)
		}
		v.Items = items
	case Map:
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = Field{f.Key, unfilled(f.Value)}
		}
		v.Fields = fields
	}
	return v
}
