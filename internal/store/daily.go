package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Day is how a repository stood on a checklist at the end of a day (UTC). Days
// without a change have none: they look like the one before. No items: the
// checklist did not apply any more.
type Day struct {
	Checklist string
	Day       time.Time
	Standing
}

// Days returns the days of a repository's checklist from a day on, preceded by
// the one that held when it began.
func (s *Store) Days(ctx context.Context, repository int64, checklist string, from time.Time) ([]Day, error) {
	return rows(ctx, s, fmt.Sprintf("read the days of repository %d", repository), pgx.RowToStructByName[Day],
		`select checklist, day, `+standingColumns+` from daily
		where repository_id = $1 and checklist = $2 and day >= coalesce((
			select max(day) from daily where repository_id = $1 and checklist = $2 and day <= $3), '-infinity')
		order by day`, repository, checklist, from)
}

// putDay writes the day of a time, and what it differs by from the day before
// it. Recordings go forward in time, so none comes after it.
func (s *Store) putDay(ctx context.Context, repository int64, checklist string, at time.Time, t Standing) error {
	_, err := s.exec(ctx, fmt.Sprintf("store the day of repository %d", repository), `
		insert into daily (repository_id, checklist, day, `+standingColumns+`,
			plus_there, plus_ready, plus_score, plus_ticked, plus_applicable)
		select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
			n.there - coalesce(b.there, 0), n.ready - coalesce(b.ready, 0), n.score - coalesce(b.score, 0),
			n.ticked - coalesce(b.ticked, 0), n.applicable - coalesce(b.applicable, 0)
		from (select `+sums(`$4::int`, `$5::boolean`, `$6::int`, `$7::int`, `$8::int`, `$9::int`, `$10::int`)+`) as n
		left join lateral (
			select `+sums(`score`, `ready`, `items`, `met`, `attested`, `waived`, `not_applicable`)+`
			from daily where repository_id = $1 and checklist = $2 and day < $3 order by day desc limit 1
		) as b on true
		on conflict (repository_id, checklist, day) do update set
			score = excluded.score, ready = excluded.ready, items = excluded.items, met = excluded.met,
			attested = excluded.attested, waived = excluded.waived, not_applicable = excluded.not_applicable,
			unmet = excluded.unmet, unknown = excluded.unknown, required = excluded.required,
			required_left = excluded.required_left,
			plus_there = excluded.plus_there, plus_ready = excluded.plus_ready, plus_score = excluded.plus_score,
			plus_ticked = excluded.plus_ticked, plus_applicable = excluded.plus_applicable`,
		repository, checklist, at.UTC(), t.Score, t.Ready, t.Items, t.Met, t.Attested, t.Waived,
		t.NotApplicable, t.Unmet, t.Unknown, t.Required, t.RequiredLeft)
	return err
}

// sums is what a day adds to a fleet's sums, as SQL on the given expressions.
// A checklist without items does not count as there.
func sums(score, ready, items, met, attested, waived, notApplicable string) string {
	return fmt.Sprintf(`(%[3]s > 0)::int as there, (%[2]s and %[3]s > 0)::int as ready,
		case when %[3]s > 0 then %[1]s else 0 end as score, %[4]s + %[5]s + %[6]s as ticked, %[3]s - %[7]s as applicable`,
		score, ready, items, met, attested, waived, notApplicable)
}

// RebuildDaily makes a repository's days anew from its history.
func (s *Store) RebuildDaily(ctx context.Context, repository int64) error {
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		act := fmt.Sprintf("rebuild the days of repository %d", repository)
		if _, err := row(ctx, in, act, pgx.RowTo[int64], `select id from repositories where id = $1 for update`, repository); err != nil {
			return err
		}
		if _, err := in.exec(ctx, act, `delete from daily where repository_id = $1`, repository); err != nil {
			return err
		}
		// Every event takes an item out of one count and puts it into another;
		// the running sums at each day's end are the standing.
		_, err := in.exec(ctx, act, `
			with steps as (
				select checklist, (at at time zone 'UTC')::date as day, from_state as f, to_state as t,
					case when from_state = '' then false
						else lag(required) over (partition by checklist, item order by at, id) end as was,
					required and to_state <> 'removed' as is
				from history where repository_id = $1
			), deltas as (
				select checklist, day,
					sum((t <> 'removed')::int - (f <> '')::int) as items,
					sum((t = 'met')::int - (f = 'met')::int) as met,
					sum((t = 'attested')::int - (f = 'attested')::int) as attested,
					sum((t = 'waived')::int - (f = 'waived')::int) as waived,
					sum((t = 'not_applicable')::int - (f = 'not_applicable')::int) as na,
					sum((t = 'unmet')::int - (f = 'unmet')::int) as unmet,
					sum((t = 'unknown')::int - (f = 'unknown')::int) as unknown,
					sum("is"::int - was::int) as required,
					sum(("is" and t in ('unmet', 'unknown'))::int - (was and f in ('unmet', 'unknown'))::int) as left
				from steps group by checklist, day
			), ends as (
				select checklist, day,
					sum(items) over w as items, sum(met) over w as met, sum(attested) over w as attested,
					sum(waived) over w as waived, sum(na) over w as na, sum(unmet) over w as unmet,
					sum(unknown) over w as unknown, sum(required) over w as required, sum("left") over w as left
				from deltas window w as (partition by checklist order by day)
			), scored as (
				select *, case when items = na then 100
					else ((met + attested + waived) * 100 / (items - na))::int end as score
				from (select checklist, day, items::int, met::int, attested::int, waived::int, na::int,
					unmet::int, unknown::int, required::int, "left"::int from ends) as whole
			), judged as (
				select *, case when required > 0 then "left" = 0 else score = 100 end as is_ready from scored
			)
			insert into daily (repository_id, checklist, day, score, ready, items, met, attested, waived,
				not_applicable, unmet, unknown, required, required_left,
				plus_there, plus_ready, plus_score, plus_ticked, plus_applicable)
			select $1, j.checklist, j.day, j.score, j.is_ready, j.items, j.met, j.attested, j.waived, j.na,
				j.unmet, j.unknown, j.required, j."left",
				n.there - lag(n.there, 1, 0) over w, n.ready - lag(n.ready, 1, 0) over w,
				n.score - lag(n.score, 1, 0) over w, n.ticked - lag(n.ticked, 1, 0) over w,
				n.applicable - lag(n.applicable, 1, 0) over w
			from judged j
			cross join lateral (
				select `+sums(`j.score`, `j.is_ready`, `j.items`, `j.met`, `j.attested`, `j.waived`, `j.na`)+`
			) as n
			window w as (partition by j.checklist order by j.day)`, repository)
		return err
	})
}
