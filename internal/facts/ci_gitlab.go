package facts

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// gitlabReference reads `!reference [job, key]` as a Map that keeps it.
func gitlabReference(r *nodeReader, n *yaml.Node) (Value, bool) {
	if n.Tag != "!reference" || n.Kind != yaml.SequenceNode {
		return Value{}, false
	}
	return Value{Kind: Map, Start: n.Line, End: n.Line, Fields: []Field{{"!reference", r.plain(n)}}}, true
}

// gitlab is one configuration while it is read.
type gitlab struct {
	top  Value
	left int // how many more parts may be taken from elsewhere
}

// maxTaken bounds what extends and !reference take from elsewhere in a file.
const maxTaken = 10_000

func readGitLab(top Value) []ciStep {
	g := &gitlab{top: top, left: maxTaken}
	out := g.includes()
	held := map[string]bool{}
	for _, f := range top.Fields {
		if strings.HasPrefix(f.Key, ".") || f.Value.Kind != Map || gitlabKeyword(f.Key) {
			continue
		}
		job := g.extended(f.Value, 0)
		held[f.Key] = g.held(job)
		out = append(out, g.job(f.Key, job)...)
	}
	g.letGoOn(out, held)
	return out
}

func gitlabKeyword(key string) bool {
	switch key {
	case "default", "include", "stages", "variables", "workflow", "image", "services", "before_script", "after_script", "cache", "spec":
		return true
	}
	return false
}

// includes is the templates and components that a configuration takes in.
func (g *gitlab) includes() []ciStep {
	var out []ciStep
	when := triggerClasses(g.workflowRules())
	for _, inc := range membersOf(g.top.Get("include")) {
		uses, ref := inc.Get("template").Text, ""
		if c := inc.Get("component").Text; c != "" {
			uses, ref, _ = strings.Cut(c, "@")
		}
		hint := ""
		if p := inc.Get("project").Text; p != "" {
			uses, ref, hint = p, inc.Get("ref").Text, "its jobs live in another repository"
		}
		if uses != "" {
			out = append(out, ciStep{uses: uses, ref: ref, when: when, hint: hint, with: inc.Get("inputs"), start: inc.Start, end: inc.End})
		}
	}
	return out
}

// extended is a job with what it extends filled in.
func (g *gitlab) extended(job Value, depth int) Value {
	for _, base := range slices.Backward(membersOf(job.Get("extends"))) {
		if g.left--; g.left < 0 {
			break
		}
		if b := g.top.Get(base.Text); b.Kind == Map && depth < 10 && len(b.Fields) <= maxMembers {
			job = deepMerge(job, g.extended(b, depth+1))
		}
	}
	return job
}

// deepMerge adds to a map what base has besides, maps within merged too.
func deepMerge(v, base Value) Value {
	out := v
	out.Fields = slices.Clone(v.Fields)
	for _, f := range base.Fields {
		i := slices.IndexFunc(out.Fields, func(o Field) bool { return o.Key == f.Key })
		switch {
		case i < 0:
			out.Fields = append(out.Fields, f)
		case out.Fields[i].Value.Kind == Map && f.Value.Kind == Map:
			out.Fields[i].Value = deepMerge(out.Fields[i].Value, f.Value)
		}
	}
	return out
}

func (g *gitlab) job(name string, v Value) []ciStep {
	fallback := func(key string) Value { return firstOf(v.Get(key), g.top.Get("default").Get(key), g.top.Get(key)) }
	runs := g.runs(v)
	if len(runs) == 0 {
		return nil
	}
	s := ciStep{job: name, stage: v.Get("stage").Text, when: triggerClasses(runs), start: v.Start, end: v.End}
	if allow := v.Get("allow_failure"); allow.Text == "true" {
		s.hint = hintMayNotFail + "pipeline (allow_failure)"
	}
	image := fallback("image")
	if image.Kind == Map {
		image = image.Get("name")
	}
	s.set("image", image)
	env := v.Get("environment")
	if env.Kind == Map {
		s.set("environment_url", env.Get("url"))
		env = env.Get("name")
	}
	s.set("environment", env)
	s.set("env", mergedEnv(v.Get("variables"), g.top.Get("variables")))
	s.commands = scriptLines(g.resolved(fallback("before_script"), 0), "", true)
	s.commands = append(s.commands, scriptLines(g.resolved(v.Get("script"), 0), "", true)...)
	after := scriptLines(g.resolved(fallback("after_script"), 0), "", true)
	s.commands = append(s.commands, hinted(after, hintFailure+"does not fail the job (after_script)")...)
	for i := range s.commands { // a script taken from elsewhere is linked where the job is
		c := &s.commands[i]
		if c.start < v.Start || c.end > v.End {
			c.start, c.end = v.Start, v.End
		}
	}
	if t := v.Get("trigger"); t.Kind != Absent {
		s.uses, s.with = firstOf(t.Get("project"), t.Get("include"), t).Text, t
		if s.uses == "" {
			s.uses = "trigger"
		}
	}
	return []ciStep{s}
}

