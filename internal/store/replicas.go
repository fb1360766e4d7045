package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Beat notes that a replica is alive, and forgets those that were not for a day.
func (s *Store) Beat(ctx context.Context, replica string) error {
	_, err := s.exec(ctx, "note that replica "+replica+" is alive", `
		with old as (delete from replicas where seen_at < now() - interval '1 day' and id <> $1)
		insert into replicas (id) values ($1) on conflict (id) do update set seen_at = now()`, replica)
	return err
}

// Leave notes that a replica has ended.
func (s *Store) Leave(ctx context.Context, replica string) error {
	_, err := s.exec(ctx, "note that replica "+replica+" has ended", `delete from replicas where id = $1`, replica)
	return err
}

// Running is a job that a replica took and has not ended.
type Running struct {
	ID      int64
	Attempt int
}

// RunningSince lists the jobs that a replica took before a span of time, as the
// queue has it.
func (s *Store) RunningSince(ctx context.Context, replica string, before time.Duration) ([]Running, error) {
	return rows(ctx, s, "list the jobs of replica "+replica, pgx.RowToStructByPos[Running], `
		select id, attempt from river_job
		where state = 'running' and attempted_by[cardinality(attempted_by)] = $1
			and attempted_at < now() - make_interval(secs => $2)
		order by id`, replica, before.Seconds())
}

// Orphans lists the jobs of replicas that have not been seen for a span of
// time: they died in the middle.
func (s *Store) Orphans(ctx context.Context, silent time.Duration) ([]Running, error) {
	return rows(ctx, s, "list the jobs of replicas that died", pgx.RowToStructByPos[Running], `
		select id, attempt from river_job j
		where state = 'running' and attempted_at < now() - make_interval(secs => $1)
			and not exists (select from replicas r
				where r.id = j.attempted_by[cardinality(j.attempted_by)] and r.seen_at > now() - make_interval(secs => $1))
		order by id`, silent.Seconds())
}

// TakeBack lets jobs that nobody is at begin again. One that has had its last
// attempt, and at least three, may be what kills replicas: it is given up, and
// the delivery that it was to process has failed. Wake tells the queues.
func (s *Store) TakeBack(ctx context.Context, jobs []Running) (int64, error) {
	ids, attempts := make([]int64, len(jobs)), make([]int, len(jobs))
	for i, j := range jobs {
		ids[i], attempts[i] = j.ID, j.Attempt
	}
	return s.exec(ctx, "take jobs back", `
		with back as (
			update river_job j set
				state = case when j.attempt >= greatest(j.max_attempts, 3) then 'discarded' else 'available' end::river_job_state,
				finalized_at = case when j.attempt >= greatest(j.max_attempts, 3) then now() end,
				max_attempts = greatest(j.max_attempts, least(j.attempt + 1, 3)), scheduled_at = now()
			from unnest($1::bigint[], $2::int[]) as t (id, attempt)
			where j.id = t.id and j.attempt = t.attempt and j.state = 'running'
			returning j.id, j.kind, j.state, j.args
		), poison as (
			update deliveries set state = 'failed', processed_at = now(),
				error = 'the server died each time that it was processed'
			where state = 'received' and guid in (select args ->> 'guid' from back where kind = 'inbox' and state = 'discarded')
		)
		select from back`, ids, attempts)
}
