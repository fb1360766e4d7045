package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Removed is the state that history shows for an item that left its checklist.
const Removed readiness.State = "removed"

// ActorKind says what sort of thing made a state change.
type ActorKind string

const (
	ByPush      ActorKind = "push"
	ByPerson    ActorKind = "person"
	ByConfig    ActorKind = "config"
	ByClock     ActorKind = "clock" // a waiver or attestation ran out
	ByCatalogue ActorKind = "catalogue"
	BySettings  ActorKind = "settings"
	ByInstall   ActorKind = "install"
)

// Event is one change of an item's state. From is empty for the first look; it
// equals To where only Required changed.
type Event struct {
	ID               int64                `json:"id"`
	At               time.Time            `json:"at"`
	RepositoryID     int64                `json:"repository_id"`
	Checklist        string               `json:"checklist"`
	Item             string               `json:"item"`
	FromState        readiness.State      `json:"from_state"`
	ToState          readiness.State      `json:"to_state"`
	Required         bool                 `json:"required"`
	Commit           string               `json:"commit"`
	Evidence         []readiness.Evidence `json:"evidence"`
	Actor            string               `json:"actor"`
	ActorKind        ActorKind            `json:"actor_kind"`
	Reason           string               `json:"reason"`
	CatalogueVersion string               `json:"catalogue_version"`
	Delivery         string               `json:"delivery"`
}

const eventColumns = `id, at, repository_id, checklist, item, from_state, to_state, required, commit, evidence,
	actor, actor_kind, reason, catalogue_version, delivery`

func (s *Store) appendHistory(ctx context.Context, repository int64, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	_, err := s.exec(ctx, fmt.Sprintf("append to the history of repository %d", repository), `
		insert into history (at, repository_id, checklist, item, from_state, to_state, required, commit, evidence,
			actor, actor_kind, reason, catalogue_version, delivery)
		select at, $1, checklist, item, from_state, to_state, required, commit, evidence,
			actor, actor_kind, reason, catalogue_version, delivery
		from jsonb_to_recordset($2) as t (at timestamptz, checklist text, item text, from_state text, to_state text,
			required boolean, commit text, evidence jsonb, actor text, actor_kind text, reason text,
			catalogue_version text, delivery text)`, repository, events)
	return err
}

// Cursor is a place in a history, read from the newest backwards. The zero
// Cursor is the newest end.
type Cursor struct {
	At time.Time
	ID int64
}

var newest = Cursor{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}

// Cursor is where the page after this event starts.
func (e Event) Cursor() Cursor { return Cursor{e.At, e.ID} }

// HistoryFilter chooses events. Zero fields choose all.
type HistoryFilter struct {
	Repositories []int64
	Checklist    string
	Item         string
	Since        time.Time
	After        Cursor
	Limit        int  // 0: 100
	Changes      bool // leave out first looks: what an installation brings in bulk
}

// History returns a page of events, newest first.
func (s *Store) History(ctx context.Context, f HistoryFilter) ([]Event, error) {
	if f.Limit == 0 {
		f.Limit = 100
	}
	if f.After.At.IsZero() {
		f.After = newest
	}
	return rows(ctx, s, "read history", pgx.RowToStructByName[Event],
		`select `+eventColumns+` from history
		where repository_id = any($1) and ($2 = '' or checklist = $2) and ($3 = '' or item = $3)
			and at >= $4 and (at, id) < ($5, $6) and (from_state <> '' or not $7)
		order by at desc, id desc limit $8`,
		f.Repositories, f.Checklist, f.Item, f.Since, f.After.At, f.After.ID, f.Changes, f.Limit)
}

// ItemThen is an item as it was.
type ItemThen struct {
	Item      string
	Section   string // as now; empty when the item has left the checklist
	State     readiness.State
	Required  bool
	Reason    string
	Evidence  []readiness.Evidence
	Commit    string
	Since     time.Time
	Actor     string
	ActorKind ActorKind
}

// ItemsAsOf rebuilds the items of a checklist, as they were at a time, from
// history: in today's order, those that are no more at the end.
func (s *Store) ItemsAsOf(ctx context.Context, repository int64, checklist string, at time.Time) ([]ItemThen, error) {
	return rows(ctx, s, fmt.Sprintf("rebuild the items of repository %d", repository), pgx.RowToStructByName[ItemThen], `
		with changed as (
			select distinct on (item) item, at, to_state, reason, evidence, commit, actor, actor_kind
			from history
			where repository_id = $1 and checklist = $2 and at <= $3 and from_state <> to_state
			order by item, at desc, id desc
		), latest as (
			select distinct on (item) item, required
			from history
			where repository_id = $1 and checklist = $2 and at <= $3
			order by item, at desc, id desc
		)
		select c.item, coalesce(i.section, '') as section, c.to_state as state, l.required, c.reason,
			c.evidence, c.commit, c.at as since, c.actor, c.actor_kind
		from changed c
		join latest l on l.item = c.item
		left join items i on i.repository_id = $1 and i.checklist = $2 and i.item = c.item
		where c.to_state <> 'removed'
		order by i.position nulls last, c.item`, repository, checklist, at)
}
