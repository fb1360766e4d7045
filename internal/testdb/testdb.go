// Package testdb gives every test a Postgres database of its own, with the
// schema in place: a clone of a template, made in some tens of milliseconds on
// a real server that this test process starts for itself.
//
// Test processes that run side by side take different slots, directories
// locked while in use and kept between runs, so that only the first run ever
// creates a cluster. The server ends with the process, whatever ends that.
package testdb

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/readyline/readyline/internal/devdb"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/migrations"
)

// server is this test process' one Postgres, started by the first test that
// wants it. Go gives TestMain and tests no other place to share one.
var server struct {
	once     sync.Once
	db       *devdb.DB
	template string
	count    int
	mu       sync.Mutex
	err      error
}

// roomy is the garbage collector's percentage for tests: small heaps that live
// long and are filled often, of which it took a sixth of the processor's time.
const roomy = 400

// Main runs a package's tests: func TestMain(m *testing.M) { testdb.Main(m) }.
func Main(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(roomy)
	}
	code := m.Run()
	if server.db != nil {
		if err := server.db.Stop(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "testdb:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// New returns the URL of a fresh database, dropped when the test ends.
func New(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	server.once.Do(func() { server.err = start(ctx) })
	if server.err != nil {
		t.Fatalf("testdb: %v", server.err)
	}
	server.mu.Lock()
	server.count++
	name := "t" + strconv.Itoa(server.count)
	server.mu.Unlock()
	if err := admin(ctx, `create database `+name+` template `+server.template+strategy); err != nil {
		t.Fatalf("testdb: create %s: %v", name, err)
	}
	t.Cleanup(func() {
		if err := admin(ctx, `drop database `+name+` with (force)`); err != nil {
			t.Errorf("testdb: drop %s: %v", name, err)
		}
	})
	return urlOf(name)
}

// Open returns a store on a fresh database, closed when the test ends.
func Open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), New(t))
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Pool returns connections to a fresh database, closed when the test ends.
func Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return Open(t).Pool()
}

// strategy copies files: with fsync off, faster than writing the clone through
// the log.
const strategy = ` strategy file_copy`

func start(ctx context.Context) error {
	db, err := takeSlot(ctx)
	if err != nil {
		return err
	}
	server.db = db
	if server.template, err = templateName(); err != nil {
		return err
	}
	exists, err := dropLeftovers(ctx)
	if err != nil || exists {
		return err
	}
	// Built under another name, so that a half-made template is a leftover.
	if err := admin(ctx, `create database building`); err != nil {
		return err
	}
	if err := store.Migrate(ctx, urlOf("building")); err != nil {
		return err
	}
	return admin(ctx, `alter database building rename to `+server.template)
}

func takeSlot(ctx context.Context) (*devdb.DB, error) {
	base := filepath.Join(baseDir(), "readyline-test-"+strconv.Itoa(os.Geteuid()))
	for slot := range 64 {
		db, err := devdb.Start(ctx, devdb.Options{DataDir: filepath.Join(base, strconv.Itoa(slot)), NoFsync: true})
		if !errors.Is(err, devdb.ErrInUse) {
			return db, err
		}
	}
	return nil, fmt.Errorf("all slots in %s are in use", base)
}

// baseDir prefers memory to disk.
func baseDir() string {
	const memory = "/dev/shm"
	if probe, err := os.MkdirTemp(memory, "readyline-probe-"); err == nil {
		os.Remove(probe)
		return memory
	}
	return os.TempDir()
}

// templateName changes with the schema, River's part included.
func templateName() (string, error) {
	h := sha256.New()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := migrations.FS.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d %s", name, len(text), text)
	}
	river, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return "", err
	}
	for _, v := range river.AllVersions() {
		fmt.Fprintf(h, "%d %s", v.Version, v.SQLUp)
	}
	fmt.Fprint(h, store.QueueIndexes())
	// Partitions are made for the coming months.
	return fmt.Sprintf("template_%s_%x", time.Now().UTC().Format("200601"), h.Sum(nil)[:8]), nil
}

// dropLeftovers removes what killed runs and older schemas left and tells
// whether the template is there.
func dropLeftovers(ctx context.Context) (exists bool, err error) {
	conn, err := pgx.Connect(ctx, urlOf("postgres"))
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(ctx) }()
	found, err := conn.Query(ctx, `select datname from pg_database
		where not datistemplate and datname not in ('postgres', 'readyline') order by datname`)
	if err != nil {
		return false, err
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if name == server.template {
			exists = true
			continue
		}
		if _, err := conn.Exec(ctx, `drop database `+pgx.Identifier{name}.Sanitize()+` with (force)`); err != nil {
			return false, err
		}
	}
	return exists, nil
}

func admin(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, urlOf("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

func urlOf(database string) string {
	return strings.Replace(server.db.URL(), "/readyline?", "/"+database+"?", 1)
}
