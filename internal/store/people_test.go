package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/readyline/readyline/internal/store"
)

func says(kind store.StatementKind, by, note string) store.Statement {
	return store.Statement{RepositoryID: 10, Checklist: "list", Item: "one", Kind: kind, By: by, Note: note, At: at(0), Via: store.ViaCommand}
}

func TestStatements(t *testing.T) {
	ctx := context.Background()
	until, sooner := at(48), at(24)
	waiver := says(store.Waived, "ada", "two users")
	waiver.Until = &until
	shorter := waiver
	shorter.Until = &sooner
	say := func(n store.Statement) func(*store.Store) (bool, error) {
		return func(s *store.Store) (bool, error) { return s.Say(ctx, n) }
	}
	withdraw := func(kind store.StatementKind) func(*store.Store) (bool, error) {
		return func(s *store.Store) (bool, error) { return s.Withdraw(ctx, 10, "list", "one", kind, "bob") }
	}
	config := func(ns ...store.Statement) func(*store.Store) (bool, error) {
		return func(s *store.Store) (bool, error) { return true, s.SyncConfig(ctx, 10, "list", ns) }
	}
	type step struct {
		do   func(*store.Store) (bool, error)
		news bool
	}
	tests := []struct {
		name  string
		steps []step
		want  []string // what stands: kind by note
		all   int      // rows, withdrawn ones included
	}{
		{"said", []step{{say(waiver), true}}, []string{"waiver ada two users"}, 1},
		{"said again", []step{{say(waiver), true}, {say(waiver), false}}, []string{"waiver ada two users"}, 1},
		{"until another day", []step{{say(waiver), true}, {say(shorter), true}}, []string{"waiver ada two users"}, 2},
		{"by another person", []step{{say(says(store.Attested, "ada", "")), true}, {say(says(store.Attested, "bob", "seen")), true}},
			[]string{"attestation bob seen"}, 2},
		{"kinds beside each other", []step{{say(says(store.Attested, "ada", "")), true}, {say(says(store.Contested, "bob", "")), true}},
			[]string{"attestation ada ", "dispute bob "}, 2},
		{"withdrawn", []step{{say(waiver), true}, {withdraw(store.Waived), true}, {withdraw(store.Waived), false}}, nil, 1},
		{"withdrawn and said anew", []step{{say(waiver), true}, {withdraw(store.Waived), true}, {say(waiver), true}},
			[]string{"waiver ada two users"}, 2},
		{"all withdrawn", []step{{say(waiver), true}, {say(says(store.Exempted, "ada", "no VPN")), true},
			{func(s *store.Store) (bool, error) {
				return true, s.Restore(ctx, store.Statement{RepositoryID: 10, Checklist: "list", Item: "one", By: "bob", At: time.Now().Add(time.Minute)})
			}, true}}, nil, 2},
		{"configured", []step{{config(says(store.Exempted, "acme", "no VPN")), true}, {config(says(store.Exempted, "acme", "no VPN")), true}},
			[]string{"exemption acme no VPN"}, 1},
		{"configured otherwise", []step{{config(says(store.Exempted, "acme", "no VPN")), true}, {config(says(store.Waived, "acme", "later")), true}},
			[]string{"waiver acme later"}, 2},
		{"a person's word stands before configuration", []step{{say(waiver), true}, {config(says(store.Waived, "acme", "later")), true}, {config(), true}},
			[]string{"waiver ada two users"}, 1},
		{"no NUL in a note", []step{{say(says(store.Attested, "ada", "a\x00b")), true}}, []string{"attestation ada ab"}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := withRepository(t)
			for i, step := range test.steps {
				if news := must[bool](t)(step.do(s)); news != step.news {
					t.Errorf("step %d: news %v, want %v", i+1, news, step.news)
				}
			}
			var got []string
			for _, n := range must[[]store.Statement](t)(s.Statements(ctx, 10, "")) {
				got = append(got, fmt.Sprintf("%s %s %s", n.Kind, n.By, n.Note))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			var all int
			ok(t, s.Pool().QueryRow(ctx, `select count(*) from statements`).Scan(&all))
			if all != test.all {
				t.Errorf("%d rows kept, want %d", all, test.all)
			}
		})
	}
}

