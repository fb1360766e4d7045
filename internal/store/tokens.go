package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Token is a personal API token. Only its hash is kept.
type Token struct {
	ID         int64
	ViewerID   int64
	Name       string
	CreatedAt  time.Time
	ExpiresAt  *time.Time // nil: never
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// AddToken stores a token and returns its id.
func (s *Store) AddToken(ctx context.Context, hash []byte, viewer int64, name string, expires *time.Time) (int64, error) {
	return row(ctx, s, fmt.Sprintf("store a token of viewer %d", viewer), pgx.RowTo[int64], `
		insert into api_tokens (hash, viewer_id, name, expires_at) values ($1, $2, $3, $4) returning id`,
		hash, viewer, name, expires)
}

// TokenViewer returns whose token it is, or ErrNotFound when it does not count
// (any more). The time of use is kept to the minute.
func (s *Store) TokenViewer(ctx context.Context, hash []byte) (Viewer, error) {
	return row(ctx, s, "look up a token", pgx.RowToStructByName[Viewer], `
		with used as (
			update api_tokens set last_used_at = now()
			where hash = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
		)
		select v.id, v.login, v.name, v.avatar_url, v.sealed, v.created_at, v.updated_at
		from api_tokens t join viewers v on v.id = t.viewer_id
		where t.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())`, hash)
}

// Tokens lists a viewer's tokens, newest first.
func (s *Store) Tokens(ctx context.Context, viewer int64) ([]Token, error) {
	return rows(ctx, s, fmt.Sprintf("list the tokens of viewer %d", viewer), pgx.RowToStructByName[Token], `
		select id, viewer_id, name, created_at, expires_at, last_used_at, revoked_at
		from api_tokens where viewer_id = $1 order by id desc`, viewer)
}

// RevokeToken revokes a viewer's own token, or returns ErrNotFound.
func (s *Store) RevokeToken(ctx context.Context, viewer, id int64) error {
	return s.one(ctx, fmt.Sprintf("revoke token %d of viewer %d", id, viewer), `
		update api_tokens set revoked_at = coalesce(revoked_at, now()) where viewer_id = $1 and id = $2`, viewer, id)
}
