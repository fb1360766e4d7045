package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Recording is the outcome of one look at a repository.
type Recording struct {
	Repository  int64
	Commit      string
	Tree        string
	Catalogue   string // version of the rules
	Assessments []readiness.Assessment

	// Complete says that Assessments are all that apply, in the configured
	// order: what is kept of other checklists is removed.
	Complete bool

	Actor     string
	ActorKind ActorKind
	Delivery  string
	At        time.Time // zero: now. Never before what is recorded already
}

// Change is what a Recording changed of an item. From is empty for the first
// look, To is Removed when the item left its checklist.
type Change struct {
	Checklist string
	Item      string
	Required  bool
	From, To  readiness.State

	// Regression: evidence had ticked the box and supports it no more. A box
	// that was unknown for a while in between counts too; one that a person
	// disputes, attests or waives does not.
	Regression bool

	Before, After []readiness.Evidence
	BeforeCommit  string // at which Before was seen
	Reason        string
}

// Record compares a look with what is stored, writes what differs and returns
// the changes of state, in the order of the checklists. It holds the
// repository's row until the transaction ends, so recordings of one repository
// come one after the other. A look that finds nothing new changes only when
// the repository was last assessed.
func (s *Store) Record(ctx context.Context, tx pgx.Tx, r Recording) ([]Change, error) {
	in := s.With(tx)
	at, err := in.lockForRecording(ctx, r)
	if err != nil {
		return nil, err
	}
	present, err := in.Items(ctx, r.Repository, "")
	if err != nil {
		return nil, err
	}
	d := compare(r, present, at)
	if err := in.putItems(ctx, r.Repository, d.put); err != nil {
		return nil, err
	}
	if len(d.drop) > 0 {
		if err := in.dropItems(ctx, r.Repository, d.drop); err != nil {
			return nil, err
		}
	}
	if err := in.appendHistory(ctx, r.Repository, d.events); err != nil {
		return nil, err
	}
	if err := in.putAssessments(ctx, r, at, d.moved); err != nil {
		return nil, err
	}
	if err := in.putVerdicts(ctx, r, at); err != nil {
		return nil, err
	}
	if len(d.events) > 0 {
		_, err = in.exec(ctx, fmt.Sprintf("note the recording of repository %d", r.Repository),
			`update repositories set recorded_at = $2 where id = $1`, r.Repository, at)
		if err != nil {
			return nil, err
		}
	}
	return d.changes, in.Looked(ctx, r.Repository, r.Commit, r.Tree, r.Catalogue)
}

// lockForRecording returns the time of this recording: after the one before,
// whatever clocks say, so that history has one order.
func (s *Store) lockForRecording(ctx context.Context, r Recording) (time.Time, error) {
	type clock struct {
		Last *time.Time
		Now  time.Time
	}
	act := fmt.Sprintf("lock repository %d", r.Repository)
	_, err := row(ctx, s, act, pgx.RowTo[int64], `select id from repositories where id = $1 for update`, r.Repository)
	if err != nil {
		return time.Time{}, err
	}
	c, err := row(ctx, s, act, pgx.RowToStructByPos[clock],
		`select recorded_at, clock_timestamp() from repositories where id = $1`, r.Repository)
	at := c.Now
	if !r.At.IsZero() {
		at = *stored(r.At)
	}
	if c.Last != nil && !at.After(*c.Last) {
		at = c.Last.Add(time.Microsecond)
	}
	return at.UTC(), err
}

// difference is what a recording has to write.
type difference struct {
	put     []Item
	drop    []Item
	events  []Event
	changes []Change
	moved   map[string]bool // checklists in which a state or its evidence changed
}

type itemKey struct{ checklist, item string }

func compare(r Recording, present []Item, at time.Time) difference {
	before := make(map[itemKey]Item, len(present))
	for _, i := range present {
		before[itemKey{i.Checklist, i.Item}] = i
	}
	d := difference{moved: map[string]bool{}}
	covered, found := map[string]bool{}, map[itemKey]bool{}
	for _, a := range r.Assessments {
		covered[a.Checklist.ID] = true
		for position, s := range a.Items {
			key := itemKey{a.Checklist.ID, s.Item.ID}
			found[key] = true
			old, known := before[key]
			if !known {
				old.State = ""
			}
			d.item(r, old, newItem(a.Checklist.ID, position, r.Commit, s), known, at)
		}
	}
	for _, old := range present {
		if (covered[old.Checklist] || r.Complete) && !found[itemKey{old.Checklist, old.Item}] {
			d.removed(r, old, at)
		}
	}
	return d
}

// item decides what to write of one item.
func (d *difference) item(r Recording, old, now Item, known bool, at time.Time) {
	now.Since = at
	if known && old.State == now.State {
		now.Since, now.Held = old.Since, old.Held
		if sameEvidence(old.Evidence, now.Evidence) {
			now.Evidence, now.Commit = old.Evidence, old.Commit
		} else {
			d.moved[now.Checklist] = true
		}
		if old.Required != now.Required {
			d.event(r, old, now, at)
		}
		if !same(old, now) {
			d.put = append(d.put, now)
		}
		return
	}
	if now.State == readiness.StateUnsure {
		now.Held = old.State
	}
	d.moved[now.Checklist] = true
	d.put = append(d.put, now)
	d.event(r, old, now, at)
	had := old.State
	if had == readiness.StateUnsure {
		had = old.Held
	}
	d.changes = append(d.changes, Change{
		Checklist: now.Checklist, Item: now.Item, Required: now.Required, From: old.State, To: now.State,
		Regression: had == readiness.Met && now.State == readiness.Unmet && !now.Disputed,
		Before:     old.Evidence, After: now.Evidence, BeforeCommit: old.Commit, Reason: now.Reason,
	})
}

func (d *difference) removed(r Recording, old Item, at time.Time) {
	gone := old
	gone.State, gone.Evidence, gone.Reason, gone.Commit = Removed, []readiness.Evidence{}, "", r.Commit
	d.moved[old.Checklist] = true
	d.drop = append(d.drop, old)
	d.event(r, old, gone, at)
	d.changes = append(d.changes, Change{
		Checklist: old.Checklist, Item: old.Item, Required: old.Required, From: old.State, To: Removed,
		Before: old.Evidence, BeforeCommit: old.Commit,
	})
}

func (d *difference) event(r Recording, old, now Item, at time.Time) {
	actor := r.Actor
	if r.ActorKind == ByPerson && now.By != "" { // of several whose words are taken at once
		actor = now.By
	}
	d.events = append(d.events, Event{
		At: at, Checklist: now.Checklist, Item: now.Item, FromState: old.State, ToState: now.State,
		Required: now.Required, Commit: now.Commit, Evidence: now.Evidence, Reason: now.Reason,
		Actor: clean(actor), ActorKind: r.ActorKind, CatalogueVersion: r.Catalogue, Delivery: r.Delivery,
	})
}
