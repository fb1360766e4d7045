package worker

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
)

// wouldProve is what would prove a control, a line each, and files that do. What
// is about the same things as what came nearest goes first: whoever runs a
// service on ECS wants to read about that.
func wouldProve(c *catalogue.Control, found readiness.Finding) (looked []string, files map[string]string) {
	miss, where := nearestMiss(c, found)
	var rules []*catalogue.Rule
	for i := range c.Rules {
		if c.Rules[i].Strength == readiness.Proves {
			rules = append(rules, &c.Rules[i])
		}
	}
	slices.SortStableFunc(rules, func(a, b *catalogue.Rule) int { return cmp.Compare(min(far(a, miss), 1), min(far(b, miss), 1)) })
	for _, r := range rules {
		looked = append(looked, r.Summary)
	}
	var best [4]int
	for _, ex := range c.Examples.All() {
		i := slices.IndexFunc(rules, func(r *catalogue.Rule) bool { return slices.Contains(ex.Proves, r.ID) })
		if i < 0 || len(ex.Settings) > 0 || len(ex.Contradicts) > 0 { // files alone would not do
			continue
		}
		size, kin := 0, 1
		for name, text := range ex.Files {
			size += len(text)
			if where != "" && kindOf(name) == kindOf(where) {
				kin = 0
			}
		}
		rank := [4]int{kin, far(rules[i], miss), i, size}
		if files == nil || slices.Compare(rank[:], best[:]) < 0 {
			files, best = ex.Files, rank
		}
	}
	return looked, files
}

// nearestMiss is the rule that came nearest without proving anything, and the
// file in which it did; nil when none did.
func nearestMiss(c *catalogue.Control, found readiness.Finding) (*catalogue.Rule, string) {
	for _, strength := range []readiness.Strength{readiness.Contradicts, readiness.Suggests} {
		for _, e := range found.Evidence {
			i := slices.IndexFunc(c.Rules, func(r catalogue.Rule) bool { return r.ID == e.Rule })
			if e.Strength == strength && e.Path != "" && i >= 0 {
				return &c.Rules[i], e.Path
			}
		}
	}
	return nil, ""
}

// far is how far two rules are from each other: 0, about things of one name; 1,
// of one kind; 2, of others.
func far(a, b *catalogue.Rule) int {
	out := 2
	if b == nil {
		return out
	}
	for _, m := range a.Any {
		for _, n := range b.Any {
			if m.Kind != n.Kind {
				continue
			}
			out = min(out, 1)
			if slices.ContainsFunc(m.Names, func(x catalogue.Name) bool { return slices.Contains(n.Names, x) }) {
				return 0
			}
		}
	}
	return out
}

// kindOf is what a file is by its name: its ending, or all of it.
func kindOf(file string) string {
	return strings.Replace(cmp.Or(path.Ext(file), path.Base(file)), ".yaml", ".yml", 1)
}
