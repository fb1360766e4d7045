package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/readyline/readyline/migrations"
)

// migrateLock is the advisory lock under which one replica at a time changes
// the schema. goose's own would poll and knows nothing of River.
const migrateLock = 0x72656164796c696e // "readylin"

// Migrate brings the schema up to date: ours, then River's, then the coming
// months' partitions. Replicas that start together wait for the first.
func Migrate(ctx context.Context, url string) error {
	return changeSchema(ctx, url, func(s *Store, p *goose.Provider) error {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		if err := s.migrateQueue(ctx); err != nil {
			return err
		}
		now := time.Now()
		return s.EnsurePartitions(ctx, now, now.AddDate(0, 3, 0))
	})
}

// MigrateBack undoes our migrations after a version, the newest first. What
// they added is lost. River's stay: older releases of it work with them.
func MigrateBack(ctx context.Context, url string, version int64) error {
	return changeSchema(ctx, url, func(_ *Store, p *goose.Provider) error {
		at, err := p.GetDBVersion(ctx)
		if err != nil {
			return fmt.Errorf("migrate back: %w", err)
		}
		if version < 1 || version > at {
			return fmt.Errorf("migrate back: the schema is at %d, and %d is not before it", at, version)
		}
		if _, err := p.DownTo(ctx, version); err != nil {
			return fmt.Errorf("migrate back: %w", err)
		}
		return nil
	})
}

// changeSchema runs do alone: other replicas wait.
func changeSchema(ctx context.Context, url string, do func(*Store, *goose.Provider) error) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("database URL: %w", err)
	}
	lock, err := connectAwake(ctx, config.ConnConfig)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { _ = lock.Close(context.WithoutCancel(ctx)) }() // gives the lock back as well
	if _, err := lock.Exec(ctx, `select pg_advisory_lock($1)`, migrateLock); err != nil {
		return fmt.Errorf("migrate: wait for another replica: %w", err)
	}
	s, err := OpenConfig(ctx, config)
	if err != nil {
		return err
	}
	defer s.Close()
	db := stdlib.OpenDBFromPool(s.pool)
	defer func() { _ = db.Close() }()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return do(s, p)
}

// cannotConnectNow is what a Postgres answers that is starting or recovering.
const cannotConnectNow = "57P03"

// startPatience is how long a Postgres may take to start, or to recover from a
// crash, once it answers at all.
const startPatience = 2 * time.Minute

// connectAwake connects to a Postgres that may still be starting: it has said
// that it is the right one, so waiting for it beats being restarted with it.
func connectAwake(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	patience, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		conn, err := pgx.ConnectConfig(patience, config)
		var said *pgconn.PgError
		if !errors.As(err, &said) || said.Code != cannotConnectNow {
			return conn, err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-patience.Done():
			return nil, err
		}
	}
}

// SchemaCurrent is nil when the schema is at least the one this build was
// written for: during a rolling upgrade the older replicas go on.
func (s *Store) SchemaCurrent(ctx context.Context) error {
	ours, queue, err := wantedSchema()
	if err != nil {
		return err
	}
	var haveOurs, haveQueue int64
	err = s.db.QueryRow(ctx, `select
		coalesce((select max(version_id) from goose_db_version where is_applied), 0),
		coalesce((select max(version) from river_migration where line = 'main'), 0)`).Scan(&haveOurs, &haveQueue)
	if err != nil {
		return fmt.Errorf("look up the schema's version: %w", err)
	}
	if haveOurs < ours || haveQueue < queue {
		return fmt.Errorf("schema is at %d (queue %d), this build needs %d (queue %d): run readyline migrate",
			haveOurs, haveQueue, ours, queue)
	}
	return nil
}

func wantedSchema() (ours, queue int64, err error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, 0, err
		}
		ours = max(ours, n)
	}
	river, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return 0, 0, err
	}
	for _, v := range river.AllVersions() {
		queue = max(queue, int64(v.Version))
	}
	return ours, queue, nil
}
