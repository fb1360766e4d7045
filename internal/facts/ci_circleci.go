package facts

import (
	"slices"
	"strings"
)

// circle is one CircleCI configuration while it is read.
type circle struct {
	top  Value
	job  ciStep // what the steps of the current job share
	dir  string
	out  []ciStep
	deep int
	left int // how many more steps may be read, commands of its own followed
}

func readCircleCI(top Value) []ciStep {
	c := circle{top: top, left: maxTaken}
	flows := top.Get("workflows")
	if flows.Kind != Map {
		c.runJob("build", top.Get("jobs").Get("build"), []situation{onDefault, onOther, onPull})
		return c.out
	}
	done := map[string]bool{}
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
				if key := name + strings.Join(triggerClasses(runs), ","); !done[key] {
					done[key] = true
					c.runJob(name, job, runs)
				}
				continue
			}
			uses, ref := c.orb(name)
			s := ciStep{job: firstOf(given.Get("name"), Str(name)).Text, uses: uses, ref: ref, with: given, when: triggerClasses(runs), start: entry.Start, end: entry.End}
			s.set("environment", firstOf(given.Get("environment"), given.Get("env")))
			c.out = append(c.out, s)
		}
	}
	return c.out
}

func circleTriggers(flow Value) []situation {
	triggers := flow.Get("triggers")
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

func (c *circle) runJob(name string, v Value, runs []situation) {
	if v.Kind != Map {
		return
	}
	c.job = ciStep{job: name, when: triggerClasses(runs)}
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
				c.deep++
				c.steps(c.top.Get("commands").Get(name).Get("steps"))
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
	s.commands = blockCommands(text, dir, true)
	c.out = append(c.out, s)
}
