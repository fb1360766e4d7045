package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Access is what GitHub said a viewer may do in a repository: none, read,
// triage, write, maintain or admin.
type Access struct {
	RepositoryID int64
	Permission   string
	CheckedAt    time.Time
}

// SetAccess replaces all that a viewer may see by what GitHub listed just now.
func (s *Store) SetAccess(ctx context.Context, viewer int64, all []Access) error {
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		var ids []int64
		for _, a := range all {
			ids = append(ids, a.RepositoryID)
		}
		_, err := in.exec(ctx, fmt.Sprintf("drop the access of viewer %d", viewer), `
			delete from viewer_repositories
			where viewer_id = $1 and checked_at <= now() and not repository_id = any(coalesce($2::bigint[], '{}'))`, viewer, ids)
		if err != nil {
			return err
		}
		return in.AddAccess(ctx, viewer, all)
	})
}

// AddAccess stores what GitHub said of some repositories; "none" counts too,
// so that it is not asked again and again. What was said later, by way of
// another replica, stays.
func (s *Store) AddAccess(ctx context.Context, viewer int64, some []Access) error {
	var ids []int64
	var permissions []string
	for _, a := range some {
		ids, permissions = append(ids, a.RepositoryID), append(permissions, a.Permission)
	}
	_, err := s.exec(ctx, fmt.Sprintf("store the access of viewer %d", viewer), `
		insert into viewer_repositories (viewer_id, repository_id, permission, checked_at)
		select $1, id, permission, now() from unnest($2::bigint[], $3::text[]) as t (id, permission)
		order by id
		on conflict (viewer_id, repository_id) do update set
			permission = excluded.permission, checked_at = excluded.checked_at
		where viewer_repositories.checked_at <= excluded.checked_at`, viewer, ids, permissions)
	return err
}

// AccessOf returns what a viewer may see, none left out, as far as GitHub said
// so after a time.
func (s *Store) AccessOf(ctx context.Context, viewer int64, since time.Time) ([]Access, error) {
	return rows(ctx, s, fmt.Sprintf("read the access of viewer %d", viewer), pgx.RowToStructByName[Access], `
		select repository_id, permission, checked_at from viewer_repositories
		where viewer_id = $1 and checked_at >= $2 and permission <> 'none' order by repository_id`, viewer, since)
}

// AccessTo returns what a viewer may do in one repository, as far as GitHub
// said so after a time, or ErrNotFound: ask GitHub.
func (s *Store) AccessTo(ctx context.Context, viewer, repository int64, since time.Time) (Access, error) {
	return row(ctx, s, fmt.Sprintf("read the access of viewer %d to repository %d", viewer, repository),
		pgx.RowToStructByName[Access], `
		select repository_id, permission, checked_at from viewer_repositories
		where viewer_id = $1 and repository_id = $2 and checked_at >= $3`, viewer, repository, since)
}

// AccessFresh is how long GitHub's word on what a viewer may see counts.
const AccessFresh = 5 * time.Minute

// DoubtAccess has GitHub asked anew what each viewer may see: more is covered
// now. Where it can't be asked, what it said before still counts for a while.
func (s *Store) DoubtAccess(ctx context.Context) error {
	_, err := s.exec(ctx, "doubt the access of all viewers", `
		update viewer_repositories v set checked_at = least(v.checked_at, now() - $1::interval)
		from viewers u where v.viewer_id = u.id and v.repository_id = 0`, AccessFresh)
	return err
}

// DropAccess forgets what is known of a repository or, at 0, of a viewer's
// repositories: something about them changed.
func (s *Store) DropAccess(ctx context.Context, viewer, repository int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop the access of viewer %d to repository %d", viewer, repository), `
		delete from viewer_repositories
		where ($1 = 0 or viewer_id = $1) and ($2 = 0 or repository_id = $2) and ($1 <> 0 or $2 <> 0)`, viewer, repository)
	return err
}
