package evidence

import (
	"slices"
	"sync"
	"sync/atomic"
)

// few tells which files are beyond the first that a probe needs. Texts are
// looked at in any order and beside each other; what is kept is the first by
// path all the same, since a file is passed over only where as many before it
// have matched.
type few struct {
	probes []probe
	last   []atomic.Pointer[string] // by probe, the path behind which none counts; nil while there are too few
	lock   sync.Mutex
	paths  map[int][]string // of files that matched, by probe
}

func newFew(e *Engine) *few {
	return &few{probes: e.probes, last: make([]atomic.Pointer[string], len(e.probes)), paths: map[int][]string{}}
}

// beyond tells whether a file at this path counts no more for a probe.
func (f *few) beyond(probe int, path string) bool {
	last := f.last[probe].Load()
	return last != nil && path > *last
}

// note notes what matched in a file.
func (f *few) note(path string, hits map[int]lines) {
	for id := range hits {
		n := f.probes[id].few
		if n == 0 {
			continue
		}
		f.lock.Lock()
		paths := append(f.paths[id], path)
		if slices.Sort(paths); len(paths) >= n {
			last := paths[n-1] // of its own: the list is sorted again
			f.last[id].Store(&last)
		}
		f.paths[id] = paths
		f.lock.Unlock()
	}
}

// forget takes out what matched in files that were looked at too early.
func (f *few) forget(found map[string]text) {
	for id, paths := range f.paths {
		for _, path := range paths[min(f.probes[id].few, len(paths)):] {
			delete(found[path].hits, id)
			delete(found[path].caught, id)
		}
	}
}
