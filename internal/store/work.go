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
