package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Onboarding tells what an owner's repositories still wait for.
type Onboarding struct {
	FirstLooks int // repositories never looked at and not skipped
	Lately     int // repositories looked at since the time asked for
	Issues     int // checklists assessed, in installations that open issues, without one
}

// Onboarding counts what one sees of an owner. Repositories whose own
// configuration keeps issues away wait for none.
func (s *Store) Onboarding(ctx context.Context, sight Sight, owner string, lately time.Time) (Onboarding, error) {
	return row(ctx, s, "count what "+owner+" waits for", pgx.RowToStructByName[Onboarding], `
		with fleet as (
			select r.id, r.assessed_at, r.skip_reason, r.installation_id, r.config
			from repositories r where`+seen+`and lower(r.owner) = $5
		)
		select count(*) filter (where assessed_at is null and skip_reason = '') as first_looks,
			count(*) filter (where assessed_at >= $6) as lately,
			(select count(*) from fleet f
				join installations i on i.id = f.installation_id
				join assessments a on a.repository_id = f.id
				where i.mode = 'issue' and i.suspended_at is null and i.removed_at is null and f.skip_reason = ''
					and coalesce(f.config ->> 'text', '') !~ '(?n)^mode:[ \t]*["'']?(off|observe)\M'
					and not exists (select from issues x where x.repository_id = a.repository_id and x.checklist = a.checklist)
			) as issues
		from fleet`, sight.args(strings.ToLower(owner), lately)...)
}

// Skips counts an owner's skipped repositories by reason, the most common first.
func (s *Store) Skips(ctx context.Context, sight Sight, owner string) ([]Choice, error) {
	return rows(ctx, s, "count what "+owner+" skips", pgx.RowToStructByName[Choice], `
		select 'skip' as kind, r.skip_reason as value, count(*) as count
		from repositories r where`+seen+`and lower(r.owner) = $5 and r.skip_reason <> ''
		group by r.skip_reason order by count(*) desc, r.skip_reason`, sight.args(strings.ToLower(owner))...)
}
