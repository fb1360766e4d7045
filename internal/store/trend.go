package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Point is how all repositories that one sees stood together at the end of a
// day. Ticked of Applicable items is met, attested or waived.
type Point struct {
	Day          time.Time
	Repositories int
	Ready        int
	Score        int // mean, percent
	Ticked       int
	Applicable   int
}

// Trend returns the days from one to another on which something changed, after
// one for the first day itself if anything was there by then; between two,
// nothing did. An empty owner is all, a checklist must be named.
//
// It goes backwards from how all stand now, so that of the past it reads no
// more than the days asked for.
func (s *Store) Trend(ctx context.Context, sight Sight, owner, checklist string, from, to time.Time) ([]Point, error) {
	return rows(ctx, s, "read the trend of "+owner, pgx.RowToStructByName[Point], `
		with fleet as not materialized (
			select r.id from repositories r where`+seen+`and ($6 = '' or lower(r.owner) = $6)
		), now as (
			select coalesce(sum(n.there), 0) as repositories, coalesce(sum(n.ready), 0) as ready,
				coalesce(sum(n.score), 0) as score, coalesce(sum(n.ticked), 0) as ticked,
				coalesce(sum(n.applicable), 0) as applicable
			from fleet f join assessments a on a.repository_id = f.id cross join lateral (
				select `+sums(`a.score`, `a.ready`, `a.items`, `a.met`, `a.attested`, `a.waived`, `a.not_applicable`)+`
			) as n
			where a.checklist = $5
		), days as (
			select d.day, sum(d.plus_there) as repositories, sum(d.plus_ready) as ready,
				sum(d.plus_score) as score, sum(d.plus_ticked) as ticked, sum(d.plus_applicable) as applicable
			from daily d join fleet f on f.id = d.repository_id
			where d.checklist = $5 and d.day > $7
			group by d.day
			union all
			select $7, 0, 0, 0, 0, 0
		), ends as (
			select d.day,
				n.repositories - coalesce(sum(d.repositories) over later, 0) as repositories,
				n.ready - coalesce(sum(d.ready) over later, 0) as ready,
				n.score - coalesce(sum(d.score) over later, 0) as score,
				n.ticked - coalesce(sum(d.ticked) over later, 0) as ticked,
				n.applicable - coalesce(sum(d.applicable) over later, 0) as applicable
			from days d cross join now n
			window later as (order by d.day desc rows between unbounded preceding and 1 preceding)
		)
		select day, repositories::int, ready::int, coalesce(score / nullif(repositories, 0), 0)::int as score,
			ticked::int, applicable::int
		from ends
		where day <= $8 and (day > $7 or repositories > 0) order by day`,
		sight.args(checklist, strings.ToLower(owner), from.UTC(), to.UTC())...)
}

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
