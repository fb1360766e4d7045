package facts

import (
	"maps"
	"slices"
	"strings"
)

// concourseHooks are the steps that follow another; none changes whether what
// they follow has failed.
var concourseHooks = []string{"on_success", "on_failure", "on_error", "on_abort", "ensure"}

func (c *concourse) job(j Value) {
	base := ciStep{job: j.Get("name").Text, when: c.started(j, 0), start: j.Start, end: j.End}
	if needs := c.behind(j); len(needs) > 0 {
		base.set("needs", Strs(needs))
	}
	for _, s := range j.Get("plan").Items {
		c.step(s, base, 0)
	}
	c.hooks(j, base, 0)
}

// step adds what a step of a plan runs, those within it included.
func (c *concourse) step(v Value, base ciStep, depth int) {
	if c.left--; v.Kind != Map || depth > maxConcourseDepth || c.left < 0 {
		return
	}
	inner := base
	if try := v.Get("try"); try.Kind == Map {
		inner.hint = hintMayNotFail + "job (try)"
		c.step(try, inner, depth+1)
	}
	parallel := firstOf(v.Get("in_parallel"), v.Get("aggregate"))
	for _, list := range []Value{v.Get("do"), parallel, parallel.Get("steps")} {
		for _, s := range list.Items {
			c.step(s, base, depth+1)
		}
	}
	inner.start, inner.end = v.Start, v.End
	switch {
	case v.Get("task").Kind == String:
		c.task(v, inner)
	case v.Get("put").Kind == String:
		name := firstOf(v.Get("resource"), v.Get("put")).Text
		inner.uses, inner.with = c.kind(name), v.Get("params")
		inner.set("source", c.from[name].Get("source"))
		c.steps = append(c.steps, inner)
	case v.Get("set_pipeline").Kind == String:
		inner.uses = "set_pipeline"
		c.steps = append(c.steps, inner)
	}
	c.hooks(v, base, depth)
}

func (c *concourse) hooks(v Value, base ciStep, depth int) {
	for _, hook := range concourseHooks {
		if h := v.Get(hook); h.Kind == Map {
			base.stage = hook
			c.step(h, base, depth+1)
		}
	}
}

// task adds the commands of a task written out or kept in a file; one that
// another repository keeps is used.
func (c *concourse) task(v Value, s ciStep) {
	config := v.Get("config")
	if name, file, ok := strings.Cut(v.Get("file").Text, "/"); ok && config.Kind == Absent {
		var here bool
		if config, here = c.tasks[file]; !here || !c.own[name] {
			s.uses, s.with = v.Get("file").Text, v.Get("params")
			c.steps = append(c.steps, s)
			return
		}
		config.Start, config.End = v.Start, v.End
	}
	s.set("image", config.Get("image_resource").Get("source").Get("repository"))
	s.set("env", mergedEnv(v.Get("params"), config.Get("params")))
	run := config.Get("run")
	folders := slices.Sorted(maps.Keys(c.own))
	for _, f := range v.Get("input_mapping").Fields {
		if c.own[f.Value.Text] {
			folders = append(folders, f.Key)
		}
	}
	s.commands = taskCommands(run, folders)
	if v.Get("file").Kind == String { // lines of the task's file mean nothing here
		for i := range s.commands {
			s.commands[i].start, s.commands[i].end = v.Start, v.Start
		}
	}
	if len(s.commands) > 0 {
		c.steps = append(c.steps, s)
	}
}

var shellText = lazily(`^-[eilorux]*c[eilorux]*$`)

