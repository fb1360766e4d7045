package facts

import (
	"slices"
)

// readDrone reads one document: a pipeline, or something else.
func readDrone(top Value) []ciStep {
	if kind := top.Get("kind").Text; kind != "" && kind != "pipeline" {
		return nil
	}
	base := droneWhen([]situation{onDefault, onOther, onPull, onTag}, top.Get("trigger"))
	var out []ciStep
	for _, v := range top.Get("steps").Items {
		out = append(out, droneStep(v, v.Get("name").Text, base, top.Get("environment"))...)
	}
	return out
}

// readWoodpecker reads a workflow, whose steps are a list or, in the older
// form, a map.
func readWoodpecker(top Value) []ciStep {
	base := droneWhen([]situation{onDefault, onOther, onPull}, top.Get("when"))
	steps := firstOf(top.Get("steps"), top.Get("pipeline"))
	var out []ciStep
	for _, v := range steps.Items {
		out = append(out, droneStep(v, v.Get("name").Text, base, Value{})...)
	}
	for _, f := range steps.Fields {
		out = append(out, droneStep(f.Value, f.Key, base, Value{})...)
	}
	return out
}

func droneStep(v Value, name string, base []situation, env Value) []ciStep {
	runs := droneWhen(base, v.Get("when"))
	if v.Kind != Map || len(runs) == 0 || v.Get("detach").Text == "true" {
		return nil
	}
	s := ciStep{job: name, when: triggerClasses(runs), start: v.Start, end: v.End}
	if v.Get("failure").Text == "ignore" {
		s.hint = hintMayNotFail + "pipeline (failure: ignore)"
	}
	s.set("image", v.Get("image"))
	s.set("env", mergedEnv(v.Get("environment"), env))
	s.set("if", v.Get("when").Get("status"))
	s.commands = scriptLines(v.Get("commands"), "", false)
	if len(s.commands) == 0 && v.Get("image").Kind == String {
		s.uses, s.with = v.Get("image").Text, v.Get("settings")
	}
	return []ciStep{s}
}

// droneWhen is the situations of base that the conditions let through; of a
// list of conditions any may hold.
func droneWhen(base []situation, when Value) []situation {
	if when.Kind == List {
		var out []situation
		for _, w := range when.Items {
			for _, s := range droneWhen(base, w) {
				if !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
		return out
	}
	out := slices.Clone(base)
	if events := when.Get("event"); events.Kind != Absent {
		out = nil
		for _, e := range membersOf(firstOf(events.Get("include"), events)) {
			out = append(out, eventSituation(e.Text)...)
		}
		for _, e := range membersOf(events.Get("exclude")) {
			gone := eventSituation(e.Text)
			out = slices.DeleteFunc(slices.Clone(base), func(s situation) bool { return slices.Contains(gone, s) })
		}
	}
	if cron := when.Get("cron"); cron.Kind != Absent && !slices.Contains(out, onSchedule) {
		out = []situation{onSchedule}
	}
	branch := when.Get("branch")
	if names := firstOf(branch.Get("include"), branch); names.Kind == String || names.Kind == List {
		pushes := onBranches(names)
		out = slices.DeleteFunc(out, func(s situation) bool {
			return s.event == "push" && s != onTag && !slices.Contains(pushes, s)
		})
	}
	return out
}
