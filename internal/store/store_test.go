package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// at is a fixed day, n hours later.
func at(n int) time.Time {
	return time.Date(2001, 3, 10, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
}

func must[T any](t testing.TB) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// withRepository is a store with installation 1 on acme and repository 10,
// acme/api, in it.
func withRepository(t testing.TB) *store.Store {
	t.Helper()
	s := testdb.Open(t)
	ctx := context.Background()
	ok(t, s.PutInstallation(ctx, store.Installation{ID: 1, AccountID: 100, AccountLogin: "acme", AccountType: "Organization"}))
	ok(t, s.PutRepository(ctx, store.Repository{
		ID: 10, InstallationID: 1, Owner: "acme", Name: "api", Visibility: "private", HasIssues: true, DefaultBranch: "main",
	}))
	return s
}

func TestMigrateTogether(t *testing.T) {
	ctx := context.Background()
	s := testdb.Open(t)
	_, err := s.Pool().Exec(ctx, `create database fresh_for_migrate`)
	ok(t, err)
	t.Cleanup(func() {
		if _, err := s.Pool().Exec(ctx, `drop database fresh_for_migrate with (force)`); err != nil {
			t.Error(err)
		}
	})
	config := s.Pool().Config().ConnConfig
	url := "postgres:///fresh_for_migrate?sslmode=disable&user=" + config.User + "&host=" + config.Host
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { errs[i] = store.Migrate(ctx, url) })
	}
	wg.Wait()
	for _, err := range errs {
		ok(t, err)
	}
	migrated := must[*store.Store](t)(store.Open(ctx, url))
	defer migrated.Close()
	ok(t, migrated.SchemaCurrent(ctx))
}

// What the queue rebuilds is what there is of its indexes, and what a change of a
// job has to keep up is no more than that.
func TestQueueIndexes(t *testing.T) {
	s := testdb.Open(t)
	rows, err := s.Pool().Query(t.Context(), `select indexname from pg_indexes where tablename = 'river_job' order by 1`)
	ok(t, err)
	have := must[[]string](t)(pgx.CollectRows(rows, pgx.RowTo[string]))
	if want := slices.Sorted(slices.Values(store.QueueIndexes())); !slices.Equal(have, want) {
		t.Errorf("indexes %q, rebuilt %q", have, want)
	}
}

func TestSchemaCurrent(t *testing.T) {
	ctx := context.Background()
	s := testdb.Open(t)
	ok(t, s.SchemaCurrent(ctx))
	_, err := s.Pool().Exec(ctx, `delete from goose_db_version where version_id > 1`)
	ok(t, err)
	if s.SchemaCurrent(ctx) == nil {
		t.Error("an old schema passes as current")
	}
}
