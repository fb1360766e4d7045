package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/issue"
)

const readme = `
-- README.md --
# payments

Takes money from customers and keeps the books. See docs for how to run it.
`

const dockerfile = `
-- Dockerfile --
FROM golang:1.26
COPY . /src
RUN cd /src && go build -o /payments .
USER 1000
CMD ["/payments"]
`

const buildAndPush = `
-- .github/workflows/image.yml --
name: Image
on:
  push:
    branches: [main]
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - uses: docker/login-action@v3
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: registry.example.com/payments:${{ github.sha }}
`

const multiAZ = `
-- infra/main.tf --
provider "aws" {
  region = "eu-central-1"
}

resource "aws_db_instance" "books" {
  engine            = "postgres"
  instance_class    = "db.m7g.large"
  allocated_storage = 50
  multi_az          = true
}
`

// What a team does first: a Dockerfile alone, then a workflow and a database,
// then all of it taken away again.
func TestCommitsTickAndUntick(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	body := r.boxes(map[string]bool{"build-docker-images": false, "use-multiple-availability-zones": false})
	if first, _, _ := strings.Cut(body, "\n"); first != `<!-- readyline checklist="gruntwork-aws" -->` {
		t.Errorf("first line %q", first)
	}

	r.commit("Add a Dockerfile", dockerfile)
	w.until("a hint for the Dockerfile", func() bool {
		return strings.Contains(lineOf(r.issue().Body, "build-docker-images"), "hint: [`Dockerfile")
	})
	r.boxes(map[string]bool{"build-docker-images": false})

	before := issue.Boxes(r.issue().Body)
	r.commit("Build and push the image; a database in two zones", buildAndPush+multiAZ)
	body = r.boxes(map[string]bool{"build-docker-images": true, "use-multiple-availability-zones": true})
	for item, line := range map[string]string{
		"build-docker-images":             "/.github/workflows/image.yml#L1",
		"use-multiple-availability-zones": "/infra/main.tf#L9",
	} {
		if got := lineOf(body, item); !strings.Contains(got, "/demo/payments/blob/") || !strings.Contains(got, line) {
			t.Errorf("%s has no permalink to %s: %s", item, line, got)
		}
	}
	also := map[string]bool{ // what these files prove besides, rightly
		"deploy-relational-databases": true, "publish-versioned-artifacts": true,
		"define-your-infrastructure-as-code": true, "use-docker-when-possible": true, "pick-a-version-control-system": true,
	}
	for item, ticked := range issue.Boxes(body) {
		if ticked && !before[item] && item != "build-docker-images" && item != "use-multiple-availability-zones" && !also[item] {
			t.Errorf("ticked for no reason: %s", lineOf(body, item))
		}
	}

	r.commit("Take it away again", "\n-- Dockerfile --\n-- .github/workflows/image.yml --\n-- infra/main.tf --\n-- NOTES.md --\nGone.\n")
	r.boxes(map[string]bool{"build-docker-images": false, "use-multiple-availability-zones": false})
	w.settled()
	var got []string
	for _, e := range r.history("use-multiple-availability-zones") {
		got = append(got, fmt.Sprintf("%s→%s by %s (%s), %d evidence", e.FromState, e.ToState, e.Actor, e.ActorKind, len(e.Evidence)))
	}
	if len(got) < 2 || !strings.Contains(got[len(got)-2], "→met by Sam Sample (push), 1 evidence") || !strings.HasPrefix(got[len(got)-1], "met→") {
		t.Errorf("history of the database:\n%s", strings.Join(got, "\n"))
	}
}

func TestOneIssueWhateverHappensTwice(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	in := w.install()
	r.boxes(map[string]bool{"build-docker-images": true})
	w.settled()
	count := func() (rows int) {
		if err := w.process.store.Pool().QueryRow(context.Background(), `select count(*) from history`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	before, body := count(), r.issue().Body

	// Every delivery once more, then a restart in the middle of a third round.
	w.redeliverAll()
	w.settled()
	w.em.Uninstall(in)
	w.settled()
	w.install()
	w.settled()
	w.redeliverAll()
	w.stop()
	w.start()
	w.settled()
	if all := r.issues(); len(all) != 1 {
		t.Errorf("%d issues", len(all))
	}
	if after := count(); after != before {
		t.Errorf("%d history rows became %d", before, after)
	}
	if diff := cmp.Diff(body, r.issue().Body); diff != "" {
		t.Error(diff)
	}
}

func TestNoIssueWhereNoneBelongs(t *testing.T) {
	w := newWorld(t)
	off := false
	repos := map[string]*repository{
		"archived": w.repository("archived", readme, func(s *emulator.RepoSpec) { s.Archived = true }),
		"a fork":   w.repository("forked", readme, func(s *emulator.RepoSpec) { s.Fork = true }),
		"empty: no commits on the default branch": w.repository("empty", ""),
		"issues are switched off":                 w.repository("quiet", readme, func(s *emulator.RepoSpec) { s.HasIssues = &off }),
	}
	w.install()
	for reason, r := range repos {
		w.until(r.name+" skipped", func() bool {
			row, err := w.process.store.Repository(context.Background(), r.ID)
			return err == nil && row.SkipReason == reason
		})
	}
	w.settled()
	for _, r := range repos {
		if known, err := w.process.store.Issues(context.Background(), r.ID); err != nil || len(known) != 0 {
			t.Errorf("%s has %d issues, error %v", r.name, len(known), err)
		}
	}
	for _, r := range []*repository{repos["archived"], repos["empty: no commits on the default branch"]} {
		if n := len(r.issues()); n != 0 { // the others answer no such question
			t.Errorf("%s has %d issues", r.name, n)
		}
	}
}
