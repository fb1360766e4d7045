package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// notified counts what the App has told people of, and how: comments, and anything
// else that notifies.
func (s *story) notified() (comments, other int) {
	for _, n := range s.w.notifications() {
		switch {
		case !strings.HasSuffix(n.Actor, "[bot]"), n.Kind == "issue_opened":
		case n.Kind == "comment_created" && n.User == "alice":
			comments++
		case n.Kind != "comment_created":
			other++
		}
	}
	return comments, other
}

// written counts how often the App wrote the issue.
func (s *story) written() int { return s.w.requests("PATCH", s.at.path("/issues/1")) }

// A month of a busy repository: pushes, pull requests, ticks, words, comments,
// every webhook twice, restarts and sweeps. Nobody is told of anything without
// one of the four reasons, and once for each. A push writes at most once, and
// what changes nothing writes nothing.
func TestAMonth(t *testing.T) {
	t.Parallel()
	s := newStory(t, &txtar.Archive{})
	s.does("repository payments service two-zones", "people bob carol", "install", "GitHub doubles 1000000 .*")
	days := [][]string{
		{"push image", "carol says Good morning. What is this checklist for?"},
		{"push notes", "bob ticks backups"},
		{"push no-image", "bob writes under backups On the first Monday."},
		{"carol ticks on-call", "carol says See /readyline help, they told me"},
		{"push image", "bob unticks backups", "bob ticks backups"},
		{"bob unticks images", "bob ticks images"},
	}
	for day := range 30 {
		for _, line := range days[day%len(days)] {
			if day >= len(days) && !strings.HasPrefix(line, "push") && !strings.Contains(line, "says") {
				continue // done in the first week, and stands
			}
			before := s.written()
			if strings.HasPrefix(line, "push") {
				s.at.commit(fmt.Sprintf("Day %d", day), s.files(strings.Fields(line)[1:])+fmt.Sprintf("-- DAY.md --\n%d\n", day))
				s.w.calm()
				if n := s.written() - before; n > 1 {
					t.Errorf("day %d: %q wrote the issue %d times", day, line, n)
				}
				continue
			}
			s.does(line)
		}
		if day%10 == 4 {
			s.does(fmt.Sprintf("propose day-%d one-zone", day))
		}
		if day%15 == 14 {
			s.does("days 5") // the App is started again, and looks for what ends and what was lost
		}
	}
	if comments, other := s.notified(); comments+other != 0 {
		t.Fatalf("%d comments and %d other notifications in a month without a reason:\n%v", comments, other, s.w.notifications())
	}
	before := s.written()
	s.w.redeliverAll()
	s.w.calm()
	s.at.commit("Nothing that matters", "-- DAY.md --\nlast\n")
	s.w.calm()
	if n := s.written() - before; n != 0 {
		t.Errorf("written %d times when nothing changed", n)
	}
	reasons := []struct {
		name  string
		lines []string
		says  string
	}{
		{"a required item regressed", []string{"push one-zone", "push no-image"}, "nothing proves it any more"},
		{"a ticked required item is contradicted", []string{"push no-database", "bob ticks zones", "push one-zone", "push image"}, "speaks against it"},
		{"a waiver is about to expire", []string{"bob says /readyline waive on-call until DAY+22 Two users", "days 6", "days 1"}, "The waiver of"},
		{"an answer", []string{"carol says /readyline why backups"}, "Backups are tested"},
		{"a refusal", []string{"carol says /readyline na backups"}, "needs a reason"},
	}
	for i, r := range reasons {
		s.does(r.lines...)
		s.w.redeliverAll()
		s.w.calm()
		comments, other := s.notified()
		if comments != i+1 || other != 0 {
			t.Fatalf("%s: %d comments and %d other notifications, want %d and none:\n%s", r.name, comments, other, i+1, strings.Join(s.at.comments(), "\n---\n"))
		}
		if all := s.at.comments(); !strings.Contains(all[len(all)-1], r.says) {
			t.Errorf("%s: the last comment does not say %q:\n%s", r.name, r.says, all[len(all)-1])
		}
	}
}
