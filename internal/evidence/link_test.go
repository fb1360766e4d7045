package evidence

import (
	"fmt"
	"slices"
	"testing"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// Of the files of all examples together, each hit that may go with another is
// among those that its keys lead to.
func TestKeysMissNoCompanion(t *testing.T) {
	e, files := shipped(t), map[string]string{}
	for i, control := range e.catalogue.Controls {
		for k, x := range control.Examples.All() {
			for name, text := range x.Files {
				files[fmt.Sprintf("c%d/x%d/%s", i, k, name)] = text
			}
		}
	}
	read, err := e.Read(t.Context(), snapshot.Memory(snapshot.Meta{Repository: "example"}, files).Tree(""), facts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := e.assess([]Source{{Reading: read}}, nil, false)
	together, passed := 0, 0
	for i := range e.controls {
		for k := range e.controls[i].rules {
			c := &e.controls[i].rules[k].clause
			for _, id := range append(slices.Concat(c.with...), c.without...) {
				found, by := a.checkKeys(t, c, id)
				together, passed = together+found, passed+by
			}
		}
	}
	if together < 200 || passed < 1000 {
		t.Errorf("%d hits go together, %d were passed by", together, passed)
	}
}

// checkKeys counts the hits that go with those of a clause, and those that
// were not looked at.
func (a *assessment) checkKeys(t *testing.T, c *clause, id int) (together, passed int) {
	t.Helper()
	p := &a.engine.probes[id]
	if len(p.links) == 0 && !hasPlace(c.Same) {
		return 0, 0
	}
	a.seekers = fewPairs
	for _, h := range a.selected(c) {
		linked := map[key]bool{}
		for o := range a.near(c.Same, id, h) {
			linked[o.key()] = true
		}
		for _, o := range a.hits[id] {
			if !inScope(c.Same, h, o) || p.joins && h.fact == nil {
				continue
			}
			got := o.truth
			if p.joins {
				got, _ = joined(p, o.fact, h.fact)
			}
			if got != no {
				if together++; !linked[o.key()] {
					t.Errorf("%s %s:%d goes with %s:%d, and is not found by its keys", p.Kind, o.path, o.start, h.path, h.start)
				}
			} else if !linked[o.key()] {
				passed++
			}
		}
	}
	return together, passed
}
