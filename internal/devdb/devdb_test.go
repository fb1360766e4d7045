//go:build unix

package devdb_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/devdb"
)

// ownerDir, set, makes this test binary a server that owns the cluster there
// until it is killed.
const ownerDir = "READYLINE_TEST_OWNER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerDir); dir != "" {
		db, err := devdb.Start(context.Background(), devdb.Options{DataDir: dir, NoFsync: true})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(db.URL())
		select {}
	}
	os.Exit(m.Run())
}

// tempDir is like t.TempDir, which root's Postgres account could not enter.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "devdb-test-")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func start(t *testing.T, o devdb.Options) *devdb.DB {
	t.Helper()
	o.NoFsync = true
	db, err := devdb.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return db
}

// query runs SQL and returns its only value as text, or the error.
func query(url, sql string) string {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err.Error()
	}
	defer conn.Close(ctx)
	var value string
	if err := conn.QueryRow(ctx, sql).Scan(&value); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err.Error()
	}
	return value
}

func TestKeepsDataOverRestarts(t *testing.T) {
	dir := filepath.Join(tempDir(t), "data")
	db := start(t, devdb.Options{DataDir: dir})
	query(db.URL(), `create table kept as select 'here' as value`)
	if err := db.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	<-db.Exited()
	again := start(t, devdb.Options{DataDir: dir})
	if got := query(again.URL(), `select value from kept`); got != "here" {
		t.Errorf("after a restart: %s", got)
	}
}

func TestOneOwner(t *testing.T) {
	dir := tempDir(t)
	owner := start(t, devdb.Options{DataDir: dir})
	if _, err := devdb.Start(context.Background(), devdb.Options{DataDir: dir}); !errors.Is(err, devdb.ErrInUse) {
		t.Errorf("a second server got %v, want ErrInUse", err)
	}
	guest := start(t, devdb.Options{DataDir: dir, Reuse: true})
	if err := guest.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := query(owner.URL(), `select 'up'`); got != "up" {
		t.Errorf("after a guest left: %s", got)
	}
}

func TestColdStartsTogether(t *testing.T) {
	dir := tempDir(t)
	var wg sync.WaitGroup
	dbs := make([]*devdb.DB, 3)
	errs := make([]error, 3)
	for i := range dbs {
		wg.Go(func() {
			dbs[i], errs[i] = devdb.Start(context.Background(), devdb.Options{DataDir: dir, NoFsync: true, Reuse: true})
		})
	}
	wg.Wait()
	owners := 0
	for i, db := range dbs {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if got := query(db.URL(), `select 'up'`); got != "up" {
			t.Errorf("start %d: %s", i, got)
		}
		if db.Exited() != nil {
			owners++
		}
	}
	if owners != 1 {
		t.Errorf("%d owners", owners)
	}
	for _, db := range dbs {
		if err := db.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func TestKilledOwnerLeavesNothing(t *testing.T) {
	dir := tempDir(t)
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerDir+"="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	url := strings.TrimSpace(line)
	query(url, `create table kept as select 'here' as value`)
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.Wait() // killed: its error says so
	db := start(t, devdb.Options{DataDir: dir})
	if got := query(db.URL(), `select value from kept`); got != "here" {
		t.Errorf("after kill -9: %s", got)
	}
}

func TestLongPath(t *testing.T) {
	dir := filepath.Join(tempDir(t), strings.Repeat("long", 30))
	db := start(t, devdb.Options{DataDir: dir})
	if got := query(db.URL(), `select 'up'`); got != "up" {
		t.Error(got)
	}
}

func TestFaultsSayWhatToDo(t *testing.T) {
	empty := tempDir(t)
	tests := []struct {
		name    string
		prepare func(t *testing.T, dir string)
		want    []string
	}{
		{"no programs", func(t *testing.T, dir string) { t.Setenv("READYLINE_PG_BIN", empty) }, []string{"READYLINE_PG_BIN", "no program initdb"}},
		{"data of another version", func(t *testing.T, dir string) {
			data := filepath.Join(dir, "postgres", "data")
			if err := os.MkdirAll(data, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"Postgres 9", "install postgresql-9"}},
		{"a file in the way", func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "postgres"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"postgres belongs to somebody else"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := tempDir(t)
			test.prepare(t, dir)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			db, err := devdb.Start(ctx, devdb.Options{DataDir: dir, NoFsync: true})
			if err == nil {
				db.Stop(ctx)
				t.Fatal("started")
			}
			for _, want := range append(test.want, dir) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not mention %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of several lines: %q", err)
			}
		})
	}
}
