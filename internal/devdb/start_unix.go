//go:build unix

package devdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// DB is a running cluster.
type DB struct {
	url   string
	lock  *os.File // held while this process owns the cluster; nil when reused
	child *child
	temp  string // a socket's directory outside of the data directory
}

// URL is the address of the database "readyline" in the cluster.
func (db *DB) URL() string { return db.url }

// Start returns once the cluster takes connections. The first start in a
// directory creates the cluster, which takes seconds; later ones take about a
// tenth of a second.
func Start(ctx context.Context, o Options) (*DB, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	c, err := prepare(o)
	if err != nil {
		return nil, fmt.Errorf("private Postgres in %s: %w", o.DataDir, err)
	}
	db, err := c.claim(ctx)
	if err != nil {
		return nil, fmt.Errorf("private Postgres in %s: %w", o.DataDir, err)
	}
	return db, nil
}

// Stop ends the cluster in order, waiting for it; on a reused cluster it does
// nothing. When ctx ends first, Postgres is stopped the hard way, which costs
// no committed data.
func (db *DB) Stop(ctx context.Context) error {
	if db.child == nil {
		return nil
	}
	defer db.lock.Close()
	err := db.child.stop(ctx)
	if db.temp != "" {
		os.Remove(db.temp) // empty once Postgres has gone
	}
	return err
}

// Exited is closed when Postgres has ended, by Stop or by itself; nil for a
// reused cluster.
func (db *DB) Exited() <-chan struct{} {
	if db.child == nil {
		return nil
	}
	return db.child.exited
}

// claim starts the cluster, or joins the one that runs. The lock tells the two
// apart: the kernel drops it with its owner, so a socket without a lock holder
// belongs to a Postgres that is just going down.
func (c *cluster) claim(ctx context.Context) (*DB, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		lock, err := c.tryLock()
		if err != nil {
			return nil, err
		}
		if lock != nil {
			ch, err := c.run(ctx)
			if err != nil {
				lock.Close()
				return nil, err
			}
			db := &DB{url: c.url("readyline"), lock: lock, child: ch}
			if filepath.Dir(c.socketDir) != c.root {
				db.temp = c.socketDir
			}
			return db, nil
		}
		if !c.Reuse {
			return nil, ErrInUse
		}
		if ping(ctx, c.url("readyline")) == nil {
			return &DB{url: c.url("readyline")}, nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, errors.New("the readyline that runs there does not come up: look at its log")
		}
	}
}

func (c *cluster) tryLock() (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(c.root, "owner.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
}

func (c *cluster) url(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database}
	u.RawQuery = url.Values{"host": {c.socketDir}, "user": {"postgres"}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

func ping(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	return conn.Ping(ctx)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
