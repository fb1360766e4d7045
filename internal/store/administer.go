package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Administered returns the installations that a viewer administers: those on
// their own account, and those of which GitHub lets them administer every
// repository, so that what is shown of the installation tells them nothing
// that they could not see anyway.
func (s *Store) Administered(ctx context.Context, sight Sight) ([]Installation, error) {
	return rows(ctx, s, fmt.Sprintf("list what viewer %d administers", sight.Viewer), pgx.RowToStructByName[Installation], `
		select `+installationColumns+` from installations i
		where i.removed_at is null and ($1 or i.account_id = $2 or (
			exists (select from repositories r where r.installation_id = i.id and r.removed_at is null)
			and not exists (
				select from repositories r where r.installation_id = i.id and r.removed_at is null
				and not exists (select from viewer_repositories v where v.viewer_id = $2 and v.repository_id = r.id
					and v.permission = 'admin' and v.checked_at >= $3))))
		order by lower(i.account_login), i.id`, sight.All, sight.Viewer, sight.Since)
}

// CountInstallations counts those that are not removed.
func (s *Store) CountInstallations(ctx context.Context) (int, error) {
	return row(ctx, s, "count installations", pgx.RowTo[int],
		`select count(*) from installations where removed_at is null`)
}

// InstallationSum is how far an installation's repositories are.
type InstallationSum struct {
	InstallationID int64
	Repositories   int
	Assessed       int
	Behind         int
	Skipped        int
	Failing        int
	Issues         int // open
	Waiting        int // issues, for their wave
	Opening        int // issues that have their place in one and are not open yet
	FirstLooks     int // repositories that were never looked at and are not skipped
}

// InstallationSums sums up installations, by id.
func (s *Store) InstallationSums(ctx context.Context, installations []int64) ([]InstallationSum, error) {
	return rows(ctx, s, "sum up installations", pgx.RowToStructByName[InstallationSum], `
		select r.installation_id, count(*) as repositories, count(r.assessed_at) as assessed,
			count(*) filter (where r.wanted_sha not in ('', r.assessed_sha)) as behind,
			count(*) filter (where r.skip_reason <> '') as skipped,
			count(*) filter (where r.last_error <> '') as failing,
			(select count(*) from issues i join repositories o on o.id = i.repository_id
				where o.installation_id = r.installation_id and o.removed_at is null and i.state = 'open') as issues,
			(select count(*) from openings w join repositories o on o.id = w.repository_id
				where o.installation_id = r.installation_id and o.removed_at is null and w.granted_at is null) as waiting,
			(select count(*) from openings w join repositories o on o.id = w.repository_id
				where o.installation_id = r.installation_id and o.removed_at is null and w.granted_at is not null) as opening,
			count(*) filter (where r.assessed_at is null and r.skip_reason = '' and not r.archived and not r.fork) as first_looks
		from repositories r where r.installation_id = any($1) and r.removed_at is null
		group by r.installation_id order by r.installation_id`, installations)
}

// DeliveriesOf lists the newest deliveries for installations, in a state or in
// any when it is empty; without their payloads.
func (s *Store) DeliveriesOf(ctx context.Context, installations []int64, state DeliveryState, limit int) ([]Delivery, error) {
	return rows(ctx, s, "list deliveries", pgx.RowToStructByNameLax[Delivery], `
		select guid, event, action, installation_id, repository_id,
			received_at, state, attempts, error, processed_at
		from deliveries where installation_id = any($1) and ($2 = '' or state = $2)
		order by received_at desc, guid limit $3`, installations, state, limit)
}

// Trouble is a repository whose last job ended in an error.
type Trouble struct {
	ID    int64
	Owner string
	Name  string
	Error string
	At    time.Time
}

// Troubles lists the newest troubles of installations.
func (s *Store) Troubles(ctx context.Context, installations []int64, limit int) ([]Trouble, error) {
	return rows(ctx, s, "list troubles", pgx.RowToStructByName[Trouble], `
		select id, owner, name, last_error as error, coalesce(last_error_at, updated_at) as at
		from repositories where installation_id = any($1) and removed_at is null and last_error <> ''
		order by last_error_at desc nulls last, id limit $2`, installations, limit)
}

// JobCount counts the queue's jobs of a kind by state.
type JobCount struct {
	Queue string
	Kind  string
	State string
	Count int
}

// JobCounts counts what waits, runs and has failed. Completed jobs are left
// out: they only tell how long the queue keeps them.
func (s *Store) JobCounts(ctx context.Context) ([]JobCount, error) {
	return rows(ctx, s, "count jobs", pgx.RowToStructByName[JobCount], `
		select queue, kind, state::text as state, count(*) as count
		from river_job where state <> 'completed'
		group by queue, kind, state order by queue, kind, state`)
}
