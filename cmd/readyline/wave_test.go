package main

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/store"
)

// Issues that wait for their wave cost nothing until it comes, and no wave is
// larger than it may be.
func TestIssuesWaitForTheirWave(t *testing.T) {
	w := newWorld(t)
	w.repository("first", readme)
	in := w.install()
	w.settled()
	set := func(perHour int, paused bool) {
		t.Helper()
		if err := w.process.store.SetWave(t.Context(), in.ID, store.ModeIssue, perHour, 0, paused); err != nil {
			t.Fatal(err)
		}
	}
	count := func(table string) (n int) {
		t.Helper()
		if err := w.process.store.Pool().QueryRow(t.Context(), `select count(*) from `+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	set(0, true)
	for i := range 6 {
		r := w.repository(fmt.Sprintf("later-%d", i), readme)
		w.em.AddToInstallation(in, r.Repository)
	}
	w.until("all in line", func() bool { return count("openings") == 6 })
	w.settled()
	w.asked()
	w.redeliverAll()
	w.settled()
	if diff := cmp.Diff(map[string]int{}, w.asked()); diff != "" {
		t.Errorf("waiting costs (-want +asked):\n%s", diff)
	}
	set(1000, false)
	w.until("all opened", func() bool { return count("issues") == 7 && count("openings") == 0 })
	w.settled()
	if asked := w.asked(); asked["POST R/issues"] != 6 || asked["GET R/issues"] != 0 {
		t.Errorf("opening asks %v", asked)
	}
}
