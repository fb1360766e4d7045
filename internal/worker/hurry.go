package worker

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// hurry is the order in which jobs are taken, as the queue counts it: the lowest
// first, within one the oldest.
type hurry int

const (
	forPeople hurry = iota + 1 // somebody ticked, or asked
	asTold                     // GitHub told of it just now
	inCrowd                    // of an installation of which GitHub tells very much just now
	someday                    // first looks, sweeps, new rules
)

// An installation of which more is told than this within a minute stands behind
// all others with what is beyond: ten thousand repositories that are touched at
// once do not keep a quiet organisation waiting.
const crowdFrom = 30

// crowds counts what is told of each installation, in this process.
type crowds struct {
	mu     sync.Mutex
	minute time.Time
	told   map[int64]int
}

// hurry is that of one more thing that is told of an installation.
func (c *crowds) hurry(installation int64, now time.Time) hurry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := now.Truncate(time.Minute); !m.Equal(c.minute) {
		// What was a crowd a moment ago still is: half of it counts on.
		for id, n := range c.told {
			if c.told[id] = min(n/2, 2*crowdFrom); c.told[id] == 0 || now.Sub(c.minute) > 5*time.Minute {
				delete(c.told, id)
			}
		}
		c.minute = m
	}
	if c.told == nil {
		c.told = map[int64]int{}
	}
	c.told[installation]++
	if c.told[installation] > crowdFrom {
		return inCrowd
	}
	return asTold
}

// hurry is that of what an event causes.
func (t told) hurry() hurry {
	return t.w.looks.hurry(t.delivery.InstallationID, time.Now())
}

// Touch counts that something happened to a repository and has it looked at.
// Many touches in a burst are one look, which is as urgent as the most urgent of
// them.
func (w *Worker) Touch(ctx context.Context, tx pgx.Tx, repository int64, h hurry) error {
	if err := w.Store.With(tx).Touch(ctx, repository); err != nil {
		return err
	}
	made, err := w.queue(ctx, tx, lookArgs{Repository: repository}, &river.InsertOpts{Priority: int(h)})
	if err != nil || !made.UniqueSkippedAsDuplicate || made.Job.Priority <= int(h) {
		return err
	}
	return w.Store.With(tx).Hasten(ctx, made.Job.ID, int(h))
}

// queue makes a job in a transaction, and has the replicas look for it once that
// is committed.
func (w *Worker) queue(ctx context.Context, tx pgx.Tx, args river.JobArgs, o *river.InsertOpts) (*rivertype.JobInsertResult, error) {
	made, err := w.river.InsertTx(ctx, tx, args, o)
	if err != nil {
		return nil, fmt.Errorf("queue a job %s: %w", args.Kind(), err)
	}
	var fresh []int64
	if !made.UniqueSkippedAsDuplicate {
		fresh = append(fresh, made.Job.ID)
	}
	return made, w.Store.With(tx).Wake(ctx, made.Job.Queue, fresh...)
}

// queueNow is queue in a transaction of its own.
func (w *Worker) queueNow(ctx context.Context, args river.JobArgs) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error {
		_, err := w.queue(ctx, tx, args, nil)
		return err
	})
}

// TouchNow is Touch in a transaction of its own.
func (w *Worker) TouchNow(ctx context.Context, repository int64, h hurry) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error { return w.Touch(ctx, tx, repository, h) })
}

// waited marks what a job asks GitHub for as what a person waits for, if so.
func waited(ctx context.Context, priority int) context.Context {
	if priority == int(forPeople) {
		return github.Urgent(ctx)
	}
	return ctx
}

// hurryOf is that of a delivery's own job, which asks GitHub nothing.
func (c *crowds) hurryOf(d store.Delivery) hurry {
	if d.Event == "issues" || d.Event == "issue_comment" {
		return forPeople
	}
	return c.hurry(d.InstallationID, time.Now())
}
