package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Viewer is a person who signed in. ID is GitHub's; Sealed holds their GitHub
// token, encrypted by the caller.
type Viewer struct {
	ID        int64
	Login     string
	Name      string
	AvatarURL string
	Sealed    []byte
	CreatedAt time.Time
	UpdatedAt time.Time
}

// PutViewer stores who signed in, and their new token.
func (s *Store) PutViewer(ctx context.Context, v Viewer) error {
	_, err := s.exec(ctx, "store viewer "+v.Login, `
		insert into viewers (id, login, name, avatar_url, sealed) values ($1, $2, $3, $4, $5)
		on conflict (id) do update set
			login = excluded.login, name = excluded.name, avatar_url = excluded.avatar_url,
			sealed = excluded.sealed, updated_at = now()`, v.ID, v.Login, v.Name, v.AvatarURL, v.Sealed)
	return err
}

// Viewer returns one by GitHub's id, or ErrNotFound.
func (s *Store) Viewer(ctx context.Context, id int64) (Viewer, error) {
	return row(ctx, s, fmt.Sprintf("look up viewer %d", id), pgx.RowToStructByName[Viewer],
		`select id, login, name, avatar_url, sealed, created_at, updated_at from viewers where id = $1`, id)
}

// SealToken stores a viewer's refreshed token.
func (s *Store) SealToken(ctx context.Context, id int64, sealed []byte) error {
	return s.one(ctx, fmt.Sprintf("store the token of viewer %d", id),
		`update viewers set sealed = $2, updated_at = now() where id = $1`, id, sealed)
}

// RemoveViewer forgets a person with their sessions and tokens: GitHub told us
// that they revoked the App.
func (s *Store) RemoveViewer(ctx context.Context, id int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("remove viewer %d", id), `delete from viewers where id = $1`, id)
	return err
}

// AddSession stores a session under the hash of its token.
func (s *Store) AddSession(ctx context.Context, hash []byte, viewer int64, expires time.Time) error {
	_, err := s.exec(ctx, fmt.Sprintf("store a session of viewer %d", viewer),
		`insert into sessions (hash, viewer_id, expires_at) values ($1, $2, $3)`, hash, viewer, expires)
	return err
}

// SessionViewer returns whose session it is, or ErrNotFound when it is over.
func (s *Store) SessionViewer(ctx context.Context, hash []byte) (Viewer, error) {
	return row(ctx, s, "look up a session", pgx.RowToStructByName[Viewer], `
		select v.id, v.login, v.name, v.avatar_url, v.sealed, v.created_at, v.updated_at
		from sessions s join viewers v on v.id = s.viewer_id
		where s.hash = $1 and s.expires_at > now()`, hash)
}

// EndSession ends one session.
func (s *Store) EndSession(ctx context.Context, hash []byte) error {
	_, err := s.exec(ctx, "end a session", `delete from sessions where hash = $1`, hash)
	return err
}

// PruneSessions deletes what has expired, returning how many.
func (s *Store) PruneSessions(ctx context.Context) (int64, error) {
	return s.exec(ctx, "prune sessions", `delete from sessions where expires_at <= now()`)
}
