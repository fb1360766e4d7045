package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

func TestLeasesShare(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	minute := store.Limit{Kind: "core-minute", Window: time.Minute, Max: 100}
	take := func(replica string, units int) store.Lease {
		t.Helper()
		return must[store.Lease](t)(s.TakeLease(ctx, 1, replica, time.Minute, units, minute))
	}
	if l := take("a", 40); l.Wait != 0 || l.Others != 0 || l.Paused != 0 {
		t.Errorf("the first: %+v", l)
	}
	if l := take("b", 60); l.Wait != 0 || l.Others != 1 {
		t.Errorf("the second: %+v", l)
	}
	if l := take("b", 1); l.Wait < 50*time.Second || l.Wait > 63*time.Second {
		t.Errorf("beyond the limit: %+v", l)
	}
	reset := time.Now().Add(time.Hour).Truncate(time.Second)
	ok(t, s.ObserveBudget(ctx, store.Budget{InstallationID: 1, Resource: "core", Quota: 5000, Remaining: 7, ResetAt: reset}))
	ok(t, s.Pause(ctx, 1, time.Now().Add(time.Hour), "secondary"))
	l := take("a", 1)
	if l.Paused < 59*time.Minute || l.Reason != "secondary" || len(l.Budgets) != 1 || l.Budgets[0].Remaining != 7 {
		t.Errorf("what others know: %+v", l)
	}
	if l := must[store.Lease](t)(s.TakeLease(ctx, 2, "c", -time.Second, 1, minute)); l.Others != 0 || l.Wait != 0 {
		t.Errorf("another installation: %+v", l)
	}
	if l := must[store.Lease](t)(s.TakeLease(ctx, 2, "d", time.Second, 1, minute)); l.Others != 0 {
		t.Errorf("one whose time is over counts: %+v", l)
	}
	spent := must[[]store.SpentShare](t)(s.Spent(ctx, "core-minute", time.Minute))
	if len(spent) != 2 || spent[0].Used != 100 || spent[1].Used != 2 {
		t.Errorf("spent %+v", spent)
	}
	pauses := must[[]store.BudgetPause](t)(s.Pauses(ctx))
	if len(pauses) != 1 || pauses[0].Reason != "secondary" {
		t.Errorf("pauses %+v", pauses)
	}
}
