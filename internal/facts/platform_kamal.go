package facts

import (
	"path"

	"go.yaml.in/yaml/v3"
)

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
