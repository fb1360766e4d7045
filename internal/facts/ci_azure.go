package facts

import (
	"slices"
	"strings"
)

// azure is one Azure pipeline while it is read.
type azure struct {
	runs  []situation
	out   []ciStep
	files azureFiles
	file  string // the one that is read now
	hint  string // why none of it may run
	left  int    // how many more values of templates may be taken in

	callStart, callEnd int // within a template: where the pipeline takes it in
}

func (a *azure) read(top Value) []ciStep {
	if top.Kind != Map {
		return nil
	}
	in := ciStep{hint: a.hint}
	if extended := top.Get("extends"); extended.Get("template").Kind == String {
		a.include(extended, in, 0)
	}
	a.walk(top, in, 0)
	return a.out
}

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
	if len(out) == 0 && len(top.Get("resources").Get("pipelines").Items) > 0 {
		out = append(out, onRelease)
	}
	if len(out) == 0 {
		out = append(out, byHand)
	}
	return out
}

// walk goes through stages, jobs and deployment strategies to their steps.
func (a *azure) walk(v Value, in ciStep, depth int) {
	if a.instead(v, in, depth, a.walk) {
		return
	}
	if v.Get("continueOnError").Text == "true" && in.hint == "" {
		in.hint = hintMayNotFail + "pipeline (continueOnError)"
	}
	if name := v.Get("stage"); name.Kind == String {
		in.stage = name.Text
	}
	if name := firstOf(v.Get("job"), v.Get("deployment")); name.Kind == String {
		in.job = name.Text
	}
	in.fields = slices.Clone(in.fields)
	if image := firstOf(v.Get("container").Get("image"), v.Get("container")); image.Kind == String {
		in.set("image", image)
	}
	env := v.Get("environment")
	in.set("environment", firstOf(env.Get("name"), env))
	for _, key := range []string{"stages", "jobs", "steps"} {
		for _, item := range v.Get(key).Items {
			if key == "steps" {
				a.step(item, in, depth)
			} else {
				a.walk(item, in, depth+1)
			}
		}
	}
	for _, strategy := range v.Get("strategy").Fields {
		for _, hook := range strategy.Value.Fields {
			if hook.Value.Kind == Map {
				a.walk(hook.Value, in, depth+1)
			}
		}
	}
}

func azureOff(v Value) bool {
	condition := strings.TrimSpace(v.Get("condition").Text)
	return v.Get("enabled").Text == "false" || condition == "false" || condition == "False"
}

// instead tells of what stands in place of a stage, job or step, and goes through
// it: nothing, where it is switched off, a conditional insertion or a template.
func (a *azure) instead(v Value, in ciStep, depth int, next func(Value, ciStep, int)) bool {
	if depth > maxAzureDepth || azureOff(v) {
		return true
	}
	if azureInserted(v) {
		for _, item := range v.Fields[0].Value.Items {
			next(item, in, depth+1)
		}
		return true
	}
	return v.Get("template").Kind == String && a.include(v, in, depth)
}

// azureInserted knows a conditional insertion.
func azureInserted(v Value) bool {
	return v.Kind == Map && len(v.Fields) == 1 && strings.HasPrefix(v.Fields[0].Key, "${{")
}

func (a *azure) step(v Value, in ciStep, depth int) {
	if a.instead(v, in, depth, a.step) {
		return
	}
	s := in
	s.fields = slices.Clone(in.fields)
	s.start, s.end, s.when = v.Start, v.End, triggerClasses(a.runs)
	if v.Get("continueOnError").Text == "true" {
		s.hint = hintMayNotFail + "job (continueOnError)"
	}
	s.set("name", v.Get("displayName"))
	s.set("if", v.Get("condition"))
	s.set("env", v.Get("env"))
	dir := azureDir(firstOf(v.Get("workingDirectory"), v.Get("inputs").Get("workingDirectory")))
	run := firstOf(v.Get("script"), v.Get("bash"), v.Get("pwsh"), v.Get("powershell"))
	if task := v.Get("task"); task.Kind == String {
		s.uses, s.ref, _ = strings.Cut(task.Text, "@")
		if s.ref != "" { // tasks are told apart by their major version
			s.uses += "@" + s.ref
		}
		s.with = v.Get("inputs")
		run = firstOf(s.with.Get("script"), s.with.Get("inlineScript"), s.with.Get("inline"))
		if run.Kind == Absent {
			run, dir = azureTask(task.Text, s.with, dir)
		}
	}
	if t := v.Get("template"); t.Kind == String {
		s.uses, s.with = t.Text, v.Get("parameters")
		if strings.Contains(t.Text, "@") {
			s.hint = "its steps live in another repository"
		}
	}
	s.commands = scriptLines(run, dir, false)
	if a.callEnd > 0 { // shown where the pipeline takes it in
		s.start, s.end = a.callStart, a.callEnd
		for i := range s.commands {
			c := &s.commands[i]
			c.via, c.line = a.file, c.start
			c.start, c.end = a.callStart, a.callEnd
		}
	}
	if s.uses != "" || len(s.commands) > 0 {
		a.out = append(a.out, s)
	}
}

func azureDir(v Value) string {
	text := strings.NewReplacer("$(System.DefaultWorkingDirectory)", ".", "$(Build.SourcesDirectory)", ".").Replace(v.Text)
	if strings.Contains(text, "$(") {
		return "/"
	}
	return joinDir("", text)
}
