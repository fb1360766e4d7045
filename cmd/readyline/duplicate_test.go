package main

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/testdb"
)

// copyIssue opens an issue as the App does, behind the back of everybody.
func (w *world) copyIssue(r *repository, in *emulator.Installation, body string) int {
	w.t.Helper()
	host, err := w.config.host()
	if err != nil {
		w.t.Fatal(err)
	}
	app, err := github.NewApp(host, w.config.credentials(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	gh := app.Installation(in.ID)
	repo, err := gh.Repository(context.Background(), r.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	made, err := gh.CreateIssue(context.Background(), repo, "A copy", body)
	if err != nil {
		w.t.Fatal(err)
	}
	return made.Number
}

func (r *repository) numbered(number int) post {
	r.w.t.Helper()
	for _, p := range r.issues() {
		if p.Number == number {
			return p
		}
	}
	r.w.t.Fatalf("no issue %d", number)
	return post{}
}

// Of two issues with the same marker the oldest is kept. The other one keeps
// people's words, and says where the checklist goes on; its ticks count there.
func TestOneOfTwoIssuesIsKept(t *testing.T) {
	cases := []struct {
		name string
		lost bool // the database, before the copy is seen
	}{{"a copy appears", false}, {"two are found", true}}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fresh := testdb.New(t)
			w := newWorld(t)
			r := w.repository("payments", readme+dockerfile+buildAndPush)
			in := w.install()
			body := r.boxes(map[string]bool{"build-docker-images": true, "use-a-cdn": false})
			w.settled()
			quiet := len(w.notifications())
			gone := strings.ReplaceAll(body, "- [ ] **Use canary", "- [x] **Use canary")
			if c.lost {
				w.config.DatabaseURL = fresh
			}
			copied := func() int {
				return w.copyIssue(r, in, tick("use-a-cdn", true)(gone)+"\nA word in the copy.\n")
			}
			var number int
			if c.lost {
				w.stop()
				number = copied()
				w.start()
			} else {
				number = copied()
			}
			w.until("the copy closed", func() bool {
				p := r.numbered(number)
				return p.State == "closed" && issue.ChecklistOf(p.Body) == ""
			})
			r.numbered(1)
			w.until("the copy's tick", func() bool { return issue.Boxes(r.numbered(1).Body)["use-a-cdn"] })
			w.settled()
			twin, kept := r.numbered(number), r.numbered(1)
			if !strings.Contains(twin.Body, "/demo/payments/issues/1") || !strings.Contains(twin.Body, "A word in the copy.") {
				t.Errorf("the copy says\n%s", twin.Body)
			}
			if kept.State != "open" || !issue.Boxes(kept.Body)["build-docker-images"] || kept.Comments+twin.Comments != 0 {
				t.Errorf("kept: %s with %d and %d comments\n%s", kept.State, kept.Comments, twin.Comments, kept.Body)
			}
			if n := len(r.issues()); n != 2 {
				t.Errorf("%d issues", n)
			}
			for _, n := range w.notifications()[quiet:] {
				if n.Kind != "issue_opened" { // the copy, which was not our doing
					t.Errorf("notification: %+v", n)
				}
			}
		})
	}
}

// The database is lost, nobody runs recover, and GitHub remembers no delivery:
// the bodies alone tell what people said.
func TestALostDatabaseIsReadBackFromTheIssues(t *testing.T) {
	fresh := testdb.New(t)
	w, r := people(t)
	r.say("bob", "/readyline na use-a-cdn no browsers, at all")
	w.until("use-a-cdn folded", func() bool {
		return strings.Contains(lineOf(r.issue().Body, "use-a-cdn"), "not applicable, says `bob`: no browsers, at all")
	})
	w.settled()
	before, body := r.said(), r.issue().Body
	w.stop()
	// While nobody looks: a tick, a word, and proof that goes.
	r.edit("alice", func(b string) string { return tick("use-auto-scaling", true)(b) + "\nWritten meanwhile.\n" })
	w.config.DatabaseURL = fresh
	w.start()
	w.until("the tick taken up", func() bool { return strings.Contains(lineOf(r.issue().Body, "use-auto-scaling"), "attested by") })
	w.settled()
	if n := len(r.issues()); n != 1 {
		t.Errorf("%d issues", n)
	}
	after := r.said()
	delete(before, "use-auto-scaling")
	delete(after, "use-auto-scaling")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("states:\n%s", diff)
	}
	for _, id := range []string{"use-canary-deployments", "use-a-cdn", "build-docker-images", "use-feature-toggles"} {
		if was, is := lineOf(body, id), lineOf(r.issue().Body, id); was != is {
			t.Errorf("%s\nwas %s\nis  %s", id, was, is)
		}
	}
	for _, words := range []string{"A word of ours.", "Written meanwhile."} {
		if strings.Count(r.issue().Body, words) != 1 {
			t.Errorf("%q is not once in\n%s", words, r.issue().Body)
		}
	}
}
