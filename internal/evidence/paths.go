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
	by    [4]map[string]int // the last glob with a key, by KeyKind
	rest  []int
	keys  literals // those of KeyText
	texts *filter  // finds them
}

// glob is one glob with the probes that have it.
type glob struct {
	*catalogue.Path
	sure   bool // a path with the glob's key and tail matches
	next   int  // one more than the glob before it with the same key, or 0
	probes []int
}

func newGlob(p *catalogue.Path) glob {
	g := glob{Path: p}
	switch p.KeyKind {
	case catalogue.KeyNone:
		g.sure = p.Pattern == "**" || p.Pattern == "**/*"
	case catalogue.KeyBase:
		g.sure = strings.HasPrefix(p.Pattern, "**/") && p.Pattern[3:] == p.Key
	case catalogue.KeyExtension:
		g.sure = strings.HasPrefix(p.Pattern, "**/*") && p.Pattern[4:] == p.Tail()
	}
	return g
}

// index takes in the globs of all probes that look at paths of this kind.
func (x *pathIndex) index(probes []probe, kind facts.Kind) {
	n := 0
	for i := range probes {
		if probes[i].Kind == kind {
			n += len(probes[i].Paths)
		}
	}
	known := make(map[*catalogue.Path]int, n)
	x.globs = make([]glob, 0, n)
	of := make([]int, 0, n) // the glob of each path of each probe
	for i := range probes {
		if probes[i].Kind == kind {
			for _, p := range probes[i].Paths {
				of = append(of, x.add(p, known))
			}
		}
	}
	x.share(probes, kind, of)
	x.texts = newFilter(&x.keys, x.keys.all())
	x.keys.close()
}

// add numbers a glob. What ships holds each text once.
func (x *pathIndex) add(p *catalogue.Path, known map[*catalogue.Path]int) int {
	id, ok := known[p]
	if ok {
		return id
	}
	id = len(x.globs)
	known[p] = id
	g := newGlob(p)
	switch p.KeyKind {
	case catalogue.KeyNone:
		x.rest = append(x.rest, id)
	case catalogue.KeyText:
		x.keys.number(p.Key)
		fallthrough
	default:
		if x.by[p.KeyKind] == nil {
			x.by[p.KeyKind] = make(map[string]int, cap(x.globs)/4)
		}
		g.next = x.by[p.KeyKind][p.Key]
		x.by[p.KeyKind][p.Key] = id + 1
	}
	x.globs = append(x.globs, g)
	return id
}

// share tells each glob whose it is, in parts of one list.
func (x *pathIndex) share(probes []probe, kind facts.Kind, of []int) {
	count := make([]int, len(x.globs))
	for _, id := range of {
		count[id]++
	}
	all := make([]int, len(of))
	for id, n := range count {
		x.globs[id].probes, all = all[:0:n], all[n:]
	}
	for i := range probes {
		if probes[i].Kind == kind {
			for range probes[i].Paths {
				g := &x.globs[of[0]]
				g.probes, of = append(g.probes, i), of[1:]
			}
		}
	}
}

// pathMatcher matches the paths of one tree. Most of them match the same globs
// as others, so the probes of each set of globs are worked out once.
type pathMatcher struct {
	engine *Engine
	index  *pathIndex
	sets   map[string]*probeSet
	sights sightings
	ids    []int
	key    []byte
	path   []byte
}

// probeSet is the probes that look at a file, sorted.
type probeSet struct {
	probes []int
}

func (e *Engine) matcher(x *pathIndex) *pathMatcher {
	return &pathMatcher{engine: e, index: x, sets: map[string]*probeSet{}, sights: newSightings(&x.keys)}
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
	m.chain(x.by[catalogue.KeyBase][base], path)
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
		m.chain(x.by[catalogue.KeyExtension][base[dot+1:]], path)
	}
	m.path = append(m.path[:0], path...)
	m.sights.forget()
	x.texts.in(m.path, &m.sights)
	for _, key := range m.sights.seen {
		m.chain(x.by[catalogue.KeyText][x.keys.texts[key]], path)
	}
	for _, id := range x.rest {
		m.try(id, path)
	}
	slices.Sort(m.ids)
}

// chain tries the globs of one key, of which it gets one more than the last.
func (m *pathMatcher) chain(next int, path string) {
	for next > 0 {
		m.try(next-1, path)
		next = m.index.globs[next-1].next
	}
}

func (m *pathMatcher) try(id int, path string) {
	g := &m.index.globs[id]
	if !strings.HasSuffix(path, g.Tail()) || !strings.HasPrefix(path, g.Head()) {
		return
	}
	if g.sure || strings.Contains(path, g.Inside()) && g.Match(path) {
		m.ids = append(m.ids, id)
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
	return s
}
