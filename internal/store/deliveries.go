package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// DeliveryState is what became of a delivery.
type DeliveryState string

const (
	Received  DeliveryState = "received"
	Processed DeliveryState = "processed"
	Ignored   DeliveryState = "ignored" // nothing to do for this event
	Failed    DeliveryState = "failed"  // given up; a redelivery or Retry brings it back
)

// Delivery is one webhook call, payload and all.
type Delivery struct {
	GUID           string
	Event          string
	Action         string
	InstallationID int64
	RepositoryID   int64
	Payload        []byte // JSON, as GitHub signed it
	TraceParent    string // continues the trace of the request that brought it; may be empty

	ReceivedAt  time.Time
	State       DeliveryState
	Attempts    int
	Error       string
	ProcessedAt *time.Time

	packed []byte // Payload, compressed, where that is done already
}

// Outcome says what Accept made of a delivery.
type Outcome int

const (
	Seen     Outcome = iota // known already: waiting or done
	New                     // stored now
	Requeued                // had failed before: to be processed again
)

// Accept stores deliveries and returns, in their order, what became of each.
// Those to be processed get the job that job makes of them, unless it is nil,
// in the same statement: it is its own transaction, so that a batch costs one
// round trip. Wake tells the queue, once it is committed.
func (s *Store) Accept(ctx context.Context, ds []Delivery, job func(Delivery) Job) ([]Outcome, error) {
	outcomes := make([]Outcome, len(ds))
	// In one order everywhere, so that two replicas with the same deliveries
	// do not wait for each other; a repeated id counts once.
	order := make([]int, 0, len(ds))
	for i := range ds {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ds[a].GUID, ds[b].GUID) })
	order = slices.CompactFunc(order, func(a, b int) bool { return ds[a].GUID == ds[b].GUID })
	if len(order) == 0 {
		return outcomes, nil
	}
	stored, err := s.insertDeliveries(ctx, ds, order, job)
	if err != nil {
		return outcomes, err
	}
	for _, i := range order {
		if isNew, ok := stored[ds[i].GUID]; ok {
			outcomes[i] = Requeued
			if isNew {
				outcomes[i] = New
			}
		}
	}
	return outcomes, nil
}

// The jobs are inserted by the statement that stores the deliveries: of those
// alone that it stores, in the order in which they came.
const (
	insertDeliveries = `
		insert into deliveries (guid, event, action, installation_id, repository_id, payload, trace_parent)
		select guid, event, action, installation, repository, payload, parent
		from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bytea[], $7::text[])
			as t (guid, event, action, installation, repository, payload, parent)
		on conflict (guid) do update set
			state = 'received', payload = excluded.payload, trace_parent = excluded.trace_parent, attempts = 0, error = '',
			received_at = now(), processed_at = null
		where deliveries.state = 'failed'
		returning guid, xmax = 0 as fresh` // xmax is 0 in a row that this statement inserted

	insertWithJobs = `
		with stored as (` + insertDeliveries + `), queued as (
			insert into river_job (kind, queue, priority, max_attempts, args, metadata, tags)
			select kind, queue, priority, max_attempts, args::jsonb, metadata::jsonb, '{}'
			from unnest($8::text[], $9::text[], $10::text[], $11::smallint[], $12::smallint[], $13::text[], $14::text[])
				with ordinality as t (guid, kind, queue, priority, max_attempts, args, metadata, place)
			join stored using (guid) order by place
		)
		select guid, fresh from stored`
)

// insertDeliveries returns those that are to be processed, and whether they
// are new.
func (s *Store) insertDeliveries(ctx context.Context, ds []Delivery, order []int, job func(Delivery) Job) (map[string]bool, error) {
	n := len(order)
	guids, events, actions, parents := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	installations, repositories := make([]int64, n), make([]int64, n)
	payloads := make([][]byte, n)
	for at, i := range order {
		d := ds[i]
		guids[at], events[at], actions[at], parents[at] = d.GUID, d.Event, d.Action, d.TraceParent
		installations[at], repositories[at] = d.InstallationID, d.RepositoryID
		if payloads[at] = d.packed; d.packed == nil {
			payloads[at] = compress(d.Payload)
		}
	}
	sql, args := insertDeliveries, []any{guids, events, actions, installations, repositories, payloads, parents}
	if job != nil {
		came := slices.Sorted(slices.Values(order))
		of, jobs := make([]string, n), make([]Job, n)
		for at, i := range came {
			of[at], jobs[at] = ds[i].GUID, job(ds[i])
		}
		sql, args = insertWithJobs, append(append(args, of), columns(jobs)...)
	}
	type result struct {
		GUID  string
		Fresh bool
	}
	results, err := rows(ctx, s, fmt.Sprintf("store %d deliveries", n), pgx.RowToStructByPos[result], sql, args...)
	if err != nil {
		return nil, err
	}
	stored := make(map[string]bool, len(results))
	for _, r := range results {
		stored[r.GUID] = r.Fresh
	}
	return stored, nil
}

