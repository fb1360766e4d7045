package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/store"
)

// comments are the bodies of all comments on the repository's issue.
func (r *repository) comments() []string {
	r.w.t.Helper()
	var list []struct{ Body string }
	r.w.as("alice", "GET", r.path("/issues/%d/comments?per_page=100", r.issue().Number), nil, &list)
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Body
	}
	return out
}

// do asks the emulator to change something behind everybody's back, or as a person.
func (w *world) do(method, path string, body string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.em.URL()+"/_emulator"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %s %s", method, path, resp.Status, text)
	}
}

// state is what the store says became of the repository's issue.
func (r *repository) state() store.IssueState {
	r.w.t.Helper()
	i, err := r.w.process.store.Issue(context.Background(), r.ID, "gruntwork-aws")
	if err != nil {
		r.w.t.Fatal(err)
	}
	return i.State
}

func TestARequiredRegressionIsSaidOnce(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush+multiAZ)
	w.install()
	r.boxes(map[string]bool{"use-multiple-availability-zones": true, "build-docker-images": true})
	w.settled()
	if n := len(r.comments()); n != 0 {
		t.Fatalf("%d comments before anything was lost", n)
	}
	r.commit("One zone is enough", strings.Replace(multiAZ, "multi_az          = true", "multi_az          = false", 1))
	w.until("a comment", func() bool { return len(r.comments()) == 1 })
	c := r.comments()[0]
	for _, want := range []string{"Use multiple Availability Zones", "is required, and nothing proves it any more", "by `Sam Sample`", "infra/main.tf:"} {
		if !strings.Contains(c, want) {
			t.Errorf("the comment lacks %q:\n%s", want, c)
		}
	}
	r.commit("Something else", "\n-- NOTES.md --\nnothing\n")
	w.redeliverAll()
	w.settled()
	if n := len(r.comments()); n != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestAClosedIssueIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	p := r.issue()
	w.settled()
	w.as("alice", "PATCH", r.path("/issues/%d", p.Number), map[string]any{"state": "closed"}, nil)
	w.until("snoozed", func() bool { return r.state() == store.IssueClosedByPerson })
	r.commit("Build it", dockerfile+buildAndPush)
	w.settled()
	if now := r.issue(); now.State != "closed" || now.Body != p.Body {
		t.Errorf("a closed issue was touched: %s", now.State)
	}
	w.as("alice", "PATCH", r.path("/issues/%d", p.Number), map[string]any{"state": "open"}, nil)
	r.boxes(map[string]bool{"build-docker-images": true})
	w.do("POST", "/repos/demo/payments/issues/1/delete", `{"by": "alice"}`)
	w.until("deleted", func() bool { return r.state() == store.IssueDeleted })
	r.commit("Again", "\n-- NOTES.md --\nnothing\n")
	w.settled()
	if n := len(r.issues()); n != 0 {
		t.Errorf("%d issues after somebody deleted ours", n)
	}
}

func TestARenamedRepositoryKeepsItsIssueAndBadge(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	w.install()
	r.boxes(map[string]bool{"build-docker-images": true})
	w.settled()
	if err := w.em.Rename(r.Repository, "billing"); err != nil {
		t.Fatal(err)
	}
	w.settled()
	r.name = "billing"
	r.commit("Take it away", "\n-- .github/workflows/image.yml --\n")
	r.boxes(map[string]bool{"build-docker-images": false})
	if n := len(r.issues()); n != 1 {
		t.Errorf("%d issues after a rename", n)
	}
	for _, name := range []string{"payments", "billing"} {
		if got := w.badge(name); !strings.Contains(got, "%") {
			t.Errorf("badge of %s: %s", name, got)
		}
	}
	w.em.SetPrivate(r.Repository, true)
	w.settled()
	if got := w.badge("billing"); !strings.Contains(got, `"unknown"`) {
		t.Errorf("badge of a repository that went private: %s", got)
	}
}

func (w *world) badge(name string) string {
	w.t.Helper()
	resp, err := http.Get(fmt.Sprintf("http://%s/badge/%s/%s.json", w.config.Listen, demoOwner, name))
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		w.t.Fatalf("badge: %s %v", resp.Status, err)
	}
	return string(text)
}

func TestProofMayLiveElsewhere(t *testing.T) {
	w := newWorld(t)
	infra := w.repository("infra", readme+multiAZ, func(s *emulator.RepoSpec) { s.Private = true })
	private := w.repository("payments", readme+"\n-- .github/readyline.yml --\nversion: 1\nevidence_from: [demo/infra]\n", func(s *emulator.RepoSpec) { s.Private = true })
	public := w.repository("website", readme+dockerfile+"\n-- .github/readyline.yml --\nversion: 1\nevidence_from: [demo/infra]\n")
	w.install()
	body := private.boxes(map[string]bool{"use-multiple-availability-zones": true})
	if line := lineOf(body, "use-multiple-availability-zones"); !strings.Contains(line, "demo/infra:infra/main.tf") {
		t.Errorf("the line does not say where the proof lives: %s", line)
	}
	body = public.boxes(map[string]bool{"use-multiple-availability-zones": true})
	if strings.Contains(body, "demo/infra") || strings.Contains(body, "infra/main.tf") {
		t.Errorf("a private repository is named in a public issue:\n%s", lineOf(body, "use-multiple-availability-zones"))
	}
	infra.commit("One zone", strings.Replace(multiAZ, "multi_az          = true", "multi_az          = false", 1))
	private.boxes(map[string]bool{"use-multiple-availability-zones": false})
	public.boxes(map[string]bool{"use-multiple-availability-zones": false})
}