// taskCommands is what a task runs: a shell's text, or one program. The
// repository lies in one of the folders, whose name is left out.
func taskCommands(run Value, folders []string) []command {
	args := run.Get("args").Items
	var cs []command
	i := slices.IndexFunc(args, func(a Value) bool { return shellText().MatchString(a.Text) })
	for i >= 0 && i+2 < len(args) && strings.HasPrefix(args[i+1].Text, "-") {
		i++ // more options of the shell
	}
	if i >= 0 && i+1 < len(args) {
		cs = blockCommands(args[i+1], run.Get("dir").Text, slices.ContainsFunc(args[:i], func(a Value) bool { return a.Text == "pipefail" }))
	} else {
		words := []string{run.Get("path").Text}
		for _, a := range few(args) {
			words = append(words, a.Text)
		}
		cs = blockCommands(Value{Kind: String, Text: strings.Join(words, " "), Start: run.Start, End: run.Start}, run.Get("dir").Text, false)
	}
	for i := range cs {
		c := &cs[i]
		c.dir = strings.TrimPrefix(c.dir, "./")
		for _, f := range folders {
			if c.dir == "" {
				for _, start := range []string{f + "/", "./" + f + "/"} {
					if rest, ok := strings.CutPrefix(c.text, start); ok {
						c.text = "./" + rest
					}
				}
				c.text = strings.ReplaceAll(c.text, " "+f+"/", " ./")
				c.text = strings.ReplaceAll(c.text, " ./"+f+"/", " ./")
			}
			if rest, ok := strings.CutPrefix(c.dir, f); ok && (rest == "" || rest[0] == '/') {
				c.dir = strings.TrimPrefix(rest, "/")
				break
			}
		}
	}
	return cs
}

// started is the classes of what has a job run: new versions of what it gets,
// or the jobs that those must have passed. A job that only takes what others
// have passed, and that nothing triggers, waits for a person to let it go on.
func (c *concourse) started(j Value, depth int) []string {
	name := j.Get("name").Text
	if out, known := c.starts[name]; known || depth > maxConcourseDepth {
		return out
	}
	c.starts[name] = nil // while it is being looked at
	var out, waiting []string
	c.each(j.Get("plan"), 0, func(v Value) {
		if v.Get("get").Kind != String {
			return
		}
		var by []string
		passed := few(membersOf(v.Get("passed")))
		for _, p := range passed {
			by = append(by, c.started(c.jobs[p.Text], depth+1)...)
		}
		switch {
		case v.Get("trigger").Text != "true":
			waiting = append(waiting, by...)
		case len(passed) == 0:
			out = append(out, triggerClasses(c.triggered(firstOf(v.Get("resource"), v.Get("get")).Text))...)
		default:
			out = append(out, by...)
		}
	})
	if len(out) == 0 {
		out = heldBack(waiting)
	}
	if out = inOrder(out); len(out) > 1 {
		out = slices.DeleteFunc(out, func(class string) bool { return class == "manual" })
	}
	c.starts[name] = out
	return out
}

// triggered is what a new version of a resource comes from.
func (c *concourse) triggered(name string) []situation {
	forms := c.forms[name]
	if len(forms) == 0 && c.own[name] {
		return []situation{onDefault} // the pipeline is put together of several files
	}
	if len(forms) == 0 {
		return []situation{onRelease}
	}
	var out []situation
	for _, r := range few(forms) {
		out = append(out, c.versions(r)...)
	}
	return out
}

func (c *concourse) versions(resource Value) []situation {
	source := resource.Get("source")
	switch kind := c.kindOf(resource); {
	case strings.Contains(kind, "pull-request"), strings.Contains(kind, "-pr"):
		return []situation{onPull}
	case kind == "time", strings.Contains(kind, "cron"):
		return []situation{onSchedule}
	case kind != "git":
		return []situation{onRelease}
	case source.Get("tag_filter").Kind != Absent, source.Get("tag_regex").Kind != Absent:
		return []situation{onTag}
	case source.Get("branch").Kind == Absent, strings.Contains(source.Get("branch").Text, "(("):
		return []situation{onDefault}
	default:
		return onBranches(source.Get("branch"))
	}
}

// behind is the jobs that a job waits for, theirs included, in order.
func (c *concourse) behind(j Value) []string {
	return slices.Sorted(slices.Values(behind(c.waits(j), func(job string) []string { return c.waits(c.jobs[job]) })))
}

// waits is the jobs that a job waits for itself.
func (c *concourse) waits(j Value) []string {
	name := j.Get("name").Text
	out, ok := c.direct[name]
	if !ok || name == "" {
		out = nil
		c.each(j.Get("plan"), 0, func(v Value) {
			for _, p := range few(membersOf(v.Get("passed"))) {
				if v.Get("get").Kind == String && p.Text != "" {
					out = append(out, p.Text)
				}
			}
		})
		c.direct[name] = out
	}
	return out
}
