package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// badgeChannel is where Postgres tells of changes; see migration 00022.
const badgeChannel = "readyline_badge"

// BadgeChange is what was told: that what the badge of a repository may say has
// changed, or which repository a name means; or, with a Probe, nothing but that
// everything committed before it has been told.
type BadgeChange struct {
	RepositoryID int64
	Name         string // owner/name in lower case; empty: no name has changed
	Probe        string
}

// BadgeChanges listens on a connection of its own until ctx ends or the
// connection does. listening is called once every later change is told, then
// tell for each, in the order of their commits.
func (s *Store) BadgeChanges(ctx context.Context, listening func(), tell func(BadgeChange)) error {
	config := s.pool.Config().ConnConfig
	config.Tracer = nil
	config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) {
		if n.Channel == badgeChannel {
			tell(badgeChange(n.Payload))
		}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("listen for changes of badges: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+badgeChannel); err != nil {
		return fmt.Errorf("listen for changes of badges: %w", err)
	}
	listening()
	for {
		if err := conn.PgConn().WaitForNotification(ctx); err != nil {
			return fmt.Errorf("listen for changes of badges: %w", err)
		}
	}
}

// ProbeBadges has whoever listens told the probe: after all that is committed
// by now.
func (s *Store) ProbeBadges(ctx context.Context, probe string) error {
	_, err := s.exec(ctx, "probe whether changes of badges are told", `select pg_notify($1, $2)`, badgeChannel, "probe "+probe)
	return err
}

// badgeChange reads a payload. One that nobody of ours writes changes nothing.
func badgeChange(payload string) BadgeChange {
	first, rest, _ := strings.Cut(payload, " ")
	if first == "probe" {
		return BadgeChange{Probe: rest}
	}
	id, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return BadgeChange{}
	}
	return BadgeChange{RepositoryID: id, Name: rest}
}
