// Package store is the only door to Postgres: one file per table, the whole
// SQL beside the method that runs it.
//
// Methods run on the pool; With(tx) gives the same methods inside a
// transaction, so that what belongs together, a River job included, commits
// together. Times are written by the database's clock unless a caller gives
// one.
package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// Store reads and writes the database. It is safe for concurrent use, unless
// it came from With.
type Store struct {
	pool  *pgxpool.Pool
	db    database
	shelf *shelf // nil inside a transaction, whose changes nobody else sees
}

// database is what a pool and a transaction have in common.
type database interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Open connects to the database at url, whose schema Migrate has brought up to
// date.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	return OpenConfig(ctx, config)
}

// OpenConfig is Open for a caller that sets the size of the pool, or a tracer.
func OpenConfig(ctx context.Context, config *pgxpool.Config) (*Store, error) {
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "readyline"
	}
	// Compiling a query takes longer than any of ours runs.
	before := config.AfterConnect
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `set jit = off`); err != nil || before == nil {
			return err
		}
		return before(ctx, conn)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &Store{pool: pool, db: pool, shelf: &shelf{}}, nil
}

// Close waits for queries that run and closes the connections.
func (s *Store) Close() { s.pool.Close() }

// Pool is for River, which shares our connections and transactions.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// With is the store inside a transaction.
func (s *Store) With(tx pgx.Tx) *Store { return &Store{pool: s.pool, db: tx} }

// Tx runs do in one transaction, rolled back when do returns an error. Inside
// another transaction it is a savepoint.
func (s *Store) Tx(ctx context.Context, do func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.db, do)
}

// exec runs a statement and returns how many rows it touched. act and object
// name it in errors: "suspend installation 7".
func (s *Store) exec(ctx context.Context, act string, sql string, args ...any) (int64, error) {
	tag, err := s.db.Exec(ctx, sql, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", act, err)
	}
	return tag.RowsAffected(), nil
}

// one runs a statement that touches exactly one row; none is ErrNotFound.
func (s *Store) one(ctx context.Context, act string, sql string, args ...any) error {
	n, err := s.exec(ctx, act, sql, args...)
	if err == nil && n == 0 {
		err = fmt.Errorf("%s: %w", act, ErrNotFound)
	}
	return err
}

// rows collects what a query returns.
func rows[T any](ctx context.Context, s *Store, act string, to pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	r, err := s.db.Query(ctx, sql, args...)
	if err == nil {
		var all []T
		if all, err = pgx.CollectRows(r, to); err == nil {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", act, err)
}

// row is the only row that a query returns; none is ErrNotFound.
func row[T any](ctx context.Context, s *Store, act string, to pgx.RowToFunc[T], sql string, args ...any) (T, error) {
	var one T
	r, err := s.db.Query(ctx, sql, args...)
	if err == nil {
		one, err = pgx.CollectExactlyOneRow(r, to)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return one, fmt.Errorf("%s: %w", act, err)
	}
	return one, nil
}
