package evidence

import (
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// matchFiles tries some files against the probes on files and on their content.
func (a *assessment) matchFiles(source, from, to int) {
	e, s := a.engine, a.sources[source]
	for i := from; i < to; i++ {
		f := &s.Files[i]
		for _, id := range s.globs.probes(i) {
			if a.enough(id) {
				continue
			}
			h := hit{source: int32(source), path: f.Path, truth: a.fileHolds(id, source, f)}
			if h.truth != no || e.probes[id].every || a.keep {
				a.hits[id] = append(a.hits[id], h)
			}
		}
		seen, looked := s.texts[f.Path]
		if !looked {
			continue
		}
		for id, at := range seen.hits {
			if a.enough(id) {
				continue
			}
			a.hits[id] = append(a.hits[id], hit{source: int32(source), path: f.Path, start: at.start, end: at.end, truth: yes, caught: seen.caught[id]})
		}
	}
}

// missedFiles adds, for probes that ask for every file, those without a match.
func (a *assessment) missedFiles(source int) {
	for id := range a.engine.probes {
		if p := &a.engine.probes[id]; p.Kind == catalogue.Content && (p.every || a.keep) {
			a.missedTexts(id, source)
		}
	}
}

// missedTexts adds the files in which a content probe found nothing.
func (a *assessment) missedTexts(id, source int) {
	p := &a.engine.probes[id]
	if p.few > 0 && len(a.hits[id]) >= p.few {
		return // not all that match were noted
	}
	for i := range a.sources[source].Files {
		f := &a.sources[source].Files[i]
		if f.Area&^p.areas != 0 || !slices.ContainsFunc(p.Paths, func(g *catalogue.Path) bool { return g.Match(strings.ToLower(f.Path)) }) {
			continue
		}
		if _, ok := a.sources[source].texts[f.Path].hits[id]; !ok {
			a.hits[id] = append(a.hits[id], hit{source: int32(source), path: f.Path, truth: no})
		}
	}
	slices.SortStableFunc(a.hits[id], hit.compare)
}

func (a *assessment) fileHolds(id, source int, f *facts.File) truth {
	p := &a.engine.probes[id]
	if p.NotEmpty && (f.Size == 0 || a.sources[source].texts[f.Path].empty) {
		return no
	}
	if p.Where.Empty() {
		return yes
	}
	v := facts.Value{Kind: facts.Map, Fields: []facts.Field{
		{Key: "size", Value: facts.Num(int(f.Size))}, {Key: "executable", Value: facts.Boolean(f.Executable)},
		{Key: "path", Value: facts.Str(f.Path)},
		{Key: "lines", Value: facts.Num(a.sources[source].texts[f.Path].lines)},
	}}
	if asks(&p.Where, "dead_links") {
		v.Fields = append(v.Fields, facts.Field{Key: "dead_links", Value: facts.Num(a.deadLinks(source, f))})
	}
	return where(&p.Where, v, nil).truth
}
