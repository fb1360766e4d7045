package evidence

import (
	"slices"

	"github.com/readyline/readyline/internal/facts"
)

// warnings notes which families may miss facts. A file in an area that proves
// nothing misses nothing.
func (a *assessment) warnings(source int) {
	for _, w := range a.sources[source].Warnings {
		if facts.AreaOf(w.Path) != 0 {
			continue
		}
		for _, k := range w.Kinds {
			a.warned[k] = append(a.warned[k], w)
		}
	}
}

// unread is the first file that could not be read and might say something of one
// family to a clause; nil when there is none.
func (a *assessment) unread(c *clause, k facts.Kind) *facts.Warning {
	if len(a.warned[k]) == 0 {
		return nil
	}
	for _, id := range slices.Concat(c.any, slices.Concat(c.with...), c.without) {
		if p := &a.engine.probes[id]; p.Kind == k {
			if w := a.missed(p); w != nil {
				return w
			}
		}
	}
	return nil
}

// missed is the first file that could not be read and might hold what a probe
// selects; nil when there is none.
func (a *assessment) missed(p *probe) *facts.Warning {
	for i := range a.warned[p.Kind] {
		w := &a.warned[p.Kind][i]
		if w.Names == nil || slices.ContainsFunc(w.Names, func(name string) bool { return selects(p.Matcher, name) }) {
			return w
		}
	}
	return nil
}
