package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Link says that files of another repository count as evidence in this one:
// all under a folder, or, with Item, the one file at URL for that item.
type Link struct {
	ID                 int64
	RepositoryID       int64
	LinkedName         string // owner/name as written
	LinkedRepositoryID int64  // 0: not known to us
	PathPrefix         string
	Checklist          string
	Item               string
	URL                string
	Via                Via // ViaConfig or ViaCommand
	By                 string
	CreatedAt          time.Time
}

const linkColumns = `id, repository_id, linked_name, linked_repository_id, path_prefix, checklist, item, url, via, by, created_at`

// AddLink stores a link; the same link again changes nothing.
func (s *Store) AddLink(ctx context.Context, l Link) error {
	_, err := s.exec(ctx, fmt.Sprintf("link repository %d to %s", l.RepositoryID, l.LinkedName), `
		insert into links (repository_id, linked_name, linked_repository_id, path_prefix, checklist, item, url, via, by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (repository_id, lower(linked_name), path_prefix, checklist, item, url, via) do update set
			linked_repository_id = excluded.linked_repository_id
		where links.linked_repository_id <> excluded.linked_repository_id`,
		l.RepositoryID, l.LinkedName, l.LinkedRepositoryID, l.PathPrefix, l.Checklist, l.Item, l.URL, l.Via, l.By)
	return err
}

// SyncLinks makes a repository's links via configuration those given and no
// others.
func (s *Store) SyncLinks(ctx context.Context, repository int64, wanted []Link) error {
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		var keep []string
		for _, l := range wanted {
			keep = append(keep, strings.ToLower(l.LinkedName)+"//"+l.PathPrefix)
		}
		_, err := in.exec(ctx, fmt.Sprintf("drop links of repository %d", repository), `
			delete from links where repository_id = $1 and via = 'config'
				and not (lower(linked_name) || '//' || path_prefix = any(coalesce($2::text[], '{}')))`, repository, keep)
		if err != nil {
			return err
		}
		for _, l := range wanted {
			l.RepositoryID, l.Via = repository, ViaConfig
			if err := in.AddLink(ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemoveLinks takes back what commands linked to an item; false when nothing
// was.
func (s *Store) RemoveLinks(ctx context.Context, repository int64, checklist, item string) (bool, error) {
	n, err := s.exec(ctx, fmt.Sprintf("remove the links of %s in repository %d", item, repository), `
		delete from links where repository_id = $1 and via = 'command' and checklist = $2 and item = $3`,
		repository, checklist, item)
	return n > 0, err
}

// Links returns a repository's links, by what they link to.
func (s *Store) Links(ctx context.Context, repository int64) ([]Link, error) {
	return rows(ctx, s, fmt.Sprintf("read the links of repository %d", repository), pgx.RowToStructByName[Link],
		`select `+linkColumns+` from links where repository_id = $1
		order by lower(linked_name), path_prefix, checklist, item, url, id`, repository)
}

// LinkedBy returns the present repositories that lean on another, known by id
// or by its name: a push there is news for them.
func (s *Store) LinkedBy(ctx context.Context, linked int64, fullName string) ([]int64, error) {
	return rows(ctx, s, "list repositories that lean on "+fullName, pgx.RowTo[int64], `
		select r.id from repositories r
		where r.removed_at is null and r.id in (
			select repository_id from links where linked_repository_id = $1 and $1 <> 0
			union
			select repository_id from links where lower(linked_name) = lower($2))
		order by r.id`, linked, fullName)
}
