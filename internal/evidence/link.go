package evidence

import (
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// link is a way in which conditions tie a companion to the fact that it belongs
// to: a value that path leads to is one that with leads to there.
type link struct{ path, with string }

// links are those of which conditions hold no companion without one; none where
// they may.
func links(w *catalogue.Where) []link {
	for i := range w.All {
		if c := &w.All[i]; c.Test.SameAs != "" {
			return []link{{c.Path, c.Test.SameAs}}
		}
	}
	var out []link
	for i := range w.Any {
		of := links(&w.Any[i])
		if of == nil {
			return nil
		}
		out = append(out, of...)
	}
	return out
}

// fewHits are gone through one by one: to find them by their links takes longer.
const fewHits = 8

// linked is the hits of a probe, in their order, that may be companions of a
// fact by their links.
func (a *assessment) linked(id int, self *facts.Fact) []hit {
	p, hits := &a.engine.probes[id], a.hits[id]
	if len(p.links) == 0 || len(hits) <= fewHits || self == nil {
		return hits
	}
	by := a.byLink[id]
	if by == nil {
		by = index(p.links, hits)
		a.byLink[id] = by
	}
	var at []int32
	for _, l := range p.links {
		keys, ok := l.keys(self)
		if !ok {
			return hits
		}
		for _, key := range keys {
			at = append(at, by[key]...)
		}
	}
	slices.Sort(at)
	out := make([]hit, 0, len(at))
	for _, i := range slices.Compact(at) {
		out = append(out, hits[i])
	}
	return out
}

// index is where among hits those are that a key may link to something: a word
// of a text that mentions it, or the whole text.
func index(links []link, hits []hit) map[string][]int32 {
	by := map[string][]int32{}
	for i, h := range hits {
		add := func(key string) {
			if at := by[key]; len(at) == 0 || at[len(at)-1] != int32(i) {
				by[key] = append(at, int32(i))
			}
		}
		for _, l := range links {
			for _, v := range flatten(lookup(h.fact.Value, l.path), nil) {
				if l.with != "_self" {
					add(folded(v.Text))
					continue
				}
				for word := range wordsIn(folded(v.Text)) {
					add(word)
				}
			}
		}
	}
	return by
}

// keys are what companions of a fact are found by; false: by nothing, and any
// may be one.
func (l link) keys(self *facts.Fact) ([]string, bool) {
	var out []string
	if l.with != "_self" {
		for _, v := range flatten(lookup(self.Value, l.with), nil) {
			out = append(out, folded(v.Text))
		}
		return out, true
	}
	name := self.Value.Get("_name").Text
	longest := ""
	for word := range wordsIn(folded(name)) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	return []string{longest}, longest != "" || name == ""
}

// folded makes one of texts that differ by case alone.
func folded(text string) string { return strings.ToLower(strings.ToUpper(text)) }

// wordsIn yields the words of a text, as mentions sees them.
func wordsIn(text string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return r >= 0x80 || !wordByte(byte(r)) })
}
