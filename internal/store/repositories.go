package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Repository is what we know of a repository. The first block is GitHub's, the
// second what we did about it.
type Repository struct {
	ID             int64
	NodeID         string
	InstallationID int64
	Owner          string
	Name           string
	Visibility     string // public, private or internal
	Archived       bool
	Fork           bool
	HasIssues      bool
	Empty          bool
	DefaultBranch  string
	Topics         []string
	Language       string
	Properties     map[string]any // custom properties: string or list of strings
	RemovedAt      *time.Time
	ToldAt         *time.Time // GitHub's time of all this; nil: it gave none
	Unsure         bool       // what was told within one second differs: to be asked for

	WantedSHA        string // newest head we were told of
	WantedAt         *time.Time
	AssessedSHA      string // last head we looked at
	AssessedTree     string
	AssessedAt       *time.Time
	SweptAt          *time.Time // when it was last seen whether somebody forgot to tell us
	CatalogueVersion string
	SkipReason       string          // why there is no issue; empty: there is or will be one
	Config           json.RawMessage // last good configuration
	ConfigSHA        string          // blob that ConfigFaults speak of
	ConfigFaults     []Fault
	BadgeToken       *string
	LastError        string
	LastErrorAt      *time.Time
	CreatedAt        time.Time
	UpdatedAt        time.Time
}

// Fault is something wrong in a repository's own files. Line 0: the whole file.
type Fault struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// FullName is owner/name.
func (r Repository) FullName() string { return r.Owner + "/" + r.Name }

const repositoryColumns = `id, node_id, installation_id, owner, name, visibility, archived, fork, has_issues, empty,
	default_branch, topics, language, properties, removed_at, told_at, unsure,
	wanted_sha, wanted_at, assessed_sha, assessed_tree, assessed_at, swept_at, catalogue_version, skip_reason,
	config, config_sha, config_faults, badge_token, last_error, last_error_at, created_at, updated_at`

// RepositoryName is what the short lists in GitHub's events tell.
type RepositoryName struct {
	ID      int64
	NodeID  string
	Owner   string
	Name    string
	Private bool
}

// PutRepositoryNames notes that an installation covers repositories, of which
// only names are known yet; those removed before come back. A repository that
// held one of the names loses it, former names are kept for redirects.
func (s *Store) PutRepositoryNames(ctx context.Context, installation int64, names []RepositoryName) error {
	var ids []int64
	var nodes, owners, short, visibility []string
	for _, n := range names {
		ids, nodes = append(ids, n.ID), append(nodes, n.NodeID)
		owners, short = append(owners, n.Owner), append(short, n.Name)
		visibility = append(visibility, map[bool]string{true: "private", false: "public"}[n.Private])
	}
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		if err := in.freeNames(ctx, ids, owners, short); err != nil {
			return err
		}
		_, err := in.exec(ctx, fmt.Sprintf("store %d repositories of installation %d", len(ids), installation), `
			insert into repositories (id, node_id, installation_id, owner, name, visibility)
			select id, node, $1, owner, name, visibility
			from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[]) as t (id, node, owner, name, visibility)
			order by id
			on conflict (id) do update set
				installation_id = excluded.installation_id, owner = excluded.owner, name = excluded.name,
				node_id = coalesce(nullif(excluded.node_id, ''), repositories.node_id),
				visibility = case when excluded.visibility = 'private' and repositories.visibility = 'internal'
					then 'internal' else excluded.visibility end,
				name_lost = false, removed_at = null, updated_at = now()`,
			installation, ids, nodes, owners, short, visibility)
		return err
	})
}

// PutRepository writes all that GitHub says of a repository, unless something
// newer is known; our own columns stay.
func (s *Store) PutRepository(ctx context.Context, r Repository) error {
	return s.Tx(ctx, func(tx pgx.Tx) error {
		_, err := s.With(tx).putRepository(ctx, r, false)
		return err
	})
}

// TellRepository writes what an event says of a repository. Events overtake
// each other: an older one writes nothing, and newest is false. Of two that tell
// different things of one second nobody knows which is newer: the later to come
// is taken, but for one that would make the repository public, and the
// repository becomes Unsure.
func (s *Store) TellRepository(ctx context.Context, r Repository) (newest bool, err error) {
	err = s.Tx(ctx, func(tx pgx.Tx) (err error) {
		newest, err = s.With(tx).putRepository(ctx, r, true)
		return err
	})
	return newest, err
}

