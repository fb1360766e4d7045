package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A sweep asks for the tips of a hundred repositories in one query, and looks
// only at what moved while nobody told.
func TestASweepAsksOnce(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	for _, name := range []string{"one", "two", "three"} {
		w.repository(name, readme)
	}
	w.repository("empty", "")
	gone := w.repository("gone", readme)
	w.install()
	w.settled()
	sweep := func() map[string]int {
		t.Helper()
		w.stop()
		w.asked() // forgets
		w.start()
		w.until("a sweep", func() bool {
			var n int
			err := w.process.store.Pool().QueryRow(t.Context(), `
				select count(*) from river_job where kind = 'sweep_part' and state = 'completed' and created_at > $1`, w.started).Scan(&n)
			return err == nil && n > 1 // the last part finds nothing
		})
		w.settled()
		return w.asked()
	}
	later := func() {
		t.Helper()
		if _, err := w.process.store.Pool().Exec(t.Context(), `update repositories set swept_at = now() - interval '21 hours'`); err != nil {
			t.Fatal(err)
		}
	}

	later()
	// That the empty one is still empty is asked of its branch.
	if diff := cmp.Diff(map[string]int{"POST /api/graphql": 1, "GET R/branches/main": 1}, sweep()); diff != "" {
		t.Errorf("a sweep that finds nothing (-want +asked):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"GET R/branches/main": 1}, sweep()); diff != "" {
		t.Errorf("a second one on the same day (-want +asked):\n%s", diff)
	}

	later()
	w.faults(map[string]any{"webhook": "lose", "event": ".*", "times": 100})
	r.commit("A database", multiAZ)
	w.em.Poll(t.Context())
	w.em.DeleteRepository(gone.Repository)
	w.faults()
	asked := sweep()
	r.boxes(map[string]bool{"use-multiple-availability-zones": true})
	if asked["GET R/git/trees/N"] != 1 || asked["PATCH R/issues/N"] != 1 {
		t.Errorf("a sweep that finds one push asks %v", asked)
	}
}
