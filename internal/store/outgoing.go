package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Outgoing is an event on its way to one endpoint.
type Outgoing struct {
	ID        int64
	Event     string // its id, the same for all endpoints
	Type      string
	Endpoint  string
	Body      string
	State     OutgoingState
	Attempts  int
	Error     string
	CreatedAt time.Time
	EndedAt   *time.Time
}

// OutgoingState is how far an event has come.
type OutgoingState string

const (
	OutgoingWaiting OutgoingState = "waiting"
	OutgoingSent    OutgoingState = "sent"
	OutgoingDead    OutgoingState = "dead" // given up
)

const outgoingColumns = `id, event, type, endpoint, body, state, attempts, error, created_at, ended_at`

// PutOutgoing keeps an event for an endpoint and returns its id.
func (s *Store) PutOutgoing(ctx context.Context, o Outgoing) (int64, error) {
	return row(ctx, s, "keep event "+o.Event, pgx.RowTo[int64], `
		insert into outgoing (event, type, endpoint, body) values ($1, $2, $3, $4) returning id`,
		o.Event, o.Type, o.Endpoint, o.Body)
}

// Outgoing returns one, or ErrNotFound.
func (s *Store) Outgoing(ctx context.Context, id int64) (Outgoing, error) {
	return row(ctx, s, fmt.Sprintf("look up outgoing event %d", id), pgx.RowToStructByName[Outgoing],
		`select `+outgoingColumns+` from outgoing where id = $1`, id)
}

// TriedOutgoing notes an attempt to send: what became of it, and why it failed.
func (s *Store) TriedOutgoing(ctx context.Context, id int64, state OutgoingState, fault string) error {
	return s.one(ctx, fmt.Sprintf("note the sending of event %d", id), `
		update outgoing set attempts = attempts + 1, state = $2, error = $3,
			ended_at = case when $2 = 'waiting' then null else now() end
		where id = $1`, id, state, fault)
}

// ReviveOutgoing has a dead event wait again; ErrNotFound where it is not dead.
func (s *Store) ReviveOutgoing(ctx context.Context, id int64) error {
	return s.one(ctx, fmt.Sprintf("revive event %d", id), `
		update outgoing set state = 'waiting', ended_at = null where id = $1 and state = 'dead'`, id)
}

// OpenOutgoing lists the newest events that wait after a failure or are dead.
func (s *Store) OpenOutgoing(ctx context.Context, limit int) ([]Outgoing, error) {
	return rows(ctx, s, "list outgoing events", pgx.RowToStructByName[Outgoing], `
		select `+outgoingColumns+` from outgoing
		where state = 'dead' or state = 'waiting' and attempts > 0
		order by state, created_at desc, id desc limit $1`, limit)
}

// OutgoingCount is how many events are on their way, and how many are dead.
type OutgoingCount struct {
	Waiting int
	Dead    int
	Oldest  *time.Time // of those that wait
}

// CountOutgoing counts what is on its way or dead.
func (s *Store) CountOutgoing(ctx context.Context) (OutgoingCount, error) {
	return row(ctx, s, "count outgoing events", pgx.RowToStructByName[OutgoingCount], `
		select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'dead') as dead,
			min(created_at) filter (where state = 'waiting') as oldest
		from outgoing where state in ('waiting', 'dead')`)
}

// PruneOutgoing deletes events from before a time that are not on their way,
// at most n, returning how many.
func (s *Store) PruneOutgoing(ctx context.Context, before time.Time, n int) (int64, error) {
	return s.exec(ctx, "prune outgoing events", `
		delete from outgoing where id in (
			select id from outgoing where created_at < $1 and state <> 'waiting' order by created_at limit $2)`, before, n)
}
