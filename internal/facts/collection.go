package facts

import (
	"fmt"
	"maps"
	"path"
	"strings"
)

// manyPrograms is how many programs for infrastructure stand side by side in
// a collection to choose from; hardly any product has as many.
const manyPrograms = 20

// manyPatterns is how many folders of patterns make a collection.
const manyPatterns = 5

// pattern knows a folder that shows how a thing is done.
var pattern = lazily(`^(.*/)?(patterns|blueprints|recipes)/[^/]+/`)

var deploysProgram = lazily(`\b(cdk|cdktf|pulumi|sam|serverless|sls|nx|turbo|lerna|make|task|just)\b.*\b(deploy|up)\b|\bdeploy\S*\.(sh|py|js|ts)\b`)

// liveStack knows the settings of a stack that is in production.
var liveStack = lazily(`(?i)^Pulumi\.([\w.-]*[._-])?(prod|prd|production|live)([._-][\w.-]*)?\.ya?ml$`)

// markCollection makes hints of what lies in one of many programs that nothing
// here deploys: samples to take from say nothing of how anything is run.
func markCollection(all []Fact, files []File) {
	markPolicies(all)
	programs, live, patterns := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".tf") && f.Area == 0 {
			if m := pattern().FindString(f.Path); m != "" {
				patterns[path.Dir(m)] = true
			}
		}
		base := path.Base(f.Path)
		if len(base) > 7 && strings.EqualFold(base[:7], "pulumi.") && liveStack().MatchString(base) {
			live[path.Dir(f.Path)] = true
		}
		if dir := path.Dir(f.Path); f.Area == 0 && dir != "." && isProgramFile(base) {
			programs[dir] = true
		}
	}
	for dir := range live { // somebody runs these, wherever from
		delete(programs, dir)
	}
	if len(patterns) >= manyPatterns {
		maps.Copy(programs, patterns)
	} else if len(programs) < manyPrograms {
		return
	}
	inside := func(p string) bool {
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			if programs[dir] {
				return true
			}
		}
		return false
	}
	var within []int
	for i := range all {
		switch {
		case inside(all[i].Path):
			within = append(within, i)
		case deployed(&all[i]):
			return
		}
	}
	hint := fmt.Sprintf("one of %d programs side by side, which nothing here deploys", len(programs))
	for _, i := range within {
		if all[i].Hint == "" {
			all[i].Hint = hint
		}
	}
}

// isProgramFile tells whether a file of this name makes its folder a program.
func isProgramFile(base string) bool {
	switch base {
	case "cdk.json", "cdktf.json", "Pulumi.yaml", "Pulumi.yml", "samconfig.toml", "serverless.yml", "serverless.yaml", "serverless.ts":
		return true
	}
	return false
}

// deployed tells whether a step or command deploys programs.
func deployed(f *Fact) bool {
	switch f.Kind {
	case CI:
		return deploysProgram().MatchString(f.Value.Get("run").Text)
	case Workflow:
		for _, c := range f.Value.Get("commands").Items {
			if deploysProgram().MatchString(c.Get("text").Text) {
				return true
			}
		}
		uses := f.Value.Get("uses").Text
		return strings.Contains(uses, "deploy") || uses == "pulumi/actions" || strings.HasPrefix(uses, "serverless/")
	}
	return false
}

// manyPolicies is how many policies for clusters make a catalogue: one that
// people take from, or that a scanner brings.
const manyPolicies = 40

// markPolicies makes hints of a catalogue's policies when nothing here installs
// anything into a cluster.
func markPolicies(all []Fact) {
	var policies []int
	for i := range all {
		f := &all[i]
		switch {
		case f.Kind != Kubernetes:
		case strings.HasSuffix(f.Name, ".kyverno.io"), f.Name == "constrainttemplate.templates.gatekeeper.sh":
			policies = append(policies, i)
		case strings.HasSuffix(f.Name, ".toolkit.fluxcd.io"), strings.HasPrefix(f.Name, "application") && strings.HasSuffix(f.Name, ".argoproj.io"):
			return
		}
	}
	if len(policies) < manyPolicies {
		return
	}
	for _, i := range policies {
		if all[i].Hint == "" {
			all[i].Hint = fmt.Sprintf("one of %d policies to choose from, which nothing here installs", len(policies))
		}
	}
}
