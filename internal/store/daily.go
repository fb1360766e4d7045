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

// putDay writes the day of a time, here and as the newest of the curve.
// Recordings go forward in time, so none comes after it.
func (s *Store) putDay(ctx context.Context, repository int64, checklist string, at time.Time, t Standing) error {
	_, err := s.exec(ctx, fmt.Sprintf("store the day of repository %d", repository), `
		with today as (
			insert into daily (repository_id, checklist, day, `+standingColumns+`)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
			on conflict (repository_id, checklist, day) do update set
				score = excluded.score, ready = excluded.ready, items = excluded.items, met = excluded.met,
				attested = excluded.attested, waived = excluded.waived, not_applicable = excluded.not_applicable,
				unmet = excluded.unmet, unknown = excluded.unknown, required = excluded.required,
				required_left = excluded.required_left
			returning *
		)
		insert into curves (repository_id, checklist, steps)
		select repository_id, checklist, `+stepOf+` from today
		on conflict (repository_id, checklist) do update set steps = case
			when substring(curves.steps from length(curves.steps) - 6 for 2) = substring(excluded.steps for 2)
			then substring(curves.steps for length(curves.steps) - 7) else curves.steps end || excluded.steps`,
		repository, checklist, at.UTC(), t.Score, t.Ready, t.Items, t.Met, t.Attested, t.Waived,
		t.NotApplicable, t.Unmet, t.Unknown, t.Required, t.RequiredLeft)
	return err
}

// stepOf is a day as a curve keeps it.
const stepOf = `curve_step(day, score, ready, items, met + attested + waived, items - not_applicable)`

// RebuildDaily makes a repository's days anew from its history, from the day on
// from which that is whole.
func (s *Store) RebuildDaily(ctx context.Context, repository int64) error {
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		act := fmt.Sprintf("rebuild the days of repository %d", repository)
		if _, err := row(ctx, in, act, pgx.RowTo[int64], `select id from repositories where id = $1 for update`, repository); err != nil {
			return err
		}
		whole, err := row(ctx, in, act, pgx.RowTo[time.Time],
			`select coalesce((select since from history_whole), '0001-01-01')`)
		if err != nil {
			return err
		}
		if _, err := in.exec(ctx, act, `delete from daily where repository_id = $1 and day >= $2`, repository, whole); err != nil {
			return err
		}
		// Every event takes an item out of one count and puts it into another;
		// the running sums at each day's end are the standing.
		// An item's first event, whatever it came from, begins it: earlier ones
		// may not be kept.
		_, err = in.exec(ctx, act, `
			with kept as (
				select *, case when lag(id) over item is null then '' else from_state end as f,
					lag(required) over item as before
				from history where repository_id = $1
				window item as (partition by checklist, item order by at, id)
			), steps as (
				select checklist, (at at time zone 'UTC')::date as day, f, to_state as t,
					case when f = '' then false else before end as was,
					required and to_state <> 'removed' as is
				from kept
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
				not_applicable, unmet, unknown, required, required_left)
			select $1, checklist, day, score, is_ready, items, met, attested, waived, na, unmet, unknown, required, "left"
			from judged where day >= $2`, repository, whole)
		if err != nil {
			return err
		}
		return in.redraw(ctx, repository)
	})
}

// redraw makes the curves of a repository anew from its days.
func (s *Store) redraw(ctx context.Context, repository int64) error {
	act := fmt.Sprintf("redraw the curves of repository %d", repository)
	if _, err := s.exec(ctx, act, `delete from curves where repository_id = $1`, repository); err != nil {
		return err
	}
	_, err := s.exec(ctx, act, `
		insert into curves (repository_id, checklist, steps)
		select repository_id, checklist, string_agg(`+stepOf+`, ''::bytea order by day)
		from daily where repository_id = $1 group by repository_id, checklist`, repository)
	return err
}
