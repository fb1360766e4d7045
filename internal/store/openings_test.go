package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/store"
)

func TestOpeningsKeepTheirTurn(t *testing.T) {
	s, ctx := withRepository(t), context.Background() // repository 10 of installation 1
	for id := int64(11); id < 20; id++ {
		r := must[store.Repository](t)(s.Repository(ctx, 10))
		r.ID, r.Name, r.NodeID = id, r.Name+string(rune('a'+id)), ""
		ok(t, s.PutRepository(ctx, r))
	}
	wave := store.Wave{Since: time.Now().Add(-time.Hour), Most: 4}
	for id := int64(10); id < 20; id++ {
		if must[bool](t)(s.Searched(ctx, id, "list")) {
			t.Error("searched before it was asked for")
		}
		ok(t, s.AskOpening(ctx, id, "list"))
		if !must[bool](t)(s.Searched(ctx, id, "list")) {
			t.Error("asked for and not searched")
		}
	}
	if ids := must[[]int64](t)(s.NextOpenings(ctx, 1, 3)); len(ids) != 3 || ids[0] != 10 || ids[2] != 12 {
		t.Errorf("first in line: %v", ids)
	}
	if ids := must[[]int64](t)(s.NextOpenings(ctx, 1, 8)); len(ids) != 8 || ids[0] != 10 || ids[1] != 13 {
		t.Errorf("next in line: %v", ids)
	}
	var granted atomic.Int32
	var wg sync.WaitGroup
	for id := int64(10); id < 20; id++ {
		wg.Go(func() {
			yes, err := s.GrantOpening(ctx, 1, id, "list", wave, store.Wave{Since: wave.Since, Most: 100})
			if err != nil {
				t.Error(err)
			}
			if yes {
				granted.Add(1)
				if searched, err := s.Searched(ctx, id, "list"); err != nil || searched {
					t.Errorf("an issue that was perhaps opened is not searched for: %v", err)
				}
			}
		})
	}
	wg.Wait()
	progress := func() store.Progress {
		t.Helper()
		return must[store.Progress](t)(s.Progress(ctx, must[store.Installation](t)(s.Installation(ctx, 1)), time.Now(), store.Clock{}))
	}
	if p := progress(); p.Opening != 4 || p.Waiting != 6 || p.By.IsZero() {
		t.Errorf("in the middle: %+v", p)
	}
	if granted.Load() != 4 {
		t.Errorf("%d of 4 granted", granted.Load())
	}
	if ids := must[[]int64](t)(s.WaitingInstallations(ctx)); len(ids) != 1 || ids[0] != 1 {
		t.Errorf("waiting: %v", ids)
	}
	for id := int64(10); id < 20; id++ {
		ok(t, s.DropOpening(ctx, id, ""))
	}
	// Nothing waits for a wave, and repositories are still looked at for the first
	// time: their issues are to come.
	if _, err := s.Pool().Exec(ctx, `update repositories set assessed_at = case when id < 15 then now() end`); err != nil {
		t.Fatal(err)
	}
	if p := progress(); p.Waiting != 0 || p.FirstLooks == 0 || p.By.Before(p.LooksBy) || p.By.IsZero() {
		t.Errorf("with first looks to come: %+v", p)
	}
	if ids := must[[]int64](t)(s.WaitingInstallations(ctx)); len(ids) != 0 {
		t.Errorf("waiting: %v", ids)
	}
}
