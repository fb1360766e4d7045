package evidence

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
)

// search is how the probes on content of some files are looked for in a text. It
// is made ready when there is a first text: by then several are looked at beside
// each other.
type search struct {
	probes []int
	ready  sync.Once
	filter *filter // of the literals that their regexps have
	free   []int   // probes that may match whatever the filter finds
	bound  []bond  // of the others, sorted
}

// bond ties a probe to one of the literals of which its matches hold one.
type bond struct{ literal, probe int32 }

func (b bond) compare(o bond) int {
	return cmp.Or(cmp.Compare(b.literal, o.literal), cmp.Compare(b.probe, o.probe))
}

// likely adds the probes that are bound to a literal.
func (s *search) likely(to []int, literal int) []int {
	from, _ := slices.BinarySearchFunc(s.bound, bond{literal: int32(literal)}, bond.compare)
	for _, b := range s.bound[from:] {
		if int(b.literal) != literal {
			break
		}
		to = append(to, int(b.probe))
	}
	return to
}

// filters are those of some searches. Several searches have the same literals.
type filters struct {
	engine *Engine
	lock   sync.Mutex
	by     map[string]*lazyFilter // by the set of its literals
}

type lazyFilter struct {
	ready  sync.Once
	filter *filter
}

// prepare makes a search ready, once.
func (f *filters) prepare(s *search) *search {
	s.ready.Do(func() {
		s.filter = f.of(s.probes)
		s.bind(f.engine)
	})
	return s
}

// bind puts the probes by what they can't do without.
func (s *search) bind(e *Engine) {
	var held []int
	bound := make([]bond, 0, 4*len(s.probes))
	for _, id := range s.probes {
		if held = e.probes[id].held(e, held[:0]); len(held) == 0 {
			s.free = append(s.free, id)
		}
		for _, l := range held {
			bound = append(bound, bond{int32(l), int32(id)})
		}
	}
	slices.SortFunc(bound, bond.compare)
	s.bound = slices.Clone(bound)
}

// of is the filter of the literals that the regexps of some probes have.
func (f *filters) of(probes []int) *filter {
	asked := f.engine.literals.none()
	for _, p := range probes {
		for _, id := range f.engine.probes[p].match {
			f.engine.regexps[id].mark(asked)
		}
		for _, id := range f.engine.probes[p].none {
			f.engine.regexps[id].mark(asked)
		}
	}
	key := make([]byte, 0, 8*len(asked))
	for _, word := range asked {
		key = binary.LittleEndian.AppendUint64(key, word)
	}
	f.lock.Lock()
	lazy, ok := f.by[string(key)]
	if !ok {
		lazy = &lazyFilter{}
		f.by[string(key)] = lazy
	}
	f.lock.Unlock()
	lazy.ready.Do(func() { lazy.filter = newFilter(&f.engine.literals, asked.ids()) })
	return lazy.filter
}
