package evidence

import (
	"runtime"

	"github.com/readyline/readyline/internal/facts"
)

// Fewer facts or files than these are not worth being tried by themselves.
const (
	fewFacts = 200
	fewFiles = 1000
)

// matchTree tries the files and facts of a source, some of them beside each other.
func (a *assessment) matchTree(source int) {
	var parts []*assessment
	var crew facts.Crew
	each := func(n, size int, try func(part *assessment, from, to int)) {
		for from := 0; from < n; from += size {
			part := a.part()
			parts = append(parts, part)
			crew.Go(func() { try(part, from, min(from+size, n)) })
		}
	}
	all, files := len(a.sources[source].All), len(a.sources[source].Files)
	each(files, max(files/runtime.GOMAXPROCS(0)+1, fewFiles), func(part *assessment, from, to int) { part.matchFiles(source, from, to) })
	each(all, max(all/(4*runtime.GOMAXPROCS(0))+1, fewFacts), // some cost far more than others
		func(part *assessment, from, to int) { part.matchFacts(source, from, to) })
	crew.Wait()
	for _, part := range parts {
		a.take(part)
	}
	a.missedFiles(source)
}

// part is a run over some of the facts or files, with hits of its own.
func (a *assessment) part() *assessment {
	out := *a
	out.hits, out.spelt = make([][]hit, len(a.hits)), newSpelling(a.engine)
	return &out
}

// take adds the hits of a part as if what it tried had been tried behind all others.
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
