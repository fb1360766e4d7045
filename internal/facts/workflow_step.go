package facts

import (
	"strconv"
	"strings"
)

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
	if purposes := b.purposes(s.uses, v.Get("name").Text, v.Get("with")); len(purposes) > 0 {
		add("purpose", Strs(purposes))
	}
	add("run", place(v.Get("run")))
	env := b.env
	if own := v.Get("env"); own.Kind == Map {
		env = mergedEnv(inferred(own), env)
	}
	if cs := b.stepCommands(s, env, start, end, moved); len(cs) > 0 {
		list := Value{Kind: List, Items: cs, Start: cs[0].Start, End: cs[len(cs)-1].End}
		add("commands", list)
		b.commands = append(b.commands, cs...)
	}
	with := place(inferred(b.settled(v.Get("with"), runs)))
	add("with", with)
	if account, of := accountOf(name, with, env); account != "" {
		add("account", at(Str(account), with.Start))
		if of != "" {
			add("account_env", at(Str(of), with.Start))
		}
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
		return hintMayNotFail + "job (continue-on-error)"
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
			return hintSuccess + " (" + f.Key + ": " + text + ")"
		}
	}
	return ""
}

// runsHooks tells whether an action runs the hooks of pre-commit.
func runsHooks(uses string, with Value) bool {
	switch uses = strings.ToLower(uses); uses {
	case "pre-commit/action", "tox-dev/action-pre-commit-uv", "clowdhaus/terraform-composite-actions/pre-commit":
		return true
	case "j178/prek-action":
		return with.Get("install-only").Text != "true"
	}
	name := phrase(calledFile(uses))
	return has(name, []string{"pre-commit", "precommit", "prek"}) && !has(name, notPurposes) && !has(name, []string{"autoupdate", "setup", "install", "cache"})
}

// hooks is what the hooks of pre-commit run, where a step or a job starts them.
func (b *jobBuilder) hooks(with, at Value) []command {
	args := splitWords("run " + with.Get("extra_args").Text + with.Get("extra-args").Text)
	r := b.join.scripts.preCommit(args, "")
	if r.script == nil {
		return nil
	}
	cs := r.collect(r.targets[0], nil, map[string]bool{})
	for i := range cs {
		cs[i].via, cs[i].line = r.script.path, cs[i].start
		cs[i].start, cs[i].end = at.Start, at.End
	}
	return cs
}

// stepCommands is the commands of a step with those of the scripts they run.
func (b *jobBuilder) stepCommands(s *parsedStep, env Value, start, end int, moved bool) []Value {
	cs := s.commands
	if runsHooks(s.uses, s.value.Get("with")) {
		cs = append(cs, b.hooks(s.value.Get("with"), s.value)...)
	} else if strings.EqualFold(s.uses, "docker/build-push-action") {
		cs = b.join.scripts.reached(b.join.scripts.builtByAction(s.value.Get("with")), command{start: s.value.Start, end: s.value.End}, 0)
	} else {
		cs = b.join.scripts.follow(b.spelled(b.inFolders(s, env), env))
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

// inFolders is the commands of a step in each folder that a matrix, an input
// or a variable names.
func (b *jobBuilder) inFolders(s *parsedStep, env Value) []command {
	if !strings.Contains(s.dir.Text, "${{") {
		return s.commands
	}
	var out []command
	for _, dir := range b.names([]string{s.dir.Text}, env) {
		at := s.dir
		at.Text = dir
		for _, c := range s.commands {
			c.dir = joinDir(workDir(at), strings.TrimPrefix(c.dir, "/"))
			out = append(out, c)
		}
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
	if c.dir != "" && c.dir != "." {
		v.Fields = append(v.Fields, Field{"dir", at(c.dir)})
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
