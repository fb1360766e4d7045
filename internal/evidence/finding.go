package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
)

// keepBest is how many pieces of evidence of one rule are worth showing.
const keepBest = 10

// tally is what the rules of one control came to, before other controls have
// their say.
type tally struct {
	control *control
	applies bool
	notFor  string // why it does not apply
	proofs  []proof
	hints   []readiness.Evidence
	contra  []readiness.Evidence
	why     string // what kept the first hint from proving
	tired   bool   // a rule that might prove gave up comparing
	weak    string // what weakens the proofs
	blind   string // what could not be looked at, and might prove
}

// proof is the proving evidence of one rule, which counts when the controls
// that it needs are proven.
type proof struct {
	needs    []string
	evidence []readiness.Evidence
}

// Find is the finding on every control of the catalogue, by id, from trees
// whose first is the assessed repository. Nil settings: nobody asked GitHub.
func (e *Engine) Find(sources []Source, settings snapshot.Settings) []readiness.Finding {
	a := e.assess(sources, settings, false)
	tallies := make([]tally, len(e.controls))
	for i := range e.controls {
		tallies[i] = a.tally(&e.controls[i])
	}
	proven := settle(tallies)
	index := make(map[string]*tally, len(tallies))
	for i := range tallies {
		index[tallies[i].control.ID] = &tallies[i]
	}
	out := make([]readiness.Finding, len(tallies))
	for i := range tallies {
		out[i] = tallies[i].finding(proven, index)
	}
	return out
}

func (a *assessment) tally(c *control) tally {
	t := tally{control: c}
	t.applies, t.notFor = a.applies(c.AppliesWhen)
	for i := range c.rules {
		r := &c.rules[i]
		o := a.clause(&r.clause)
		switch r.Strength {
		case readiness.Proves:
			t.tired = t.tired || a.cut
			if len(o.certain) > 0 {
				t.proofs = append(t.proofs, proof{r.Needs, a.evidence(r, readiness.Proves, o.certain)})
			} else if open := telling(o.open); len(open) > 0 {
				t.hints = append(t.hints, a.evidence(r, readiness.Suggests, open)...)
				t.why = cmp.Or(t.why, o.why)
			}
		case readiness.Suggests:
			t.hints = append(t.hints, a.evidence(r, readiness.Suggests, slices.Concat(o.certain, telling(o.open)))...)
		case readiness.Contradicts:
			t.contra = append(t.contra, a.evidence(r, readiness.Contradicts, o.certain)...)
		case catalogue.Weakens:
			if len(o.certain) > 0 && t.weak == "" {
				t.weak = r.Summary
				if h := o.certain[0]; h.path != "" {
					t.weak += " (" + place(h.path, int(h.start)) + ")"
				}
			}
		}
	}
	if t.weak != "" {
		for _, p := range t.proofs {
			t.hints = append(t.hints, asHints(p.evidence, t.weak)...)
		}
		t.why, t.proofs = cmp.Or(t.weak, t.why), nil
	}
	t.blind = a.unseen(c)
	if t.tired {
		t.blind = strings.TrimPrefix(t.blind+"; "+tooMany, "; ")
	}
	return t
}

// telling is the hits without those that say nothing: of any object whose text
// is filled in elsewhere one could say that it may be the one looked for.
func telling(hits []hit) []hit {
	var out []hit
	for _, h := range hits {
		if !h.vague {
			out = append(out, h)
		}
	}
	return out
}

// unseen says what could not be looked at that might prove the control.
func (a *assessment) unseen(c *control) string {
	var reasons []string
	for i := range c.rules {
		r := &c.rules[i]
		if r.Strength != readiness.Proves {
			continue
		}
		if b := a.blind(&r.clause); b != "" {
			reasons = append(reasons, b)
		}
		for _, k := range r.kinds {
			if w := a.unread(&r.clause, k); w != nil {
				reasons = append(reasons, "could not read "+place(w.Path, w.Line)+": "+w.Message)
			}
		}
	}
	return mergeReasons(reasons)
}

// mergeReasons tells each reason once, and the names of all settings together.
func mergeReasons(reasons []string) string {
	const needs = "needs the repository's settings: "
	var names, out []string
	for _, r := range reasons {
		for part := range strings.SplitSeq(r, "; ") {
			if list, ok := strings.CutPrefix(part, needs); ok {
				names = append(names, strings.Split(list, ", ")...)
			} else if !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		out = append([]string{needs + strings.Join(slices.Compact(names), ", ")}, out...)
	}
	return strings.Join(out, "; ")
}

// settle is the set of proven controls: the smallest in which every proof has
// what it needs, and every control that a proven one implies.
func settle(tallies []tally) map[string]bool {
	proven := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for i := range tallies {
			t := &tallies[i]
			if !proven[t.control.ID] && t.proven(proven) {
				proven[t.control.ID], changed = true, true
			}
		}
	}
	return proven
}

