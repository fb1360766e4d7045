package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// ChecklistUse counts the repositories that a checklist is assessed in.
type ChecklistUse struct {
	Checklist    string
	Title        string
	Repositories int
}

// ChecklistUses lists what an owner's repositories are held against, the most
// common first.
func (s *Store) ChecklistUses(ctx context.Context, sight Sight, owner string) ([]ChecklistUse, error) {
	return rows(ctx, s, "list the checklists of "+owner, pgx.RowToStructByName[ChecklistUse], `
		select a.checklist, min(a.title) as title, count(*) as repositories
		from assessments a join repositories r on r.id = a.repository_id
		where`+seen+`and lower(r.owner) = $5
		group by a.checklist order by count(*) desc, a.checklist`, sight.args(strings.ToLower(owner))...)
}

// Choice is a value to filter by: a topic or a language.
type Choice struct {
	Kind  string // topic or language
	Value string
	Count int
}

// Choices lists the topics and languages of an owner's repositories, the most
// common first, at most limit of each.
func (s *Store) Choices(ctx context.Context, sight Sight, owner string, limit int) ([]Choice, error) {
	return rows(ctx, s, "list the topics of "+owner, pgx.RowToStructByName[Choice], `
		with fleet as (
			select r.topics, r.language from repositories r where`+seen+`and lower(r.owner) = $5
		), counted as (
			select 'topic' as kind, topic as value, count(*) as count
			from fleet cross join lateral unnest(topics) as topic group by topic
			union all
			select 'language', language, count(*) from fleet where language <> '' group by language
		), ranked as (
			select *, row_number() over (partition by kind order by count desc, value) as rank from counted
		)
		select kind, value, count from ranked where rank <= $6 order by kind, rank`,
		sight.args(strings.ToLower(owner), limit)...)
}

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
	Total    int // of all pages
}

// Bearers lists an owner's repositories by the state of an item: those that
// lack it first, and among them those with hints of it.
func (s *Store) Bearers(ctx context.Context, sight Sight, owner, checklist, item string, limit, offset int) ([]Bearer, error) {
	return rows(ctx, s, "list who has "+item, pgx.RowToStructByName[Bearer], `
		select r.id, r.owner, r.name, i.state, i.required, i.reason, i.since, h.hints, count(*) over () as total
		from items i join repositories r on r.id = i.repository_id
		cross join lateral (
			select count(*) as hints from jsonb_array_elements(i.evidence) as e where e ->> 'strength' = 'suggests'
		) h
		where`+seen+`and lower(r.owner) = $5 and i.checklist = $6 and i.item = $7
		order by case i.state when 'unmet' then 0 when 'unknown' then 1 when 'waived' then 2 when 'attested' then 3
			when 'met' then 4 else 5 end, i.required desc, h.hints desc, lower(r.name), r.id limit $8 offset $9`,
		sight.args(strings.ToLower(owner), checklist, item, limit, offset)...)
}

// Win is an item that some repositories lack.
type Win struct {
	Item     string
	Lacking  int
	Required int // of those lacking, where it is required
}

// Wins counts, for each item of a checklist, the repositories of an owner that
// lack it, in the order of the checklist.
func (s *Store) Wins(ctx context.Context, sight Sight, owner, checklist string) ([]Win, error) {
	words, err := rows(ctx, s, "count what "+owner+" lacks", pgx.RowToStructByName[word], `
		select a.repository_id, a.layout, a.letters
		from assessments a join repositories r on r.id = a.repository_id
		where`+seen+`and a.checklist = $5 and lower(r.owner) = $6`, sight.args(checklist, strings.ToLower(owner))...)
	if err != nil {
		return nil, err
	}
	layouts, err := s.layouts(ctx, words)
	t := count(layouts, words)
	var all []Win
	for _, name := range t.names {
		if n := t.counts[name]; n['u']+n['U'] > 0 {
			all = append(all, Win{name, n['u'] + n['U'], n['U']})
		}
	}
	return all, err
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
