package facts

import (
	"slices"
	"strings"
)

// call is the fact of a job that calls a workflow.
func (b *jobBuilder) call(uses Value) Fact {
	v := b.job.value
	name, ref := actionName(uses.Text)
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
	if env := b.calledEnvironment(uses); env.Kind != Absent {
		attrs.Fields = append(attrs.Fields, Field{"environment", env})
	}
	if with := b.join.handed(b.w, b.job); with.Kind != Absent {
		attrs.Fields = append(attrs.Fields, Field{"with", inferred(with)})
	}
	if m := v.Get("secrets"); m.Kind != Absent {
		attrs.Fields = append(attrs.Fields, Field{"secrets", inferred(m)})
	}
	if m := v.Get("if"); m.Kind != Absent {
		attrs.Fields = append(attrs.Fields, Field{"if", m})
	}
	if purposes := b.purposes(uses.Text, "", v.Get("with")); len(purposes) > 0 {
		attrs.Fields = append(attrs.Fields, Field{"purpose", Strs(purposes)})
	}
	if cs := b.handedCommands(uses.Text, v.Get("with")); len(cs) > 0 {
		attrs.Fields = append(attrs.Fields, Field{"commands", Value{Kind: List, Items: cs, Start: cs[0].Start, End: cs[len(cs)-1].End}})
		b.commands = append(b.commands, cs...)
	}
	return Fact{Kind: Workflow, Name: strings.ToLower(strings.TrimPrefix(name, "./")), Path: b.w.path, Start: v.Start, End: v.End, Value: attrs, Hint: b.hint, Group: b.group()}
}

// calledEnvironment is the environment that a called workflow's jobs use when
// this job gives its name; it lies where the job calls, not in the other file.
func (b *jobBuilder) calledEnvironment(uses Value) Value {
	w := b.join.files[b.join.localWorkflow(uses.Text)]
	if w == nil {
		return Value{}
	}
	with := b.job.value.Get("with")
	for _, job := range w.jobs {
		env := job.value.Get("environment")
		if env.Kind == Map {
			env = env.Get("name")
		}
		if env.Kind == String {
			got := at(inferred(b.filled(withInputs(env, with, w.top.Get("on").Get("workflow_call").Get("inputs")))), uses.Start)
			got.Items = slices.Clone(got.Items)
			for i := range got.Items {
				got.Items[i] = at(got.Items[i], uses.Start)
			}
			return got
		}
	}
	return Value{}
}

// handedCommands is the commands that a job hands a workflow of another
// repository to run, with those of the scripts they run, and the hooks of
// pre-commit where it is named after them. One of this repository shows itself
// what it runs.
func (b *jobBuilder) handedCommands(uses string, with Value) []Value {
	if b.join.localWorkflow(uses) != "" {
		return nil
	}
	cs := b.join.scripts.follow(b.spelled(namedCommands(with, handedDir(with), true), b.env))
	if name, _ := actionName(uses); runsHooks(name, with) {
		cs = append(cs, b.hooks(with, b.job.value)...)
	}
	out := make([]Value, len(cs))
	for i, c := range cs {
		out[i] = c.value()
	}
	return out
}

// handedDir is the folder that a workflow or action is told to work in.
func handedDir(with Value) string {
	for _, f := range few(with.Fields) {
		switch strings.ReplaceAll(strings.ToLower(f.Key), "_", "-") {
		case "working-directory", "working-dir", "workdir", "project-dir", "project-directory", "app-directory", "app-dir":
			return workDir(f.Value)
		}
	}
	return ""
}
