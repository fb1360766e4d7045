package store

import (
	"context"
	"fmt"
)

// Job is one that the queue can begin at once.
type Job struct {
	Kind, Queue           string
	Priority, MaxAttempts int16
	Args, Metadata        string // JSON objects
}

// columns are the values of jobs as insertJobs takes them.
func columns(jobs []Job) []any {
	kinds, queues, args, metadata := make([]string, len(jobs)), make([]string, len(jobs)), make([]string, len(jobs)), make([]string, len(jobs))
	priorities, attempts := make([]int16, len(jobs)), make([]int16, len(jobs))
	for i, j := range jobs {
		kinds[i], queues[i], args[i], metadata[i] = j.Kind, j.Queue, j.Args, j.Metadata
		priorities[i], attempts[i] = j.Priority, j.MaxAttempts
	}
	return []any{kinds, queues, priorities, attempts, args, metadata}
}

// PutJobs puts jobs into the queue. Wake tells it.
func (s *Store) PutJobs(ctx context.Context, jobs ...Job) error {
	_, err := s.exec(ctx, fmt.Sprintf("queue %d jobs", len(jobs)), `
		insert into river_job (kind, queue, priority, max_attempts, args, metadata, tags)
		select kind, queue, priority, max_attempts, args::jsonb, metadata::jsonb, '{}'
		from unnest($1::text[], $2::text[], $3::smallint[], $4::smallint[], $5::text[], $6::text[])
			with ordinality as t (kind, queue, priority, max_attempts, args, metadata, place)
		order by place`, columns(jobs)...)
	return err
}

// Wake has every replica look into a queue for jobs that can begin: at once, or
// when the transaction is committed. The queue's own notice is left out when it
// gave one a moment ago, though that one may have come before this job was there
// to be seen.
//
// Jobs made just now by a machine whose clock is ahead of the database's begin
// at once as well, when they are named.
func (s *Store) Wake(ctx context.Context, queue string, made ...int64) error {
	// In the form of the queue's own, so that two in a transaction are one.
	notice := fmt.Sprintf(`{"queue": %q}`, queue)
	if len(made) == 0 {
		_, err := s.exec(ctx, "wake queue "+queue, `select pg_notify(current_schema() || '.river_insert', $1)`, notice)
		return err
	}
	_, err := s.exec(ctx, "wake queue "+queue, `
		with ahead as (
			update river_job set scheduled_at = now() where id = any($2) and state = 'available' and scheduled_at > now()
		)
		select pg_notify(current_schema() || '.river_insert', $1)`, notice, made)
	return err
}
