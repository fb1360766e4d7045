package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

func TestRepositoryNames(t *testing.T) {
	put := func(id int64, owner, name string) func(*store.Store) error {
		return func(s *store.Store) error {
			return s.PutRepositoryNames(context.Background(), 1, []store.RepositoryName{{ID: id, Owner: owner, Name: name}})
		}
	}
	tests := []struct {
		name string
		do   []func(*store.Store) error
		find map[string]int64 // by name: repository, 0 for none
	}{
		{"any case", nil, map[string]int64{"acme/api": 10, "Acme/API": 10, "acme/apis": 0}},
		{"renamed", []func(*store.Store) error{put(10, "acme", "core")}, map[string]int64{"acme/core": 10, "acme/api": 10}},
		{"case alone", []func(*store.Store) error{put(10, "Acme", "API")}, map[string]int64{"acme/api": 10}},
		{"renamed and the name taken", []func(*store.Store) error{put(10, "acme", "core"), put(11, "acme", "api")},
			map[string]int64{"acme/core": 10, "acme/api": 11}},
		{"name taken before the rename is heard of", []func(*store.Store) error{put(11, "acme", "api"), put(10, "acme", "core")},
			map[string]int64{"acme/core": 10, "acme/api": 11}},
		{"name taken, rename never heard of", []func(*store.Store) error{put(11, "acme", "api")}, map[string]int64{"acme/api": 11}},
		{"names swapped", []func(*store.Store) error{put(11, "acme", "web"), func(s *store.Store) error {
			return s.PutRepositoryNames(context.Background(), 1, []store.RepositoryName{
				{ID: 10, Owner: "acme", Name: "web"}, {ID: 11, Owner: "acme", Name: "api"}})
		}}, map[string]int64{"acme/web": 10, "acme/api": 11}},
		{"renamed and back", []func(*store.Store) error{put(10, "acme", "core"), put(10, "acme", "api")},
			map[string]int64{"acme/core": 10, "acme/api": 10}},
		{"transferred", []func(*store.Store) error{put(10, "globex", "api")}, map[string]int64{"globex/api": 10, "acme/api": 10}},
		{"account renamed", []func(*store.Store) error{func(s *store.Store) error {
			return s.RenameAccount(context.Background(), 1, "initech")
		}}, map[string]int64{"initech/api": 10, "acme/api": 10}},
		{"removed", []func(*store.Store) error{func(s *store.Store) error {
			return s.RemoveRepositories(context.Background(), []int64{10})
		}}, map[string]int64{"acme/api": 0}},
		{"removed and made anew", []func(*store.Store) error{func(s *store.Store) error {
			return s.RemoveRepositories(context.Background(), []int64{10})
		}, put(12, "acme", "api")}, map[string]int64{"acme/api": 12}},
		{"removed with the installation, then back", []func(*store.Store) error{func(s *store.Store) error {
			return s.RemoveInstallation(context.Background(), 1)
		}, put(10, "acme", "api")}, map[string]int64{"acme/api": 10}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := withRepository(t)
			for _, do := range test.do {
				ok(t, do(s))
			}
			for full, want := range test.find {
				owner, name := cut(full)
				r, err := s.RepositoryByName(context.Background(), owner, name)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Fatal(err)
				}
				if r.ID != want {
					t.Errorf("%s is repository %d, want %d", full, r.ID, want)
				}
			}
		})
	}
}

func cut(full string) (owner, name string) {
	for i := range full {
		if full[i] == '/' {
			return full[:i], full[i+1:]
		}
	}
	return full, ""
}

