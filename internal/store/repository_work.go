package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Want notes the newest head that GitHub told us of. It tells whether that is
// news. The worker reads it again at its end, so that a push during a scan is
// not lost.
func (s *Store) Want(ctx context.Context, id int64, sha string) (bool, error) {
	n, err := s.exec(ctx, fmt.Sprintf("want repository %d at %s", id, sha), `
		update repositories set wanted_sha = $2, wanted_at = now(), updated_at = now()
		where id = $1 and wanted_sha <> $2`, id, sha)
	return n > 0, err
}

// WantTip has the tip of the default branch asked for, as what we were told does
// not say which commit that is.
func (s *Store) WantTip(ctx context.Context, id int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("want the tip of repository %d", id), `
		update repositories set wanted_sha = '', wanted_at = now(), updated_at = now()
		where id = $1 and wanted_sha <> ''`, id)
	return err
}

// FoundTip notes the tip that GitHub named in answer to our question, unless
// something happened to the repository since we asked: then nobody knows which
// is newer, and it stays to be asked for.
func (s *Store) FoundTip(ctx context.Context, id int64, sha, instead string, work int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("note the tip of repository %d", id), `
		update repositories set wanted_sha = $2, wanted_at = now(), swept_at = now(), updated_at = now()
		where id = $1 and wanted_sha = $3 and work = $4`, id, sha, instead, work)
	return err
}

// SetEmpty notes whether a repository has no commits.
func (s *Store) SetEmpty(ctx context.Context, id int64, empty bool) error {
	return s.one(ctx, fmt.Sprintf("note whether repository %d is empty", id),
		`update repositories set empty = $2, updated_at = now() where id = $1`, id, empty)
}

// Swept notes that it was seen whether somebody forgot to tell us of a repository.
func (s *Store) Swept(ctx context.Context, id int64) error {
	return s.one(ctx, fmt.Sprintf("note the sweep of repository %d", id),
		`update repositories set swept_at = now() where id = $1`, id)
}

// Looked notes that a repository was looked at when nothing is to be recorded:
// its tree has not changed, or it has no checklist. It clears the last error.
func (s *Store) Looked(ctx context.Context, id int64, commit, tree, catalogue string) error {
	return s.one(ctx, fmt.Sprintf("note the look at repository %d", id), `
		update repositories set assessed_sha = $2, assessed_tree = $3, assessed_at = now(), catalogue_version = $4,
			last_error = '', last_error_at = null, updated_at = now()
		where id = $1`, id, commit, tree, catalogue)
}

// Skip says why a repository has no issue; an empty reason takes it back.
func (s *Store) Skip(ctx context.Context, id int64, reason string) error {
	_, err := s.exec(ctx, fmt.Sprintf("skip repository %d", id), `
		update repositories set skip_reason = $2, updated_at = now() where id = $1 and skip_reason <> $2`, id, reason)
	return err
}

// SetHeld keeps what pages show of a look: the teams that CODEOWNERS names, and
// how loud the configuration lets us be.
func (s *Store) SetHeld(ctx context.Context, id int64, teams []string, mode Mode) error {
	_, err := s.exec(ctx, fmt.Sprintf("note the teams and the mode of repository %d", id), `
		update repositories set teams = $2, mode = $3, updated_at = now()
		where id = $1 and (teams, mode) is distinct from ($2, $3)`, id, append([]string{}, teams...), mode)
	return err
}

// Failed notes why the last job on a repository ended.
func (s *Store) Failed(ctx context.Context, id int64, message string) error {
	_, err := s.exec(ctx, fmt.Sprintf("note the fault of repository %d", id), `
		update repositories set last_error = $2, last_error_at = now(), updated_at = now() where id = $1`, id, message)
	return err
}

// PutConfig notes the configuration read from blob sha. A nil config keeps the
// last good one, as faults in a file never stop the app.
func (s *Store) PutConfig(ctx context.Context, id int64, sha string, config json.RawMessage, faults []Fault) error {
	if faults == nil {
		faults = []Fault{}
	}
	return s.one(ctx, fmt.Sprintf("store the configuration of repository %d", id), `
		update repositories set config = coalesce($2, config), config_sha = $3, config_faults = $4, updated_at = now()
		where id = $1`, id, config, sha, faults)
}

