package facts

import (
	"path"
	"strconv"
	"strings"
)

// call is the fact of a job that calls a workflow.
func (b *jobBuilder) call(uses Value) Fact {
	v := b.job.value
	name, ref, _ := strings.Cut(uses.Text, "@")
	hint := b.hint
	if hint == "" && b.join.localWorkflow(uses.Text) == "" && !strings.HasPrefix(name, "./") {
		hint = "its steps live in another repository"
	}
	b.actions = append(b.actions, Value{Kind: String, Text: name, Start: uses.Start, End: uses.End})
	attrs := Value{Kind: Map, Start: v.Start, End: v.End, Fields: []Field{
		{"uses", Value{Kind: String, Text: name, Start: uses.Start, End: uses.End}},
		{"ref", Str(ref)},
	}}
	for _, f := range b.shared {
		if f.Key == "environment" {
			continue
		}
		attrs.Fields = append(attrs.Fields, f)
	}
	if env := b.calledEnvironment(uses.Text); env.Kind != Absent {
		attrs.Fields = append(attrs.Fields, Field{"environment", env})
	}
	for _, key := range []string{"with", "secrets", "if"} {
		if m := v.Get(key); m.Kind != Absent {
			attrs.Fields = append(attrs.Fields, Field{key, inferred(m)})
		}
	}
	return Fact{Kind: Workflow, Name: strings.ToLower(strings.TrimPrefix(name, "./")), Path: b.w.path, Start: v.Start, End: v.End, Value: attrs, Hint: hint, Group: b.group()}
}

// calledEnvironment is the environment that a called workflow's jobs use when
// this job gives its name.
func (b *jobBuilder) calledEnvironment(uses string) Value {
	w := b.join.files[b.join.localWorkflow(uses)]
	if w == nil {
		return Value{}
	}
	for _, job := range w.jobs {
		env := job.value.Get("environment")
		if env.Kind == Map {
			env = env.Get("name")
		}
		if name := inputName(env.Text); name != "" {
			given := b.job.value.Get("with").Get(name)
			if given.Kind == Absent {
				given = w.top.Get("on").Get("workflow_call").Get("inputs").Get(name).Get("default")
			}
			env = given
		}
		if env.Kind == String {
			return inferred(env)
		}
	}
	return Value{}
}

// step is the facts of a step: its own, and those of the steps of a local
// composite action that it uses.
func (b *jobBuilder) step(s *parsedStep) []Fact {
	runs := possible(b.runs, s.value.Get("if"))
	if len(runs) == 0 || s.uses == "" && s.value.Get("run").Kind == Absent {
		return nil
	}
	f := b.stepFact(s, runs, s.value.Start, s.value.End)
	out := []Fact{f}
	dir, local := strings.CutPrefix(s.uses, "./")
	a := b.join.actions[strings.TrimSuffix(path.Clean(dir), "/")]
	if s.uses == "./" || s.uses == "." {
		a, local = b.join.actions[""], true
	}
	if !local || a == nil {
		return out
	}
	for i := range few(a.steps) {
		if *b.join.scripts.left -= 20; *b.join.scripts.left < 0 {
			break
		}
		inner := a.steps[i]
		inner.value = withInputs(inner.value, s.value.Get("with"), a.inputs)
		if run := inner.value.Get("run"); run.Text != a.steps[i].value.Get("run").Text {
			inner.commands = blockCommands(run, workDir(inner.value.Get("working-directory")), strings.HasPrefix(inner.value.Get("shell").Text, "bash"))
		}
		if r := possible(runs, inner.value.Get("if")); len(r) > 0 {
			n := b.stepFact(&inner, r, s.value.Start, s.value.End)
			n.Value.Fields = append(n.Value.Fields, Field{"via", Str(a.path)}, Field{"via_line", Num(a.steps[i].value.Start)})
			if n.Hint == "" {
				n.Hint = f.Hint
			}
			out = append(out, n)
		}
	}
	return out
}

// stepFact makes the fact of one step, at the lines that the reader is to see.
func (b *jobBuilder) stepFact(s *parsedStep, runs []situation, start, end int) Fact {
	v := s.value
	attrs := Value{Kind: Map, Start: start, End: end}
	add := func(key string, v Value) {
		if v.Kind != Absent && v.Kind != Null {
			attrs.Fields = append(attrs.Fields, Field{key, v})
		}
	}
	moved := start != v.Start
	place := func(v Value) Value {
		if moved {
			return placedAt(v, start, end)
		}
		return v
	}
	name := "run"
	if s.uses != "" {
		if name = strings.ToLower(strings.TrimPrefix(s.uses, "./")); name == "" {
			name = "." // the action at the root of the repository
		}
		uses := place(v.Get("uses"))
		uses.Text = s.uses
		add("uses", uses)
		b.actions = append(b.actions, uses)
		if s.ref != "" {
			add("ref", Value{Kind: String, Text: s.ref, Start: uses.Start, End: uses.End})
		}
	}
	add("run", place(v.Get("run")))
	if cs := b.stepCommands(s, start, end, moved); len(cs) > 0 {
		list := Value{Kind: List, Items: cs, Start: cs[0].Start, End: cs[len(cs)-1].End}
		add("commands", list)
		b.commands = append(b.commands, cs...)
	}
	add("with", place(inferred(b.settled(v.Get("with"), runs))))
	env := b.env
	if own := v.Get("env"); own.Kind == Map {
		env = mergedEnv(inferred(own), env)
	}
	add("env", place(env))
	for _, key := range []string{"name", "if", "id", "shell", "working-directory"} {
		add(strings.ReplaceAll(key, "-", "_"), place(v.Get(key)))
	}
	for _, f := range b.shared {
		switch f.Key {
		case "triggers":
			f.Value = Strs(triggerNames(runs))
		case "when":
			f.Value = Strs(triggerClasses(runs))
		}
		attrs.Fields = append(attrs.Fields, f)
	}
	return Fact{Kind: Workflow, Name: name, Path: b.w.path, Start: start, End: end, Value: attrs, Hint: b.stepHint(s), Group: b.group()}
}