func TestRepositoryKeepsOurs(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	faults := []store.Fault{{Path: ".github/readyline.yml", Line: 3, Message: "no such checklist"}}
	ok(t, s.PutConfig(ctx, 10, "sha1", json.RawMessage(`{"version": 1}`), nil))
	ok(t, s.PutConfig(ctx, 10, "sha2", nil, faults))
	ok(t, s.Skip(ctx, 10, "archived"))
	ok(t, s.SetBadgeToken(ctx, 10, "secret"))
	ok(t, s.Failed(ctx, 10, "boom"))
	for _, want := range []bool{true, false} {
		if news := must[bool](t)(s.Want(ctx, 10, "head")); news != want {
			t.Errorf("want: news %v", news)
		}
	}
	ok(t, s.PutRepository(ctx, store.Repository{
		ID: 10, NodeID: "R_10", InstallationID: 1, Owner: "acme", Name: "api", Visibility: "internal", Archived: true,
		Fork: true, HasIssues: true, DefaultBranch: "trunk", Topics: []string{"service"}, Language: "Go",
		Properties: map[string]any{"tier": "1", "teams": []any{"a", "b"}},
	}))
	got := must[store.Repository](t)(s.Repository(ctx, 10))
	token := "secret"
	want := store.Repository{
		ID: 10, NodeID: "R_10", InstallationID: 1, Owner: "acme", Name: "api", Visibility: "internal", Archived: true,
		Fork: true, HasIssues: true, DefaultBranch: "trunk", Topics: []string{"service"}, Language: "Go",
		Properties: map[string]any{"tier": "1", "teams": []any{"a", "b"}},
		WantedSHA:  "head", SkipReason: "archived", Config: json.RawMessage(`{"version": 1}`), ConfigSHA: "sha2",
		ConfigFaults: faults, BadgeToken: &token, LastError: "boom",
		WantedAt: got.WantedAt, LastErrorAt: got.LastErrorAt, CreatedAt: got.CreatedAt, UpdatedAt: got.UpdatedAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	behind := must[[]store.Repository](t)(s.Behind(ctx, time.Now().Add(time.Hour), 10))
	if len(behind) != 1 {
		t.Errorf("%d behind, want 1", len(behind))
	}
	ok(t, s.Looked(ctx, 10, "head", "tree", "v1"))
	if got := must[store.Repository](t)(s.Repository(ctx, 10)); got.LastError != "" {
		t.Errorf("last error after a look: %q", got.LastError)
	}
	if behind := must[[]store.Repository](t)(s.Behind(ctx, time.Now().Add(time.Hour), 10)); len(behind) != 0 {
		t.Errorf("%d behind, want none", len(behind))
	}
}

func TestPurgeRemoved(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	record(t, s, store.Recording{Commit: "c1", Assessments: []readiness.Assessment{assessed("list", one(met)...)}})
	ok(t, s.PutRepositoryNames(ctx, 1, []store.RepositoryName{{ID: 10, Owner: "acme", Name: "core"}, {ID: 11, Owner: "acme", Name: "web"}}))
	ok(t, s.RemoveRepositories(ctx, []int64{10}))
	if n := must[int64](t)(s.PurgeRemoved(ctx, time.Now().Add(-time.Hour), 10)); n != 0 {
		t.Errorf("purged %d too early", n)
	}
	if n := must[int64](t)(s.PurgeRemoved(ctx, time.Now().Add(time.Hour), 10)); n != 1 {
		t.Errorf("purged %d, want 1", n)
	}
	if events := must[[]store.Event](t)(s.History(ctx, store.HistoryFilter{Repositories: []int64{10}})); len(events) != 0 {
		t.Errorf("%d history rows left", len(events))
	}
	left := must[[]store.Repository](t)(s.RepositoriesAfter(ctx, 0, 10))
	if len(left) != 1 || left[0].ID != 11 {
		t.Errorf("left %v", left)
	}
}

func TestInstallations(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	ok(t, s.SetWave(ctx, 1, store.ModeObserve, 20, 200, true))
	suspended := at(0)
	ok(t, s.PutInstallation(ctx, store.Installation{
		ID: 1, AccountID: 100, AccountLogin: "Acme", AccountType: "Organization", Selection: "all",
		Permissions: map[string]string{"issues": "write"}, SuspendedAt: &suspended,
	}))
	got := must[store.Installation](t)(s.InstallationOf(ctx, "ACME"))
	want := store.Installation{
		ID: 1, AccountID: 100, AccountLogin: "Acme", AccountType: "Organization", Selection: "all",
		Permissions: map[string]string{"issues": "write"}, SuspendedAt: &suspended,
		Mode: store.ModeObserve, IssuesPerHour: 20, IssuesPerDay: 200, WavePaused: true,
		CreatedAt: got.CreatedAt, UpdatedAt: got.UpdatedAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ok(t, s.SuspendInstallation(ctx, 1, nil))
	ok(t, s.RemoveInstallation(ctx, 1))
	if all := must[[]store.Installation](t)(s.Installations(ctx)); len(all) != 0 {
		t.Errorf("%d installations after removal", len(all))
	}
	if r := must[store.Repository](t)(s.Repository(ctx, 10)); r.RemovedAt == nil {
		t.Error("the repository outlived its installation")
	}
	if err := s.SuspendInstallation(ctx, 99, nil); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown installation: %v", err)
	}
}
