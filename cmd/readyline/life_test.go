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
		if r.Method == method && strings.TrimPrefix(r.Path, "/api/v3") == path && r.By == w.app.Slug+"[bot]" {
			n++
		}
	}
	return n
}
