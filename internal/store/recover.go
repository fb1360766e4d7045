package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ForgetIssues forgets what we last wrote to a repository's issues, so that
// each is found on GitHub and read anew. Those that people deleted stay known.
func (s *Store) ForgetIssues(ctx context.Context, repository int64) error {
	act := fmt.Sprintf("forget the issues of repository %d", repository)
	if _, err := s.exec(ctx, act, `delete from overwritten_bodies where repository_id = $1`, repository); err != nil {
		return err
	}
	_, err := s.exec(ctx, act, `delete from issues where repository_id = $1 and state <> 'deleted'`, repository)
	return err
}

// Backlog is what is waiting to be done within a minute.
type Backlog struct {
	Deliveries int
	Jobs       int
}

// Backlog counts deliveries and jobs, housekeeping left out.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	return row(ctx, s, "count what waits", pgx.RowToStructByName[Backlog], `
		select (select count(*) from deliveries where state = 'received') as deliveries,
			(select count(*) from river_job where queue <> 'sweep' and (state in ('available', 'pending', 'running')
				or state in ('retryable', 'scheduled') and scheduled_at < now() + interval '1 minute')) as jobs`)
}

// Server is what a database says of itself.
type Server struct {
	Version   string
	Now       time.Time
	Superuser bool
}

// Server asks the database about itself.
func (s *Store) Server(ctx context.Context) (Server, error) {
	return row(ctx, s, "ask the database about itself", pgx.RowToStructByName[Server], `
		select current_setting('server_version') as version, clock_timestamp() as now,
			(select rolsuper from pg_roles where rolname = current_user) as superuser`)
}
