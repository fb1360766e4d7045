package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Moved is what changed in a span, summed up by item.
type Moved struct {
	Checklist string
	Item      string
	Gained    int // became ticked
	Lost      int // was ticked
}

// movedDays is how far back a survey knows what moved.
const movedDays = 8

// move is a box that became ticked, or was.
type move struct {
	at              time.Time
	checklist, item string
	gained          bool
}

// readMoves fills what moved lately. Only recordings append to the history, and
// they move the version.
func (s *Store) readMoves(ctx context.Context, act string, ids []int64, to map[int64]*Surveyed, same sharer) error {
	var id int64
	var m move
	return s.each(ctx, act, func() {
		if r := to[id]; r != nil {
			r.moves = append(r.moves, move{m.at, same.text(m.checklist), same.text(m.item), m.gained})
		}
	}, []any{&id, &m.at, &m.checklist, &m.item, &m.gained}, `
		select repository_id, at, checklist, item, gained from (
			select h.repository_id, h.at, h.checklist, h.item, h.from_state in ('met', 'attested', 'waived') as lost,
				h.to_state in ('met', 'attested', 'waived') as gained
			from history h join unnest($1::bigint[]) as seen (id) on seen.id = h.repository_id
			where h.at >= now() - make_interval(days => $2) and h.from_state <> '' and h.to_state <> 'removed'
		) as changes where gained <> lost`, planned, ids, movedDays)
}

// Moved sums up the changes since a time, a week back at most: the items that
// moved most first. First looks and items that came or went count not.
func (v Survey) Moved(since time.Time, limit int) []Moved {
	type key struct{ checklist, item string }
	counts := map[key]*Moved{}
	for _, r := range v.Rows {
		for _, m := range r.moves {
			if m.at.Before(since) {
				continue
			}
			c := counts[key{m.checklist, m.item}]
			if c == nil {
				c = &Moved{Checklist: m.checklist, Item: m.item}
				counts[key{m.checklist, m.item}] = c
			}
			c.Gained, c.Lost = c.Gained+bit(m.gained), c.Lost+bit(!m.gained)
		}
	}
	all := make([]Moved, 0, len(counts))
	for _, c := range counts {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Moved) int {
		return cmp.Or(b.Gained+b.Lost-a.Gained-a.Lost, strings.Compare(a.Checklist, b.Checklist), strings.Compare(a.Item, b.Item))
	})
	return all[:min(len(all), limit)]
}

// planned has a query planned for the repositories that it is about: what is
// best for ten is not for ten thousand.
const planned = pgx.QueryExecModeCacheDescribe

// amongThem is the condition, on history as h, that it is of one of the
// repositories $1. It is asked of a table of their ids for each row, in the
// order in which rows come: without "is true" it would be taken for a join, and
// all ids gone through for each row.
const amongThem = `(h.repository_id in (select unnest($1::bigint[]))) is true`

// few is of how many repositories the newest changes are found faster one
// repository after the other than among those of everybody.
const few = 200

// Events returns a page of the newest changes of a survey's repositories, after
// a place; first looks are left out.
func (s *Store) Events(ctx context.Context, of Survey, since time.Time, after Cursor, limit int) ([]Event, error) {
	if after.At.IsZero() {
		after = newest
	}
	where := ` h.at >= $2 and (h.at, h.id) < ($3, $4) and h.from_state <> '' `
	from := `history h where ` + amongThem + ` and` + where
	if len(of.Rows) <= few {
		from = `unnest($1::bigint[]) as seen (id) cross join lateral (
			select * from history h where h.repository_id = seen.id and` + where + `order by h.at desc, h.id desc limit $5) h`
	}
	return rows(ctx, s, "read the changes of a fleet", pgx.RowToStructByName[Event], `
		select `+eventColumns+` from (select h.* from `+from+` order by h.at desc, h.id desc limit $5) h order by h.at desc, h.id desc`,
		planned, of.ids(), since, after.At, after.ID, limit)
}
