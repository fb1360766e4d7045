package facts

import (
	"path"
	"strings"
)

func readBuildkite(top Value) []ciStep {
	steps := top.Get("steps")
	if top.Kind == List {
		steps = top
	}
	return buildkiteSteps(steps, top.Get("env"), 0)
}

func buildkiteSteps(list, env Value, depth int) []ciStep {
	var out []ciStep
	for _, v := range list.Items {
		if v.Kind != Map || v.Get("skip").Text == "true" || depth > 3 {
			continue
		}
		if group := v.Get("steps"); group.Kind == List {
			out = append(out, buildkiteSteps(group, env, depth+1)...)
			continue
		}
		s := ciStep{job: firstOf(v.Get("key"), v.Get("id"), v.Get("label"), v.Get("name")).Text, when: triggerClasses(buildkiteRuns(v)), start: v.Start, end: v.End}
		if soft := v.Get("soft_fail"); soft.Text == "true" || soft.Kind == List {
			s.hint = hintMayNotFail + "build (soft_fail)"
		}
		s.set("env", mergedEnv(v.Get("env"), env))
		s.set("if", v.Get("if"))
		s.commands = scriptLines(firstOf(v.Get("commands"), v.Get("command")), "", false)
		if len(s.commands) > 0 {
			out = append(out, s)
		}
		for _, p := range membersOf(v.Get("plugins")) {
			out = append(out, buildkitePlugins(s, p)...)
		}
		if t := v.Get("trigger"); t.Kind == String {
			s.commands, s.uses, s.hint = nil, t.Text, "its steps are another pipeline's"
			out = append(out, s)
		}
	}
	return out
}

func buildkitePlugins(s ciStep, p Value) []ciStep {
	s.commands = nil
	s.start, s.end = p.Start, p.End
	names := p.Fields
	if p.Kind == String {
		names = []Field{{Key: p.Text}}
	}
	var out []ciStep
	for _, f := range names {
		s.uses, s.ref, _ = strings.Cut(f.Key, "#")
		s.with = f.Value
		s.commands = pluginCommands(s.uses, f.Value)
		out = append(out, s)
	}
	return out
}

// pluginCommands is what the plugins for containers run, written as their
// documentation says that they do.
func pluginCommands(uses string, with Value) []command {
	command := joinedWords(with.Get("command"))
	switch path.Base(uses) {
	case "docker":
		return blockCommands(Value{Kind: String, Text: command, Start: with.Start, End: with.Start}, "", false)
	case "docker-compose":
	default:
		return nil
	}
	var lines []string
	compose := "docker compose"
	for _, f := range few(membersOf(with.Get("config"))) {
		compose += " -f " + f.Text
	}
	if service := with.Get("run").Text; service != "" {
		lines = append(lines, strings.TrimSpace(compose+" run "+service+" "+command))
	}
	for _, image := range few(membersOf(with.Get("push"))) {
		lines = append(lines, compose+" push "+image.Text)
	}
	return blockCommands(Value{Kind: String, Text: strings.Join(lines, "\n"), Start: with.Start, End: with.Start}, "", false)
}

func buildkiteRuns(v Value) []situation {
	if b := v.Get("branches"); b.Kind != Absent {
		return onBranches(Strs(strings.Fields(b.Text)))
	}
	condition := v.Get("if").Text
	switch {
	case strings.Contains(condition, `build.source != "schedule"`), strings.Contains(condition, `build.source != 'schedule'`):
		if !strings.Contains(condition, "&&") {
			break
		}
		condition = strings.NewReplacer(`"schedule"`, "", `'schedule'`, "").Replace(condition)
		return buildkiteRuns(Value{Kind: Map, Fields: []Field{{"if", Str(condition)}}})
	case strings.Contains(condition, "build.tag"):
		return []situation{onTag}
	case strings.Contains(condition, "pull_request.id != null"):
		return []situation{onPull}
	case strings.Contains(condition, `"schedule"`), strings.Contains(condition, `'schedule'`):
		return []situation{onSchedule}
	case strings.Contains(condition, "build.branch =="):
		for _, b := range defaultBranches {
			if strings.Contains(condition, `"`+b+`"`) || strings.Contains(condition, "'"+b+"'") {
				return []situation{onDefault}
			}
		}
		if !strings.Contains(condition, "default_branch") {
			return []situation{onOther}
		}
		return []situation{onDefault}
	}
	return []situation{onDefault, onOther, onPull}
}
