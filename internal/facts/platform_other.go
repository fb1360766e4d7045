package facts

import (
	"bufio"
	"bytes"
	"path"
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

// isKamal takes what Kamal deploys by: config/deploy.yml, config/deploy.production.yml.
func isKamal(p place, _ *layout) bool {
	return isYAMLNamed(p, "deploy") && path.Base(p.dir) == "config"
}

// readKamal gives a fact for each role of servers.
func readKamal(file string, docs []*yaml.Node) []Fact {
	if len(docs) == 0 {
		return nil
	}
	said := nodeValue(docs[0])
	if said.Get("service").Kind == Absent || said.Get("image").Kind == Absent {
		return nil
	}
	proxy := firstOf(said.Get("proxy"), said.Get("traefik"))
	check := firstOf(proxy.Get("healthcheck"), said.Get("healthcheck"))
	if check.Kind == Map {
		check = mapAt(check, "path", check.Get("path"), "type", check.Get("cmd"))
	}
	env := said.Get("env")
	if clear := env.Get("clear"); clear.Kind == Map {
		env = clear
	}
	role := func(kind string, of, hosts Value) Fact {
		words := []any{"_name", said.Get("service"), "instances", howMany(hosts), "image", said.Get("image"),
			"memory", of.Get("options").Get("memory"), "cpu", of.Get("options").Get("cpus"), "command", of.Get("cmd")}
		if kind == "web" && proxy.Kind != Absent { // it passes requests on when the new container answers
			words = append(words, "strategy", at(Str("proxy"), proxy.Start), "health_check", check,
				"https", proxy.Get("ssl"), "hosts", firstOf(proxy.Get("hosts"), proxy.Get("host")))
		}
		return platformFact(file, "kamal", kind, of, append(words, "env", env)...)
	}
	servers := said.Get("servers")
	if servers.Kind != Map {
		return []Fact{role("web", said, servers)}
	}
	var out []Fact
	for _, r := range few(servers.Fields) {
		kind := "worker"
		if r.Key == "web" {
			kind = "web"
		}
		hosts := r.Value
		if hosts.Kind == Map {
			hosts = hosts.Get("hosts")
		}
		out = append(out, role(kind, r.Value, hosts))
	}
	return out
}

// howMany is how many members a list has.
func howMany(list Value) Value {
	if list.Kind != List {
		return Value{}
	}
	n := Num(len(list.Items))
	n.Start, n.End = list.Start, list.End
	return n
}

func isProcfile(p place, _ *layout) bool { return p.base == "procfile" }

// readProcfile gives a fact for each process of a Procfile: what Heroku and those
// after it run, and before a release what `release` says.
func readProcfile(file string, text []byte) ([]Fact, []Warning) {
	var out []Fact
	var release Value
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxText)
	for n := 1; lines.Scan() && len(out) < maxMembers; n++ {
		kind, command, ok := strings.Cut(lines.Text(), ":")
		if kind = strings.TrimSpace(kind); !ok || kind == "" || strings.ContainsAny(kind, "# \t") {
			continue
		}
		said := Value{Kind: Map, Start: n, End: n, Fields: []Field{{"command", at(Str(strings.TrimSpace(command)), n)}}}
		if kind == "release" {
			release = said.Get("command")
		}
		out = append(out, platformFact(file, "procfile", procfileType(kind), said, "_name", Str(kind), "command", said.Get("command"), "release", release))
	}
	return out, nil
}

func procfileType(name string) string {
	switch name {
	case "web":
		return "web"
	case "release":
		return "release"
	}
	return "worker"
}
