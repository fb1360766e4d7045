package facts

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

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
