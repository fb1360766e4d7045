package store_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// told is all that a survey tells.
type told struct {
	Rows       []store.Row
	Checklists []store.ChecklistUse
	Coverage   store.Coverage
	Onboarding store.Onboarding
	Items      []store.ItemAdoption
	Trend      []store.Point
	Moved      []store.Moved
	Cells      [][]store.Cell
}

func tell(t *testing.T, s *store.Store, sight store.Sight, owner, checklist string) told {
	t.Helper()
	all := must[store.Survey](t)(s.Survey(context.Background(), sight, owner))
	v := all.About(checklist)
	out := told{
		v.List(store.FleetFilter{}).Rows, all.Checklists(), v.Coverage(), v.Onboarding(), v.Items(),
		v.Trend(at(-2400), at(2400)), v.Moved(at(-2400), 9), nil,
	}
	for _, r := range out.Rows {
		out.Cells = append(out.Cells, r.Cells())
	}
	return out
}

// TestSurveyIsNeverStale holds a store that remembers what it has read against
// one that has read nothing yet, after everything that can change: for who sees
// all, for a viewer and for anybody.
func TestSurveyIsNeverStale(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	look := func(id int64, hour int, as ...readiness.Assessment) error {
		return s.Tx(ctx, func(tx pgx.Tx) error {
			_, err := s.Record(ctx, tx, store.Recording{Repository: id, Commit: "d", At: at(hour), Complete: true, Assessments: as})
			return err
		})
	}
	repository := func(id int64, name, visibility string) error {
		return s.PutRepository(ctx, store.Repository{ID: id, InstallationID: 1, Owner: "acme", Name: name, Visibility: visibility, Topics: []string{name}})
	}
	installation := func(change store.Installation) error {
		change.ID, change.AccountLogin, change.AccountType = 1, "acme", "Organization"
		return s.PutInstallation(ctx, change)
	}
	sql := func(text string) func() error {
		return func() error { _, err := s.Pool().Exec(ctx, text); return err }
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"nothing", func() error { return nil }},
		{"a look that finds something new", func() error { return look(10, 30, assessed("list", item("one", unmet), item("two", met))) }},
		{"a look that finds nothing new", func() error { return look(10, 31, assessed("list", item("one", unmet), item("two", met))) }},
		{"a checklist that is left", func() error { return look(11, 32) }},
		{"one that comes back", func() error { return look(11, 33, assessed("list", item("one", met))) }},
		{"a new layout", func() error { return look(11, 34, assessed("list", item("three", met), item("one", met))) }},
		{"a new repository", func() error { return repository(13, "new", "public") }},
		{"a name", func() error { return repository(13, "newer", "public") }},
		{"gone private", func() error { return repository(13, "newer", "private") }},
		{"a new head", func() error { _, err := s.Want(ctx, 11, "ffff"); return err }},
		{"skipped", func() error { return s.Skip(ctx, 13, "empty") }},
		{"teams and mode", func() error { return s.SetHeld(ctx, 11, []string{"core"}, store.ModeObserve) }},
		{"issues again", func() error { return s.SetHeld(ctx, 11, []string{"core"}, store.ModeIssue) }},
		{"failed", func() error { return s.Failed(ctx, 11, "snapshot: no") }},
		{"an issue", func() error { return s.PutIssue(ctx, store.Issue{RepositoryID: 11, Checklist: "list", Number: 3}) }},
		{"the issue anew", func() error { return s.PutIssue(ctx, store.Issue{RepositoryID: 11, Checklist: "list", Number: 4}) }},
		{"no issue", func() error { return s.DropIssue(ctx, 11, "list") }},
		{"observed only", func() error { return installation(store.Installation{Mode: store.ModeObserve}) }},
		{"opening issues", func() error { return installation(store.Installation{Mode: store.ModeIssue}) }},
		{"days made anew", func() error { return s.RebuildDaily(ctx, 10) }},
		{"a day that was lost", sql(`update curves set steps = substring(steps from 8) where repository_id = 10`)},
		{"no days", sql(`delete from curves where repository_id = 10`)},
		{"a score by hand", sql(`update assessments set score = 77 where repository_id = 11`)},
		{"access given", func() error {
			return s.AddAccess(ctx, 7, []store.Access{{RepositoryID: 10, Permission: "read"}, {RepositoryID: 13, Permission: "read"}})
		}},
		{"access taken", func() error { return s.AddAccess(ctx, 7, []store.Access{{RepositoryID: 11, Permission: "none"}}) }},
		{"removed", sql(`update repositories set removed_at = now() where id = 13`)},
		{"back", sql(`update repositories set removed_at = null where id = 13`)},
		{"purged", sql(`delete from repositories where id = 13`)},
		{"another with its id", func() error { return repository(13, "other", "public") }},
		{"what moves today", func() error {
			return s.Tx(ctx, func(tx pgx.Tx) error {
				_, err := s.Record(ctx, tx, store.Recording{Repository: 11, Commit: "e", Complete: true, Assessments: []readiness.Assessment{
					assessed("list", item("three", unmet), item("one", met)),
				}})
				return err
			})
		}},
		{"a change that is taken back", func() error {
			undone := errors.New("undone")
			err := s.Tx(ctx, func(tx pgx.Tx) error {
				if err := s.With(tx).Failed(ctx, 10, "never"); err != nil {
					return err
				}
				inside := must[store.Survey](t)(s.With(tx).Survey(ctx, store.Everything, "acme"))
				if inside.Coverage().Failing == 0 {
					t.Error("a transaction does not see what it did")
				}
				return undone
			})
			if errors.Is(err, undone) {
				return nil
			}
			return err
		}},
	}
	for _, step := range steps {
		ok(t, step.do())
		fresh := must[*store.Store](t)(store.OpenConfig(ctx, s.Pool().Config()))
		for name, sight := range map[string]store.Sight{"all": store.Everything, "ada": ada, "anybody": anybody} {
			for _, checklist := range []string{"list", ""} {
				want, got := tell(t, fresh, sight, "acme", checklist), tell(t, s, sight, "acme", checklist)
				if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
					t.Errorf("%s, for %s: %s", step.name, name, diff)
				}
			}
		}
		fresh.Close()
	}
}

// TestSurveyBesideWriters reads while repositories change: what was committed
// before a survey began is in it.
func TestSurveyBesideWriters(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	var mu sync.Mutex
	scores := map[int64]int{} // that were committed
	var all sync.WaitGroup
	for _, id := range []int64{10, 11} {
		all.Go(func() {
			for n := range 40 {
				states := []readiness.State{met, unmet}
				record(t, s, store.Recording{Repository: id, Commit: "c", At: at(100 + n), Complete: true, Assessments: []readiness.Assessment{
					assessed("list", item("one", states[n%2]), item("two", states[n/2%2])),
				}})
				mu.Lock()
				scores[id] = n + 1
				mu.Unlock()
			}
		})
	}
	for range 3 {
		all.Go(func() {
			for range 60 {
				mu.Lock()
				least := map[int64]int{10: scores[10], 11: scores[11]}
				mu.Unlock()
				for _, r := range must[store.Survey](t)(s.Survey(ctx, store.Everything, "acme")).About("list").Rows {
					if n := least[r.ID]; n > 0 && r.On.ChangedAt.Before(at(100+n-1)) {
						t.Errorf("repository %d: changed at %s, but the change of %s was committed", r.ID, r.On.ChangedAt, at(100+n-1).Format(time.RFC3339))
					}
				}
			}
		})
	}
	all.Wait()
}
