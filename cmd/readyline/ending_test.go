package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// later stops the app and starts it again with a clock that is ahead.
func (w *world) later(ahead time.Duration) {
	w.t.Helper()
	w.stop()
	w.ahead = ahead
	began := time.Now()
	w.start()
	w.until("the job that looks for ends", func() bool {
		var done int
		err := w.process.store.Pool().QueryRow(context.Background(),
			`select count(*) from river_job where kind = 'endings' and state = 'completed' and finalized_at > $1`, began).Scan(&done)
		return err == nil && done > 0
	})
	w.settled()
}

// What people and configurations say for a time ends by itself, is warned of
// once a week before, and ends without a comment.
func TestWhatIsSaidForATimeEnds(t *testing.T) {
	const day = 24 * time.Hour
	in := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format("2006-01-02") }
	config := func(text string) string {
		return readme + "\n-- .github/readyline.yml --\nversion: 1\n" + text
	}
	cases := []struct {
		name, files, says, item string
		ticks                   bool
		line                    string // of the item while it holds
		warned, ends            int    // days from now at which it is warned of, and has ended
		warning                 string // empty: there is none
	}{
		{
			name: "a waiver", files: readme, item: "use-a-cdn", says: "/readyline waive use-a-cdn until " + in(30) + " two users",
			line: "waived by `alice`: two users, until " + in(30), warned: 24, ends: 32,
			warning: "The waiver of **Use a CDN** by `alice` ends on " + in(30) + ". `/readyline waive use-a-cdn until DATE REASON` keeps it.",
		},
		{
			name: "a waiver for a few days", files: readme, item: "use-a-cdn", says: "/readyline waive use-a-cdn until " + in(3) + " soon",
			line: "waived by `alice`: soon, until " + in(3), warned: 2, ends: 5,
		},
		{
			name: "a waiver in a file", files: config("waivers: {use-a-cdn: {reason: Two users, until: " + in(30) + "}}\n"), item: "use-a-cdn",
			line: "waived by `.github/readyline.yml`: Two users, until " + in(30), warned: 24, ends: 32,
			warning: "by `.github/readyline.yml` ends on " + in(30) + ". Another date there keeps it.",
		},
		{
			name: "an attestation", files: config("attestations_expire: 60d\n"), item: "use-a-cdn", ticks: true,
			line: "attested by `alice`, until " + in(60), warned: 54, ends: 61,
			warning: "The attestation of **Use a CDN** by `alice` ends on " + in(60) + ". `/readyline attest use-a-cdn` keeps it.",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.repository("payments", c.files)
			w.install()
			r.issue()
			w.settled()
			if c.says != "" {
				r.say("alice", c.says)
			}
			if c.ticks {
				r.edit("alice", tick(c.item, true))
			}
			r.boxes(map[string]bool{c.item: true})
			w.settled()
			if body := r.issue().Body; !strings.Contains(lineOf(body, c.item), c.line) {
				t.Errorf("the line does not say %q: %s", c.line, lineOf(body, c.item))
			}
			said := len(r.comments())
			w.later(time.Duration(c.warned) * day)
			w.later(time.Duration(c.warned)*day + time.Hour)
			comments := r.comments()[said:]
			switch {
			case c.warning == "" && len(comments) != 0, c.warning != "" && len(comments) != 1:
				t.Fatalf("%d warnings: %v", len(comments), comments)
			case c.warning != "" && !strings.Contains(comments[0], c.warning):
				t.Errorf("the warning lacks %q:\n%s", c.warning, comments[0])
			}
			r.boxes(map[string]bool{c.item: true})
			said = len(r.comments())
			w.later(time.Duration(c.ends) * day)
			r.boxes(map[string]bool{c.item: false})
			if n := len(r.comments()); n != said {
				t.Errorf("%d comments on the end", n-said)
			}
			events := r.history(c.item)
			last := events[len(events)-1]
			if diff := cmp.Diff([]string{"clock", ""}, []string{string(last.ActorKind), last.Actor}); diff != "" {
				t.Errorf("the end is put down to\n%s", diff)
			}
		})
	}
}

// Saying it again keeps it: the end moves, and the warning comes again.
func TestAnAttestationIsRenewed(t *testing.T) {
	const day = 24 * time.Hour
	w := newWorld(t)
	r := w.repository("payments", readme+"\n-- .github/readyline.yml --\nversion: 1\nattestations_expire: 60d\n")
	w.install()
	r.issue()
	w.settled()
	r.say("alice", "/readyline attest use-a-cdn")
	r.boxes(map[string]bool{"use-a-cdn": true})
	w.later(54 * day)
	if n := len(r.comments()); n != 2 {
		t.Fatalf("%d comments, want the command and a warning", n)
	}
	r.say("alice", "/readyline attest use-a-cdn")
	w.settled()
	w.later(61 * day)
	r.boxes(map[string]bool{"use-a-cdn": true})
	if n := len(r.comments()); n != 3 {
		t.Errorf("%d comments after it was said again", n)
	}
	w.later(115 * day)
	r.boxes(map[string]bool{"use-a-cdn": false})
}

// Evidence against what a person vouched for is told once; the tick stands.
func TestAContradictedTickIsToldOnce(t *testing.T) {
	const zone = "use-multiple-availability-zones"
	oneZone := func(size string) string {
		return strings.NewReplacer("multi_az          = true", "multi_az          = false", "50", size).Replace(multiAZ)
	}
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	r.boxes(map[string]bool{zone: false})
	w.settled()
	r.edit("alice", tick(zone, true))
	r.boxes(map[string]bool{zone: true})
	w.settled()
	for i, files := range []string{oneZone("50"), oneZone("60"), "\n-- infra/main.tf --\n", oneZone("70")} {
		r.commit("A database in one zone, or none", files)
		w.settled()
		if n := len(r.comments()); n != 1 {
			t.Fatalf("%d comments after commit %d: %v", n, i, r.comments())
		}
	}
	for _, want := range []string{"Use multiple Availability Zones", "attested by `alice`", "`infra/main.tf:", "The tick stands."} {
		if c := r.comments()[0]; !strings.Contains(c, want) {
			t.Errorf("the comment lacks %q:\n%s", want, c)
		}
	}
	if line := lineOf(r.boxes(map[string]bool{zone: true}), zone); !strings.Contains(line, "but see [`infra/main.tf:") {
		t.Errorf("the line does not show what speaks against it: %s", line)
	}
}
