package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Badge is all that a badge needs, in one look-up. Not Assessed means: not on
// the checklist asked for; what follows it is then zero.
type Badge struct {
	RepositoryID int64
	Visibility   string
	Token        string // empty: none was made
	SkipReason   string
	Behind       bool       // a newer head waits to be looked at
	WantedAt     *time.Time // since then, if Behind
	AssessedAt   *time.Time // last look
	Assessed     bool
	Checklist    string
	Title        string
	Score        int
	Ready        bool
	Waived       int
	RequiredLeft int
	At           *time.Time // last change
}

// Badge finds a repository by its present name, in any case, or by a former
// one, with its assessment on a checklist, or on the first configured when
// none is named. It returns ErrNotFound for a repository nobody knows.
func (s *Store) Badge(ctx context.Context, owner, name, checklist string) (Badge, error) {
	return row(ctx, s, "look up the badge of "+owner+"/"+name, pgx.RowToStructByName[Badge], `
		with named as (
			select id, 1 as rank, now() as until from repositories
			where lower(owner) = $1 and lower(name) = $2 and removed_at is null and not name_lost
			union all
			select n.repository_id, 2, n.until
			from repository_names n join repositories r on r.id = n.repository_id
			where lower(n.owner) = $1 and lower(n.name) = $2 and r.removed_at is null
			order by rank, until desc, id desc limit 1
		)
		select r.id as repository_id, r.visibility, coalesce(r.badge_token, '') as token, r.skip_reason,
			r.wanted_sha not in ('', r.assessed_sha) as behind, r.wanted_at, r.assessed_at, a.checklist is not null as assessed,
			coalesce(a.checklist, '') as checklist, coalesce(a.title, '') as title, coalesce(a.score, 0) as score,
			coalesce(a.ready, false) as ready, coalesce(a.waived, 0) as waived,
			coalesce(a.required_left, 0) as required_left, a.at
		from named join repositories r on r.id = named.id
		left join lateral (
			select checklist, title, score, ready, waived, required_left, at from assessments
			where repository_id = r.id and ($3 = '' or checklist = $3)
			order by position, checklist limit 1
		) a on true`, strings.ToLower(owner), strings.ToLower(name), checklist)
}