// DropConfig forgets the configuration: its file is gone.
func (s *Store) DropConfig(ctx context.Context, id int64) error {
	return s.one(ctx, fmt.Sprintf("drop the configuration of repository %d", id), `
		update repositories set config = null, config_sha = '', config_faults = '[]', updated_at = now()
		where id = $1`, id)
}

// SetBadgeToken gives a private repository's badge a token, or, when it is
// empty, takes it away.
func (s *Store) SetBadgeToken(ctx context.Context, id int64, token string) error {
	return s.one(ctx, fmt.Sprintf("set the badge token of repository %d", id), `
		update repositories set badge_token = nullif($2, ''), updated_at = now() where id = $1`, id, token)
}

// RemoveRepositories notes that they are deleted or out of our reach. Their
// data stays until PurgeRemoved.
func (s *Store) RemoveRepositories(ctx context.Context, ids []int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("remove %d repositories", len(ids)), `
		update repositories set removed_at = now(), updated_at = now()
		where id = any($1) and removed_at is null`, ids)
	return err
}

// PurgeRemoved deletes repositories, with all their data, that were removed
// before a time: at most limit, returning how many.
func (s *Store) PurgeRemoved(ctx context.Context, before time.Time, limit int) (int64, error) {
	var n int64
	err := s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		ids, err := rows(ctx, in, "list repositories to purge", pgx.RowTo[int64], `
			select id from repositories where removed_at < $1 order by removed_at, id limit $2
			for update skip locked`, before, limit)
		if err != nil || len(ids) == 0 {
			return err
		}
		if _, err := in.exec(ctx, "purge history", `delete from history where repository_id = any($1)`, ids); err != nil {
			return err
		}
		if _, err := in.exec(ctx, "purge what viewers may see", `delete from viewer_repositories where repository_id = any($1)`, ids); err != nil {
			return err
		}
		n, err = in.exec(ctx, "purge repositories", `delete from repositories where id = any($1)`, ids)
		return err
	})
	return n, err
}

// Behind returns repositories whose newest head has waited since before a
// time, the longest first: what a lost job left behind.
func (s *Store) Behind(ctx context.Context, before time.Time, limit int) ([]Repository, error) {
	return rows(ctx, s, "list repositories behind their head", pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories
		where removed_at is null and wanted_sha not in ('', assessed_sha) and wanted_at < $1
		order by wanted_at limit $2`, before, limit)
}

// RepositoriesAfter walks all present repositories by id, a page at a time:
// start with 0, go on with the last id.
func (s *Store) RepositoriesAfter(ctx context.Context, id int64, limit int) ([]Repository, error) {
	return rows(ctx, s, "walk repositories", pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories
		where id > $1 and removed_at is null order by id limit $2`, id, limit)
}

// RepositoriesOf returns the present repositories of an installation, by id.
func (s *Store) RepositoriesOf(ctx context.Context, installation int64) ([]Repository, error) {
	return rows(ctx, s, fmt.Sprintf("list repositories of installation %d", installation),
		pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories
		where installation_id = $1 and removed_at is null order by id`, installation)
}

// RepositoriesOfAfter walks the present repositories of an installation by id, a
// page at a time: start with 0, go on with the last id.
func (s *Store) RepositoriesOfAfter(ctx context.Context, installation, id int64, limit int) ([]Repository, error) {
	return rows(ctx, s, fmt.Sprintf("walk repositories of installation %d", installation),
		pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories
		where installation_id = $1 and id > $2 and removed_at is null order by id limit $3`, installation, id, limit)
}

// Advance takes a new head over that changes nothing of what was found at the
// one before. It tells whether that was still the last that was looked at. A
// look under way looks again, for it counts as something that happened. Call it
// in a transaction, to be rolled back when it fails.
func (s *Store) Advance(ctx context.Context, id int64, before, after, tree string) (bool, error) {
	act := fmt.Sprintf("advance repository %d to %s", id, after)
	n, err := s.exec(ctx, act, `
		update findings set commit = $3, tree = $4 where repository_id = $1 and commit = $2`, id, before, after, tree)
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.one(ctx, act, `
		update repositories set wanted_sha = $3, wanted_at = now(), assessed_sha = $3, assessed_tree = $4, assessed_at = now(),
			work = work + 1, updated_at = now()
		where id = $1 and wanted_sha = $2 and assessed_sha = $2`, id, before, after, tree)
}
