package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// target is the environments (production, staging, development) that a job is
// for: by its environment, by what it hands the workflow that it calls, by
// its variables, or by its own name; none for a job that only builds or looks.
func (b *jobBuilder) target() []string {
	if known, ok := b.join.targets[b.job]; ok {
		return known
	}
	out := b.workOutTarget()
	b.join.targets[b.job] = out
	return out
}

func (b *jobBuilder) workOutTarget() []string {
	v := b.job.value
	if onlyLooks(b.job.id) || rehearses(v.Get("with")) {
		return nil
	}
	env := v.Get("environment")
	if env.Kind == Map {
		env = env.Get("name")
	}
	if env.Kind == Absent {
		env = b.calledEnvironment(v.Get("uses"))
	}
	out := b.environments(nil, env)
	for _, of := range []Value{v.Get("with"), v.Get("env")} {
		for _, f := range few(of.Fields) {
			if namesEnvironment(f.Key) {
				out = b.environments(out, f.Value)
			}
		}
	}
	if len(out) == 0 && deploys(b.job.id) {
		if out = b.environments(out, Str(b.job.id)); len(out) == 0 && v.Get("environment").Kind == Absent {
			out = environmentOfFile(b.w.path)
		}
	}
	return out
}

// environmentOfFile is the environment that a workflow deploys to by its file's
// name: deploy-staging.yml, prod_deploy_api.yaml.
func environmentOfFile(file string) []string {
	name := strings.ToLower(strings.TrimSuffix(path.Base(file), path.Ext(file)))
	if env := environmentOf(name); env != "" && deploys(name) {
		return []string{env}
	}
	return nil
}

// environments adds the environments that a value, or each of a list, names.
func (b *jobBuilder) environments(out []string, v Value) []string {
	v = b.worded(b.filled(v))
	for _, one := range append([]Value{v}, few(v.Items)...) {
		if env := environmentOf(one.Text); one.Kind == String && env != "" && !strings.Contains(one.Text, "${{") && !slices.Contains(out, env) {
			out = append(out, env)
		}
	}
	return out
}

// namesEnvironment tells whether an input or variable is called after what it
// holds: the name of an environment.
func namesEnvironment(key string) bool {
	switch strings.ReplaceAll(strings.ToLower(key), "-", "_") {
	case "env", "environment", "stage", "env_name", "environment_name", "stage_name", "deploy_env", "deploy_environment", "deployment_environment",
		"target_env", "target_environment", "app_env", "workspace", "workspace_name", "tf_workspace", "terraform_workspace", "tf_env", "aws_env":
		return true
	}
	return false
}

// onlyLooks tells by its name a job that deploys nothing: it builds, plans or
// checks before anything is deployed.
func onlyLooks(id string) bool {
	looks := false
	for _, w := range jobWords(id) {
		switch w {
		case "deploy", "apply", "release", "promote", "rollout":
			return false
		case "build", "lint", "plan", "scan", "unit", "setup", "prepare", "validate", "changes", "detect", "diff", "preview", "destroy":
			looks = true
		}
	}
	return looks
}

func deploys(id string) bool {
	return slices.ContainsFunc(jobWords(id), func(w string) bool {
		return w == "deploy" || w == "apply" || w == "release" || w == "promote" || w == "rollout" || w == "deployment"
	})
}

func jobWords(id string) []string {
	return strings.FieldsFunc(strings.ToLower(id), func(r rune) bool { return r == '-' || r == '_' })
}

// rehearses tells whether a called workflow is told to change nothing.
func rehearses(with Value) bool {
	for _, f := range few(with.Fields) {
		switch strings.ReplaceAll(strings.ToLower(f.Key), "-", "_") {
		case "apply", "deploy":
			if f.Value.Text == "false" {
				return true
			}
		case "dry_run", "plan_only", "check":
			if f.Value.Text == "true" {
				return true
			}
		case "command", "action", "tf_command", "terraform_command":
			if f.Value.Text == "plan" || f.Value.Text == "destroy" {
				return true
			}
		}
	}
	return false
}

// follows is the environments of the jobs that a job waits for, those that it
// waits for through others included, and those of a workflow that has to have
// run before its own does.
func (b *jobBuilder) follows() []string {
	var out []string
	add := func(w *parsedWorkflow, i int) {
		before := jobBuilder{join: b.join, w: w, job: &w.jobs[i], env: inferred(mergedEnv(w.jobs[i].value.Get("env"), w.top.Get("env")))}
		for _, env := range before.target() {
			if !slices.Contains(out, env) {
				out = append(out, env)
			}
		}
	}
	for _, id := range behind(b.w.needs(b.job.id), b.w.needs) {
		if i := b.w.index(id); i >= 0 && id != b.job.id {
			add(b.w, i)
		}
	}
	for _, w := range b.join.ahead(b.w) {
		for i := range w.jobs[:min(len(w.jobs), maxMembers)] {
			add(w, i)
		}
	}
	return out
}

// ahead is the workflow that has to have run before this one does, as one or
// several files of that name say; none where this one may start otherwise by
// itself.
func (j *workflowJoin) ahead(w *parsedWorkflow) []*parsedWorkflow {
	names := membersOf(w.top.Get("on").Get("workflow_run").Get("workflows"))
	if len(names) != 1 {
		return nil
	}
	for _, s := range w.situations {
		if s.event != "workflow_run" && s.event != "workflow_dispatch" {
			return nil
		}
	}
	var out []*parsedWorkflow
	for _, f := range j.files {
		if f != w && cmp.Or(f.name, f.path) == names[0].Text {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *parsedWorkflow) int { return cmp.Compare(a.path, b.path) })
	return out
}

// index is where a job is, -1 where there is none.
func (w *parsedWorkflow) index(id string) int {
	if i, ok := w.at[id]; ok {
		return i
	}
	return -1
}

// needs is the jobs that a job waits for itself.
func (w *parsedWorkflow) needs(id string) []string {
	i := w.index(id)
	if i < 0 {
		return nil
	}
	var out []string
	for _, need := range few(membersOf(w.jobs[i].value.Get("needs"))) {
		out = append(out, need.Text)
	}
	return out
}

// ofThisRun is what stays the same in all jobs of a run.
var ofThisRun = lazily(`\$\{\{[^}]*\b(needs\.[\w-]+\.outputs\.|github\.sha\b)`)

// takes is what a job hands the workflow that it calls of what other jobs have
// made, or made under the name of the commit, as name=source: what is the same
// in two jobs is the same thing.
func (b *jobBuilder) takes() []string {
	var out []string
	for _, f := range few(b.job.value.Get("with").Fields) {
		if f.Value.Kind == String && ofThisRun().MatchString(f.Value.Text) {
			out = append(out, f.Key+"="+f.Value.Text)
		}
	}
	return out
}
