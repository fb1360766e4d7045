package evidence

import (
	"slices"

	"github.com/readyline/readyline/internal/facts"
)

// maxNames bounds the names that are compared with a probe's; with more of them,
// files that could not be read may hold anything.
const maxNames = 1000

// unreadFiles are those of one family that could not be read.
type unreadFiles struct {
	warnings []facts.Warning
	any      int            // the first that may hold anything; -1: none
	names    map[string]int // the first that may hold facts of a name
}

// warnings notes which families may miss facts. A file in an area that proves
// nothing misses nothing.
func (a *assessment) warnings(source int) {
	for _, w := range a.sources[source].Warnings {
		if facts.AreaOf(w.Path) != 0 {
			continue
		}
		for _, k := range w.Kinds {
			if a.warned[k] == nil {
				a.warned[k] = &unreadFiles{any: -1, names: map[string]int{}}
			}
			a.warned[k].add(w)
		}
	}
}

func (u *unreadFiles) add(w facts.Warning) {
	i := len(u.warnings)
	u.warnings = append(u.warnings, w)
	if u.any < 0 && (w.Names == nil || len(u.names)+len(w.Names) > maxNames) {
		u.any = i
	}
	if u.any >= 0 {
		return // whatever comes behind it adds nothing
	}
	for _, name := range w.Names {
		if _, ok := u.names[name]; !ok {
			u.names[name] = i
		}
	}
}

// unread is the first file that could not be read and might say something of one
// family to a clause; nil when there is none.
func (a *assessment) unread(c *clause, k facts.Kind) *facts.Warning {
	if a.warned[k] == nil {
		return nil
	}
	for _, id := range slices.Concat(c.any, slices.Concat(c.with...), c.without, c.outnumbers) {
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
	u := a.warned[p.Kind]
	if u == nil {
		return nil
	}
	first := u.any
	for name, i := range u.names {
		if (first < 0 || i < first) && selects(p.Matcher, name) {
			first = i
		}
	}
	if first < 0 {
		return nil
	}
	return &u.warnings[first]
}
