package facts

import (
	"path"
	"strings"
)

// isFly takes fly.toml, fly.production.toml, fly-staging.toml and fly/api.toml.
func isFly(p place, _ *layout) bool {
	return p.ext == ".toml" && (path.Base(p.dir) == "fly" || p.base == "fly.toml" || strings.HasPrefix(p.base, "fly.") || strings.HasPrefix(p.base, "fly-"))
}

// readFly reads an application of Fly: one fact for what answers requests, and
// one for each other process.
func readFly(file string, text []byte) ([]Fact, []Warning) {
	app, line, err := tomlValue(text)
	if err != nil {
		return nil, warned(broken(file, line, err.Error()), Platform)
	}
	if app.Get("app").Kind == Absent && app.Get("http_service").Kind == Absent && app.Get("services").Kind == Absent {
		return nil, nil
	}
	serves := firstOf(app.Get("http_service"), firstItem(app.Get("services")))
	vm := firstItem(app.Get("vm"))
	build, deploy := app.Get("build"), app.Get("deploy")
	common := []any{
		"_name", app.Get("app"), "memory", firstOf(vm.Get("memory"), vm.Get("memory_mb")), "cpu", vm.Get("cpus"), "size", vm.Get("size"),
		"release", deploy.Get("release_command"), "strategy", deploy.Get("strategy"), "env", app.Get("env"),
		"image", build.Get("image"), "dockerfile", build.Get("dockerfile"), "buildpack", firstOf(build.Get("builder"), build.Get("buildpacks")),
	}
	if serves.Kind == Absent {
		return []Fact{platformFact(file, "fly", "worker", app, append(common, "health_check", flyCheck(app, serves))...)}, nil
	}
	web := platformFact(file, "fly", "web", app, append(common, "instances", serves.Get("min_machines_running"),
		"scales", firstOf(serves.Get("auto_start_machines")), "https", flyHTTPS(serves), "health_check", flyCheck(app, serves))...)
	return []Fact{web}, nil
}

func firstItem(v Value) Value {
	if v.Kind == List {
		for _, item := range v.Items {
			return item
		}
		return Value{}
	}
	return v
}

// flyCheck is what asks the application whether it is well.
func flyCheck(app, serves Value) Value {
	check := firstOf(firstItem(serves.Get("checks")), firstItem(serves.Get("http_checks")), firstItem(serves.Get("tcp_checks")))
	if check.Kind == Absent {
		for _, c := range app.Get("checks").Fields {
			check = c.Value
			break
		}
	}
	if check.Kind != Map {
		return Value{}
	}
	return mapAt(check, "path", check.Get("path"), "type", check.Get("type"))
}

// flyHTTPS tells whether plain requests are sent on to HTTPS.
func flyHTTPS(serves Value) Value {
	https := serves.Get("force_https")
	for _, port := range few(serves.Get("ports").Items) {
		https = firstOf(https, port.Get("force_https"))
	}
	return https
}

// isRailway takes the configuration of a service of Railway's.
func isRailway(p place, _ *layout) bool { return p.base == "railway.toml" || p.base == "railway.json" }

func readRailway(in *source, out *found) {
	var said Value
	if in.path[len(in.path)-1] == 'l' {
		v, line, err := tomlValue(in.text)
		if err != nil {
			out.warnings = append(out.warnings, warned(broken(in.path, line, err.Error()), Platform)...)
			return
		}
		said = v
	} else if docs, faults := in.documents(); len(docs) > 0 {
		said = nodeValue(docs[0])
	} else {
		out.warnings = append(out.warnings, warned(faults, Platform)...)
		return
	}
	build, deploy := said.Get("build"), said.Get("deploy")
	if build.Kind == Absent && deploy.Kind == Absent {
		return
	}
	kind := "web"
	if deploy.Get("cronSchedule").Kind == String {
		kind = "schedule"
	}
	out.facts = append(out.facts, platformFact(in.path, "railway", kind, said, "instances", deploy.Get("numReplicas"),
		"health_check", under(deploy.Get("healthcheckPath"), "path"), "release", deploy.Get("preDeployCommand"), "command", deploy.Get("startCommand"),
		"schedule", deploy.Get("cronSchedule"), "build", build.Get("buildCommand"), "dockerfile", build.Get("dockerfilePath")))
}

// warned says which family the warnings of a file are about.
func warned(all []Warning, kind Kind) []Warning {
	for i := range all {
		all[i].Kinds = []Kind{kind}
	}
	return all
}
