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
	order azureOrder

	callStart, callEnd int // within a template: where the pipeline takes it in
}

func (a *azure) read(top Value) []ciStep {
	if top.Kind != Map {
		return nil
	}
	in := ciStep{hint: a.hint}
	f := azureFill{given: azureParameters(top.Get("parameters"), Value{}), left: a.left}
	top = f.value(top, 0)
	if extended := top.Get("extends"); extended.Get("template").Kind == String && !a.include(extended, in, 0) {
		a.elsewhere(extended, in)
		a.walk(azureHanded(extended), in, 1)
	}
	a.walk(top, in, 0)
	a.inOrder()
	return a.out
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
		in.stage, in.job = name.Text, ""
		a.order.waits(azurePlace{stage: in.stage}, v.Get("dependsOn"))
	}
	if name := firstOf(v.Get("job"), v.Get("deployment")); name.Kind == String {
		in.job = name.Text
		a.order.waits(azurePlace{in.stage, in.job}, v.Get("dependsOn"))
	}
	in.fields = slices.Clone(in.fields)
	defer a.under(v.Get("condition").Text)()
	if image := firstOf(v.Get("container").Get("image"), v.Get("container")); image.Kind == String {
		in.set("image", image)
	}
	in.set("environment", azureEnvironment(v))
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
		defer a.under(v.Fields[0].Key)()
		for _, item := range v.Fields[0].Value.Items {
			next(item, in, depth+1)
		}
		return true
	}
	if v.Get("template").Kind != String {
		return false
	}
	if !a.include(v, in, depth) {
		a.elsewhere(v, in)
		a.walk(azureHanded(v), in, depth+1)
	}
	return true
}

// azureHanded is the stages, jobs and steps that a template kept elsewhere is
// given to run.
func azureHanded(v Value) Value {
	out := Value{Kind: Map, Start: v.Start, End: v.End}
	for _, key := range []string{"stages", "jobs", "steps"} {
		if list := v.Get("parameters").Get(key); list.Kind == List {
			out.Fields = append(out.Fields, Field{key, list})
		}
	}
	return out
}

// elsewhere is a template that another repository keeps.
func (a *azure) elsewhere(v Value, in ciStep) {
	s := in
	s.fields = slices.Clone(in.fields)
	s.start, s.end, s.when = v.Start, v.End, triggerClasses(a.runs)
	s.uses, s.with = v.Get("template").Text, v.Get("parameters")
	if azureTemplate(a.file, s.uses) == "" {
		if purposes := in.azurePurposes(s.uses, a.file, s.with); len(purposes) > 0 {
			s.set("purpose", Strs(purposes))
		}
	}
	a.add(s)
}

// add keeps a step; one of a template is shown where the pipeline takes that in.
func (a *azure) add(s ciStep) {
	if a.callEnd > 0 {
		s.start, s.end = a.callStart, a.callEnd
		s.with = placedAt(s.with, s.start, s.end)
		for i, f := range s.fields {
			s.fields[i].Value = placedAt(f.Value, s.start, s.end)
		}
		for i := range s.commands {
			c := &s.commands[i]
			c.via, c.line = a.file, c.start
			c.start, c.end = a.callStart, a.callEnd
		}
	}
	s.azureTarget()
	s.azureHandles()
	a.out = append(a.out, s)
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
	defer a.under(v.Get("condition").Text)()
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
	for _, short := range []string{"publish", "download"} {
		if v.Get(short).Kind == String {
			s.uses, s.with = short, v
		}
	}
	s.commands = scriptLines(run, dir, false)
	if s.uses != "" || len(s.commands) > 0 {
		a.add(s)
	}
}

func azureDir(v Value) string {
	text := strings.NewReplacer("$(System.DefaultWorkingDirectory)", ".", "$(Build.SourcesDirectory)", ".").Replace(v.Text)
	if strings.Contains(text, "$(") {
		return "/"
	}
	return joinDir("", text)
}
