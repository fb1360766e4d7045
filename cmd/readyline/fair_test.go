package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/emulator"
)

// control asks the emulator to be otherwise.
func (w *world) control(method, path string, body any) {
	w.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequest(method, w.em.URL()+path, bytes.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

func (w *world) faults(list ...map[string]any) {
	w.t.Helper()
	w.control(http.MethodPut, "/_emulator/faults", map[string]any{"faults": list})
}

// A push to every repository of a busy organisation keeps a quiet one waiting
// for no more than what was already under way, and a repository that always
// fails, or answers slowly, keeps none.
func TestABusyOrganisationStarvesNobody(t *testing.T) {
	w := newWorld(t)
	const many = 40
	busy := w.repository("busy-0", readme)
	ids := []int64{busy.ID}
	for i := 1; i < many; i++ {
		r, err := w.em.AddRepository(emulator.RepoSpec{Owner: demoOwner, Name: fmt.Sprintf("busy-%d", i), GitDir: busy.dir})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	w.em.AddOrganization("quiet", emulator.DefaultOwner)
	quiet := w.repository("shop", readme, func(s *emulator.RepoSpec) { s.Owner = "quiet" })
	quiet.owner = "quiet"
	in := w.install()
	if _, err := w.em.Install(w.app, "quiet"); err != nil {
		t.Fatal(err)
	}
	w.settled()

	w.faults(
		map[string]any{"path": "/repos/demo/busy-7/.*", "status": 502},
		map[string]any{"path": "/repos/demo/busy-9/git/trees/.*", "latency_ms": 3000, "times": 1},
		map[string]any{"path": "/repos/demo/.*/git/trees/.*", "latency_ms": 800},
	)
	busy.commit("Busy", multiAZ)
	w.em.Poll(t.Context())
	quiet.commit("Quiet", multiAZ)
	quiet.boxes(map[string]bool{"use-multiple-availability-zones": true})
	var waiting int
	err := w.process.store.Pool().QueryRow(t.Context(), `
		select count(*) from repositories r, repositories q where r.id = any($1) and q.id = $2
			and (r.assessed_at > q.assessed_at or r.wanted_sha <> r.assessed_sha)`, ids, quiet.ID).Scan(&waiting)
	if err != nil {
		t.Fatal(err)
	}
	if waiting < many/4 {
		t.Errorf("the quiet organisation waited until all but %d of %d busy repositories were done", waiting, many)
	}
	w.until("all but the one that fails", func() bool {
		var behind int
		if err := w.process.store.Pool().QueryRow(t.Context(), `
			select count(*) from repositories where wanted_sha <> assessed_sha and name <> 'busy-7'`).Scan(&behind); err != nil {
			t.Fatal(err)
		}
		return behind == 0
	})
	// The one that fails is seen, with what is wrong.
	w.until("its trouble to be told", func() bool {
		troubles, err := w.process.store.Troubles(t.Context(), []int64{in.ID}, 10)
		return err == nil && len(troubles) == 1 && troubles[0].ID == ids[7] && strings.Contains(troubles[0].Error, "502")
	})
	w.faults()
	w.until("the one that failed", func() bool {
		row, err := w.process.store.Repository(context.Background(), ids[7])
		return err == nil && row.WantedSHA == row.AssessedSHA && row.LastError == ""
	})
}

// Told to wait, the app waits, all of it, and then goes on where it was.
func TestToldToWait(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.repository("other", readme)
	w.install()
	w.settled()
	for name, fault := range map[string]map[string]any{
		"a secondary limit": {"status": 403, "headers": map[string]string{"Retry-After": "2"},
			"body": `{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`},
		"too many requests": {"status": 429, "headers": map[string]string{"Retry-After": "2"}},
		"an outage":         {"status": 502},
		"a broken line":     {"drop": true},
	} {
		fault["path"], fault["times"] = "/repos/demo/payments/git/trees/.*", 1
		w.faults(fault)
		w.asked()
		r.commit(name, fmt.Sprintf("\n-- src/words.txt --\n%s\n", name))
		w.until(name+" over", func() bool { return w.askedSoFar()["POST /api/graphql"] > 0 })
		w.settled()
	}
	if broken := w.em.Broken(); len(broken) > 0 {
		t.Errorf("broken: %v", broken)
	}
}

// Of an hour that is nearly used up, people get what is left; the rest waits for
// the next hour.
func TestAnHourUsedUp(t *testing.T) {
	w := newWorld(t)
	w.control(http.MethodPut, "/_emulator/limits", map[string]any{"core": 60, "speed": 600}) // an hour in 6 s
	var all []*repository
	for i := range 6 {
		all = append(all, w.repository(fmt.Sprintf("app-%d", i), readme+dockerfile))
	}
	w.install()
	w.until("all issues", func() bool {
		var opened int
		if err := w.process.store.Pool().QueryRow(t.Context(), `select count(*) from issues`).Scan(&opened); err != nil {
			t.Fatal(err)
		}
		return opened == len(all)
	})
	w.settled()
	if broken := w.em.Broken(); len(broken) > 0 {
		t.Errorf("broken: %v", broken)
	}
	w.control(http.MethodPut, "/_emulator/limits", map[string]any{"core": 0}) // we ask as people, too
	for _, r := range all {
		if n := len(r.issues()); n != 1 {
			t.Errorf("%s has %d issues", r.name, n)
		}
	}
	answers := map[string]int{}
	for _, r := range all {
		kept, err := w.process.store.Answers(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range kept {
			answers[a.Name+": "+a.Unknown]++
		}
	}
	for answer, n := range answers {
		if n != len(all) { // a limit must not be taken for a missing permission
			t.Errorf("%d of %d repositories have the answer %q", n, len(all), answer)
		}
	}
}
