package worker

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/readyline/readyline/internal/store"
)

// How often a replica says that it is alive, and for how long it must not have
// done so until others take up what it was at. The queue itself waits for an
// hour, in which nothing that happens to a repository would be looked at.
const (
	beatEvery  = 5 * time.Second
	deadAfter  = 20 * time.Second
	slipsAfter = 20 * time.Second // a job of ours that we are not at
)

// pulse keeps this replica's jobs from being lost: its own, when Postgres could
// not be told how they ended, and those of replicas that died.
type pulse struct {
	river.HookDefaults
	w    *Worker
	id   string
	quit context.CancelFunc
	done sync.WaitGroup

	mu     sync.Mutex
	at     map[int64]bool         // what we are at
	before map[store.Running]bool // ours, but we were not at them a round ago
}

// newPulse names this replica. A process that starts again is another replica:
// what the first was at, it is not.
func newPulse(w *Worker) *pulse {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &pulse{w: w, id: host + "-" + rand.Text(), at: map[int64]bool{}}
}

// WorkBegin notes what we are at.
func (p *pulse) WorkBegin(_ context.Context, job *rivertype.JobRow) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at[job.ID] = true
	return nil
}

// WorkEnd notes that we are not any more.
func (p *pulse) WorkEnd(_ context.Context, job *rivertype.JobRow, err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.at, job.ID)
	return err
}

// start beats until stop. The first beat comes before the first job.
func (p *pulse) start(ctx context.Context) error {
	if err := p.w.Store.Beat(ctx, p.id); err != nil {
		return err
	}
	ctx, p.quit = context.WithCancel(ctx)
	p.done.Go(func() {
		ticks := time.NewTicker(beatEvery)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
			if err := p.beat(ctx); err != nil && ctx.Err() == nil {
				p.w.Log.Warn("replica", "error", err)
			}
		}
	})
	return nil
}

// stop ends the beat, once no job runs any more.
func (p *pulse) stop(ctx context.Context) error {
	if p.quit == nil {
		return nil
	}
	p.quit()
	p.done.Wait()
	return p.w.Store.Leave(ctx, p.id)
}

// beat says that we are alive, and takes back what nobody is at.
func (p *pulse) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	if err := p.w.Store.Beat(ctx, p.id); err != nil {
		return err
	}
	lost, err := p.slipped(ctx)
	orphans, err2 := p.w.Store.Orphans(ctx, deadAfter)
	lost = append(lost, orphans...)
	if err := errors.Join(err, err2); err != nil || len(lost) == 0 {
		return err
	}
	n, err := p.w.Store.TakeBack(ctx, lost)
	if err != nil || n == 0 {
		return err
	}
	p.w.Log.Warn("took up jobs that a replica left behind", "count", n)
	for _, queue := range slices.Sorted(maps.Keys(queues())) {
		err = errors.Join(err, p.w.Store.Wake(ctx, queue))
	}
	return err
}

// slipped are the jobs that the queue thinks we are at, and we are not: it could
// not be told how they ended. Seen twice, as it may just be being told.
func (p *pulse) slipped(ctx context.Context) ([]store.Running, error) {
	ours, err := p.w.Store.RunningSince(ctx, p.id, slipsAfter)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var lost []store.Running
	now := map[store.Running]bool{}
	for _, j := range ours {
		if p.at[j.ID] {
			continue
		}
		now[j] = true
		if p.before[j] {
			lost = append(lost, j)
		}
	}
	p.before = now
	return lost, nil
}
