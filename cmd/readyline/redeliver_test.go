package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// emulated reads what the emulator tells of itself.
func (w *world) emulated(path string, out any) {
	w.t.Helper()
	resp, err := http.Get(w.em.URL() + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		w.t.Fatal(err)
	}
}

// lose has GitHub fail to hand over the push of a new commit.
func (r *repository) lose(name string) {
	r.w.t.Helper()
	lost := func() (n int) {
		var all struct {
			Deliveries []struct {
				Event      string
				StatusCode int `json:"status_code"`
			}
		}
		r.w.emulated("/_emulator/deliveries", &all)
		for _, d := range all.Deliveries {
			if d.Event == "push" && d.StatusCode == http.StatusBadGateway {
				n++
			}
		}
		return n
	}
	before := lost()
	r.w.faults(map[string]any{"webhook": "drop", "event": "push", "times": 1})
	r.commit(name, "\n-- infra/"+name+".tf --\n# "+name+"\n")
	r.w.until("the push to be lost", func() bool { return lost() > before })
}

// What GitHub could not hand over is asked for, and what was read to its end is
// not read again.
func TestLostDeliveriesAreListedOnce(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	w.settled()
	round := func() (pages, again int) {
		t.Helper()
		w.stop()
		w.asked() // forgets
		w.start()
		w.until("a round", func() bool {
			var n int
			err := w.process.store.Pool().QueryRow(t.Context(), `
				select count(*) from river_job where kind = 'redeliver' and state = 'completed' and created_at > $1`, w.started).Scan(&n)
			return err == nil && n > 0
		})
		w.calm()
		var log struct {
			Requests []struct{ Method, Path string }
		}
		w.emulated("/_emulator/requests", &log)
		for _, q := range log.Requests {
			switch {
			case !strings.Contains(q.Path, "/app/hook/deliveries"):
			case q.Method == http.MethodGet:
				pages++
			default:
				again++
			}
		}
		return pages, again
	}
	until := func() (at time.Time) {
		t.Helper()
		if err := w.process.store.Pool().QueryRow(t.Context(), `select until from redeliveries`).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	set := func(at time.Time) {
		t.Helper()
		if _, err := w.process.store.Pool().Exec(t.Context(), `update redeliveries set until = $1`, at); err != nil {
			t.Fatal(err)
		}
	}

	r.lose("first")
	if _, again := round(); again != 1 {
		t.Errorf("%d deliveries asked for, one was lost", again)
	}
	before := until()
	if _, again := round(); again != 0 {
		t.Errorf("%d deliveries asked for, none was lost", again)
	}
	if !until().After(before) {
		t.Error("that it was handed over is not seen")
	}

	r.lose("second")
	now := until()
	set(now.Add(time.Hour))
	if pages, again := round(); pages != 1 || again != 0 {
		t.Errorf("what was read to its end is read again: %d pages, %d deliveries asked for", pages, again)
	}
	if got := until(); !got.Equal(now.Add(time.Hour)) {
		t.Errorf("the time until when all is known went back to %s", got)
	}
	set(now)
	if _, again := round(); again != 1 {
		t.Errorf("%d deliveries asked for, one was lost", again)
	}
}
