package facts

import (
	"path"
	"slices"
	"strings"
)

// purposes is what a workflow or action kept in another repository is for, by
// names alone: its steps cannot be seen. The name of its file says it when
// that is the name of a tool; when it is a common word, what calls it (its job,
// its workflow or what it is handed) has to agree. Where the file says
// nothing, the name of the job, or of the step, has to say it, and the workflow
// or an input too.
func (b *jobBuilder) purposes(uses, step string, with Value) []string {
	file := calledFile(uses)
	if file == "" || b.join.localWorkflow(uses) != "" {
		return nil
	}
	c := calling{
		file:     phrase(file),
		job:      phrase(b.job.id + " " + b.job.value.Get("name").Text + " " + step),
		workflow: phrase(b.w.name + " " + strings.TrimSuffix(path.Base(b.w.path), path.Ext(b.w.path))),
		with:     with,
	}
	if c.own = c.job; step != "" || len(b.job.steps) > 0 {
		c.own = phrase(step)
	}
	var out []string
	for i := range purposeNames {
		if p := &purposeNames[i]; !slices.Contains(out, p.purpose) && c.agrees(p) {
			out = append(out, p.purpose)
		}
	}
	return out
}

// calledFile is the name of a workflow or of one of the actions that another
// repository keeps beside its workflows, without what it ends in.
func calledFile(uses string) string {
	name, _ := actionName(uses)
	if strings.HasPrefix(name, ".") {
		return ""
	}
	_, file, ok := strings.Cut(name, "/.github/workflows/")
	if !ok {
		at := strings.LastIndex(name, "/actions/")
		if at < 0 || !strings.Contains(name[:at], "/") {
			return ""
		}
		file = name[at+len("/actions/"):]
	}
	return strings.TrimSuffix(file, path.Ext(file))
}

// calling is the names around one call, as phrases.
type calling struct {
	file, job, workflow string
	own                 string // its name: that of its job, or of its step
	with                Value
}

// phrase is the words of a name between dashes, `-terraform-plan-`.
func phrase(name string) string { return "-" + strings.Join(nameWords(name), "-") + "-" }

// has tells whether a phrase has one of several words, or pairs of them.
func has(phrase string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(phrase, "-"+w+"-") })
}

func (c calling) agrees(p *purposeName) bool {
	if has(c.file, notPurposes) || has(c.file, p.not) || c.refuses(p) {
		return false
	}
	if has(c.file, p.tools) {
		return true
	}
	if has(c.job, notPurposes) || !p.placed && has(c.job, p.not) || !c.concerns(p) {
		return false
	}
	if has(c.file, p.words) {
		return has(c.job, p.agree) || has(c.workflow, p.agree) || has(c.job, p.words) || has(c.workflow, p.words) || c.asks(p)
	}
	return (!c.namesAny() || has(c.file, p.kin)) && has(c.own, p.words) && (has(c.workflow, p.words) || c.asks(p))
}

// concerns tells whether somebody names what the purpose is about, where
// words as common as "check" need that.
func (c calling) concerns(p *purposeName) bool {
	return p.of == nil || has(c.file, p.of) || has(c.job, p.of) ||
		slices.ContainsFunc(few(c.with.Fields), func(f Field) bool { return has(phrase(f.Key), p.of) })
}

// namesAny tells whether the name of the file says what it is for.
func (c calling) namesAny() bool {
	if has(c.file, otherPurposes) {
		return true
	}
	for i := range purposeNames {
		if p := &purposeNames[i]; has(c.file, p.tools) || has(c.file, p.words) && c.concerns(p) {
			return true
		}
	}
	return false
}

// asks tells whether an input asks for it: `run-tests: true`, `command: plan`,
// for a deployment any that names an environment.
func (c calling) asks(p *purposeName) bool {
	return slices.ContainsFunc(few(c.with.Fields), func(f Field) bool {
		key := phrase(f.Key)
		switch {
		case slices.Contains(p.given, strings.Trim(key, "-")):
			return f.Value.Text != ""
		case f.Value.Text == "true":
			return has(key, p.words) && !has(key, []string{"skip", "disable", "no"})
		case has(key, []string{"command", "action", "goal", "goals", "target", "task", "profile", "script", "mode", "suite", "type"}):
			return has(phrase(f.Value.Text), p.words)
		}
		return p.placed && (namesEnvironment(f.Key) || f.Value.Kind == String && len(f.Value.Text) < 40 && environmentOf(f.Value.Text) != "")
	})
}

// refuses tells whether an input rules it out: `run-tests: false`,
// `skip-lint: true`, for a deployment what only rehearses it.
func (c calling) refuses(p *purposeName) bool {
	if p.placed && rehearses(c.with) {
		return true
	}
	return slices.ContainsFunc(few(c.with.Fields), func(f Field) bool {
		key := phrase(f.Key)
		switch f.Value.Text {
		case "false":
			return has(key, p.words)
		case "true":
			return has(key, p.words) && has(key, []string{"skip", "disable", "no"})
		}
		return false
	})
}
