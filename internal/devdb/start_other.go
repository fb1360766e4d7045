//go:build !unix

package devdb

import (
	"context"
	"errors"
)

// DB is a running cluster; there is none on this system.
type DB struct{}

// URL is empty.
func (db *DB) URL() string { return "" }

// Stop does nothing.
func (db *DB) Stop(context.Context) error { return nil }

// Exited is nil.
func (db *DB) Exited() <-chan struct{} { return nil }

// Start says what to do instead.
func Start(context.Context, Options) (*DB, error) {
	return nil, errors.New("no private Postgres on this system: set READYLINE_DATABASE_URL")
}
