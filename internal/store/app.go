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

// ResealApp replaces the App's secrets; ErrNotFound when they are no longer the
// ones that were read.
func (s *Store) ResealApp(ctx context.Context, id int64, before, sealed []byte) error {
	return s.one(ctx, "store the App's secrets", `update app set sealed = $3 where id = $1 and sealed = $2`, id, before, sealed)
}

// Reseal hands every sealed secret to again, in one transaction, and stores what
// it returns; nil leaves one as it is. viewer tells a viewer's token from the
// App's secrets.
func (s *Store) Reseal(ctx context.Context, again func(viewer bool, sealed []byte) ([]byte, error)) error {
	type secret struct {
		ID     int64
		Viewer bool
		Sealed []byte
	}
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		var all []secret
		for _, query := range []string{
			`select id, false, sealed from app for update`, `select id, true, sealed from viewers order by id for no key update`,
		} {
			some, err := rows(ctx, in, "read the sealed secrets", pgx.RowToStructByPos[secret], query)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		for _, x := range all {
			sealed, err := again(x.Viewer, x.Sealed)
			if err != nil {
				return err
			}
			switch {
			case sealed == nil:
			case x.Viewer:
				err = in.SealToken(ctx, x.ID, sealed)
			default:
				err = in.ResealApp(ctx, x.ID, x.Sealed, sealed)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
