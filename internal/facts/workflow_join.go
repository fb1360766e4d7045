package facts

import (
	"cmp"
	"slices"
	"strings"
)

// joinWorkflows makes the facts of all workflows of a repository.
func joinWorkflows(files []parsedWorkflow, actions []parsedAction, run []parsedScript) []Fact {
	j := workflowJoin{files: map[string]*parsedWorkflow{}, actions: map[string]*parsedAction{}, scripts: indexScripts(run), calls: map[string][]workflowCall{}, targets: map[*parsedJob][]string{}}
	for i := range files {
		j.files[files[i].path] = &files[i]
	}
	for i := range actions {
		a := &actions[i]
		dir := strings.TrimSuffix(strings.TrimSuffix(a.path, "action.yml"), "action.yaml")
		j.actions[strings.TrimSuffix(dir, "/")] = a
	}
	chain(files)
	j.connect(files)
	var out []Fact
	for i := range files {
		out = append(out, j.facts(&files[i])...)
	}
	j.tellDoings(out)
	tellReach(out)
	return out
}

type workflowJoin struct {
	files   map[string]*parsedWorkflow
	actions map[string]*parsedAction
	scripts scripts
	calls   map[string][]workflowCall // of each called workflow
	targets map[*parsedJob][]string   // of the jobs that were asked for theirs
}

// workflowCall is a job that calls a workflow of the same repository.
type workflowCall struct {
	situations []situation
	inputs     Value
}

// maxCallDepth bounds workflows that call workflows that call workflows.
const maxCallDepth = 4

// connect gives called workflows the situations of their callers.
func (j *workflowJoin) connect(files []parsedWorkflow) {
	for range maxCallDepth {
		calls := map[string][]workflowCall{}
		for i := range files {
			w := &files[i]
			runs := w.runs()
			for _, job := range w.jobs {
				if to := j.localWorkflow(job.value.Get("uses").Text); to != "" && len(runs[job.id]) > 0 && len(calls[to]) < maxMembers {
					calls[to] = append(calls[to], workflowCall{runs[job.id], j.handed(w, &job)})
				}
			}
		}
		changed := false
		start := func(w *parsedWorkflow, s situation) {
			if !slices.Contains(w.situations, s) {
				w.situations = append(w.situations, s)
				changed = true
			}
		}
		for i := range files {
			runs := files[i].runs()
			for k := range files[i].jobs {
				job := &files[i].jobs[k]
				j.dispatched(job, runs[job.id], start)
			}
		}
		for i := range files {
			w := &files[i]
			for _, c := range calls[w.path] {
				for _, s := range c.situations {
					if w.callable && s.event != "workflow_call" {
						start(w, s)
					}
				}
			}
		}
		j.calls = calls
		if !changed {
			return
		}
	}
}

// chain finds the workflows that run after another one of the repository,
// which itself runs on every change.
func chain(files []parsedWorkflow) {
	ci := map[string]bool{}
	for i := range files {
		name := cmp.Or(files[i].name, files[i].path)
		ci[name] = ci[name] || slices.Contains(triggerClasses(files[i].situations), "ci")
	}
	for i := range files {
		w := &files[i]
		after := slices.ContainsFunc(few(membersOf(w.top.Get("on").Get("workflow_run").Get("workflows"))), func(v Value) bool { return ci[v.Text] })
		for k := range w.situations {
			if after && w.situations[k].name == "workflow_run" {
				w.situations[k].name = afterCI
			}
		}
	}
}

// handed is the inputs that a job gives the workflow it calls; what a matrix
// or the job's own caller says is a List.
func (j *workflowJoin) handed(w *parsedWorkflow, job *parsedJob) Value {
	with := job.value.Get("with")
	if with.Kind != Map || !strings.Contains(textOf(with), "${{") {
		return with
	}
	b := jobBuilder{join: j, w: w, job: job}
	fields := slices.Clone(with.Fields)
	for i := range fields {
		fields[i].Value = b.filled(fields[i].Value)
	}
	with.Fields = fields
	return with
}

// localWorkflow is the path of the workflow that a job calls, where that lies
// in this repository. Some name their own repository in full, which the files
// do not tell: it is this one when what they ask for is here and can be called.
func (j *workflowJoin) localWorkflow(uses string) string {
	name, own := strings.CutPrefix(uses, "./")
	if !own {
		_, rest, _ := strings.Cut(uses, "/")
		_, name, _ = strings.Cut(rest, "/")
		name, _, own = strings.Cut(name, "@")
		own = own && j.files[name] != nil && j.files[name].callable
	}
	if own && isWorkflow(name) {
		return name
	}
	return ""
}

