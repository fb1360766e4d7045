package facts

import (
	"path"
	"strings"
)

// step is the facts of a step: its own, and those of the steps of a local
// composite action that it uses.
func (b *jobBuilder) step(s *parsedStep) []Fact {
	return b.stepAt(s, b.runs, s.value.Start, s.value.End, 0)
}

// maxActionDepth bounds actions of the repository that use each other.
const maxActionDepth = 3

func (b *jobBuilder) stepAt(s *parsedStep, runs []situation, start, end, depth int) []Fact {
	runs = possible(runs, s.value.Get("if"))
	if len(runs) == 0 || s.uses == "" && s.value.Get("run").Kind == Absent {
		return nil
	}
	f := b.stepFact(s, runs, start, end)
	out := []Fact{f}
	a := b.localAction(s.uses)
	if a == nil || depth == maxActionDepth {
		return out
	}
	for i := range few(a.steps) {
		if *b.join.scripts.left -= 20; *b.join.scripts.left < 0 {
			break
		}
		inner := a.given(i, s.value.Get("with"))
		for k, n := range b.stepAt(&inner, runs, start, end, depth+1) {
			if k == 0 {
				n.Value.Fields = append(n.Value.Fields, Field{"via", Str(a.path)}, Field{"via_line", Num(a.steps[i].value.Start)})
				if name := s.value.Get("name"); name.Kind == String {
					n.Value.Fields = append(n.Value.Fields, Field{"caller", Str(name.Text)})
				}
			}
			if n.Hint == "" {
				n.Hint = f.Hint
			}
			out = append(out, n)
		}
	}
	return out
}

// localAction is the composite action of the repository that a step uses; nil
// when it uses none.
func (b *jobBuilder) localAction(uses string) *parsedAction {
	if uses == "./" || uses == "." {
		return b.join.actions[""]
	}
	dir, local := strings.CutPrefix(uses, "./")
	if !local {
		return nil
	}
	return b.join.actions[strings.TrimSuffix(path.Clean(dir), "/")]
}

// given is a step of an action as the action's inputs make it.
func (a *parsedAction) given(i int, with Value) parsedStep {
	s, was := a.steps[i], a.steps[i].value
	s.value = withInputs(was, with, a.inputs)
	run, dir := s.value.Get("run"), s.value.Get("working-directory")
	switch {
	case s.uses != "":
		s.commands = inputCommands(s.uses, s.value.Get("with"), workDir(s.value.Get("with").Get("working-directory")))
	case run.Text != was.Get("run").Text || dir.Text != was.Get("working-directory").Text:
		s.dir = dir
		s.commands = blockCommands(run, workDir(dir), strings.HasPrefix(s.value.Get("shell").Text, "bash"))
	}
	return s
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
		x.Text = ownInput().ReplaceAllStringFunc(x.Text, func(found string) string {
			m := ownInput().FindStringSubmatch(found)
			g := firstOf(given.Get(m[1]), declared.Get(m[1]).Get("default"))
			switch {
			case g.Text != "":
				return g.Text
			case strings.Contains(found, "||"):
				return m[2]
			}
			return found
		})
		return x
	})
}

// ownInput is an input of an action, with what stands for it otherwise.
var ownInput = lazily(`\$\{\{\s*inputs\.([\w-]+)(?:\s*\|\|\s*'([^'\n]*)')?\s*\}\}`)