// resolved is a script with its !reference parts written out.
func (g *gitlab) resolved(v Value, depth int) Value {
	if ref := v.Get("!reference"); ref.Kind == List {
		if g.left--; depth > 10 || g.left < 0 {
			return Value{}
		}
		at := g.top
		for _, key := range ref.Items {
			if depth == 0 || at.Kind == Map {
				at = at.Get(key.Text)
			}
		}
		return g.resolved(at, depth+1)
	}
	if v.Kind == List && depth <= 10 {
		items := make([]Value, 0, len(v.Items))
		for _, item := range v.Items {
			if item.Kind == List || item.Kind == Map {
				item = g.resolved(item, depth+1)
			}
			items = append(items, item)
		}
		v.Items = items
	}
	return v
}

// runs is the situations in which a job is part of a pipeline.
func (g *gitlab) runs(v Value) []situation {
	if when := v.Get("when").Text; when == "manual" {
		return []situation{byHand}
	} else if when == "never" {
		return nil
	}
	if rules := g.resolved(v.Get("rules"), 0); rules.Kind == List {
		return gitlabRules(rules)
	}
	if only := v.Get("only"); only.Kind != Absent {
		return gitlabOnly(only)
	}
	out := g.workflowRules()
	except := v.Get("except")
	for _, e := range membersOf(firstOf(except.Get("refs"), except)) {
		gone := append(eventSituation(e.Text), onBranchNames(e)...)
		out = slices.DeleteFunc(slices.Clone(out), func(s situation) bool { return slices.Contains(gone, s) })
	}
	return out
}

func onBranchNames(v Value) []situation {
	if v.Kind != String || len(eventSituation(v.Text)) > 0 {
		return nil
	}
	if slices.Contains(defaultBranches[:3], v.Text) {
		return []situation{onDefault}
	}
	return nil
}

// workflowRules is the situations in which there is a pipeline at all.
func (g *gitlab) workflowRules() []situation {
	if rules := g.top.Get("workflow").Get("rules"); rules.Kind == List {
		return gitlabRules(rules)
	}
	return []situation{onDefault, onOther, onTag}
}

func gitlabOnly(only Value) []situation {
	var out []situation
	for _, o := range membersOf(firstOf(only.Get("refs"), only)) {
		if o.Kind != String {
			continue
		}
		if known := eventSituation(o.Text); known != nil {
			out = append(out, known...)
		} else if o.Text != "api" && o.Text != "triggers" && o.Text != "pipelines" {
			out = append(out, onBranches(o)...)
		}
	}
	if only.Kind == Map && only.Get("refs").Kind == Absent {
		return []situation{onDefault, onOther}
	}
	return out
}

func gitlabRules(rules Value) []situation {
	var out []situation
	for _, r := range rules.Items {
		if r.Kind != Map || r.Get("when").Text == "never" {
			continue
		}
		found := gitlabIf(r.Get("if").Text)
		if r.Get("when").Text == "manual" {
			found = []situation{byHand}
		}
		for _, s := range found {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// gitlabIf is the situations that the words of a condition speak of.
func gitlabIf(text string) []situation {
	var out []situation
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	if has("merge_request_event", "CI_MERGE_REQUEST") {
		out = append(out, onPull)
	}
	if has(`"schedule"`, "'schedule'") && !has(`!= "schedule"`) {
		out = append(out, onSchedule)
	}
	if has(`"web"`, `'web'`) {
		out = append(out, byHand)
	}
	if has("CI_COMMIT_TAG") && !has("CI_COMMIT_TAG == null") {
		out = append(out, onTag)
	}
	if has("CI_DEFAULT_BRANCH", `"main"`, `"master"`, "'main'", "'master'", "/^main", "/^master") && !has("!= $CI_DEFAULT_BRANCH") {
		out = append(out, onDefault)
	} else if has("CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME") && len(out) == 0 {
		out = append(out, onOther)
		if !has("==", "=~") {
			out = append(out, onDefault)
		}
	}
	if len(out) == 0 {
		out = []situation{onDefault, onOther, onPull}
	}
	return out
}
