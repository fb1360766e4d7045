package evidence

import (
	"runtime"
	"slices"

	"github.com/readyline/readyline/internal/facts"
)

// Fewer facts or files than these are not worth being tried by themselves.
const (
	fewFacts = 30
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
	each(all, max(all/(6*runtime.GOMAXPROCS(0))+1, fewFacts), // some cost far more than others
		func(part *assessment, from, to int) { part.matchFacts(source, from, to) })
	crew.Wait()
	for id := range a.hits {
		a.take(id, parts)
	}
	a.missedFiles(source)
}

// part is a run over some of the facts or files, with hits of its own.
func (a *assessment) part() *assessment {
	out := *a
	out.hits, out.spelt = make([][]hit, len(a.hits)), newSpelling(a.engine)
	return &out
}

// take adds a probe's hits of all parts as if what they tried had been tried in
// turn. The parts keep none: there may be many.
func (a *assessment) take(id int, parts []*assessment) {
	n := 0
	for _, part := range parts {
		n += len(part.hits[id])
	}
	if n == 0 {
		return
	}
	a.hits[id] = slices.Grow(a.hits[id], n)
	for _, part := range parts {
		for _, h := range part.hits[id] {
			if a.enough(id) {
				break
			}
			a.hits[id] = append(a.hits[id], h)
		}
		part.hits[id] = nil
	}
}
