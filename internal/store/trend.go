package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Spark is a repository's day, for small charts in lists.
type Spark struct {
	RepositoryID int64
	Day          time.Time
	Score        int
}

// Sparks returns the days of repositories on a checklist from a day on, by
// repository and day, each preceded by the one that held when it began. The
// caller has seen to it that they may be seen.
func (s *Store) Sparks(ctx context.Context, repositories []int64, checklist string, from time.Time) ([]Spark, error) {
	return rows(ctx, s, "read small charts", pgx.RowToStructByName[Spark], `
		select d.repository_id, d.day, d.score
		from unnest($1::bigint[]) as wanted (id)
		cross join lateral (
			select repository_id, day, score from daily
			where repository_id = wanted.id and checklist = $2 and day >= coalesce((
				select max(day) from daily where repository_id = wanted.id and checklist = $2 and day <= $3), '-infinity')
		) d
		order by d.repository_id, d.day`, repositories, checklist, from.UTC())
}

// Moved is what changed in a span, summed up by item.
type Moved struct {
	Checklist string
	Item      string
	Gained    int // became ticked
	Lost      int // was ticked
}

// Moved sums up the changes of an owner, or of all, since a time: the items
// that moved most first. First looks and items that came or went count not.
func (s *Store) Moved(ctx context.Context, sight Sight, owner string, since time.Time, limit int) ([]Moved, error) {
	return rows(ctx, s, "sum up the changes of "+owner, pgx.RowToStructByName[Moved], `
		with changes as (
			select h.checklist, h.item, h.from_state in ('met', 'attested', 'waived') as was,
				h.to_state in ('met', 'attested', 'waived') as is
			from history h join repositories r on r.id = h.repository_id
			where`+seen+`and ($5 = '' or lower(r.owner) = $5) and h.at >= $6
				and h.from_state <> '' and h.to_state <> 'removed'
		)
		select checklist, item, count(*) filter (where "is" and not was) as gained,
			count(*) filter (where was and not "is") as lost
		from changes where "is" <> was
		group by checklist, item order by count(*) desc, checklist, item limit $7`,
		sight.args(strings.ToLower(owner), since, limit)...)
}

// Events returns a page of the newest changes of an owner, or of all, after a
// place; first looks are left out.
func (s *Store) Events(ctx context.Context, sight Sight, owner string, since time.Time, after Cursor, limit int) ([]Event, error) {
	if after.At.IsZero() {
		after = newest
	}
	return rows(ctx, s, "read the changes of "+owner, pgx.RowToStructByName[Event], `
		select h.id, h.at, h.repository_id, h.checklist, h.item, h.from_state, h.to_state, h.required, h.commit,
			h.evidence, h.actor, h.actor_kind, h.reason, h.catalogue_version, h.delivery
		from history h join repositories r on r.id = h.repository_id
		where`+seen+`and ($5 = '' or lower(r.owner) = $5) and h.at >= $6 and (h.at, h.id) < ($7, $8)
			and h.from_state <> ''
		order by h.at desc, h.id desc limit $9`,
		sight.args(strings.ToLower(owner), since, after.At, after.ID, limit)...)
}