func (t *tally) proven(proven map[string]bool) bool {
	if t.unconcerned() || t.applies && len(t.contra) > 0 {
		return false
	}
	is := func(id string) bool { return proven[id] }
	return slices.ContainsFunc(t.proofs, func(p proof) bool { return p.holds(proven) }) || slices.ContainsFunc(t.control.ImpliedBy, is)
}

// unconcerned tells of a control that a proof does not make concern the
// repository: webpack hashes names, whether CloudFront serves them or not.
func (t *tally) unconcerned() bool { return !t.applies && t.control.AppliesWhen.Firm }

func (p proof) holds(proven map[string]bool) bool {
	return !slices.ContainsFunc(p.needs, func(id string) bool { return !proven[id] })
}

// finding is the verdict, now that it is known which controls are proven.
func (t *tally) finding(proven map[string]bool, all map[string]*tally) readiness.Finding {
	f := readiness.Finding{Control: t.control.ID, Title: t.control.Title}
	why := t.why
	for _, p := range t.proofs {
		if p.holds(proven) {
			f.Evidence = append(f.Evidence, p.evidence...)
			continue
		}
		i := slices.IndexFunc(p.needs, func(id string) bool { return !proven[id] })
		lacks := "needs “" + all[p.needs[i]].control.Title + "” (" + p.needs[i] + "), which is not proven"
		f.Evidence = append(f.Evidence, asHints(p.evidence, lacks)...)
		why = cmp.Or(why, lacks)
	}
	if len(f.Evidence) == 0 || f.Evidence[0].Strength != readiness.Proves {
		f.Evidence = append(f.Evidence, t.implied(proven, all)...)
	}
	f.Evidence = slices.Concat(f.Evidence, t.hints, t.contra)
	sortEvidence(f.Evidence)
	switch {
	case t.unconcerned():
		f.Verdict, f.Reason = readiness.NotApplicable, t.notFor
	case t.applies && len(t.contra) > 0:
		f.Verdict, f.Reason = readiness.Contradicted, t.contradiction()
	case proven[t.control.ID]:
		f.Verdict = readiness.Proven
	case !t.applies:
		f.Verdict, f.Reason = readiness.NotApplicable, t.notFor
	case t.blind != "":
		f.Verdict, f.Reason = readiness.UnknownYet, t.blind
	case len(f.Evidence) > 0:
		f.Verdict, f.Reason = readiness.Suggested, why
	default:
		f.Verdict, f.Reason = readiness.None, t.control.ByHand
	}
	if f.Evidence == nil {
		f.Evidence = []readiness.Evidence{}
	}
	return f
}

func (t *tally) contradiction() string {
	e := t.contra[0]
	if e.Path == "" {
		return e.Summary
	}
	return e.Summary + " (" + place(e.Path, e.StartLine) + ")"
}

// implied is the evidence of the first proven control that implies this one.
func (t *tally) implied(proven map[string]bool, all map[string]*tally) []readiness.Evidence {
	for _, id := range t.control.ImpliedBy {
		if !proven[id] {
			continue
		}
		var out []readiness.Evidence
		for _, p := range all[id].proofs {
			if p.holds(proven) {
				out = append(out, p.evidence...)
			}
		}
		out = slices.Clone(out)
		for i := range out {
			out[i].Rule = id + "/" + out[i].Rule
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func asHints(proofs []readiness.Evidence, why string) []readiness.Evidence {
	out := slices.Clone(proofs)
	for i := range out {
		out[i].Strength = readiness.Suggests
		out[i].Summary = fmt.Sprintf("%s (%s)", out[i].Summary, why)
	}
	return out
}

// sortEvidence puts what contradicts first, then proofs, then hints, and of each
// what production or every change runs before the rest, and what is near the
// root before what is deep within: readers see the first few.
func sortEvidence(all []readiness.Evidence) {
	slices.SortStableFunc(all, func(a, b readiness.Evidence) int {
		return cmp.Or(cmp.Compare(a.Strength, b.Strength), cmp.Compare(a.Repository, b.Repository),
			cmp.Compare(a.Rank, b.Rank),
			cmp.Compare(depth(a.Path), depth(b.Path)), cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.StartLine, b.StartLine), cmp.Compare(a.Rule, b.Rule))
	})
}

// depth is how many folders a file lies within. Those that a service prescribes
// for its pipelines are the root to it.
func depth(path string) int {
	for _, at := range [...]string{".github/workflows/", ".circleci/", ".buildkite/", ".azure-pipelines/"} {
		if rest, ok := strings.CutPrefix(path, at); ok {
			path = rest
		}
	}
	return strings.Count(path, "/")
}