func TestAPullRequestIsPreviewed(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme+multiAZ, func(s *emulator.RepoSpec) { s.DefaultBranch = "main" })
	w.install()
	r.boxes(map[string]bool{"use-multiple-availability-zones": true})
	w.settled()
	ctx := context.Background()
	checkout := func(args ...string) {
		if err := git(ctx, r.dir, append([]string{"checkout", "-q"}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	checkout("-b", "change")
	r.commit("Change", dockerfile+buildAndPush+strings.Replace(multiAZ, "multi_az          = true", "multi_az          = false", 1))
	checkout("main")
	w.em.Poll(ctx)
	if _, err := w.em.OpenPullRequest(r.Repository, "change", "main", "alice"); err != nil {
		t.Fatal(err)
	}
	var checks struct {
		CheckRuns []struct {
			Name, Conclusion string
			Output           struct {
				Title, Summary string
				Annotations    int `json:"annotations_count"`
			}
		} `json:"check_runs"`
	}
	w.until("a check run", func() bool {
		w.as("alice", "GET", r.path("/commits/change/check-runs"), nil, &checks)
		return len(checks.CheckRuns) == 1
	})
	k := checks.CheckRuns[0]
	if k.Name != "Readiness" || k.Conclusion != "neutral" || k.Output.Annotations == 0 ||
		!strings.Contains(k.Output.Title, "required") || !strings.Contains(k.Output.Summary, "Build Docker images") ||
		!strings.Contains(k.Output.Summary, "Use multiple Availability Zones **(required)**") {
		t.Errorf("check run: %+v", k)
	}
	if got := r.boxes(map[string]bool{"use-multiple-availability-zones": true, "build-docker-images": false}); got == "" {
		t.Error("a pull request changed the issue")
	}
}

// A month of a busy repository: pushes, edits and sweeps that change nothing
// that anybody has to know.
func TestSilence(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	r.issue()
	w.settled()
	notified := func() int { return len(w.notifications()) }
	before := notified()
	for i := range 30 {
		files := dockerfile + buildAndPush
		if i%2 == 1 {
			files = "\n-- Dockerfile --\n-- .github/workflows/image.yml --\n"
		}
		r.commit(fmt.Sprintf("Day %d", i), files+fmt.Sprintf("\n-- DAY.md --\n%d\n", i))
		if i%10 == 5 {
			r.edit("alice", func(b string) string { return b + fmt.Sprintf("\nSeen on day %d.\n", i) })
		}
	}
	w.settled()
	if after := notified(); after != before {
		t.Errorf("%d notifications in a month without a reason", after-before)
	}
	writes := w.requests("PATCH", "/repos/demo/payments/issues/1")
	if writes > 35+3 {
		t.Errorf("%d writes for 30 pushes", writes)
	}
	r.commit("Nothing that matters", "\n-- DAY.md --\nlast\n")
	w.settled()
	if again := w.requests("PATCH", "/repos/demo/payments/issues/1"); again != writes {
		t.Error("a push that changes no box wrote the issue")
	}
}

func (w *world) list(path string, out any) {
	w.t.Helper()
	resp, err := http.Get(w.em.URL() + "/_emulator" + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		w.t.Fatal(err)
	}
}

// notifications are what GitHub told people.
func (w *world) notifications() []emulator.Notification {
	var out struct{ Notifications []emulator.Notification }
	w.list("/notifications", &out)
	return out.Notifications
}

// requests counts what the app asked of GitHub.
func (w *world) requests(method, path string) int {
	var out struct {
		Requests []struct{ Method, Path, By string }
	}
	w.list("/requests", &out)
	n := 0
	for _, r := range out.Requests {
		if r.Method == method && strings.TrimPrefix(r.Path, "/api/v3") == path && r.By == w.app.Slug {
			n++
		}
	}
	return n
}

func TestANominatedFileIsVerifiedAndWatched(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	docs := w.repository("handbook", readme+"\n-- cdn.md --\nWe use one.\n")
	w.install()
	number := r.issue().Number
	docs.issue()
	w.settled()
	say := func(url string) {
		w.as("alice", "POST", r.path("/issues/%d/comments", number), map[string]string{"body": "/readyline evidence use-a-cdn " + url}, nil)
	}
	for _, bad := range []string{
		"https://example.com/demo/handbook/blob/main/cdn.md", w.em.URL() + "/demo/handbook/blob/main/none.md",
		w.em.URL() + "/demo/nobody/blob/main/cdn.md", w.em.URL() + "/demo/handbook/blob/main/../../cdn.md", "file:///etc/passwd",
	} {
		before := len(r.comments())
		say(bad)
		w.until("an answer to "+bad, func() bool { return len(r.comments()) == before+2 })
	}
	r.boxes(map[string]bool{"use-a-cdn": false})
	say(w.em.URL() + "/demo/handbook/blob/main/cdn.md#L1")
	body := r.boxes(map[string]bool{"use-a-cdn": true})
	if line := lineOf(body, "use-a-cdn"); !strings.Contains(line, "]("+w.em.URL()+"/demo/handbook/blob/main/cdn.md#L1)") {
		t.Errorf("no link to what was nominated: %s", line)
	}
	w.settled()
	docs.commit("No more", "\n-- cdn.md --\n")
	r.boxes(map[string]bool{"use-a-cdn": false})
}
