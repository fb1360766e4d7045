package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/store"
)

// A repository's own checklist changes, step by step. What people said of an
// item stays with the item, wherever it stands and however long it was away.
func TestAnOwnChecklistChanges(t *testing.T) {
	list := func(lines string) string {
		return "\n-- .github/readyline/ours.md --\n---\nname: Ours\nabout: What we ask of a service\n---\n" + lines
	}
	const (
		one   = "- [ ] One <!-- item: one -->\n"
		two   = "- [ ] Two <!-- item: two -->\n"
		three = "- [ ] Three <!-- item: three; control: container-images -->\n"
		four  = "- [ ] Four <!-- item: four -->\n"
	)
	steps := []struct {
		name   string
		files  string
		tick   string // an item, before the files are pushed
		say    string
		lines  []string // of the body that are sections or items: title, box
		notice string   // part of it; empty: there is none
		tells  map[string]string
	}{
		{
			name: "at first", files: list("## A\n\n" + one + two + "\n## B\n\n" + three),
			lines: []string{"A", "[ ] one", "[ ] two", "B", "[ ] three"},
		},
		{
			name: "moved to another section", tick: "one", say: "/readyline waive two for now",
			files: list("## A\n\n" + two + "\n## B\n\n" + three + one),
			lines: []string{"A", "[x] two", "B", "[ ] three", "[x] one"},
			tells: map[string]string{"one": "attested by `alice`", "two": "waived by `alice`: for now"},
		},
		{
			name: "removed and added", files: list("## B\n\n" + three + four + two),
			lines: []string{"B", "[ ] three", "[ ] four", "[x] two"},
		},
		{
			name: "a faulty file", files: list("## B\n\n" + three + "- [ ] Twice <!-- item: three -->\n"),
			lines:  []string{"B", "[ ] three", "[ ] four", "[x] two"},
			notice: ".github/readyline/ours.md:8: ",
		},
		{
			name: "a faulty configuration", files: list("## B\n\n"+three+two+one) + "\n-- .github/readyline.yml --\nversion: 1\nchecklist: []\n",
			lines:  []string{"B", "[ ] three", "[ ] four", "[x] two"},
			notice: ".github/readyline.yml:2: ",
		},
		{
			name: "fixed, and back again", files: "\n-- .github/readyline.yml --\nversion: 1\nchecklists: [./.github/readyline/ours.md]\n",
			lines: []string{"B", "[ ] three", "[x] two", "[x] one"},
			tells: map[string]string{"one": "attested by `alice`", "two": "waived by `alice`: for now"},
		},
		{
			name: "proven", files: buildAndPush,
			lines: []string{"B", "[x] three", "[x] two", "[x] one"},
		},
	}
	w := newWorld(t)
	r := w.repository("payments", readme+dockerfile+"\n-- .github/readyline.yml --\nversion: 1\nchecklists: [./.github/readyline/ours.md]\n"+steps[0].files)
	w.install()
	r.issue()
	w.settled()
	for i, s := range steps {
		if s.tick != "" {
			r.edit("alice", tick(s.tick, true))
			w.settled()
		}
		if s.say != "" {
			r.say("alice", s.say)
			w.settled()
		}
		if i > 0 {
			r.commit(s.name, s.files)
			w.em.Poll(context.Background())
			w.settled()
		}
		body := r.issue().Body
		if diff := cmp.Diff(s.lines, outline(body)); diff != "" {
			t.Errorf("%s:\n%s", s.name, diff)
		}
		told := ""
		for _, l := range strings.Split(body, "\n") {
			if strings.HasPrefix(l, "> ⚠️ ") {
				told += l
			}
		}
		if (told != "") != (s.notice != "") || !strings.Contains(told, s.notice) {
			t.Errorf("%s: notice %q, want %q", s.name, told, s.notice)
		}
		for item, words := range s.tells {
			if !strings.Contains(lineOf(body, item), words) {
				t.Errorf("%s: %s does not say %q", s.name, lineOf(body, item), words)
			}
		}
	}
	if all := r.issues(); len(all) != 1 || all[0].Comments != 1 { // the command itself
		t.Errorf("%d issues, %d comments", len(all), all[0].Comments)
	}
	var got []string
	for _, e := range r.history("one") {
		got = append(got, fmt.Sprintf("%s→%s %s", e.FromState, e.ToState, e.ActorKind))
	}
	want := []string{"unmet→attested person", "attested→" + string(store.Removed) + " push"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history:\n%s", diff)
	}
}

// outline is a body's sections and items, in order.
func outline(body string) []string {
	var out []string
	for _, l := range strings.Split(body, "\n") {
		if title, ok := strings.CutPrefix(l, "### "); ok {
			title, _, _ = strings.Cut(title, " ·")
			out = append(out, title)
		}
		if _, id, ok := strings.Cut(l, `<!-- readyline item="`); ok {
			out = append(out, l[2:6]+strings.TrimSuffix(id, `" -->`))
		}
	}
	return out
}
