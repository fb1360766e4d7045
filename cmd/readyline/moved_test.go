package main

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
)

// Words that leave no room are not cut: the issue is left alone, and the
// dashboard is told.
func TestWordsThatLeaveNoRoomAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	r.issue()
	w.settled()
	long := strings.TrimSpace(strings.Repeat("All of this is ours. ", 3100))
	r.edit("alice", func(string) string { return long })
	w.settled()
	told := func() string {
		row, err := w.process.store.Repository(context.Background(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		return row.LastError
	}
	w.until("the dashboard told", func() bool { return strings.Contains(told(), "leaves no room") })
	r.say("alice", "/readyline rescan") // one more look, at which nothing is new
	w.settled()
	if !strings.Contains(told(), "leaves no room") {
		t.Errorf("last error %q after another look", told())
	}
	r.commit("Build it", dockerfile+buildAndPush)
	w.settled()
	if body := r.issue().Body; body != long {
		t.Errorf("the words were touched: %d characters became %d", len(long), len(body))
	}
	if !strings.Contains(told(), "leaves no room") {
		t.Errorf("last error %q", told())
	}
	r.edit("alice", func(string) string { return "Short again." })
	if body := r.boxes(map[string]bool{"build-docker-images": true}); !strings.Contains(body, "Short again.") {
		t.Errorf("words lost from\n%s", body)
	}
	w.settled()
	if told() != "" {
		t.Errorf("last error %q after all was well again", told())
	}
}

// An issue that is moved to where there is one of its checklist already is gone
// here, and left alone there; that repository's own stands.
func TestAnIssueIsMoved(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	other := w.repository("handbook", readme)
	w.install()
	r.issue()
	other.issue()
	w.settled()
	r.edit("alice", tick("use-a-cdn", true))
	w.settled()
	w.do("POST", "/repos/demo/payments/issues/1/transfer", `{"to": "demo/handbook", "by": "alice"}`)
	w.until("gone here", func() bool { return r.state() == store.IssueDeleted })
	w.settled()
	r.commit("Build it", dockerfile+buildAndPush)
	w.settled()
	if n := len(r.issues()); n != 0 {
		t.Errorf("%d issues where it was", n)
	}
	if p := other.numbered(2); p.State != "open" || !strings.Contains(p.Body, "/demo/handbook/issues/1") || issue.ChecklistOf(p.Body) != "" {
		t.Errorf("where it came to: %s\n%s", p.State, p.Body)
	}
	if p := other.numbered(1); p.State != "open" || issue.Boxes(p.Body)["use-a-cdn"] {
		t.Errorf("that repository's own: %s\n%s", p.State, lineOf(p.Body, "use-a-cdn"))
	}
}

// Moved away to where the App is not, and back, it is ours again.
func TestAnIssueComesBack(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.repository("attic", readme)
	w.install(r.Repository)
	r.issue()
	w.settled()
	r.edit("alice", tick("use-a-cdn", true))
	r.boxes(map[string]bool{"use-a-cdn": true})
	w.settled()
	w.do("POST", "/repos/demo/payments/issues/1/transfer", `{"to": "demo/attic", "by": "alice"}`)
	w.until("gone", func() bool { return r.state() == store.IssueDeleted })
	w.settled()
	w.do("POST", "/repos/demo/attic/issues/1/transfer", `{"to": "demo/payments", "by": "alice"}`)
	w.until("taken over", func() bool {
		i, err := w.process.store.Issue(context.Background(), r.ID, "gruntwork-aws")
		return err == nil && i.State == store.IssueOpen && i.Number == 2
	})
	w.settled()
	r.commit("Build it", dockerfile+buildAndPush)
	body := r.boxes(map[string]bool{"build-docker-images": true, "use-a-cdn": true})
	if line := lineOf(body, "use-a-cdn"); !strings.Contains(line, "attested by `alice`") {
		t.Errorf("whose word it was is lost: %s", line)
	}
	if n := len(r.issues()); n != 1 {
		t.Errorf("%d issues", n)
	}
}

// What is out of sight says which permission would show it, and is asked again
// as soon as that is granted.
func TestAPermissionGrantedLater(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme+"\n-- .github/readyline.yml --\nversion: 1\nchecklists: [./.github/readyline/ours.md]\n"+`
-- package.json --
{"dependencies": {"express": "5.0.0"}}
-- .github/readyline/ours.md --
---
name: Ours
about: Ours
---
## Code

- [ ] Dependency alerts <!-- item: alerts; control: security-advisories -->
`)
	w.do("PUT", "/repos/demo/payments/settings", `{"vulnerability_alerts": true, "automated_security_fixes": true}`)
	in := w.install()
	w.until("the line", func() bool { return strings.Contains(lineOf(r.issue().Body, "alerts"), "unknown: ") })
	if line := lineOf(r.issue().Body, "alerts"); !strings.Contains(line, "Administration: read") {
		t.Errorf("the line names no permission: %s", line)
	}
	w.settled()
	more := maps.Clone(basePermissions())
	more["administration"], more["vulnerability_alerts"] = "read", "read"
	w.em.SetPermissions(in, more)
	r.boxes(map[string]bool{"alerts": true})
	w.settled()
	events := r.history("alerts")
	if last := events[len(events)-1]; last.ActorKind != store.BySettings {
		t.Errorf("put down to %s", last.ActorKind)
	}
}
