package evidence

import (
	"cmp"
	"slices"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// started tells whether the step or job is started by what the probe wants.
func started(p *probe, f *facts.Fact, h *hit) bool {
	if p.When == catalogue.WhenAny {
		return true
	}
	when := f.Value.Get("when")
	classes, hand := among(&when, "manual")
	byHand := classes == 1 && hand
	switch {
	case byHand && (p.When == "" || p.When == catalogue.WhenDeploy):
		h.why = cmp.Or(h.why, "runs only by hand")
		return true
	case p.When == "":
		return true
	}
	_, in := among(&when, string(p.When))
	return classes == 0 && f.Kind == facts.CI || in
}

// among counts the texts of a value or list, and tells whether one is that
// wanted. It is asked of each step by each rule about steps, so it makes nothing.
func among(v *facts.Value, wanted string) (n int, in bool) {
	switch v.Kind {
	case facts.Absent:
	case facts.List:
		for i := range v.Items {
			m, found := among(&v.Items[i], wanted)
			n, in = n+m, in || found
		}
	default:
		return 1, v.Text == wanted
	}
	return n, in
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
			h.start, h.end = int32(c.Start), int32(max(c.Start, c.End))
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

// isStep tells of a fact that has commands.
func isStep(f *facts.Fact) bool { return f.Kind == facts.Workflow || f.Kind == facts.CI }
