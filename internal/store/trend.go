package store

import (
	"context"
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

// Moved sums up the changes of a survey's repositories since a time: the items
// that moved most first. First looks and items that came or went count not.
func (s *Store) Moved(ctx context.Context, of Survey, since time.Time, limit int) ([]Moved, error) {
	return rows(ctx, s, "sum up the changes of a fleet", pgx.RowToStructByName[Moved], `
		with changes as (
			select h.checklist, h.item, h.from_state in ('met', 'attested', 'waived') as was,
				h.to_state in ('met', 'attested', 'waived') as is
			from history h join unnest($1::bigint[]) as seen (id) on seen.id = h.repository_id
			where h.at >= $2 and h.from_state <> '' and h.to_state <> 'removed'
		)
		select checklist, item, count(*) filter (where "is" and not was) as gained,
			count(*) filter (where was and not "is") as lost
		from changes where "is" <> was
		group by checklist, item order by count(*) desc, checklist, item limit $3`, planned, of.ids(), since, limit)
}

// planned has a query planned for the repositories that it is about: what is
// best for ten is not for ten thousand.
const planned = pgx.QueryExecModeCacheDescribe

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
	from := `history h join unnest($1::bigint[]) as seen (id) on seen.id = h.repository_id where` + where
	if len(of.Rows) <= few {
		from = `unnest($1::bigint[]) as seen (id) cross join lateral (
			select * from history h where h.repository_id = seen.id and` + where + `order by h.at desc, h.id desc limit $5) h`
	}
	return rows(ctx, s, "read the changes of a fleet", pgx.RowToStructByName[Event], `
		select `+eventColumns+` from (select h.* from `+from+` order by h.at desc, h.id desc limit $5) h order by h.at desc, h.id desc`,
		planned, of.ids(), since, after.At, after.ID, limit)
}
