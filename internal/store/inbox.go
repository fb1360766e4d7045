package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Limits of one commit: what arrives beyond them goes into the next.
const (
	maxBatch      = 256
	maxBatchBytes = 32 << 20

	acceptTimeout = 30 * time.Second
	wakeTimeout   = 5 * time.Second

	// While one commit waits for the disk, the next is prepared.
	committers = 2
)

// ErrInboxClosed is what Accept returns once Close was called.
var ErrInboxClosed = errors.New("inbox is closed")

// Inbox takes deliveries from many requests at once. Those that arrive while a
// commit is under way share the next one; a lone delivery waits for nobody.
type Inbox struct {
	store   *Store
	queue   string
	job     func(Delivery) Job
	arrived chan *arrival
	fresh   chan struct{} // jobs that the queue is to be told of
	done    sync.WaitGroup
	woken   sync.WaitGroup

	mu     sync.RWMutex
	closed bool
}

type arrival struct {
	delivery Delivery
	outcome  Outcome
	err      error
	settled  chan struct{}
}

// NewInbox starts an inbox. job, unless nil, is that of a fresh delivery, which
// gets into the queue in the transaction that stores it.
func NewInbox(s *Store, queue string, job func(Delivery) Job) *Inbox {
	in := &Inbox{store: s, queue: queue, job: job, arrived: make(chan *arrival, maxBatch), fresh: make(chan struct{}, 1)}
	for range committers {
		in.done.Go(in.run)
	}
	in.woken.Go(in.wake)
	return in
}

// wake tells the queue of jobs that are committed. Told within their
// transactions, Postgres would let only one of these end at a time: a notice
// holds a lock while its commit waits for the disk. What is queued while one
// notice is given shares the next; one that is lost is made good by the queue's
// own look every few seconds.
func (in *Inbox) wake() {
	for range in.fresh {
		ctx, cancel := context.WithTimeout(context.Background(), wakeTimeout)
		_ = in.store.Wake(ctx, in.queue)
		cancel()
	}
}

// Close waits for what was accepted and refuses more.
func (in *Inbox) Close() {
	in.mu.Lock()
	first := !in.closed
	if first {
		in.closed = true
		close(in.arrived)
	}
	in.mu.Unlock()
	in.done.Wait()
	if first {
		close(in.fresh)
	}
	in.woken.Wait()
}

// Accept returns once the delivery is committed. When ctx ends first, the
// delivery may still be stored: a client that hangs up cancels no commit.
func (in *Inbox) Accept(ctx context.Context, d Delivery) (Outcome, error) {
	d.packed = compress(d.Payload) // here, as requests run side by side
	a := &arrival{delivery: d, settled: make(chan struct{})}
	if err := in.hand(ctx, a); err != nil {
		return Seen, fmt.Errorf("accept delivery %s: %w", d.GUID, err)
	}
	select {
	case <-a.settled:
		return a.outcome, a.err
	case <-ctx.Done():
		return Seen, fmt.Errorf("accept delivery %s: %w", d.GUID, ctx.Err())
	}
}

func (in *Inbox) hand(ctx context.Context, a *arrival) error {
	in.mu.RLock()
	defer in.mu.RUnlock()
	if in.closed {
		return ErrInboxClosed
	}
	select {
	case in.arrived <- a:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (in *Inbox) run() {
	for first := range in.arrived {
		in.commit(in.gather(first))
	}
}

// gather takes what has arrived by now, without waiting for more.
func (in *Inbox) gather(first *arrival) []*arrival {
	batch, size := []*arrival{first}, len(first.delivery.packed)
	for len(batch) < maxBatch && size < maxBatchBytes {
		select {
		case a, ok := <-in.arrived:
			if !ok {
				return batch
			}
			batch, size = append(batch, a), size+len(a.delivery.packed)
		default:
			return batch
		}
	}
	return batch
}

// commit stores a batch. A delivery that Postgres refuses for what it holds
// must not take its neighbours along, so such a batch is stored one by one.
func (in *Inbox) commit(batch []*arrival) {
	ctx, cancel := context.WithTimeout(context.Background(), acceptTimeout)
	defer cancel()
	ds := make([]Delivery, 0, len(batch))
	for _, a := range batch {
		ds = append(ds, a.delivery)
	}
	outcomes, err := in.store.Accept(ctx, ds, in.job)
	if badData(err) && len(batch) > 1 {
		for _, a := range batch {
			in.commit([]*arrival{a})
		}
		return
	}
	for i, a := range batch {
		a.outcome, a.err = outcomes[i], err
		close(a.settled)
	}
	if err == nil && in.job != nil && slices.ContainsFunc(outcomes, func(o Outcome) bool { return o != Seen }) {
		select {
		case in.fresh <- struct{}{}:
		default: // a notice that is still to be given tells of these, too
		}
	}
}

// badData tells an error that lies in the values from one that lies in the
// connection or the server.
func badData(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && len(pg.Code) == 5 && (pg.Code[:2] == "22" || pg.Code[:2] == "23")
}
