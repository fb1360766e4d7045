package evidence

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// pathIndex finds the globs that a path might match, by what every match has:
// its base name, a text in it or its extension. What many probes ask for is
// tried once.
type pathIndex struct {
	globs []glob
	known map[string]int
	by    [4]map[string][]int // globs by KeyKind
	rest  []int
	keys  literals // those of KeyText
	texts *filter  // finds them
}

// glob is one glob with the probes that have it.
type glob struct {
	catalogue.Path
	tail   string // what every path ends with that matches
	sure   bool   // a path with the glob's key and tail matches
	probes []int
}

func newGlob(p catalogue.Path) glob {
	g := glob{Path: p, tail: tailOf(p.Pattern)}
	switch p.KeyKind {
	case catalogue.KeyBase:
		g.sure = p.Pattern == "**/"+p.Key
	case catalogue.KeyExtension:
		g.sure = p.Pattern == "**/*"+g.tail
	}
	return g
}

// tailOf is the part of a glob behind all that is wild in it.
func tailOf(glob string) string {
	return strings.TrimPrefix(glob[strings.LastIndexAny(glob, `*?]}\\`)+1:], "/")
}

func (x *pathIndex) add(p catalogue.Path, probe int) {
	if x.known == nil {
		x.known = map[string]int{}
	}
	id, ok := x.known[p.String()]
	if !ok {
		id = len(x.globs)
		x.known[p.String()] = id
		x.globs = append(x.globs, newGlob(p))
		x.key(p, id)
	}
	x.globs[id].probes = append(x.globs[id].probes, probe)
}

func (x *pathIndex) key(p catalogue.Path, id int) {
	if p.KeyKind == catalogue.KeyNone {
		x.rest = append(x.rest, id)
		return
	}
	if x.by[p.KeyKind] == nil {
		x.by[p.KeyKind] = map[string][]int{}
	}
	x.by[p.KeyKind][p.Key] = append(x.by[p.KeyKind][p.Key], id)
	if p.KeyKind == catalogue.KeyText {
		x.keys.numbers([]string{p.Key})
	}
}

// finish readies the index, when all globs are in it.
func (x *pathIndex) finish() {
	x.texts = newFilter(&x.keys, x.keys.all())
}

// pathMatcher matches the paths of one tree. Most of them match the same globs
// as others, so the probes of each set of globs are worked out once.
type pathMatcher struct {
	engine *Engine
	index  *pathIndex
	sets   map[string]*probeSet
	filter map[string]*filter // by the numbers of its literals: sets share them
	sights sightings
	ids    []int
	key    []byte
	path   []byte
}

// probeSet is the probes that look at a file, sorted.
type probeSet struct {
	probes []int
	filter *filter // of the literals that their regexps have; of content probes alone
}

func (e *Engine) matcher(x *pathIndex) *pathMatcher {
	return &pathMatcher{engine: e, index: x, sets: map[string]*probeSet{}, filter: map[string]*filter{}, sights: newSightings(&x.keys)}
}

// match is the probes with a glob that matches, those left out for which the
// file's area doesn't count.
func (m *pathMatcher) match(f *facts.File) *probeSet {
	m.find(strings.ToLower(f.Path))
	m.key = binary.AppendUvarint(m.key[:0], uint64(f.Area))
	for _, id := range m.ids {
		m.key = binary.AppendUvarint(m.key, uint64(id))
	}
	set, ok := m.sets[string(m.key)]
	if !ok {
		set = m.set(f.Area)
		m.sets[string(m.key)] = set
	}
	return set
}

// find lists the globs that match, in their order.
func (m *pathMatcher) find(path string) {
	m.ids = m.ids[:0]
	x := m.index
	base := path[strings.LastIndexByte(path, '/')+1:]
	m.try(x.by[catalogue.KeyBase][base], path)
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
		m.try(x.by[catalogue.KeyExtension][base[dot+1:]], path)
	}
	m.path = append(m.path[:0], path...)
	m.sights.forget()
	x.texts.in(m.path, &m.sights)
	for _, key := range m.sights.seen {
		m.try(x.by[catalogue.KeyText][x.keys.texts[key]], path)
	}
	m.try(x.rest, path)
	slices.Sort(m.ids)
}

func (m *pathMatcher) try(ids []int, path string) {
	for _, id := range ids {
		if g := &m.index.globs[id]; strings.HasSuffix(path, g.tail) && (g.sure || g.Match(path)) {
			m.ids = append(m.ids, id)
		}
	}
}

func (m *pathMatcher) set(area facts.Area) *probeSet {
	e, s := m.engine, &probeSet{}
	for _, id := range m.ids {
		for _, p := range m.index.globs[id].probes {
			if area&^e.probes[p].areas == 0 {
				s.probes = append(s.probes, p)
			}
		}
	}
	slices.Sort(s.probes)
	s.probes = slices.Clone(slices.Compact(s.probes)) // it is kept: no more than it needs
	s.filter = m.filterOf(s.probes)
	return s
}

// filterOf finds the literals that the regexps of some probes have.
func (m *pathMatcher) filterOf(probes []int) *filter {
	var ids []int
	for _, p := range probes {
		for _, id := range slices.Concat(m.engine.probes[p].match, m.engine.probes[p].none) {
			ids = m.engine.regexps[id].every(ids)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var key []byte
	for _, id := range ids {
		key = binary.AppendUvarint(key, uint64(id))
	}
	f, ok := m.filter[string(key)]
	if !ok {
		f = newFilter(&m.engine.literals, ids)
		m.filter[string(key)] = f
	}
	return f
}
