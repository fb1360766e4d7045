package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Bearer is a repository with the state of an item in it.
type Bearer struct {
	ID       int64
	Owner    string
	Name     string
	State    readiness.State
	Required bool
	Reason   string
	Hints    int // pieces of evidence that only suggest
	Since    time.Time
}

// Bearers tells of an item in the repositories of some cells, in their order.
// The caller has seen to it that they may be seen.
func (s *Store) Bearers(ctx context.Context, cells []Cell, checklist, item string) ([]Bearer, error) {
	ids := make([]int64, len(cells))
	for n, c := range cells {
		ids[n] = c.RepositoryID
	}
	return rows(ctx, s, "list who has "+item, pgx.RowToStructByName[Bearer], `
		select r.id, r.owner, r.name, i.state, i.required, i.reason, i.since, h.hints
		from unnest($1::bigint[]) with ordinality as wanted (id, n)
		join repositories r on r.id = wanted.id
		join items i on i.repository_id = wanted.id and i.checklist = $2 and i.item = $3
		cross join lateral (
			select count(*) as hints from jsonb_array_elements(i.evidence) as e where e ->> 'strength' = 'suggests'
		) h
		order by wanted.n`, ids, checklist, item)
}

// RepositoryNames returns the full names of repositories by id, for lists of
// events. The caller has seen to it that they may be seen.
func (s *Store) RepositoryNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	type named struct {
		ID   int64
		Name string
	}
	all, err := rows(ctx, s, fmt.Sprintf("look up %d names", len(ids)), pgx.RowToStructByPos[named],
		`select id, owner || '/' || name from repositories where id = any($1)`, ids)
	out := make(map[int64]string, len(all))
	for _, n := range all {
		out[n.ID] = n.Name
	}
	return out, err
}

// ChecklistsAsOf lists the checklists that a repository's history knows of at
// a time, by id. Some may have had no items any more.
func (s *Store) ChecklistsAsOf(ctx context.Context, repository int64, at time.Time) ([]string, error) {
	return rows(ctx, s, fmt.Sprintf("list the former checklists of repository %d", repository), pgx.RowTo[string],
		`select distinct checklist from history where repository_id = $1 and at <= $2 order by checklist`, repository, at)
}

// Sees finds a repository by its name, in any case, or by a former name, if a
// Sight sees it; ErrNotFound tells nothing of whether there is one.
func (s *Store) Sees(ctx context.Context, sight Sight, owner, name string) (Repository, error) {
	act := "look up repository " + owner + "/" + name
	r, err := s.RepositoryByName(ctx, owner, name)
	if err != nil {
		return Repository{}, err
	}
	visible, err := rows(ctx, s, act, pgx.RowTo[int64],
		`select r.id from repositories r where`+seen+`and r.id = $5`, sight.args(r.ID)...)
	if err == nil && len(visible) == 0 {
		err = fmt.Errorf("%s: %w", act, ErrNotFound)
	}
	if err != nil {
		return Repository{}, err
	}
	return r, nil
}

// SeesOwner tells whether a Sight sees any repository of an owner, and how the
// owner spells its name.
func (s *Store) SeesOwner(ctx context.Context, sight Sight, owner string) (string, error) {
	return row(ctx, s, "look up owner "+owner, pgx.RowTo[string],
		`select r.owner from repositories r where`+seen+`and lower(r.owner) = $5 order by r.id limit 1`,
		sight.args(strings.ToLower(owner))...)
}

// BadgeToken returns a repository's badge token; fresh becomes it where there
// is none yet.
func (s *Store) BadgeToken(ctx context.Context, id int64, fresh string) (string, error) {
	return row(ctx, s, fmt.Sprintf("read the badge token of repository %d", id), pgx.RowTo[string], `
		update repositories set badge_token = coalesce(badge_token, $2) where id = $1 returning badge_token`, id, fresh)
}

// StatementsAsOf returns all that people had said of a repository's items by a
// time and not withdrawn before it, by checklist, item and kind.
func (s *Store) StatementsAsOf(ctx context.Context, repository int64, at time.Time) ([]Statement, error) {
	return rows(ctx, s, fmt.Sprintf("read the former statements of repository %d", repository), pgx.RowToStructByName[Statement],
		`select `+statementColumns+` from statements
		where repository_id = $1 and at <= $2 and (withdrawn_at is null or withdrawn_at > $2)
		order by checklist, item, kind, id`, repository, at)
}
