package store

import (
	"context"
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

// FleetFilter chooses repositories of a survey. Zero fields choose all.
type FleetFilter struct {
	Search   string // part of owner/name, in any case
	Team     string // by CODEOWNERS
	Topic    string
	Language string // in any case
	State    FleetState
	Order    Order
	Down     bool   // descending
	After    string // Next of the page before; what is none begins at the beginning
	Limit    int    // 0: 100
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
// assessment.
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
	coalesce(a.required_left, 0) as required_left, a.at as changed_at`

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
