package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/store"
)

// Old months go, and what was known of the time after them is known still: the
// states of every item, every change, and the days, which can be made anew.
func TestDropHistory(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	wander(t, s, 120)
	ok(t, s.EnsurePartitions(ctx, at(0), at(120*37)))
	cut := time.Date(at(60*37).Year(), at(60*37).Month(), 1, 0, 0, 0, 0, time.UTC)
	asOf := func() (out [][]store.ItemThen) {
		for when := cut; when.Before(at(121 * 37)); when = when.AddDate(0, 0, 3) {
			out = append(out, must[[]store.ItemThen](t)(s.ItemsAsOf(ctx, 10, "list", when)))
		}
		return out
	}
	since := func() []store.Event {
		return must[[]store.Event](t)(s.History(ctx, store.HistoryFilter{Repositories: []int64{10}, Since: cut, Limit: 10_000}))
	}
	days := func() []store.Day { return must[[]store.Day](t)(s.Days(ctx, 10, "list", at(-1000))) }
	count := func() (n int) {
		ok(t, s.Pool().QueryRow(ctx, `select count(*) from history`).Scan(&n))
		return n
	}
	then, changes, before, all := asOf(), since(), days(), count()
	for _, round := range []struct {
		before time.Time
		some   bool // months go
	}{{cut.AddDate(0, -1, 0), true}, {cut.AddDate(0, 0, 10), true}, {cut.AddDate(0, 0, 20), false}} {
		n := must[int](t)(s.DropHistory(ctx, round.before))
		if (n > 0) != round.some {
			t.Errorf("%d months dropped before %s", n, round.before)
		}
	}
	left := count()
	if left >= all || left < len(changes) {
		t.Errorf("%d changes of %d are left, %d are of the time kept", left, all, len(changes))
	}
	for range 2 {
		if diff := cmp.Diff(then, asOf()); diff != "" {
			t.Errorf("as of: %s", diff)
		}
		if diff := cmp.Diff(changes, since()); diff != "" {
			t.Errorf("changes: %s", diff)
		}
		if diff := cmp.Diff(before, days()); diff != "" {
			t.Errorf("days: %s", diff)
		}
		ok(t, s.RebuildDaily(ctx, 10))
	}
}
