package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/facts"
)

// outcome is what a clause came to. Certain hits can prove; open ones can be
// no more than hints, for the reason why.
type outcome struct {
	certain []hit
	open    []hit
	why     string
}

func (o outcome) truth() truth {
	switch {
	case len(o.certain) > 0:
		return yes
	case len(o.open) > 0:
		return unknown
	}
	return no
}

// clause puts the hits of a clause's probes together.
func (a *assessment) clause(c *clause) outcome {
	var out outcome
	failed, unsaid := false, false
	selected := a.selected(c)
	a.pairs, a.cut, a.seekers = 0, false, len(selected)
	for _, h := range selected {
		if h.unsaid {
			unsaid = true
			continue
		}
		if h.truth != no {
			h = a.placed(c, a.accompanied(c, h))
			if h.fact != nil && h.fact.Open && (h.truth == no || a.compares(c.without)) {
				unsaid = true // what goes with it may be where nobody looks
				continue
			}
		}
		switch {
		case h.certain():
			out.certain = append(out.certain, h)
		case h.truth != no:
			out.open = append(out.open, h)
			out.why = cmp.Or(out.why, h.why)
		default:
			failed = true
		}
	}
	clear(a.byKey)
	switch {
	case c.Every:
		return a.every(c, out.unlessUnsaid(unsaid), failed)
	case c.AtLeast > 1:
		return a.outnumber(c, atLeast(c, out))
	}
	return a.outnumber(c, out)
}

// outnumber needs more hits than there are of those they are held against.
func (a *assessment) outnumber(c *clause, out outcome) outcome {
	var others []hit
	seen := map[key]bool{}
	for _, id := range c.outnumbers {
		for _, h := range a.hits[id] {
			if h.truth != no && !seen[h.key()] {
				seen[h.key()] = true
				others = append(others, h)
			}
		}
	}
	more, few := blocks(others), blocks(out.certain)
	if few > more || few == 0 {
		return out
	}
	why := fmt.Sprintf("only %d of %d places", few, few+more)
	all := slices.Concat(out.certain, out.open)
	for i := range all {
		all[i].why = cmp.Or(all[i].why, why)
	}
	return outcome{open: all, why: why}
}

// compares tells whether a probe holds its facts against the one they go with.
func (a *assessment) compares(probes []int) bool {
	return slices.ContainsFunc(probes, func(id int) bool { return a.engine.probes[id].joins })
}

// unlessUnsaid is the outcome where some that stand for more than is shown don't
// say: what others of them say is no proof of all.
func (o outcome) unlessUnsaid(unsaid bool) outcome {
	if !unsaid || slices.ContainsFunc(o.certain, func(h hit) bool { return h.fact == nil || !h.fact.Open }) {
		return o
	}
	return outcome{open: slices.Concat(o.certain, o.open), why: cmp.Or(o.why, "not all that is made elsewhere says it")}
}

// every needs all that were selected, and the families read in full.
func (a *assessment) every(c *clause, out outcome, failed bool) outcome {
	if failed {
		return outcome{}
	}
	unsure := slices.ContainsFunc(out.open, func(h hit) bool { return h.truth == unknown })
	missing := ""
	for _, id := range c.any {
		if w := a.missed(&a.engine.probes[id]); w != nil && missing == "" {
			missing = place(w.Path, w.Line) + " could not be read"
		}
	}
	if !unsure && missing == "" {
		return out
	}
	all := slices.Concat(out.open, out.certain)
	for i := range all {
		all[i].why = cmp.Or(all[i].why, missing)
	}
	return outcome{open: all, why: cmp.Or(out.why, missing)}
}

