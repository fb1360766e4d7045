package main

import (
	"cmp"
	"slices"

	"github.com/readyline/readyline/internal/readiness"
)

// nearest is the n open items that look cheapest to tick: first those that
// lack the fewest controls, hints before nothing, required before the rest. An
// item that several checklists share is told once.
func nearest(all []readiness.Assessment, n int) []*readiness.ItemState {
	type step struct {
		*readiness.ItemState
		lacking, hinted int
		required        bool
	}
	var steps []step
	seen := map[string]bool{}
	for i := range all {
		for j := range all[i].Items {
			s := &all[i].Items[j]
			if s.State != readiness.Unmet || len(s.Item.Controls) == 0 || seen[s.Item.ID] {
				continue
			}
			st := step{ItemState: s, required: s.Item.Required}
			byHand := false
			for _, f := range s.Findings {
				switch f.Verdict {
				case readiness.Suggested:
					st.hinted++
					st.lacking++
				case readiness.None, readiness.Contradicted, readiness.UnknownYet:
					st.lacking++
					byHand = byHand || f.Verdict == readiness.None && f.Reason != ""
				}
			}
			if byHand {
				continue
			}
			seen[s.Item.ID] = true
			steps = append(steps, st)
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int {
		return cmp.Or(
			-compareBool(a.hinted == a.lacking, b.hinted == b.lacking),
			-compareBool(a.required, b.required),
			cmp.Compare(a.lacking, b.lacking))
	})
	var out []*readiness.ItemState
	for _, s := range steps[:min(n, len(steps))] {
		out = append(out, s.ItemState)
	}
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
