package facts

import (
	"slices"
	"strings"
)

// travisPhases is the phases of a build in their order; those from
// after_success on can't fail it.
var travisPhases = []string{"before_install", "install", "before_script", "script", "after_success", "after_failure", "after_script"}

func readTravis(top Value) []ciStep {
	base := []situation{onDefault, onOther, onPull}
	if only := top.Get("branches").Get("only"); only.Kind != Absent {
		base = append(onBranches(only), onPull)
	}
	var out []ciStep
	for _, t := range travisMatrix(top) {
		out = append(out, travisJob(t, "", base)...)
	}
	jobs := travisJobs(top)
	if s, ok := travisDefault(top, jobs); ok {
		s.when = triggerClasses(base)
		out = append(out, s)
	}
	for _, j := range jobs {
		runs := base
		switch condition := j.Get("if").Text; {
		case strings.Contains(condition, "type = cron"):
			runs = []situation{onSchedule}
		case strings.Contains(condition, "tag "):
			runs = []situation{onTag}
		case strings.Contains(condition, "type = pull_request"):
			runs = []situation{onPull}
		case strings.Contains(condition, "branch = "):
			runs = []situation{onDefault}
		}
		out = append(out, travisJob(j, firstOf(j.Get("name"), j.Get("stage")).Text, runs)...)
	}
	return out
}

// travisJobs is the jobs that are written out: below include, or as the list
// itself.
func travisJobs(top Value) []Value {
	for _, key := range [...]string{"jobs", "matrix"} {
		v := top.Get(key)
		if v.Kind == Map {
			v = v.Get("include")
		}
		if list := membersOf(v); len(list) > 0 {
			return list
		}
	}
	return nil
}

// travisPublish is what after_success is for: what passed is handed on.
var travisPublish = lazily(`^(docker|podman|buildah)\s+(\S+\s+)*?(build|tag|login|push)\b|^(aws|gcloud|kubectl|helm|heroku|cf)\s`)

// travisScripts is what Travis runs for a language where no script is told;
// those that depend on what else lies there are left out.
var travisScripts = map[string]string{
	"java": "mvn test -B", "groovy": "gradle check", "scala": "sbt test", "clojure": "lein test",
	"node_js": "npm test", "php": "phpunit", "rust": "cargo test --verbose", "elixir": "mix test", "ruby": "rake",
}

// travisDefault is the script that a language brings, where neither the file
// nor one of its jobs tells another.
func travisDefault(top Value, jobs []Value) (ciStep, bool) {
	language := top.Get("language")
	script, ok := travisScripts[language.Text]
	if !ok || top.Get("script").Kind != Absent {
		return ciStep{}, false
	}
	for _, j := range jobs {
		if j.Get("script").Kind != Absent || j.Get("stage").Kind != Absent {
			return ciStep{}, false
		}
	}
	v := language
	v.Text = script
	s := ciStep{stage: "script", commands: scriptLines(v, "", false)}
	s.set("env", top.Get("env"))
	return s, true
}

func travisJob(v Value, name string, runs []situation) []ciStep {
	var out []ciStep
	for i, phase := range travisPhases {
		cs := scriptLines(v.Get(phase), "", false)
		if len(cs) == 0 {
			continue
		}
		s := ciStep{job: name, stage: firstOf(v.Get("stage"), Str(phase)).Text, when: triggerClasses(runs), commands: cs}
		for c := range cs {
			if i > 3 && cs[c].hint == "" && (phase != "after_success" || !travisPublish().MatchString(cs[c].text)) {
				cs[c].hint = hintFailure + "does not fail the build (" + phase + ")"
			}
		}
		s.set("env", v.Get("env"))
		out = append(out, s)
	}
	for _, d := range membersOf(v.Get("deploy")) {
		if d.Kind != Map {
			continue
		}
		when := []situation{onDefault}
		if d.Get("on").Get("tags").Text == "true" {
			when = []situation{onTag}
		}
		s := ciStep{job: name, stage: "deploy", uses: d.Get("provider").Text, with: d, when: triggerClasses(when), start: d.Start, end: d.End}
		s.commands = scriptLines(d.Get("script"), "", false)
		out = append(out, s)
	}
	return slices.Clip(out)
}
