package worker

import (
	"context"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// alarm wakes a queue when a job is due that was put off for a few seconds. Such
// a job counts as one that can begin, so nobody tells of it any more, and it would
// wait for the queue's own next look. Of longer waits the queue keeps track.
type alarm struct {
	w    *Worker
	quit context.CancelFunc
	done sync.WaitGroup
}

// start listens until stop. Call it before the queue starts.
func (a *alarm) start(ctx context.Context) {
	events, cancel := a.w.river.Subscribe(river.EventKindJobFailed, river.EventKindJobSnoozed)
	ctx, quit := context.WithCancel(ctx)
	a.quit = func() {
		quit()
		cancel()
	}
	a.done.Go(func() {
		for e := range events {
			if e.Job != nil && e.Job.State == rivertype.JobStateAvailable {
				a.set(ctx, e.Job.Queue, e.Job.ScheduledAt)
			}
		}
	})
}

func (a *alarm) set(ctx context.Context, queue string, due time.Time) {
	a.done.Go(func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(due)):
		}
		if err := a.w.Store.Wake(ctx, queue); err != nil && ctx.Err() == nil {
			a.w.Log.Warn("a job that is due waits for the next look into its queue", "queue", queue, "error", err)
		}
	})
}

// stop ends it.
func (a *alarm) stop() {
	if a.quit != nil {
		a.quit()
		a.done.Wait()
	}
}
