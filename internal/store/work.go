package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Touch counts that something happened to a repository. Enqueue its job in the
// same transaction: the row's lock keeps the job from ending in between.
func (s *Store) Touch(ctx context.Context, id int64) error {
	return s.one(ctx, fmt.Sprintf("touch repository %d", id), `
		update repositories set work = work + 1 where id = $1`, id)
}

// Work is how much has happened to a repository.
func (s *Store) Work(ctx context.Context, id int64) (int64, error) {
	return row(ctx, s, fmt.Sprintf("read the work of repository %d", id), pgx.RowTo[int64],
		`select work from repositories where id = $1`, id)
}

// WorkLocked is Work, and holds the repository's row until the transaction
// ends.
func (s *Store) WorkLocked(ctx context.Context, id int64) (int64, error) {
	return row(ctx, s, fmt.Sprintf("lock the work of repository %d", id), pgx.RowTo[int64],
		`select work from repositories where id = $1 for update`, id)
}

// WantedBy notes who made the head that is to be looked at.
func (s *Store) WantedBy(ctx context.Context, id int64, by string) error {
	return s.one(ctx, fmt.Sprintf("note who pushed to repository %d", id), `
		update repositories set wanted_by = $2 where id = $1`, id, clean(by))
}

// Pusher is who made the head that is to be looked at.
func (s *Store) Pusher(ctx context.Context, id int64) (string, error) {
	return row(ctx, s, fmt.Sprintf("read who pushed to repository %d", id), pgx.RowTo[string],
		`select wanted_by from repositories where id = $1`, id)
}

// Hasten has a job taken earlier than it would be, and one that sleeps at once.
// A job that runs keeps its place when it has to come again. Wake tells the
// queue.
func (s *Store) Hasten(ctx context.Context, job int64, priority int) error {
	_, err := s.exec(ctx, fmt.Sprintf("hasten job %d", job), `
		update river_job set priority = $2,
			state = case when state in ('scheduled', 'retryable') then 'available' else state end,
			scheduled_at = case when state in ('scheduled', 'retryable') or state = 'available' and scheduled_at > now() then now() else scheduled_at end
		where id = $1 and priority > $2 and finalized_at is null`, job, priority)
	return err
}

// Hastened tells whether a job has become more urgent than it was.
func (s *Store) Hastened(ctx context.Context, job int64, priority int) (bool, error) {
	return row(ctx, s, fmt.Sprintf("look up job %d", job), pgx.RowTo[bool],
		`select coalesce((select priority < $2 from river_job where id = $1), false)`, job, priority)
}