// Delivery returns one with its payload, or ErrNotFound.
func (s *Store) Delivery(ctx context.Context, guid string) (Delivery, error) {
	act := "look up delivery " + guid
	d, err := row(ctx, s, act, pgx.RowToStructByName[Delivery], `
		select guid, event, action, installation_id, repository_id, payload, trace_parent,
			received_at, state, attempts, error, processed_at
		from deliveries where guid = $1`, guid)
	if err != nil {
		return d, err
	}
	if d.Payload, err = decompress(d.Payload); err != nil {
		return d, fmt.Errorf("%s: %w", act, err)
	}
	return d, nil
}

// FinishDelivery notes that a delivery is Processed or Ignored.
func (s *Store) FinishDelivery(ctx context.Context, guid string, state DeliveryState) error {
	return s.one(ctx, "finish delivery "+guid, `
		update deliveries set state = $2, attempts = attempts + 1, error = '', processed_at = now()
		where guid = $1`, guid, state)
}

// FailDelivery notes an attempt that went wrong. The delivery stays Received
// while more attempts follow, and is Failed after the last.
func (s *Store) FailDelivery(ctx context.Context, guid, message string, last bool) error {
	return s.one(ctx, "fail delivery "+guid, `
		update deliveries set attempts = attempts + 1, error = $2,
			state = case when $3 then 'failed' else state end,
			processed_at = case when $3 then now() end
		where guid = $1`, guid, message, last)
}

// RetryDelivery puts a failed delivery back, enqueueing its job in the same
// transaction; false when it had not failed.
func (s *Store) RetryDelivery(ctx context.Context, guid string, enqueue func(tx pgx.Tx) error) (bool, error) {
	var n int64
	err := s.Tx(ctx, func(tx pgx.Tx) (err error) {
		n, err = s.With(tx).exec(ctx, "retry delivery "+guid, `
			update deliveries set state = 'received', attempts = 0, processed_at = null
			where guid = $1 and state = 'failed'`, guid)
		if err != nil || n == 0 || enqueue == nil {
			return err
		}
		return enqueue(tx)
	})
	return n > 0, err
}

// Deliveries lists the newest in a state, or in any when it is empty, received
// before a time; without their payloads.
func (s *Store) Deliveries(ctx context.Context, state DeliveryState, before time.Time, limit int) ([]Delivery, error) {
	return rows(ctx, s, "list deliveries", pgx.RowToStructByNameLax[Delivery], `
		select guid, event, action, installation_id, repository_id,
			received_at, state, attempts, error, processed_at
		from deliveries where ($1 = '' or state = $1) and received_at < $2
		order by received_at desc, guid limit $3`, state, before, limit)
}

// StuckDeliveries lists those received before a time that nobody finished,
// oldest first: their jobs were lost.
func (s *Store) StuckDeliveries(ctx context.Context, before time.Time, limit int) ([]Delivery, error) {
	return rows(ctx, s, "list stuck deliveries", pgx.RowToStructByNameLax[Delivery], `
		select guid, event, action, installation_id, repository_id,
			received_at, state, attempts, error, processed_at
		from deliveries where state = 'received' and received_at < $1
		order by received_at, guid limit $2`, before, limit)
}

// KnownDeliveries returns those of the ids that we have stored, so that a
// repair asks GitHub only for the others.
func (s *Store) KnownDeliveries(ctx context.Context, guids []string) (map[string]bool, error) {
	found, err := rows(ctx, s, "look up deliveries", pgx.RowTo[string],
		`select guid from deliveries where guid = any($1) and state <> 'failed'`, guids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(found))
	for _, guid := range found {
		known[guid] = true
	}
	return known, nil
}

// PruneDeliveries deletes finished deliveries received before a time: at most
// limit, returning how many. Keep them for longer than GitHub redelivers.
func (s *Store) PruneDeliveries(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.exec(ctx, "prune deliveries", `
		delete from deliveries where guid in (
			select guid from deliveries
			where received_at < $1 and state in ('processed', 'ignored') order by received_at limit $2)`, before, limit)
}

// Redelivered is GitHub's time of the newest delivery that was seen when all that
// it could not hand over was last asked for; zero: that never was.
func (s *Store) Redelivered(ctx context.Context) (time.Time, error) {
	at, err := row(ctx, s, "read until when deliveries were asked for", pgx.RowTo[time.Time], `select until from redeliveries`)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// SetRedelivered notes that time; it never goes back.
func (s *Store) SetRedelivered(ctx context.Context, until time.Time) error {
	_, err := s.exec(ctx, "note until when deliveries were asked for", `
		insert into redeliveries (until) values ($1)
		on conflict (singleton) do update set until = greatest(redeliveries.until, excluded.until)`, until)
	return err
}
