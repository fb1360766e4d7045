package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// App is the GitHub App that /setup registered. Sealed holds its secrets,
// encrypted by the caller.
type App struct {
	ID        int64
	Slug      string
	Name      string
	Owner     string
	URL       string
	ClientID  string
	Sealed    []byte
	CreatedAt time.Time
}

// App returns the registered App, or ErrNotFound.
func (s *Store) App(ctx context.Context) (App, error) {
	return row(ctx, s, "look up the App", pgx.RowToStructByName[App],
		`select id, slug, name, owner, url, client_id, sealed, created_at from app`)
}

// RegisterApp stores the App; false when there is one already, which stays.
func (s *Store) RegisterApp(ctx context.Context, a App) (bool, error) {
	n, err := s.exec(ctx, "store the App", `
		insert into app (id, slug, name, owner, url, client_id, sealed)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict do nothing`, a.ID, a.Slug, a.Name, a.Owner, a.URL, a.ClientID, a.Sealed)
	return n > 0, err
}
