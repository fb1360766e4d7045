package worker

import (
	"context"
	"sync"
)

// reading lets one at a time ask for the files of a repository, so that the
// next finds what the one before it kept. A push sets off looks at the
// repository and at all that lean on it, at the same moment.
type reading struct {
	mu   sync.Mutex
	busy map[int64]chan struct{} // closed when it is the next one's turn
}

// turn waits for one's turn with a repository, and returns what ends it.
func (r *reading) turn(ctx context.Context, repository int64) (done func(), err error) {
	for {
		r.mu.Lock()
		before, busy := r.busy[repository]
		if !busy {
			mine := make(chan struct{})
			if r.busy == nil {
				r.busy = map[int64]chan struct{}{}
			}
			r.busy[repository] = mine
			r.mu.Unlock()
			return func() {
				r.mu.Lock()
				delete(r.busy, repository)
				r.mu.Unlock()
				close(mine)
			}, nil
		}
		r.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
