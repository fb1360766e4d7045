package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// wander records many random looks, the same at every run, spread over months,
// and returns what was shown after each, by time.
func wander(t *testing.T, s *store.Store, looks int) (times []time.Time, shown []map[string]readiness.State) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	states := []readiness.State{met, unmet, unknown, attested, waived, notFor}
	mandatory := map[int]bool{}
	for look := range looks {
		var items []readiness.ItemState
		for n := range 8 {
			if random.IntN(6) == 0 {
				continue // not in the checklist this time
			}
			if random.IntN(10) == 0 {
				mandatory[n] = !mandatory[n]
			}
			i := item(fmt.Sprint("item-", n), states[random.IntN(len(states))])
			i.Item.Required = mandatory[n]
			items = append(items, i)
		}
		at := at(look * 37)
		record(t, s, store.Recording{Commit: fmt.Sprint("c", look), At: at, Complete: true,
			Assessments: []readiness.Assessment{assessed("list", items...)}})
		now := map[string]readiness.State{}
		for _, i := range must[[]store.Item](t)(s.Items(context.Background(), 10, "list")) {
			now[i.Item] = i.State
		}
		times, shown = append(times, at), append(shown, now)
	}
	return times, shown
}

func TestTimeTravel(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	times, shown := wander(t, s, 40)
	if then := must[[]store.ItemThen](t)(s.ItemsAsOf(ctx, 10, "list", times[0].Add(-time.Second))); len(then) != 0 {
		t.Errorf("%d items before the first look", len(then))
	}
	for i, at := range times {
		then := map[string]readiness.State{}
		for _, item := range must[[]store.ItemThen](t)(s.ItemsAsOf(ctx, 10, "list", at)) {
			then[item.Item] = item.State
		}
		if diff := cmp.Diff(shown[i], then); diff != "" {
			t.Errorf("as of look %d: %s", i, diff)
		}
	}
}

func TestRebuildDaily(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	wander(t, s, 40)
	record(t, s, store.Recording{At: at(41 * 37), Complete: true, Assessments: []readiness.Assessment{assessed("other", one(met)...)}})
	days := func() []store.Day {
		return must[[]store.Day](t)(s.Days(ctx, 10, "list", at(-1000)))
	}
	raw := func() (text string) {
		ok(t, s.Pool().QueryRow(ctx, `select string_agg(d::text, e'\n' order by checklist, day) from daily d`).Scan(&text))
		return text
	}
	kept, before := days(), raw()
	ok(t, s.RebuildDaily(ctx, 10))
	if diff := cmp.Diff(before, raw()); diff != "" {
		t.Error(diff)
	}
	if len(kept) < 20 || kept[len(kept)-1].Items != 0 {
		t.Errorf("%d days, ending with %+v", len(kept), kept[len(kept)-1])
	}
	from := kept[5].Day.AddDate(0, 0, 1)
	if part := must[[]store.Day](t)(s.Days(ctx, 10, "list", from)); !part[0].Day.Equal(kept[5].Day) && !part[0].Day.Equal(from) {
		t.Errorf("days from %s start at %s", from, part[0].Day)
	}
}

func TestHistoryPages(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	wander(t, s, 12)
	all := must[[]store.Event](t)(s.History(ctx, store.HistoryFilter{Repositories: []int64{10}, Limit: 1000}))
	var paged []store.Event
	f := store.HistoryFilter{Repositories: []int64{10}, Limit: 7}
	for {
		page := must[[]store.Event](t)(s.History(ctx, f))
		paged = append(paged, page...)
		if len(page) < f.Limit {
			break
		}
		f.After = page[len(page)-1].Cursor()
	}
	if diff := cmp.Diff(all, paged); diff != "" {
		t.Error(diff)
	}
	count := func(f store.HistoryFilter) int {
		f.Repositories, f.Limit = []int64{10}, 1000
		return len(must[[]store.Event](t)(s.History(ctx, f)))
	}
	firsts := 0
	for _, e := range all {
		if e.FromState == "" {
			firsts++
		}
	}
	tests := []struct {
		name string
		got  int
		want int
	}{
		{"changes alone", count(store.HistoryFilter{Changes: true}), len(all) - firsts},
		{"another checklist", count(store.HistoryFilter{Checklist: "other"}), 0},
		{"the future", count(store.HistoryFilter{Since: at(9999)}), 0},
		{"no repositories", len(must[[]store.Event](t)(s.History(ctx, store.HistoryFilter{}))), 0},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %d events, want %d", test.name, test.got, test.want)
		}
	}
}

func TestPartitions(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	wander(t, s, 40) // from March 2001 on: the default partition has it
	place := func() (byDefault, all int) {
		ok(t, s.Pool().QueryRow(ctx, `select (select count(*) from history_default), (select count(*) from history)`).Scan(&byDefault, &all))
		return byDefault, all
	}
	caught, all := place()
	if caught == 0 {
		t.Fatal("the default partition caught nothing")
	}
	for range 2 {
		ok(t, s.EnsurePartitions(ctx, at(0), at(60*24)))
	}
	caughtAfter, allAfter := place()
	if caughtAfter != 0 || allAfter != all {
		t.Errorf("%d of %d rows left in the default partition, were %d of %d", caughtAfter, allAfter, caught, all)
	}
	times, shown := at(40*37), 0
	shown = len(must[[]store.ItemThen](t)(s.ItemsAsOf(ctx, 10, "list", times)))
	if shown == 0 {
		t.Error("no items after the rows moved")
	}
}

func TestRecordKeepsOneOrder(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	for i, state := range []readiness.State{met, unmet, met} {
		record(t, s, store.Recording{At: at(-i), Assessments: []readiness.Assessment{assessed("list", one(state)...)}})
	}
	events := must[[]store.Event](t)(s.History(ctx, store.HistoryFilter{Repositories: []int64{10}}))
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprintf("%s->%s", e.FromState, e.ToState))
	}
	if diff := cmp.Diff([]string{"unmet->met", "met->unmet", "->met"}, got); diff != "" {
		t.Errorf("clocks going back: %s", diff)
	}
}
