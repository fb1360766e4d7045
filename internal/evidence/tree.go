package evidence

import (
	"runtime"

	"github.com/readyline/readyline/internal/facts"
)

// fewFacts are not worth being tried by themselves.
const fewFacts = 200

// matchTree tries the files and facts of a source, some of them beside each other.
func (a *assessment) matchTree(source int) {
	all := a.sources[source].All
	size := max(len(all)/(4*runtime.GOMAXPROCS(0))+1, fewFacts) // some cost far more than others
	var parts []*assessment
	var crew facts.Crew
	for from := 0; from < len(all); from += size {
		part := a.part()
		parts = append(parts, part)
		crew.Go(func() { part.matchFacts(source, from, min(from+size, len(all))) })
	}
	a.matchFiles(source)
	crew.Wait()
	for _, part := range parts {
		a.take(part)
	}
}

// part is a run over some of the facts, with hits of its own.
func (a *assessment) part() *assessment {
	out := *a
	out.hits, out.spelt = make([][]hit, len(a.hits)), newSpelling(a.engine)
	return &out
}

// take adds the hits of a part as if its facts had been tried behind all others.
func (a *assessment) take(part *assessment) {
	for id, hits := range part.hits {
		for _, h := range hits {
			if a.enough(id) {
				break
			}
			a.hits[id] = append(a.hits[id], h)
		}
	}
}
