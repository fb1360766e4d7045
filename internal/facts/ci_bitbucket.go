package facts

// bitbucket is one configuration while it is read.
type bitbucket struct {
	top Value
	out []ciStep
}

func readBitbucket(top Value) []ciStep {
	b := bitbucket{top: top}
	for _, f := range top.Get("pipelines").Fields {
		if f.Key == "default" {
			b.steps(f.Value, ciStep{job: "default", when: triggerClasses([]situation{onDefault, onOther})})
			continue
		}
		for _, named := range f.Value.Fields {
			runs := eventSituation(f.Key)
			if f.Key == "branches" {
				runs = onBranches(Str(named.Key))
			}
			b.steps(named.Value, ciStep{job: f.Key + " " + named.Key, when: triggerClasses(runs)})
		}
	}
	return b.out
}

func (b *bitbucket) steps(list Value, in ciStep) {
	for _, v := range membersOf(list) {
		switch {
		case v.Get("step").Kind == Map:
			b.step(v.Get("step"), in)
		case v.Get("parallel").Kind == List:
			b.steps(v.Get("parallel"), in)
		case v.Get("parallel").Kind == Map:
			b.steps(v.Get("parallel").Get("steps"), in)
		case v.Get("stage").Kind == Map:
			inner := in
			inner.stage = v.Get("stage").Get("name").Text
			inner.set("environment", v.Get("stage").Get("deployment"))
			b.steps(v.Get("stage").Get("steps"), inner)
		}
	}
}

func (b *bitbucket) step(v Value, in ciStep) {
	s := in
	s.fields = append([]Field(nil), in.fields...)
	s.start, s.end = v.Start, v.End
	if v.Get("trigger").Text == "manual" {
		s.when = heldBack(s.when)
	}
	if v.Get("fail-fast").Text == "false" || v.Get("on-fail").Get("strategy").Text == "ignore" {
		s.hint = hintMayNotFail + "pipeline (on-fail)"
	}
	image := firstOf(v.Get("image"), b.top.Get("image"))
	s.set("image", firstOf(image.Get("name"), image))
	s.set("environment", v.Get("deployment"))
	s.set("name", v.Get("name"))
	for _, item := range v.Get("script").Items {
		part := s
		part.start, part.end = item.Start, item.End
		if pipe := item.Get("pipe"); pipe.Kind == String {
			part.uses, part.with = pipe.Text, item.Get("variables")
		} else {
			part.commands = scriptLines(item, "", false)
		}
		if part.uses != "" || len(part.commands) > 0 {
			b.out = append(b.out, part)
		}
	}
	after := s
	after.hint = hintFailure + "does not fail the step (after-script)"
	if after.commands = scriptLines(v.Get("after-script"), "", false); len(after.commands) > 0 {
		b.out = append(b.out, after)
	}
}
