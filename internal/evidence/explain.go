package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// Explanation is what was looked for, for somebody who asks why an item is in
// the state that it is in.
type Explanation struct {
	Control    string
	Looked     []string // a sentence for each rule that can tick or suggest
	NearMisses []NearMiss
}

// NearMiss is something of the right name that failed a condition.
type NearMiss struct {
	Rule       string
	Repository string // empty for the assessed one
	Commit     string
	Path       string
	Line       int // from 1; 0 for the file as a whole
	Why        string
}

// mostMisses is how many near misses of a rule are worth telling.
const mostMisses = 3

// Explain looks again, with an eye on what nearly was. It costs about as much
// as Find; false when there is no such control.
func (e *Engine) Explain(sources []Source, settings snapshot.Settings, id string) (Explanation, bool) {
	i, ok := slices.BinarySearchFunc(e.controls, id, func(c control, id string) int { return cmp.Compare(c.ID, id) })
	if !ok {
		return Explanation{}, false
	}
	a := e.assess(sources, settings, true)
	out := Explanation{Control: id}
	for _, r := range e.controls[i].rules {
		if r.Strength == catalogue.Weakens {
			continue
		}
		out.Looked = append(out.Looked, a.looked(&r))
		misses := a.misses(&r)
		out.NearMisses = append(out.NearMisses, misses[:min(len(misses), mostMisses)]...)
	}
	return out, true
}

// looked is what a rule looked for and how much of it there is.
func (a *assessment) looked(r *rule) string {
	var about []string
	found, fit := 0, 0
	for _, m := range catalogue.Written(r.Rule.Any) {
		about = append(about, m.Describe())
	}
	for _, h := range a.selected(&r.clause) {
		found++
		if h.truth != no {
			fit++
		}
	}
	out := fmt.Sprintf("%s (%s): looked at %s", r.Summary, r.Strength, strings.Join(about, " or "))
	switch {
	case a.blind(&r.clause) != "":
		return out + "; " + a.blind(&r.clause)
	case found == 0:
		return out + "; there is none"
	case fit == found:
		return fmt.Sprintf("%s; found %d", out, found)
	}
	return fmt.Sprintf("%s; found %d, of which %d fit", out, found, fit)
}

// misses are the things that a rule selected and that fell short.
func (a *assessment) misses(r *rule) []NearMiss {
	var out []NearMiss
	for _, id := range r.any {
		p := &a.engine.probes[id]
		for _, h := range a.hits[id] {
			why, line := "", int(h.start)
			switch {
			case h.truth == no:
				why, line = a.failure(p, h)
			case a.accompanied(&r.clause, h).truth == no:
				why = a.alone(&r.clause, h)
			case h.why != "":
				why = h.why
			}
			if why != "" {
				src := a.sources[h.source]
				out = append(out, NearMiss{r.ID, src.Repository, src.Commit, h.path, line, why})
			}
		}
	}
	return out
}

// failure says which condition failed, and where.
func (a *assessment) failure(p *probe, h hit) (string, int) {
	if h.fact == nil {
		if p.Kind == catalogue.Content {
			return "the text does not match", 0
		}
		return "the file is empty, or is not yet written", 0
	}
	for i := range p.Where.All {
		c := &p.Where.All[i]
		values := lookup(h.fact.Value, c.Path)
		if test(&c.Test, values, nil, c.Path).truth != no {
			continue
		}
		if len(values) == 0 {
			return c.Path + " is not set", h.fact.Start
		}
		return c.Path + " is " + shown(values), cmp.Or(values[0].Start, h.fact.Start)
	}
	return "its conditions do not hold", h.fact.Start
}

// shown is values in a few words.
func shown(values []facts.Value) string {
	var words []string
	for _, v := range flat(values) {
		switch v.Kind {
		case facts.Map:
			words = append(words, "a block")
		case facts.Null:
			words = append(words, "null")
		default:
			words = append(words, fmt.Sprintf("%.40s", v.Text))
		}
	}
	if len(words) > 3 {
		words = append(words[:3], "…")
	}
	if len(words) == 0 {
		return "empty"
	}
	return strings.Join(words, ", ")
}

// alone says which companion is missing, or is one too many.
func (a *assessment) alone(c *clause, h hit) string {
	for i, ids := range c.with {
		if t, _ := a.oneOf(c, ids, h); t == no {
			return "nothing goes with it: " + c.With[i][0].Describe()
		}
	}
	for i, id := range c.without {
		if t, _ := a.companion(c, id, h, false); t == yes {
			return "something speaks against it: " + c.Without[i].Describe()
		}
	}
	return "what has to go with it does not"
}
