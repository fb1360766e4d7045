package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asked counts what the App asked as an installation since the last time, by
// route. Left out are the App's own requests, for tokens and lost deliveries, and
// the list of all repositories, which an installation and the daily sweep read.
func (w *world) asked() map[string]int {
	w.t.Helper()
	out := w.askedSoFar()
	req, err := http.NewRequest(http.MethodDelete, w.em.URL()+"/_emulator/requests", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	cleared, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	cleared.Body.Close()
	return out
}

// askedSoFar counts the same without forgetting it, for those who wait: what is
// asked between the looking and the forgetting would be lost to them.
func (w *world) askedSoFar() map[string]int {
	w.t.Helper()
	resp, err := http.Get(w.em.URL() + "/_emulator/requests")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var log struct {
		Requests []struct{ Method, Path, By string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&log); err != nil {
		w.t.Fatal(err)
	}
	out := map[string]int{}
	for _, r := range log.Requests {
		path, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/api/v3"), "?")
		if strings.HasSuffix(r.By, "[bot]") && !strings.HasPrefix(path, "/app") && path != "/installation/repositories" {
			out[r.Method+" "+routeOf(path)]++
		}
	}
	return out
}

var (
	repositoryPath = regexp.MustCompile(`^/repos/[^/]+/[^/]+`)
	numbersAndSHAs = regexp.MustCompile(`/([0-9]+|[0-9a-f]{40})(/|$)`)
)

func routeOf(path string) string {
	path = repositoryPath.ReplaceAllString(path, "R")
	return numbersAndSHAs.ReplaceAllString(path, "/N$2")
}

// settingsRoutes are the questions about settings that the catalogue asks.
func settingsRoutes(asked map[string]int) map[string]int {
	out := maps.Clone(asked)
	for _, other := range []string{"GET R/git/trees/N", "POST /api/graphql", "GET R/issues", "POST R/issues", "GET R/issues/N", "PATCH R/issues/N"} {
		delete(out, other)
	}
	return out
}

// What each event costs, in requests.
func TestRequestsPerEvent(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	w.repository("untouched", readme)
	// The sweep of the start, in the midst of a first look, would have its head
	// asked for twice.
	w.until("the sweep of the start", func() bool {
		var done int
		err := w.process.store.Pool().QueryRow(t.Context(), `select count(*) from river_job where kind = 'sweep' and state = 'completed'`).Scan(&done)
		return err == nil && done > 0
	})
	w.install()
	w.settled()
	costs := func(event string, want map[string]int) {
		t.Helper()
		w.settled()
		if diff := cmp.Diff(want, w.asked()); diff != "" {
			t.Errorf("%s (-want +asked):\n%s", event, diff)
		}
	}
	first := w.asked()
	settings := settingsRoutes(first)
	for _, n := range settings {
		if n != 2 { // once for each repository
			t.Errorf("settings reads %v", settings)
			break
		}
	}
	maps.DeleteFunc(first, func(k string, _ int) bool { return settings[k] > 0 })
	if diff := cmp.Diff(map[string]int{
		"GET R/git/trees/N": 2, "POST /api/graphql": 2, "GET R/issues": 2, "POST R/issues": 2,
	}, first); diff != "" {
		t.Errorf("first scans (-want +asked):\n%s", diff)
	}

	w.redeliverAll()
	costs("every delivery once more", map[string]int{})

	head := func() string {
		row, err := w.process.store.Repository(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		return row.AssessedSHA
	}
	before := head()
	r.commit("A picture", "\n-- docs/logo.png --\nnot really one\n")
	w.until("the push", func() bool { return head() != before })
	costs("a push that touches no watched path", map[string]int{})

	r.commit("A database", multiAZ)
	r.boxes(map[string]bool{"use-multiple-availability-zones": true})
	costs("a push that proves something", map[string]int{
		"GET R/git/trees/N": 1, "POST /api/graphql": 1, "GET R/issues/N": 1, "PATCH R/issues/N": 1,
	})

	before = head()
	r.commit("A word", "\n-- src/words.txt --\nhello\n")
	w.until("the push", func() bool { return head() != before })
	costs("a push that changes nothing in the issue", map[string]int{"GET R/git/trees/N": 1, "POST /api/graphql": 1})

	before = head()
	r.commit("The same word elsewhere", "\n-- src/more/words.txt --\nhello\n")
	w.until("the push", func() bool { return head() != before })
	costs("a push of contents seen before", map[string]int{"GET R/git/trees/N": 1})

	before = head()
	many := ""
	for i := range 120 {
		many += fmt.Sprintf("\n-- src/many/%d.yaml --\nword: %d\n", i, i)
	}
	r.commit("Many files", many)
	w.until("the push", func() bool { return head() != before })
	costs("a push of 120 new files", map[string]int{"GET R/git/trees/N": 1, "POST /api/graphql": 3})

	r.edit("bob", tick("use-a-cdn", true))
	w.until("the tick", func() bool { return strings.Contains(lineOf(r.issue().Body, "use-a-cdn"), "bob") })
	costs("a person's tick", map[string]int{"GET R/issues/N": 1, "PATCH R/issues/N": 1})
	costs("nothing", map[string]int{})

	w.upgrade()
	costs("new rules", map[string]int{})
}

// What a push to a repository costs that another one takes evidence from. Each
// of the two costs what a push of its own would, and no file is asked for twice.
func TestRequestsPerEventElsewhere(t *testing.T) {
	w := newWorld(t)
	infra := w.repository("infra", readme+"\n-- live/main.tf --\n# nothing yet\n")
	r := w.repository("payments", readme+"\n-- .github/readyline.yml --\nversion: 1\nevidence_from: [demo/infra//live]\n")
	w.install()
	w.settled()
	at := func(id int64) string {
		t.Helper()
		row, err := w.process.store.Repository(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return row.AssessedSHA
	}
	push := func(event, files string, want map[string]int) {
		t.Helper()
		w.asked()
		before := at(infra.ID)
		infra.commit(event, files)
		w.until(event, func() bool { return at(infra.ID) != before })
		w.settled()
		if diff := cmp.Diff(want, w.asked()); diff != "" {
			t.Errorf("%s (-want +asked):\n%s", event, diff)
		}
	}
	push("a push that proves something in both", "\n-- live/database.tf --\n"+strings.SplitN(multiAZ, "--\n", 2)[1], map[string]int{
		"GET R/git/trees/N": 1, "POST /api/graphql": 1, "GET R/issues/N": 2, "PATCH R/issues/N": 2,
	})
	r.boxes(map[string]bool{"use-multiple-availability-zones": true})
	push("one that touches no watched path", "\n-- live/logo.png --\nnot really one\n", map[string]int{})
	push("one that is watched there, and lies outside of the folder", "\n-- elsewhere/words.tf --\n# words\n", map[string]int{
		"GET R/git/trees/N": 1, "POST /api/graphql": 1,
	})
}

// upgrade starts the app with rules of another version, as a new release does.
func (w *world) upgrade() {
	w.t.Helper()
	w.stop()
	w.asked()
	w.version = "another"
	w.start()
	w.until("all looked at by the new rules", func() bool {
		var old int
		err := w.process.store.Pool().QueryRow(w.t.Context(), `select count(*) from repositories where catalogue_version <> 'another'`).Scan(&old)
		if err != nil {
			w.t.Fatal(err)
		}
		return old == 0
	})
	w.settled()
}

// A tree that is too large for one answer is walked, where practices live first.
func TestATruncatedTreeIsWalked(t *testing.T) {
	w := newWorld(t)
	w.control(http.MethodPut, "/_emulator/limits", map[string]any{"tree": 7, "speed": githubSpeed})
	r := w.repository("payments", readme+dockerfile+buildAndPush+multiAZ+"\n-- node_modules/a/b/c.js --\nlet a\n-- src/x/y.go --\npackage y\n")
	w.install()
	r.boxes(map[string]bool{"use-multiple-availability-zones": true, "build-docker-images": true})
	w.settled()
	// The answer that is cut off, then the top, .github, workflows, infra, src, src/x; node_modules never.
	if n := w.asked()["GET R/git/trees/N"]; n != 7 {
		t.Errorf("%d trees asked for", n)
	}
}
