package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Counts is the server's own state in numbers, for metrics and the
// administration page.
type Counts struct {
	Installations  int
	Repositories   int
	Assessed       int
	Behind         int        // heads that wait to be looked at
	BehindSince    *time.Time // the oldest of them
	FirstLooks     int        // never looked at, and no head known that would count as behind
	Skipped        int
	Failing        int
	IssuesOpen     int
	DeliveriesOpen int        // received, not yet processed
	OldestDelivery *time.Time // of those
	DeliveriesDead int        // failed
	DatabaseBytes  int64
}

// WaitingForLook is how many repositories are to be looked at.
func (c Counts) WaitingForLook() int { return c.Behind + c.FirstLooks }

// Counts reads them all in one query.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	return row(ctx, s, "count", pgx.RowToStructByName[Counts], `
		with r as (
			select count(*) as repositories, count(assessed_at) as assessed,
				count(*) filter (where wanted_sha not in ('', assessed_sha)) as behind,
				min(wanted_at) filter (where wanted_sha not in ('', assessed_sha)) as behind_since,
				count(*) filter (where assessed_at is null and wanted_sha = '' and skip_reason = '' and not archived and not fork) as first_looks,
				count(*) filter (where skip_reason <> '') as skipped,
				count(*) filter (where last_error <> '') as failing
			from repositories where removed_at is null
		), d as (
			select count(*) filter (where state = 'received') as deliveries_open,
				min(received_at) filter (where state = 'received') as oldest_delivery,
				count(*) filter (where state = 'failed') as deliveries_dead
			from deliveries where state in ('received', 'failed')
		)
		select (select count(*) from installations where removed_at is null) as installations, r.*, d.*,
			(select count(*) from issues where state = 'open') as issues_open,
			pg_database_size(current_database()) as database_bytes
		from r, d`)
}