// runs is the situations in which each job can run; none for a job that is
// switched off or needs one that is.
func (w *parsedWorkflow) runs() map[string][]situation {
	base := w.situations
	if len(base) == 0 && w.callable {
		base = []situation{{"workflow_call", "workflow_call"}}
	}
	out := map[string][]situation{}
	for _, job := range w.jobs {
		out[job.id] = possible(base, job.value.Get("if"))
	}
	for range min(len(w.jobs), maxNeeds) {
		changed := false
		for _, job := range w.jobs {
			if outlives(job.value.Get("if").Text) {
				continue
			}
			for _, need := range few(membersOf(job.value.Get("needs"))) {
				allowed, ok := out[need.Text]
				kept := slices.DeleteFunc(slices.Clone(out[job.id]), func(s situation) bool { return ok && !slices.Contains(allowed, s) })
				if len(kept) != len(out[job.id]) {
					out[job.id], changed = kept, true
				}
			}
		}
		if !changed {
			break
		}
	}
	return out
}

// outlives tells whether a job's condition lets it run after one that it
// needs was skipped.
func outlives(condition string) bool {
	return strings.Contains(condition, "always()") || strings.Contains(condition, "cancelled()") || strings.Contains(condition, "failure()")
}

func (j *workflowJoin) facts(w *parsedWorkflow) []Fact {
	runs := w.runs()
	hint := ""
	if w.callable && len(w.situations) == 0 {
		hint = "nothing in this repository calls this workflow"
	}
	var out []Fact
	for i := range w.jobs {
		job := &w.jobs[i]
		if len(runs[job.id]) == 0 {
			continue
		}
		b := jobBuilder{join: j, w: w, job: job, runs: runs[job.id], hint: hint}
		b.env = inferred(mergedEnv(job.value.Get("env"), w.top.Get("env")))
		b.shared = b.common()
		out = append(out, b.facts()...)
	}
	return out
}

// jobBuilder makes the facts of one job.
type jobBuilder struct {
	join   *workflowJoin
	w      *parsedWorkflow
	job    *parsedJob
	runs   []situation
	hint   string
	shared []Field // what every step of the job has
	env    Value   // of the job and the workflow

	actions  []Value
	commands []Value
	matrix   map[string][]Value // what its names come to
}

func (b *jobBuilder) facts() []Fact {
	v := b.job.value
	hint := b.hint
	if hint == "" && v.Get("continue-on-error").Text == "true" {
		hint = hintMayNotFail + "workflow (continue-on-error)"
	}
	b.hint = hint
	var steps []Fact
	if uses := v.Get("uses"); uses.Kind == String {
		steps = append(steps, b.call(uses))
	}
	for i := range b.job.steps {
		steps = append(steps, b.step(&b.job.steps[i])...)
	}
	for _, f := range steps {
		v.End = max(v.End, f.End)
	}
	own := Value{Kind: Map, Start: v.Start, End: v.End, Fields: []Field{{"id", Str(b.job.id)}}}
	own.Fields = append(own.Fields, b.shared...)
	if env := b.calledEnvironment(v.Get("uses")); env.Kind != Absent {
		own.Fields = append(own.Fields, Field{"environment", env})
	}
	for _, key := range []string{"name", "uses", "with", "outputs", "services", "container", "env", "timeout-minutes", "strategy", "secrets"} {
		if m := v.Get(key); m.Kind != Absent {
			own.Fields = append(own.Fields, Field{strings.ReplaceAll(key, "-", "_"), inferred(m)})
		}
	}
	if taken := b.takes(); len(taken) > 0 {
		own.Fields = append(own.Fields, Field{"takes", Strs(taken)})
	}
	own.Fields = append(own.Fields,
		Field{"actions", Value{Kind: List, Items: b.actions}},
		Field{"commands", Value{Kind: List, Items: b.commands}})
	job := Fact{Kind: WorkflowJob, Name: strings.ToLower(b.job.id), Path: b.w.path, Start: v.Start, End: v.End, Value: own, Hint: hint, Group: b.group()}
	return append([]Fact{job}, steps...)
}

