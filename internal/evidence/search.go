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
	by     map[string]*lazyFilter // by the numbers of its literals
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
	for _, id := range s.probes {
		literals := e.probes[id].held(e)
		if literals == nil {
			s.free = append(s.free, id)
		}
		for _, l := range literals {
			s.bound = append(s.bound, bond{int32(l), int32(id)})
		}
	}
	slices.SortFunc(s.bound, bond.compare)
}

// of is the filter of the literals that the regexps of some probes have.
func (f *filters) of(probes []int) *filter {
	var ids []int
	for _, p := range probes {
		for _, id := range slices.Concat(f.engine.probes[p].match, f.engine.probes[p].none) {
			ids = f.engine.regexps[id].every(ids)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	key := make([]byte, 0, 2*len(ids))
	for _, id := range ids {
		key = binary.AppendUvarint(key, uint64(id))
	}
	f.lock.Lock()
	lazy, ok := f.by[string(key)]
	if !ok {
		lazy = &lazyFilter{}
		f.by[string(key)] = lazy
	}
	f.lock.Unlock()
	lazy.ready.Do(func() { lazy.filter = newFilter(&f.engine.literals, ids) })
	return lazy.filter
}
