package evidence

import (
	"iter"
	"path"
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

// fewPairs are gone through one by one: to find companions by a key takes longer.
const fewPairs = 20_000

// near is the hits of a probe, in their order, among which a companion of h may
// be: those that it is linked to, or in the same place.
func (a *assessment) near(scope catalogue.Scope, id int, h hit) iter.Seq[hit] {
	p, hits := &a.engine.probes[id], a.hits[id]
	if len(hits)*a.seekers < fewPairs {
		return slices.Values(hits)
	}
	var keys []string
	switch {
	case len(p.links) > 0 && h.fact != nil:
		var ok bool
		if keys, ok = keysOf(p.links, h.fact); !ok {
			return slices.Values(hits)
		}
	case len(p.links) == 0 && hasPlace(scope):
		keys = []string{placeOf(scope, h)}
	default:
		return slices.Values(hits)
	}
	by := a.byKey[id]
	if by == nil {
		by = index(p.links, scope, hits)
		a.byKey[id] = by
	}
	var at []int32
	if len(keys) == 1 {
		at = by[keys[0]]
	} else {
		for _, key := range keys {
			at = append(at, by[key]...)
		}
		slices.Sort(at)
		at = slices.Compact(at)
	}
	return func(yield func(hit) bool) {
		for _, i := range at {
			if !yield(hits[i]) {
				return
			}
		}
	}
}

func hasPlace(scope catalogue.Scope) bool {
	return scope == catalogue.SameFile || scope == catalogue.SameDir || scope == catalogue.SameTwin
}

// placeOf is what the paths of companions have in common.
func placeOf(scope catalogue.Scope, h hit) string {
	switch scope {
	case catalogue.SameDir:
		return path.Dir(h.path)
	case catalogue.SameTwin:
		return facts.AnyEnvironment(h.path)
	}
	return h.path
}

// index is where among hits those are that a key leads to: a word of a text
// that mentions something, the whole text, or the place.
func index(links []link, scope catalogue.Scope, hits []hit) map[string][]int32 {
	by := map[string][]int32{}
	for i, h := range hits {
		add := func(key string) {
			if at := by[key]; len(at) == 0 || at[len(at)-1] != int32(i) {
				by[key] = append(at, int32(i))
			}
		}
		if len(links) == 0 {
			add(placeOf(scope, h))
		}
		for _, l := range links {
			for _, v := range flat(lookup(h.fact.Value, l.path)) {
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

// keysOf are what companions of a fact are found by; false: by nothing, and any
// may be one.
func keysOf(links []link, self *facts.Fact) (keys []string, ok bool) {
	for _, l := range links {
		if l.with != "_self" {
			for _, v := range flat(lookup(self.Value, l.with)) {
				keys = append(keys, folded(v.Text))
			}
			continue
		}
		name := self.Value.Get("_name").Text
		longest := ""
		for word := range wordsIn(folded(name)) {
			if len(word) > len(longest) {
				longest = word
			}
		}
		if longest == "" && name != "" {
			return nil, false
		}
		keys = append(keys, longest)
	}
	return keys, true
}

// folded makes one of texts that differ by case alone.
func folded(text string) string { return strings.ToLower(strings.ToUpper(text)) }

// wordsIn yields the words of a text, as mentions sees them.
func wordsIn(text string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return r >= 0x80 || !wordByte(byte(r)) })
}
