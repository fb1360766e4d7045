package facts

import (
	"slices"
	"strings"
)

// circle is one CircleCI configuration while it is read.
type circle struct {
	top  Value
	job  ciStep            // what the steps of the current job share
	told map[string]string // the parameters of the current job or command
	dir  string
	out  []ciStep
	deep int
	left int // how many more steps may be read, commands of its own followed
}

func readCircleCI(top Value) []ciStep {
	c := circle{top: top, left: maxTaken}
	flows := top.Get("workflows")
	if flows.Kind != Map {
		c.job = ciStep{job: "build", when: triggerClasses([]situation{onDefault, onOther, onPull})}
		c.runJob(top.Get("jobs").Get("build"))
		return c.out
	}
	done := map[string]bool{}
	behind := circleBehind(flows)
	for _, flow := range flows.Fields {
		base := circleTriggers(flow.Value)
		for _, entry := range flow.Value.Get("jobs").Items {
			name, given := entry.Text, Value{}
			if entry.Kind == Map && len(entry.Fields) > 0 {
				name, given = entry.Fields[0].Key, entry.Fields[0].Value
			}
			runs := circleFilters(base, given.Get("filters"))
			if name == "" || len(runs) == 0 || given.Get("type").Text == "approval" {
				continue
			}
			if job := top.Get("jobs").Get(name); job.Kind == Map {
				called := circleName(name, given)
				if key := called + strings.Join(triggerClasses(runs), ","); !done[key] {
					done[key] = true
					c.job = ciStep{job: called, when: triggerClasses(runs)}
					c.job.set("environment", circleEnvironment(given))
					if needs := behind[called]; len(needs) > 0 {
						c.job.set("needs", Strs(needs))
					}
					c.told = c.parameters(job, given)
					c.steps(given.Get("pre-steps"))
					c.runJob(job)
					c.steps(given.Get("post-steps"))
				}
				continue
			}
			uses, ref := c.orb(name)
			s := ciStep{job: circleName(name, given), uses: uses, ref: ref, with: given, when: triggerClasses(runs), start: entry.Start, end: entry.End}
			s.set("environment", circleEnvironment(given))
			if needs := behind[s.job]; len(needs) > 0 {
				s.set("needs", Strs(needs))
			}
			c.job = s
			c.job.uses, c.job.ref, c.job.with = "", "", Value{}
			c.steps(given.Get("pre-steps"))
			c.out = append(c.out, s)
			c.steps(given.Get("post-steps"))
		}
	}
	return c.out
}

func circleName(job string, given Value) string {
	if name := given.Get("name"); name.Kind == String {
		return name.Text
	}
	return job
}

func circleEnvironment(given Value) Value {
	return firstOf(given.Get("environment"), given.Get("env"))
}

// circleBehind is the jobs that each job waits for, those that it waits for
// through others included: an approval is passed through, and is none of them.
func circleBehind(flows Value) map[string][]string {
	out := map[string][]string{}
	for _, flow := range flows.Fields {
		ahead, asks := map[string][]string{}, map[string]bool{}
		jobs := few(flow.Value.Get("jobs").Items)
		for _, entry := range jobs {
			if entry.Kind != Map || len(entry.Fields) == 0 {
				continue
			}
			given := entry.Fields[0].Value
			name := circleName(entry.Fields[0].Key, given)
			asks[name] = given.Get("type").Text == "approval"
			for _, r := range few(membersOf(given.Get("requires"))) {
				if r.Kind == String {
					ahead[name] = append(ahead[name], r.Text)
				}
			}
		}
		for name := range ahead {
			for _, before := range behind(ahead[name], func(job string) []string { return ahead[job] }) {
				if before != name && !asks[before] && !slices.Contains(out[name], before) {
					out[name] = append(out[name], before)
				}
			}
			slices.Sort(out[name])
		}
	}
	return out
}

func circleTriggers(flow Value) []situation {
	triggers := flow.Get("triggers")
	if circleScheduled(flow.Get("when")) {
		return []situation{onSchedule}
	}
	if triggers.Kind != List {
		return []situation{onDefault, onOther, onPull}
	}
	var out []situation
	for _, t := range triggers.Items {
		if t.Get("schedule").Kind != Absent {
			out = append(out, onSchedule)
		}
	}
	return out
}

// circleScheduled tells whether a workflow wants its pipeline to be started by
// a schedule, as those schedules do that are kept outside of the file.
func circleScheduled(when Value) bool {
	equal, text := false, when.Text
	for _, v := range few(membersOf(when.Get("equal"))) {
		equal, text = true, text+" "+v.Text
	}
	if strings.Contains(text, "pipeline.trigger_source") && strings.Contains(text, "scheduled_pipeline") {
		return equal || strings.Contains(text, "==")
	}
	if equal && strings.Contains(text, "pipeline.schedule.name") {
		return true
	}
	return slices.ContainsFunc(few(membersOf(when.Get("and"))), circleScheduled)
}

