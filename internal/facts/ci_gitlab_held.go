package facts

import "slices"

// held tells whether a job of pipelines that deploy waits for a person in each
// of them.
func (g *gitlab) held(job Value) bool {
	if !slices.Equal(triggerClasses(g.runs(job)), []string{"manual"}) {
		return false
	}
	return slices.Contains(triggerClasses(g.runs(automatic(job))), "deploy")
}

// automatic is a job as if it waited for nobody.
func automatic(job Value) Value {
	job.Fields = slices.DeleteFunc(slices.Clone(job.Fields), func(f Field) bool { return f.Key == "when" })
	for i, f := range job.Fields {
		if f.Key == "rules" {
			rules := slices.Clone(f.Value.Items)
			for k, r := range rules {
				rules[k].Fields = slices.DeleteFunc(slices.Clone(r.Fields), func(f Field) bool { return f.Key == "when" && f.Value.Text == "manual" })
			}
			job.Fields[i].Value.Items = rules
		}
	}
	return job
}

// letGoOn has those of the jobs that wait for a person run where jobs of an
// earlier stage, started by themselves, have come before them.
func (g *gitlab) letGoOn(steps []ciStep, held map[string]bool) {
	first := len(steps)
	stages := g.stages()
	order := func(stage string) int {
		if stage == "" {
			stage = "test"
		}
		return slices.Index(stages, stage)
	}
	for i := range steps {
		if at := order(steps[i].stage); at >= 0 && steps[i].job != "" && slices.Contains(steps[i].when, "deploy") {
			first = min(first, at)
		}
	}
	for i := range steps {
		if held[steps[i].job] && order(steps[i].stage) > first {
			steps[i].when = heldBack([]string{"deploy"})
		}
	}
}

func (g *gitlab) stages() []string {
	var out []string
	for _, s := range few(g.top.Get("stages").Items) {
		out = append(out, s.Text)
	}
	if out == nil {
		return []string{".pre", "build", "test", "deploy", ".post"}
	}
	return out
}