func place(path string, line int) string {
	if line == 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// atLeast needs so many hits, or so many different values of theirs.
func atLeast(c *clause, out outcome) outcome {
	certain := different(c.Distinct, out.certain)
	all := different(c.Distinct, slices.Concat(out.certain, out.open))
	switch {
	case certain >= c.AtLeast:
		return outcome{certain: out.certain}
	case all >= c.AtLeast:
		return outcome{open: slices.Concat(out.certain, out.open), why: out.why}
	}
	return outcome{}
}

func different(path string, hits []hit) int {
	if path == "" {
		return blocks(hits)
	}
	seen := map[string]bool{}
	for _, h := range hits {
		if h.fact == nil {
			continue
		}
		for _, v := range flat(lookup(h.fact.Value, path)) {
			if scalar(v) {
				seen[strings.ToLower(v.Text)] = true
			}
		}
	}
	return len(seen)
}

// blocks counts hits; a block of a module that is called several times is one.
func blocks(hits []hit) int {
	type block struct {
		source     int32
		start      int
		path, name string
	}
	seen, n := map[block]bool{}, 0
	for _, h := range hits {
		if h.fact == nil || h.fact.Kind != facts.Terraform {
			n += max(1, int(h.places))
			continue
		}
		seen[block{h.source, h.fact.Start, h.path, h.fact.Name}] = true
	}
	return n + len(seen)
}

// selected is everything that an alternative of the clause selects, each thing
// once with the best that an alternative makes of it, in order.
func (a *assessment) selected(c *clause) []hit {
	if len(c.any) == 1 {
		return a.hits[c.any[0]]
	}
	if !slices.ContainsFunc(c.any, func(id int) bool { return len(a.hits[id]) > 0 }) {
		return nil
	}
	var out []hit
	at := map[key]int{}
	for _, id := range c.any {
		for _, h := range a.hits[id] {
			i, ok := at[h.key()]
			if !ok {
				at[h.key()] = len(out)
				out = append(out, h)
				continue
			}
			all := slices.Concat(out[i].caught, h.caught)
			if o := out[i]; h.truth > o.truth || h.truth == o.truth && h.why == "" && o.why != "" {
				out[i] = h
			}
			out[i].caught = all
		}
	}
	slices.SortStableFunc(out, hit.compare)
	return out
}

// accompanied is the hit after looking for what has to go with it, and for
// what must not.
func (a *assessment) accompanied(c *clause, h hit) hit {
	for _, ids := range c.with {
		t, why := a.oneOf(c, ids, h)
		if t == no {
			h.truth = no
			return h
		}
		if t == unknown || why != "" {
			h.why = cmp.Or(h.why, why, "what goes with it can't be known from the files")
		}
		h.truth = h.truth.and(t)
	}
	for _, id := range c.without {
		t, why := a.companion(c, id, h, false)
		if t == yes && why == "" {
			h.truth = no
			return h
		}
		if t != no {
			h.why = cmp.Or(h.why, why, "what speaks against it can't be known from the files")
			h.truth = h.truth.and(unknown)
		}
	}
	return h
}

// oneOf is the best companion that one of some probes finds.
func (a *assessment) oneOf(c *clause, ids []int, h hit) (truth, string) {
	best, why := no, ""
	for _, id := range ids {
		t, w := a.companion(c, id, h, true)
		if t == yes && w == "" {
			return t, w
		}
		if t > best {
			best, why = t, w
		}
	}
	return best, why
}

// What compares each with each takes the square of the time. A clause may look
// at so many pairs, and all clauses at so many together: some seconds' worth, of
// which the largest repositories known take a tenth. To hold conditions against
// a pair costs as much as to pass a few by, and as many again for each value that
// is compared.
const (
	maxPairs    = 50_000_000
	maxAllPairs = 4 * maxPairs
	joinedPairs = 5
)

// tooMany is why nobody knows what comparing on would have shown.
const tooMany = "there are too many to compare each with each"

// tired tells that a clause has looked at as many pairs as it may.
func (a *assessment) tired(pairs int) bool {
	a.pairs += pairs
	a.allPairs += pairs
	return a.pairs > maxPairs || a.allPairs > maxAllPairs
}

// companion is the best match of a probe within the clause's scope of h. Its
// why tells what makes even a match no more than a hint. With other, what the
// very block of h makes at another call of its module does not go with it.
// Without, a step may speak against itself: of its commands one is what the clause
// wants, and another what it does not.
func (a *assessment) companion(c *clause, id int, h hit, other bool) (truth, string) {
	best, why := no, ""
	p := &a.engine.probes[id]
	weight := joinedPairs
	if p.joins && h.fact != nil {
		weight *= 1 + p.values(h.fact)
	}
	for o := range a.near(c.Same, id, h) {
		if a.tired(1) {
			a.cut = true
			return unknown, tooMany
		}
		if o.unsaid && (other || h.fact == nil || !h.fact.Open) || o.key() == h.key() && h.fact != nil && (other || !isStep(h.fact)) || other && o.sameBlock(h) || !inScope(c.Same, h, o) {
			continue
		}
		if p.joins && o.fact != nil {
			a.tired(weight)
			o.truth, o.why = joined(p, o.fact, cmp.Or(h.fact, &facts.Fact{}))
		}
		if o.certain() {
			return yes, ""
		}
		if o.truth > best {
			best, why = o.truth, o.why
		}
	}
	return best, why
}

func joined(p *probe, f, self *facts.Fact) (truth, string) {
	h, selected := testFact(p, f, self, nil)
	if !selected || h.unsaid {
		return no, ""
	}
	return h.truth, h.why
}