func circleFilters(base []situation, filters Value) []situation {
	branches, tags := filters.Get("branches"), filters.Get("tags")
	out := slices.Clone(base)
	if only := branches.Get("only"); only.Kind != Absent && !slices.Contains(base, onSchedule) {
		out = onBranches(only)
	}
	for _, b := range membersOf(branches.Get("ignore")) {
		if b.Text == "/.*/" {
			out = nil
		} else if slices.Contains(defaultBranches[:3], b.Text) {
			out = slices.DeleteFunc(out, func(s situation) bool { return s == onDefault })
		}
	}
	if tags.Get("only").Kind != Absent {
		out = append(out, onTag)
	}
	return out
}

// orb writes out the name under which an orb was taken in.
func (c *circle) orb(name string) (uses, ref string) {
	alias, rest, ok := strings.Cut(name, "/")
	orb := c.top.Get("orbs").Get(alias).Text
	if !ok || orb == "" {
		return name, ""
	}
	orb, ref, _ = strings.Cut(orb, "@")
	return orb + "/" + rest, ref
}

func (c *circle) runJob(v Value) {
	if v.Kind != Map {
		return
	}
	image := v.Get("docker")
	if ex := firstOf(v.Get("executor").Get("name"), v.Get("executor")); image.Kind == Absent && ex.Kind == String {
		image = c.top.Get("executors").Get(ex.Text).Get("docker")
	}
	if len(image.Items) > 0 {
		c.job.set("image", image.Items[0].Get("image"))
	}
	c.job.set("env", v.Get("environment"))
	c.dir = joinDir("", strings.TrimPrefix(strings.TrimPrefix(v.Get("working_directory").Text, "~/project"), "/"))
	if strings.HasPrefix(c.dir, "~") {
		c.dir = ""
	}
	c.steps(v.Get("steps"))
}

func (c *circle) steps(list Value) {
	for _, v := range list.Items {
		if c.left--; c.left < 0 {
			return
		}
		name, given := v.Text, Value{}
		if v.Kind == Map && len(v.Fields) > 0 {
			name, given = v.Fields[0].Key, v.Fields[0].Value
		}
		s := c.job
		s.start, s.end = v.Start, v.End
		switch {
		case name == "run":
			c.run(s, given)
		case name == "when" || name == "unless":
			c.steps(given.Get("steps"))
		case name == "" || name == "checkout":
		case c.top.Get("commands").Get(name).Kind == Map:
			if c.deep < 3 {
				command, outer := c.top.Get("commands").Get(name), c.told
				c.deep++
				c.told = c.parameters(command, given)
				c.steps(command.Get("steps"))
				c.told = outer
				c.given(given)
				c.deep--
			}
		default:
			s.uses, s.ref = c.orb(name)
			s.with = given
			c.out = append(c.out, s)
			c.given(given)
		}
	}
}

// given is the steps that a command is handed to run among its own.
func (c *circle) given(with Value) {
	if steps := with.Get("steps"); steps.Kind == List && c.deep < 4 {
		c.deep++
		c.steps(steps)
		c.deep--
	}
}

// parameters is what a job or a command is told, or takes where it is told
// nothing.
func (c *circle) parameters(of, given Value) map[string]string {
	out := map[string]string{}
	for _, p := range few(of.Get("parameters").Fields) {
		if v := firstOf(given.Get(p.Key), p.Value.Get("default")); v.Kind == String && len(v.Text) <= maxCircleParameter {
			out[p.Key] = c.fill(v.Text)
		}
	}
	return out
}

const maxCircleParameter = 200

var circleParameter = lazily(`<<[ \t]*([\w.-]+)[ \t]*>>`)

// fill writes what is known of the parameters into a text. The others become
// variables: left as they are, they would begin a document of the shell.
func (c *circle) fill(text string) string {
	if !strings.Contains(text, "<<") {
		return text
	}
	return circleParameter().ReplaceAllStringFunc(text, func(m string) string {
		name := circleParameter().FindStringSubmatch(m)[1]
		key, ok := strings.CutPrefix(name, "parameters.")
		if v := c.told[key]; ok && v != "" && !strings.Contains(v, "\n") {
			return v
		}
		return "${" + circleUnsaid().ReplaceAllString(name, "_") + "}"
	})
}

var circleUnsaid = lazily(`[^\w]`)

func (c *circle) run(s ciStep, v Value) {
	text, dir := v, c.dir
	if v.Kind == Map {
		text = v.Get("command")
		if d := v.Get("working_directory"); d.Kind == String && !strings.ContainsAny(d.Text, "~<") {
			dir = joinDir(c.dir, d.Text)
		}
		s.set("name", v.Get("name"))
		s.set("if", v.Get("when"))
		s.set("env", v.Get("environment"))
		if v.Get("background").Text == "true" {
			s.hint = hintBehind
		}
	}
	text.Text = c.fill(text.Text)
	s.commands = blockCommands(text, dir, true)
	c.out = append(c.out, s)
}
