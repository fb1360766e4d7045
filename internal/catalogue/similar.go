package catalogue

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// mostSimilar is how many names a question offers.
const mostSimilar = 5

// Similar are the controls whose ids have words in common with a name that none
// has: those with most first.
func (c *Catalogue) Similar(id string) []string { return similar(id, c.controls) }

func similar(id string, controls map[string]*Control) []string {
	shared := map[string]int{}
	for word := range strings.SplitSeq(id, "-") {
		if len(word) <= 3 {
			continue
		}
		for known := range controls {
			if slices.ContainsFunc(strings.Split(known, "-"), func(w string) bool {
				return strings.HasPrefix(w, word) || len(w) > 3 && strings.HasPrefix(word, w)
			}) {
				shared[known]++
			}
		}
	}
	near := slices.SortedFunc(maps.Keys(shared), func(a, b string) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a, b))
	})
	return near[:min(mostSimilar, len(near))]
}

// perhaps asks whether another control was meant; nothing when none is similar.
func (l *loader) perhaps(id string) string {
	near := similar(id, l.controls)
	if len(near) == 0 {
		return ""
	}
	return "; is it " + strings.Join(near, ", ") + "?"
}
