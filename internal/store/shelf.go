package store

import "sync"

// shelf keeps what was read of repositories, each under the version in which
// it was read. It decides nothing: who may see which repository, and in which
// version it is, comes from the database with every request.
type shelf struct {
	mu     sync.RWMutex
	kept   map[int64]shelved
	orders map[string]*layout // by hash
}

type shelved struct {
	version int64
	read    *Surveyed
}

// shelfSize is how many repositories are kept at most, at one to three
// kilobytes each.
const shelfSize = 100_000

// take returns what is kept of repositories in their versions, nil for those
// that are missing.
func (s *shelf) take(ids, versions []int64) (all []*Surveyed, missing []int64) {
	all = make([]*Surveyed, len(ids))
	if s != nil {
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	for i, id := range ids {
		if s != nil {
			if k := s.kept[id]; k.version == versions[i] {
				all[i] = k.read
			}
		}
		if all[i] == nil {
			missing = append(missing, id)
		}
	}
	return all, missing
}

// put fills the gaps that take left, and keeps what fills them.
func (s *shelf) put(all []*Surveyed, ids, versions []int64, read map[int64]*Surveyed) {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.kept == nil || len(s.kept)+len(read) > shelfSize {
			s.kept = map[int64]shelved{}
		}
	}
	for i, id := range ids {
		if all[i] != nil {
			continue
		}
		if all[i] = read[id]; all[i] != nil && s != nil {
			s.kept[id] = shelved{versions[i], all[i]}
		}
	}
}

// layout is a layout that is kept, or nil.
func (s *shelf) layout(hash string) *layout {
	if s == nil {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.orders[hash]
}

func (s *shelf) putLayouts(some []*layout) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.orders == nil {
		s.orders = map[string]*layout{}
	}
	for _, l := range some {
		if s.orders[l.Hash] == nil {
			s.orders[l.Hash] = l
		}
	}
}