func (b *jobBuilder) group() string { return b.w.path + "#" + b.job.id }

// common is the attributes that come from the job and the workflow.
func (b *jobBuilder) common() []Field {
	v := b.job.value
	out := []Field{
		{"job", Str(b.job.id)},
		{"workflow", Str(b.w.name)},
		{"triggers", Strs(triggerNames(b.runs))},
		{"when", Strs(triggerClasses(b.runs))},
	}
	add := func(key string, v Value) {
		if v.Kind != Absent && v.Kind != Null {
			out = append(out, Field{key, inferred(v)})
		}
	}
	add("job_name", v.Get("name"))
	if cond := v.Get("if"); cond.Kind != Absent && cond.Kind != Null {
		out = append(out, Field{"job_if", cond}) // its text is what is asked for, worked out or not
	}
	env, url := v.Get("environment"), Value{}
	if env.Kind == Map {
		env, url = env.Get("name"), env.Get("url")
	}
	add("environment", b.worded(b.chosen(b.filled(env))))
	add("environment_url", url)
	add("permissions", firstOf(v.Get("permissions"), b.w.top.Get("permissions")))
	add("concurrency", firstOf(v.Get("concurrency"), b.w.top.Get("concurrency")))
	add("matrix", v.Get("strategy").Get("matrix"))
	add("runs_on", b.filled(v.Get("runs-on")))
	if needs := membersOf(v.Get("needs")); len(needs) > 0 {
		add("needs", Value{Kind: List, Items: needs, Start: needs[0].Start, End: needs[len(needs)-1].End})
	}
	add("paths_filter", b.w.paths)
	if target := b.target(); len(target) > 0 {
		out = append(out, Field{"target", Strs(target)})
	}
	if before := b.follows(); len(before) > 0 {
		out = append(out, Field{"follows", Strs(before)})
	}
	return out
}

// filled is a value with the inputs of a called workflow written out: one
// value, or the list of those that its callers give.
func (b *jobBuilder) filled(v Value) Value {
	if v.Kind != String || !strings.Contains(v.Text, "${{") {
		return v
	}
	var out []Value
	for _, text := range b.names([]string{v.Text}, b.env) {
		if strings.Contains(text, "${{") {
			return v
		}
		if !slices.ContainsFunc(out, func(o Value) bool { return o.Text == text }) {
			out = append(out, Value{Kind: String, Text: text, Start: v.Start, End: v.End})
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return Value{Kind: List, Items: out, Start: v.Start, End: v.End}
}

// matrixValues is what `${{ matrix.name }}` comes to over the whole matrix.
func (b *jobBuilder) matrixValues(name string) []Value {
	out, ok := b.matrix[name]
	if !ok {
		if out = b.overMatrix(name); b.matrix == nil {
			b.matrix = map[string][]Value{}
		}
		b.matrix[name] = out
	}
	return out
}

func (b *jobBuilder) overMatrix(name string) []Value {
	matrix := b.job.value.Get("strategy").Get("matrix")
	name, field, _ := strings.Cut(name, ".")
	given := membersOf(matrix.Get(name))
	for _, more := range few(matrix.Get("include").Items) {
		given = append(given, membersOf(more.Get(name))...)
	}
	var out []Value
	seen := map[string]bool{}
	for _, g := range few(given) {
		if field != "" { // `${{ matrix.test.command }}`, where each test is a map
			g = g.Get(field)
		}
		if g.Kind == Absent || g.Kind == Map || g.Kind == List || strings.Contains(g.Text, "${{") {
			return nil
		}
		if !seen[g.Text] {
			seen[g.Text] = true
			out = append(out, g)
		}
	}
	return out
}

// inputName is the name in `${{ inputs.name }}`; empty for any other text.
func inputName(text string) string { return contextName(text, "inputs.") }

func contextName(text, context string) string {
	inner, ok := strings.CutPrefix(strings.TrimSpace(text), "${{")
	if !ok || !strings.HasSuffix(inner, "}}") {
		return ""
	}
	inner = strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
	name, ok := strings.CutPrefix(inner, context)
	if !ok || strings.ContainsAny(name, " |&()!='{}") {
		return ""
	}
	return name
}

// inferred marks what is worked out while running as Unknown.
func inferred(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind == String && strings.Contains(v.Text, "${{") {
			v.Kind = Unknown
		}
		return v
	})
}
