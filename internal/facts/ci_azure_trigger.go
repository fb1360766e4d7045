package facts

import (
	"slices"
	"strings"
)

var (
	azureReason = lazily(`(?i)\b(eq|ne|in)\(\s*variables(?:\.|\[')Build\.Reason(?:'\])?\s*,\s*'(\w+)'((?:\s*,\s*'\w+')*)\s*\)`)
	azureBranch = lazily(`(?i)\beq\(\s*variables(?:\.|\[')Build\.SourceBranch(?:Name)?(?:'\])?\s*,\s*'([^']+)'\s*\)`)
	azureTagged = lazily(`(?i)\bstartsWith\(\s*variables(?:\.|\[')Build\.SourceBranch(?:'\])?\s*,\s*'refs/tags/`)
	azureEither = lazily(`(?i)\b(or|not|xor|notIn)\(|\belse`)
)

// azureTriggers is what starts a pipeline.
func azureTriggers(top Value) []situation {
	var out []situation
	trigger := top.Get("trigger")
	switch {
	case trigger.Kind == Absent:
		out = append(out, onDefault, onOther)
	case trigger.Text == "none":
	case trigger.Kind == List || trigger.Kind == String:
		out = append(out, onBranches(trigger)...)
	default:
		if in := trigger.Get("branches").Get("include"); in.Kind != Absent {
			out = append(out, onBranches(in)...)
		} else if trigger.Get("tags").Kind == Absent {
			out = append(out, onDefault, onOther)
		}
		if trigger.Get("tags").Kind != Absent || slices.ContainsFunc(membersOf(trigger.Get("branches").Get("include")), func(v Value) bool { return strings.HasPrefix(v.Text, "refs/tags") }) {
			out = append(out, onTag)
		}
	}
	if top.Get("pr").Text != "none" {
		out = append(out, onPull)
	}
	if len(top.Get("schedules").Items) > 0 {
		out = append(out, onSchedule)
	}
	for _, pipeline := range few(top.Get("resources").Get("pipelines").Items) {
		if len(out) == 0 {
			out = append(out, azureAfter(pipeline.Get("trigger"))...)
		}
	}
	if len(out) == 0 {
		out = append(out, byHand)
	}
	return out
}

// azureAfter is the pushes whose pipeline, once it ends, starts this one.
func azureAfter(trigger Value) []situation {
	branches := trigger.Get("branches")
	include, exclude := branches.Get("include"), branches.Get("exclude")
	if branches.Kind == List {
		include = branches
	}
	switch {
	case trigger.Kind == Absent, trigger.Kind == Null, trigger.Text == "none", trigger.Text == "false", trigger.Get("enabled").Text == "false":
		return nil
	case include.Kind == List && !slices.Contains(onBranches(include), onDefault), slices.Contains(onBranches(exclude), onDefault):
		return []situation{onOther}
	}
	return []situation{onRelease}
}

// under narrows what starts the pipeline to what a condition lets through, until
// what it gives is called.
func (a *azure) under(condition string) (back func()) {
	was := a.runs
	if condition != "" && !azureEither().MatchString(condition) {
		a.runs = slices.DeleteFunc(slices.Clone(a.runs), func(s situation) bool { return azureRefuses(condition, s) })
	}
	return func() { a.runs = was }
}

// azureRefuses tells whether a condition is known to be false in a situation.
func azureRefuses(condition string, s situation) bool {
	for _, m := range azureReason().FindAllStringSubmatch(condition, -1) {
		one := slices.ContainsFunc(strings.Split(m[2]+m[3], ","), func(w string) bool { return azureBegins(strings.Trim(w, " '"), s) })
		if one == strings.EqualFold(m[1], "ne") {
			return true
		}
	}
	if m := azureBranch().FindStringSubmatch(condition); m != nil {
		tag := strings.HasPrefix(m[1], "refs/tags/")
		main := slices.Contains(defaultBranches, strings.TrimPrefix(m[1], "refs/heads/"))
		switch s.name {
		case "pull_request":
			return true
		case "push_tag":
			return !tag
		case "push_default", "schedule":
			return !main
		case "push_other":
			return main || tag
		}
	}
	return azureTagged().MatchString(condition) && s.name != "push_tag" && s.name != "workflow_dispatch"
}

// azureBegins tells whether a build that a situation begins has this reason.
func azureBegins(reason string, s situation) bool {
	switch strings.ToLower(reason) {
	case "pullrequest":
		return s.name == "pull_request"
	case "individualci", "batchedci":
		return s.event == "push"
	case "schedule":
		return s.name == "schedule"
	case "manual":
		return s.name == "workflow_dispatch"
	case "resourcetrigger", "buildcompletion":
		return s.name == "release"
	}
	return true
}
