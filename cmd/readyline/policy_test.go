package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/emulator"
)

// checkRun is a check run with its annotations, as a person reads it.
type checkRun struct {
	ID               int64
	Name, Conclusion string
	Output           struct{ Title, Summary string }
	marks            []string // file:line
}

// check waits for a check run on a branch.
func (r *repository) check(name, branch string) checkRun {
	r.w.t.Helper()
	var runs struct {
		CheckRuns []checkRun `json:"check_runs"`
	}
	find := func(k checkRun) bool { return k.Name == name }
	r.w.until("a check run "+name, func() bool {
		r.w.as("alice", "GET", r.path("/commits/%s/check-runs", branch), nil, &runs)
		return slices.ContainsFunc(runs.CheckRuns, find)
	})
	k := runs.CheckRuns[slices.IndexFunc(runs.CheckRuns, find)]
	var list []struct {
		Path      string
		StartLine int `json:"start_line"`
	}
	r.w.as("alice", "GET", r.path("/check-runs/%d/annotations", k.ID), nil, &list)
	for _, a := range list {
		k.marks = append(k.marks, fmt.Sprintf("%s:%d", a.Path, a.StartLine))
	}
	return k
}

// propose opens a pull request with the files of a txtar archive.
func (r *repository) propose(branch, files string) {
	r.w.t.Helper()
	ctx := context.Background()
	branch, back, _ := strings.Cut(branch, "~")
	behind := digits(back)
	for _, step := range []func() error{
		func() error { return git(ctx, r.dir, "checkout", "-q", "-b", branch, "main~"+strconv.Itoa(behind)) },
		func() error { r.commit("Propose", files); return nil },
		func() error { return git(ctx, r.dir, "checkout", "-q", "main") },
		func() error { r.w.em.Poll(ctx); return nil },
		func() error { _, err := r.w.em.OpenPullRequest(r.Repository, branch, "main", "alice"); return err },
	} {
		if err := step(); err != nil {
			r.w.t.Fatal(err)
		}
	}
}

// What a change of the organisation's file would do everywhere is said on its
// pull request, from what is stored: no other repository is asked for.
func TestAChangeOfPolicyIsPreviewed(t *testing.T) {
	file := func(text string) string { return "\n-- .github/readyline.yml --\nversion: 1\n" + text }
	cases := []struct {
		name, files, title string
		summary            []string // what stands in it
		not                string
		marks              []string
	}{
		{
			name: "waive", files: file("waivers: {use-feature-toggles: {reason: Later}}\n"),
			title:   "3 repositories and 3 boxes would change",
			summary: []string{"| demo/handbook | issue |", "| demo/payments | issue |", "1 would tick; (Use feature toggles)", "1 more repository, which fewer people may see"},
			not:     "secret-plans",
		},
		{
			name: "switch-off", files: file("repositories:\n  - match: {name: \"pay*\"}\n    mode: off\n"),
			title: "1 repository and 0 boxes would change", summary: []string{"| demo/payments | issue → off |", "→ – |", "ends "}, not: "handbook",
		},
		{
			name: "another-list", files: file("repositories:\n  - match: {name: handbook}\n    checklists: [solution-readiness]\n"),
			title: "1 repository and 0 boxes would change", summary: []string{"| demo/handbook | issue |", "begins ", "; ends "}, not: "payments",
		},
		{
			name: "ignore", files: file("ignore: [\"infra/**\"]\n"),
			title: "3 repositories and 0 boxes would change", summary: []string{"looked at anew after the merge"},
		},
		{name: "the-same", files: file("attestations_expire: 365d\n"), title: "Nothing would change", summary: []string{"Compared 3 repositories"}},
		{
			name: "faults", files: file("waivers: {use-a-cdn: Later}\nmoed: off\n"),
			title: "3 faults: the last good configuration would go on", marks: []string{".github/readyline.yml:2", ".github/readyline.yml:2", ".github/readyline.yml:3"},
		},
		{
			name: "faults-in-a-list", files: file("checklists: [./lists/ours.md]\n") + "\n-- lists/ours.md --\n---\nname: Ours\nabout: Ours\n---\n## Code\n\n- [ ] One <!-- item: one; control: no-such-control -->\n",
			title: "1 fault: the last good configuration would go on", marks: []string{"lists/ours.md:7"},
		},
	}
	w := newWorld(t)
	org := w.repository(".github", readme)
	w.repository("payments", readme+dockerfile+buildAndPush)
	w.repository("handbook", readme)
	w.repository("secret-plans", readme, func(s *emulator.RepoSpec) { s.Private = true })
	w.install()
	w.settled()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w.do("DELETE", "/requests", "")
			org.propose(c.name, c.files)
			k := org.check("Readiness policy", c.name)
			w.settled()
			if k.Conclusion != "neutral" || k.Output.Title != c.title || !slices.Equal(k.marks, c.marks) {
				t.Errorf("%s: %s %v", k.Conclusion, k.Output.Title, k.marks)
			}
			for _, want := range c.summary {
				if !strings.Contains(k.Output.Summary, want) {
					t.Errorf("the summary lacks %q:\n%s", want, k.Output.Summary)
				}
			}
			if c.not != "" && strings.Contains(k.Output.Summary, c.not) {
				t.Errorf("the summary names %s:\n%s", c.not, k.Output.Summary)
			}
			var log struct {
				Requests []struct{ Method, Path, By string }
			}
			w.list("/requests", &log)
			read := 0
			for _, q := range log.Requests {
				if strings.Contains(q.Path, "/repos/") && !strings.Contains(q.Path, "/repos/demo/.github/") {
					t.Errorf("asked for %s %s", q.Method, q.Path)
				}
				if strings.Contains(q.Path, "/contents/") {
					read++
				}
			}
			if want := strings.Count(c.files, "\n-- "); read != want {
				t.Errorf("%d files read, want the %d proposed", read, want)
			}
		})
	}
	org.propose("elsewhere", "\n-- NOTES.md --\nNothing of policy.\n")
	org.check("Readiness", "elsewhere")
	w.settled()
	var runs struct {
		CheckRuns []checkRun `json:"check_runs"`
	}
	w.as("alice", "GET", org.path("/commits/elsewhere/check-runs"), nil, &runs)
	if len(runs.CheckRuns) != 1 {
		t.Errorf("%d check runs on a pull request that leaves the policy alone", len(runs.CheckRuns))
	}
}
