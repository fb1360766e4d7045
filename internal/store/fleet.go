package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Order is how a list of repositories is sorted.
type Order string

const (
	OrderName     Order = "name"
	OrderScore    Order = "score"
	OrderRequired Order = "required" // required items left
	OrderLooked   Order = "looked"   // last look
	OrderChanged  Order = "changed"  // last change
)

// orders are whole lists of sort keys, %s for the direction. What was never
// assessed comes last either way.
var orders = map[Order]string{
	OrderName:     `lower(r.owner) %[1]s, lower(r.name) %[1]s`,
	OrderScore:    `a.score %[1]s nulls last, lower(r.owner), lower(r.name)`,
	OrderRequired: `a.required_left %[1]s nulls last, lower(r.owner), lower(r.name)`,
	OrderLooked:   `r.assessed_at %[1]s nulls last, lower(r.owner), lower(r.name)`,
	OrderChanged:  `a.at %[1]s nulls last, lower(r.owner), lower(r.name)`,
}

// FleetFilter chooses repositories. Zero fields choose all.
type FleetFilter struct {
	Owner     string // account, in any case
	Checklist string // numbers of this one; empty: each one's first
	Search    string // part of owner/name, in any case
	Team      string // by CODEOWNERS
	Topic     string
	Language  string
	State     FleetState
	Order     Order
	Down      bool // descending
	Limit     int  // 0: 100
	Offset    int
}

// FleetState is a coarse state to filter by.
type FleetState string

const (
	FleetReady    FleetState = "ready"
	FleetNotReady FleetState = "not_ready"
	FleetPending  FleetState = "pending" // never assessed, or behind its head
	FleetSkipped  FleetState = "skipped"
	FleetFailing  FleetState = "failing" // the last job ended in an error
)

// FleetRow is a repository in a list. Checklist is empty where it has no
// assessment; Total counts all that the filter chooses.
type FleetRow struct {
	ID         int64
	Owner      string
	Name       string
	Visibility string
	Archived   bool
	Topics     []string
	Teams      []string
	Language   string
	SkipReason string
	Behind     bool
	AssessedAt *time.Time
	LastError  string
	Checklist  string
	Title      string
	Standing
	ChangedAt *time.Time
	Total     int
}

// firstOr is an assessment, as a, of repository r: on the checklist in $5, or
// the first configured when it is empty. A named one is joined as a whole,
// which costs a third of looking it up for every repository.
func firstOr(checklist string) string {
	if checklist != "" {
		return ` left join assessments a on a.repository_id = r.id and a.checklist = $5 `
	}
	return ` left join lateral (
		select * from assessments a where a.repository_id = r.id and $5 = ''
		order by a.position, a.checklist limit 1) a on true `
}

const fleetColumns = `r.id, r.owner, r.name, r.visibility, r.archived, r.topics, r.teams, r.language, r.skip_reason,
	r.wanted_sha not in ('', r.assessed_sha) as behind, r.assessed_at, r.last_error,
	coalesce(a.checklist, '') as checklist, coalesce(a.title, '') as title,
	coalesce(a.score, 0) as score, coalesce(a.ready, false) as ready, coalesce(a.items, 0) as items,
	coalesce(a.met, 0) as met, coalesce(a.attested, 0) as attested, coalesce(a.waived, 0) as waived,
	coalesce(a.not_applicable, 0) as not_applicable, coalesce(a.unmet, 0) as unmet,
	coalesce(a.unknown, 0) as unknown, coalesce(a.required, 0) as required,
	coalesce(a.required_left, 0) as required_left, a.at as changed_at, count(*) over () as total`

// Fleet lists the repositories that a Sight sees.
func (s *Store) Fleet(ctx context.Context, sight Sight, f FleetFilter) ([]FleetRow, error) {
	if f.Limit == 0 {
		f.Limit = 100
	}
	order, known := orders[f.Order]
	if !known {
		order = orders[OrderName]
	}
	direction := "asc"
	if f.Down {
		direction = "desc"
	}
	return rows(ctx, s, "list repositories", pgx.RowToStructByName[FleetRow], `
		select `+fleetColumns+`
		from repositories r`+firstOr(f.Checklist)+`
		where`+seen+`and ($6 = '' or lower(r.owner) = $6)
			and ($7 = '' or strpos(lower(r.owner || '/' || r.name), $7) > 0)
			and ($8 = '' or $8 = any(r.topics)) and ($9 = '' or lower(r.language) = $9)
			and ($13 = '' or $13 = any(r.teams))
			and case $10 when 'ready' then a.ready when 'not_ready' then not a.ready
				when 'pending' then r.assessed_at is null or r.wanted_sha not in ('', r.assessed_sha)
				when 'skipped' then r.skip_reason <> '' when 'failing' then r.last_error <> '' else true end
		order by `+fmt.Sprintf(order, direction)+`, r.id limit $11 offset $12`,
		sight.args(f.Checklist, strings.ToLower(f.Owner), strings.ToLower(f.Search), f.Topic,
			strings.ToLower(f.Language), f.State, f.Limit, f.Offset, f.Team)...)
}

// FleetAfter walks the repositories that a Sight sees of an owner by id, a page
// at a time: start with 0, go on with the last id. What comes and goes
// meanwhile moves nothing else.
func (s *Store) FleetAfter(ctx context.Context, sight Sight, owner, checklist string, after int64, limit int) ([]FleetRow, error) {
	return rows(ctx, s, "walk the repositories of "+owner, pgx.RowToStructByName[FleetRow], `
		select `+fleetColumns+`
		from repositories r`+firstOr(checklist)+`
		where`+seen+`and lower(r.owner) = $6 and r.id > $7 order by r.id limit $8`,
		sight.args(checklist, strings.ToLower(owner), after, limit)...)
}

// Owner is an account with repositories that a Sight sees.
type Owner struct {
	Owner        string
	Repositories int
	Assessed     int
	Ready        int
	Score        int // mean of those assessed, percent
}

// Owners lists accounts, by name.
func (s *Store) Owners(ctx context.Context, sight Sight) ([]Owner, error) {
	return rows(ctx, s, "list owners", pgx.RowToStructByName[Owner], `
		select min(r.owner) as owner, count(*) as repositories, count(a.score) as assessed,
			count(*) filter (where a.ready) as ready, coalesce(avg(a.score), 0)::int as score
		from repositories r`+firstOr("")+`where`+seen+`group by lower(r.owner) order by lower(r.owner)`, sight.args("")...)
}