// putRepository must run in a transaction.
func (s *Store) putRepository(ctx context.Context, r Repository, told bool) (newest bool, err error) {
	if r.Topics == nil {
		r.Topics = []string{}
	}
	if r.Properties == nil {
		r.Properties = map[string]any{}
	}
	r.Unsure = false
	known, err := rows(ctx, s, "look up repository "+r.FullName(), pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories where id = $1 for update`, r.ID)
	if err != nil {
		return false, err
	}
	if len(known) > 0 && known[0].ToldAt != nil && r.ToldAt != nil {
		old := known[0]
		if r.ToldAt.Before(*old.ToldAt) {
			return false, nil
		}
		if told && r.ToldAt.Equal(*old.ToldAt) {
			r.Unsure = old.Unsure || r.FullName() != old.FullName() || r.Visibility != old.Visibility ||
				r.Archived != old.Archived || r.DefaultBranch != old.DefaultBranch
			if r.Visibility == "public" {
				r.Visibility = old.Visibility
			}
		}
	}
	if err := s.freeNames(ctx, []int64{r.ID}, []string{r.Owner}, []string{r.Name}); err != nil {
		return false, err
	}
	_, err = s.exec(ctx, "store repository "+r.FullName(), `
		insert into repositories (id, node_id, installation_id, owner, name, visibility, archived, fork,
			has_issues, empty, default_branch, topics, language, properties, told_at, unsure)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict (id) do update set
			node_id = excluded.node_id, installation_id = excluded.installation_id,
			owner = excluded.owner, name = excluded.name, visibility = excluded.visibility,
			archived = excluded.archived, fork = excluded.fork, has_issues = excluded.has_issues,
			empty = excluded.empty, default_branch = excluded.default_branch, topics = excluded.topics,
			language = excluded.language, properties = excluded.properties,
			told_at = coalesce(excluded.told_at, repositories.told_at), unsure = excluded.unsure,
			name_lost = false, removed_at = null, updated_at = now()`,
		r.ID, r.NodeID, r.InstallationID, r.Owner, r.Name, r.Visibility, r.Archived, r.Fork,
		r.HasIssues, r.Empty, r.DefaultBranch, r.Topics, r.Language, r.Properties, r.ToldAt, r.Unsure)
	return true, err
}

// freeNames makes way for repositories that come under new names.
func (s *Store) freeNames(ctx context.Context, ids []int64, owners, names []string) error {
	_, err := s.exec(ctx, "keep former names", `
		insert into repository_names (owner, name, repository_id)
		select r.owner, r.name, r.id
		from unnest($1::bigint[], $2::text[], $3::text[]) as t (id, owner, name)
		join repositories r on r.id = t.id
		where not r.name_lost and (lower(r.owner), lower(r.name)) <> (lower(t.owner), lower(t.name))
		on conflict (lower(owner), lower(name), repository_id) do update set until = now()`, ids, owners, names)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, "free names for repositories", `
		with taken as (
			update repositories r set name_lost = true, updated_at = now()
			from unnest($1::bigint[], $2::text[], $3::text[]) as t (id, owner, name)
			where lower(r.owner) = lower(t.owner) and lower(r.name) = lower(t.name) and r.id <> t.id
				and r.removed_at is null and not r.name_lost
			returning r.owner, r.name, r.id
		)
		insert into repository_names (owner, name, repository_id)
		select owner, name, id from taken
		on conflict (lower(owner), lower(name), repository_id) do update set until = now()`, ids, owners, names)
	return err
}

// Repository returns one by GitHub's id, removed or not, or ErrNotFound.
func (s *Store) Repository(ctx context.Context, id int64) (Repository, error) {
	return row(ctx, s, fmt.Sprintf("look up repository %d", id), pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories where id = $1`, id)
}

// RepositoryByName finds a present repository by its name, in any case, or by
// a former name; its FullName then differs from the one asked for. A name that
// is in use again means its present holder.
func (s *Store) RepositoryByName(ctx context.Context, owner, name string) (Repository, error) {
	act := "look up repository " + owner + "/" + name
	r, err := row(ctx, s, act, pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories
		where lower(owner) = $1 and lower(name) = $2 and removed_at is null and not name_lost`,
		strings.ToLower(owner), strings.ToLower(name))
	if err == nil || !errors.Is(err, ErrNotFound) {
		return r, err
	}
	return row(ctx, s, act, pgx.RowToStructByName[Repository],
		`select `+repositoryColumns+` from repositories
		where removed_at is null and id = (
			select n.repository_id from repository_names n join repositories r on r.id = n.repository_id
			where lower(n.owner) = $1 and lower(n.name) = $2 and r.removed_at is null
			order by n.until desc, n.repository_id desc limit 1)`,
		strings.ToLower(owner), strings.ToLower(name))
}
