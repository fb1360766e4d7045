package evidence

import (
	"cmp"
	"slices"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// started tells whether the step or job is started by what the probe wants.
func started(p *probe, f *facts.Fact, h *hit) bool {
	classes := flatten([]facts.Value{f.Value.Get("when")}, nil)
	in := func(class string) bool {
		return slices.ContainsFunc(classes, func(v facts.Value) bool { return v.Text == class })
	}
	byHand := len(classes) == 1 && in("manual")
	switch p.When {
	case catalogue.WhenAny:
		return true
	case "":
		if byHand {
			h.why = cmp.Or(h.why, "runs only by hand")
		}
		return true
	case catalogue.WhenDeploy:
		if byHand {
			h.why = cmp.Or(h.why, "runs only by hand")
			return true
		}
	}
	return len(classes) == 0 && f.Kind == facts.CI || in(string(p.When))
}

// runs tells whether a step uses one of the wanted actions, or one of its
// commands matches; a probe that asks for neither is about every step. With spelt
// at hand, few regexps need trying.
func runs(p *probe, f *facts.Fact, spelt *spelling, h *hit) bool {
	if p.Kind == facts.CI {
		if p.Run == nil || spelt.match(p.run, 0, f.Value.Get("run").Text) {
			return true
		}
		return command(p, f, spelt, h)
	}
	if p.Run == nil && len(p.Uses) == 0 {
		return true
	}
	if slices.ContainsFunc(p.Uses, func(n catalogue.Name) bool { return isAction(n, f.Name) }) {
		return true
	}
	return p.Run != nil && command(p, f, spelt, h)
}

// command finds the first command that matches, at best one that can fail the
// job, and makes the hit point at it.
func command(p *probe, f *facts.Fact, spelt *spelling, h *hit) bool {
	if !spelt.any(p.run) {
		return false
	}
	found, before := false, h.why
	for i, c := range f.Value.Get("commands").Items {
		hint := ""
		if c.Kind == facts.Map {
			hint = c.Get("hint").Text
		}
		if found && hint != "" || !spelt.match(p.run, i+1, commandText(c)) {
			continue
		}
		found = true
		if c.Start > 0 {
			h.start, h.end = c.Start, max(c.Start, c.End)
		}
		h.why = cmp.Or(before, hint)
		if hint == "" {
			break
		}
	}
	return found
}

func commandText(c facts.Value) string {
	if c.Kind == facts.Map {
		return c.Get("text").Text
	}
	return c.Text
}