func TestEndings(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	for i, item := range []string{"soon", "late"} {
		n := says(store.Waived, "ada", item)
		n.Item = item
		must[bool](t)(s.Say(ctx, n))
		for _, said := range must[[]store.Statement](t)(s.Statements(ctx, 10, "list")) {
			if said.Item == item {
				ok(t, s.SetEnd(ctx, said.ID, at(24*(i+1))))
			}
		}
	}
	must[bool](t)(s.Say(ctx, says(store.Attested, "ada", "without end")))
	ending := func(notice time.Duration) []store.Ending {
		return must[[]store.Ending](t)(s.Ending(ctx, at(30), notice, 10))
	}
	list := ending(time.Hour)
	if len(list) != 1 || list[0].Item != "soon" || !list[0].EndsAt.Equal(at(24)) {
		t.Fatalf("ending: %+v", list)
	}
	if brief := ending(30 * time.Hour); len(brief) != 0 {
		t.Errorf("warned of what was said shortly before its end: %+v", brief)
	}
	id := list[0].ID
	ok(t, s.Warned(ctx, id))
	if again := ending(time.Hour); len(again) != 0 {
		t.Errorf("warned twice: %+v", again)
	}
	ok(t, s.SetEnd(ctx, id, at(26)))
	if again := ending(time.Hour); len(again) != 1 {
		t.Errorf("not warned of a later end: %+v", again)
	}
	for _, want := range []bool{true, false} {
		if told := must[bool](t)(s.Contradicted(ctx, id)); told != want {
			t.Errorf("contradicted: %v, want %v", told, want)
		}
	}
	for _, c := range []struct {
		now  time.Time
		want []int64
	}{{at(25), nil}, {at(26), []int64{10}}} {
		if diff := cmp.Diff(c.want, must[[]int64](t)(s.Ended(ctx, c.now)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("ended at %s: %s", c.now, diff)
		}
	}
	ok(t, s.Expire(ctx, id))
	if gone := must[[]int64](t)(s.Ended(ctx, at(27))); len(gone) != 0 {
		t.Errorf("ended twice: %v", gone)
	}
}

func TestSayTogether(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := s.Say(ctx, says(store.Attested, fmt.Sprint("person-", i%2), "")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(must[[]store.Statement](t)(s.Statements(ctx, 10, "list"))); n != 1 {
		t.Errorf("%d attestations stand, want 1", n)
	}
}

func TestLinks(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	infra := store.Link{LinkedName: "acme/Infra", PathPrefix: "services/api"}
	deploy := store.Link{LinkedName: "acme/deploy", LinkedRepositoryID: 77}
	ok(t, s.SyncLinks(ctx, 10, []store.Link{infra, deploy}))
	ok(t, s.AddLink(ctx, store.Link{RepositoryID: 10, LinkedName: "acme/runbooks", Checklist: "list", Item: "one",
		URL: "https://github.com/acme/runbooks/blob/main/a.md", Via: store.ViaCommand, By: "ada"}))
	ok(t, s.SyncLinks(ctx, 10, []store.Link{infra}))
	ok(t, s.SyncLinks(ctx, 10, []store.Link{infra}))
	names := func() (got []string) {
		for _, l := range must[[]store.Link](t)(s.Links(ctx, 10)) {
			got = append(got, l.LinkedName+"//"+l.PathPrefix+" "+l.Item)
		}
		return got
	}
	if diff := cmp.Diff([]string{"acme/Infra//services/api ", "acme/runbooks// one"}, names()); diff != "" {
		t.Error(diff)
	}
	known := infra
	known.LinkedRepositoryID = 78
	ok(t, s.SyncLinks(ctx, 10, []store.Link{known}))
	leaning := []struct {
		id   int64
		name string
		want []int64
	}{{0, "ACME/infra", []int64{10}}, {78, "acme/renamed", []int64{10}}, {77, "acme/deploy", nil}, {0, "", nil}}
	for _, l := range leaning {
		got := must[[]int64](t)(s.LinkedBy(ctx, l.id, l.name))
		if diff := cmp.Diff(l.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("linked by %d %s: %s", l.id, l.name, diff)
		}
	}
	for _, want := range []bool{true, false} {
		if removed := must[bool](t)(s.RemoveLinks(ctx, 10, "list", "one")); removed != want {
			t.Errorf("removed: %v, want %v", removed, want)
		}
	}
	ok(t, s.SyncLinks(ctx, 10, nil))
	if left := names(); left != nil {
		t.Errorf("left: %v", left)
	}
}
