package facts

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// situation is one way a workflow can be started.
type situation struct {
	name  string // the event, or push_default, push_tag, push_other, pull_request_closed
	event string // as github.event_name has it
}

// afterCI is the situation of a workflow that runs after one which every
// change starts: so does this one, if later.
const afterCI = "workflow_run_after_ci"

// defaultBranches are names under which a default branch, or one that is
// released from, goes. Which one it is, a file can't tell.
var defaultBranches = []string{"main", "master", "trunk", "default", "develop", "release", "release/1.0", "release-1.0", "releases/1.0", "release/v1", "production", "prod", "stable", "live"}

// maxEvents bounds the events of one workflow; GitHub knows fewer.
const maxEvents = 64

// maxMembers bounds the members that are looked at of a list or map for which
// a few dozen are many: path filters, matrices, variables, loops, hosts.
const maxMembers = 200

// few is the first maxMembers of a list.
func few[T any](list []T) []T { return list[:min(len(list), maxMembers)] }

// readTriggers reads `on:`. Callable tells whether other workflows may call
// this one; that by itself starts nothing.
func readTriggers(on Value) (out []situation, callable bool) {
	events := on
	if on.Kind == String || on.Kind == List {
		events = Value{Kind: Map}
		for _, e := range membersOf(on) {
			events.Fields = append(events.Fields, Field{Key: e.Text})
		}
	}
	for _, f := range events.Fields[:min(len(events.Fields), maxEvents)] {
		switch f.Key {
		case "workflow_call":
			callable = true
		case "push":
			out = append(out, pushes(f.Value)...)
		case "pull_request", "pull_request_target":
			out = append(out, pulls(f.Key, f.Value.Get("types"))...)
		default:
			out = append(out, situation{f.Key, f.Key})
		}
	}
	return out, callable
}

func pushes(v Value) []situation {
	branches, no := v.Get("branches"), v.Get("branches-ignore")
	tags, noTags := v.Get("tags"), v.Get("tags-ignore")
	filtersBranches := branches.Kind != Absent || no.Kind != Absent
	filtersTags := tags.Kind != Absent || noTags.Kind != Absent
	var out []situation
	if filtersBranches || !filtersTags {
		if reachesDefault(branches, no) {
			out = append(out, situation{"push_default", "push"})
		}
		if reachesOther(branches) {
			out = append(out, situation{"push_other", "push"})
		}
	}
	if filtersTags || !filtersBranches {
		out = append(out, situation{"push_tag", "push"})
	}
	return out
}

// reachesDefault tells whether a push to the default branch passes the filter.
func reachesDefault(branches, ignored Value) bool {
	for _, name := range defaultBranches[:4] {
		if passes(branches, name) && !ignores(ignored, name) {
			return true
		}
	}
	if branches.Kind == Absent {
		return false // ignored under each of its names
	}
	for _, name := range defaultBranches[4:] {
		if passes(branches, name) {
			return true
		}
	}
	return false
}

func passes(patterns Value, name string) bool {
	if patterns.Kind == Absent {
		return true
	}
	pass := false
	for _, p := range few(membersOf(patterns)) {
		if rest, not := strings.CutPrefix(p.Text, "!"); not {
			pass = pass && !branchMatch(rest, name) && !slices.Contains(defaultBranches[:3], rest)
		} else if branchMatch(p.Text, name) || p.Text == "$default-branch" {
			pass = true
		}
	}
	return pass
}

// ignores tells whether branches-ignore drops the name. Dropping a default
// branch by name drops the default branch, whatever the others are called.
func ignores(patterns Value, name string) bool {
	for _, p := range few(membersOf(patterns)) {
		if branchMatch(p.Text, name) || slices.Contains(defaultBranches[:3], p.Text) || p.Text == "$default-branch" {
			return true
		}
	}
	return false
}

func branchMatch(pattern, name string) bool {
	ok, err := doublestar.Match(strings.ReplaceAll(pattern, "+", "*"), name)
	return err == nil && ok || pattern == name
}

// reachesOther tells whether a push to some other branch passes the filter.
func reachesOther(branches Value) bool {
	if branches.Kind == Absent {
		return true
	}
	for _, p := range few(membersOf(branches)) {
		if !strings.HasPrefix(p.Text, "!") && !slices.Contains(defaultBranches, p.Text) && p.Text != "$default-branch" && !strings.HasPrefix(p.Text, "release") {
			return true
		}
	}
	return false
}

func pulls(event string, types Value) []situation {
	if len(membersOf(types)) == 0 {
		return []situation{{event, event}}
	}
	var out []situation
	for _, t := range few(membersOf(types)) {
		name := ""
		switch t.Text {
		case "opened", "synchronize", "reopened", "ready_for_review":
			name = event
		case "closed":
			name = event + "_closed"
		default:
			name = event + "_other"
		}
		if s := (situation{name, event}); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// triggerNames is what rules see of the situations.
func triggerNames(all []situation) []string {
	var out []string
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, s := range all {
		add(s.event)
		if s.name == "push_default" || s.name == "push_tag" {
			add(s.name)
		}
	}
	return out
}

// triggerClasses is the classes of the situations, in a fixed order.
func triggerClasses(all []situation) []string {
	var in []string
	for _, s := range all {
		switch s.name {
		case "pull_request", "pull_request_target", "merge_group", "push_other":
			in = append(in, "ci")
		case "push_default", afterCI:
			in = append(in, "ci", "deploy")
		case "push_tag", "release", "workflow_run", "deployment", "deployment_status", "repository_dispatch", "pull_request_closed", "pull_request_target_closed":
			in = append(in, "deploy")
		case "schedule":
			in = append(in, "schedule")
		case "workflow_dispatch", "workflow_call":
			in = append(in, "manual")
		default:
			in = append(in, "other")
		}
	}
	if len(all) == 0 {
		in = append(in, "manual")
	}
	return inOrder(in)
}

// inOrder is the classes that there are, each once.
func inOrder(classes []string) []string {
	var out []string
	for _, c := range []string{"ci", "deploy", "schedule", "manual", "other"} {
		if slices.Contains(classes, c) {
			out = append(out, c)
		}
	}
	return out
}

// pathsFilter is the path filters of pushes and pull requests.
func pathsFilter(on Value) Value {
	out := Value{Kind: List}
	for _, event := range []string{"push", "pull_request", "pull_request_target"} {
		for _, key := range []string{"paths", "paths-ignore"} {
			for _, p := range few(membersOf(on.Get(event).Get(key))) {
				if key == "paths-ignore" {
					p.Text = "!" + p.Text
				}
				if !slices.ContainsFunc(out.Items, func(v Value) bool { return v.Text == p.Text }) {
					out.Items = append(out.Items, p)
				}
			}
		}
	}
	if len(out.Items) == 0 {
		return Value{}
	}
	return out
}
