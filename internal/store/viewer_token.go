package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Renew hands a viewer's sealed token to renew and stores what it returns. One
// caller at a time gets it, on whatever replica: GitHub's refresh tokens work
// once. A nil result leaves the token alone.
func (s *Store) Renew(ctx context.Context, viewer int64, renew func(sealed []byte) ([]byte, error)) error {
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		sealed, err := row(ctx, in, fmt.Sprintf("lock the token of viewer %d", viewer), pgx.RowTo[[]byte],
			`select sealed from viewers where id = $1 for no key update`, viewer)
		if err != nil {
			return err
		}
		next, err := renew(sealed)
		if err != nil || next == nil {
			return err
		}
		return in.SealToken(ctx, viewer, next)
	})
}

// AccessMarker is when GitHub last listed all that a viewer may see, or
// ErrNotFound. SetAccess keeps it as the access to repository 0.
func (s *Store) AccessMarker(ctx context.Context, viewer int64) (time.Time, error) {
	return row(ctx, s, fmt.Sprintf("look up the access of viewer %d", viewer), pgx.RowTo[time.Time],
		`select checked_at from viewer_repositories where viewer_id = $1 and repository_id = 0`, viewer)
}