// stepHint says why a step may not fail its job.
func (b *jobBuilder) stepHint(s *parsedStep) string {
	if b.hint != "" {
		return b.hint
	}
	if s.value.Get("continue-on-error").Text == "true" {
		return "may not fail the job (continue-on-error)"
	}
	return softInput(s.value.Get("with"))
}

// softInput says which input tells an action to report success whatever it
// finds.
func softInput(with Value) string {
	for _, f := range with.Fields {
		text := strings.ToLower(strings.TrimSpace(f.Value.Text))
		soft := false
		switch strings.ReplaceAll(strings.ToLower(f.Key), "_", "-") {
		case "soft-fail", "no-fail", "continue-on-error", "ignore-failure", "ignore-errors", "exit-zero", "allow-failure":
			soft = text == "true"
		case "exit-code":
			soft = text == "0"
		case "fail-build", "fail-action", "fail-on-error", "fail":
			soft = text == "false"
		case "args", "options", "flags", "extra-args", "additional-args", "cli-args":
			if hint := softFlags(" " + text); hint != "" {
				return hint
			}
		}
		if soft {
			return "reports success whatever it finds (" + f.Key + ": " + text + ")"
		}
	}
	return ""
}

// stepCommands is the commands of a step with those of the scripts they run.
func (b *jobBuilder) stepCommands(s *parsedStep, start, end int, moved bool) []Value {
	cs := s.commands
	if s.uses == "pre-commit/action" {
		args := splitWords("run " + s.value.Get("with").Get("extra_args").Text)
		if r := b.join.scripts.preCommit(args, ""); r.script != nil {
			for _, c := range r.collect(r.targets[0], nil, map[string]bool{}) {
				c.via, c.line = r.script.path, c.start
				c.start, c.end = s.value.Start, s.value.End
				cs = append(cs, c)
			}
		}
	} else {
		cs = b.join.scripts.follow(b.overMatrix(cs))
	}
	var out []Value
	for _, c := range cs {
		if moved {
			c.start, c.end = start, end
		}
		out = append(out, c.value())
	}
	return out
}

// value is a command as an attribute.
func (c command) value() Value {
	v := Value{Kind: Map, Start: c.start, End: c.end}
	at := func(s string) Value { return Value{Kind: String, Text: s, Start: c.start, End: c.end} }
	v.Fields = append(v.Fields, Field{"text", at(c.text)})
	if c.hint != "" {
		v.Fields = append(v.Fields, Field{"hint", at(c.hint)})
	}
	if c.via != "" {
		v.Fields = append(v.Fields, Field{"via", at(c.via)}, Field{"via_line", Value{Kind: Number, Text: strconv.Itoa(c.line), Start: c.start, End: c.end}})
	}
	if c.hook != "" {
		v.Fields = append(v.Fields, Field{"hook", at(c.hook)})
	}
	return v
}

// mergedEnv is the variables of the innermost map over those further out.
func mergedEnv(maps ...Value) Value {
	var out Value
	for _, m := range maps {
		if m.Kind != Map {
			continue
		}
		if out.Kind == Absent {
			out = Value{Kind: Map, Start: m.Start, End: m.End}
		}
		if len(m.Fields) > maxMembers {
			m.Fields = m.Fields[:maxMembers:maxMembers]
		}
		if len(out.Fields) < maxMembers {
			out.Fields = mergeFields(out.Fields, m)
		}
	}
	return out
}

// placedAt is the tree with every value on the given lines.
func placedAt(v Value, start, end int) Value {
	return mapped(v, func(x Value) Value {
		x.Start, x.End = start, end
		return x
	})
}

// withInputs is a step of an action with its inputs written out.
func withInputs(v, given, declared Value) Value {
	return mapped(v, func(x Value) Value {
		if x.Kind != String || !strings.Contains(x.Text, "inputs.") {
			return x
		}
		if name := inputName(x.Text); name != "" {
			g := firstOf(given.Get(name), declared.Get(name).Get("default"))
			if g.Kind != Absent {
				x.Kind, x.Text = g.Kind, g.Text
			}
			return x
		}
		x.Text = calledInput.ReplaceAllStringFunc(x.Text, func(found string) string {
			name := calledInput.FindStringSubmatch(found)[1]
			if g := firstOf(given.Get(name), declared.Get(name).Get("default")); g.Text != "" && !strings.Contains(g.Text, "${{") {
				return g.Text
			}
			return found
		})
		return x
	})
}

// mapped is the tree with f done to every value, members first.
func mapped(v Value, f func(Value) Value) Value {
	if v.Kind == Absent {
		return v
	}
	if len(v.Items) > 0 {
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = mapped(item, f)
		}
		v.Items = items
	}
	if len(v.Fields) > 0 {
		fields := make([]Field, len(v.Fields))
		for i, m := range v.Fields {
			fields[i] = Field{m.Key, mapped(m.Value, f)}
		}
		v.Fields = fields
	}
	return f(v)
}
