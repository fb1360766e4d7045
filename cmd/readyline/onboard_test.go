//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/issue"
)

// TestOnboarding installs the App on a large organisation. Issues are opened in
// waves, which are paused, resumed and changed while a replica is killed: every
// repository gets one issue, no limit is broken, and what is said of the end
// comes true. Forty repositories here; `make onboard` is ten thousand.
func TestOnboarding(t *testing.T) {
	o := &onboardingRun{
		chaos:  &chaos{t: t, seed: number("READYLINE_CHAOS_SEED", 1), repositories: number("READYLINE_ONBOARD_REPOSITORIES", 40)},
		speed:  number("READYLINE_ONBOARD_SPEED", 400),
		hourly: number("READYLINE_ONBOARD_PER_HOUR", 20), daily: number("READYLINE_ONBOARD_PER_DAY", 200),
	}
	o.begin()
	began := time.Now()
	if _, err := o.em.Install(o.app, demoOwner); err != nil {
		t.Fatal(err)
	}
	o.opened(o.share(2))
	o.pause()
	for _, percent := range []int{10, 25, 50, 75, 90} {
		o.opened(o.share(percent))
		o.note(percent)
		if percent == 25 {
			t.Logf("killed %s", o.fleet.kill(o.random(1)))
		}
	}
	o.opened(o.repositories)
	ended := time.Now()
	o.settled()
	t.Logf("%d repositories in %s, %s of GitHub's", o.repositories, ended.Sub(began).Round(time.Second), (ended.Sub(began) * time.Duration(o.speed)).Round(time.Hour))
	o.estimates(ended)
	o.once()
	o.jobs()
	if broken := o.em.Broken(); len(broken) > 0 {
		t.Errorf("limits of GitHub's that were broken: %v", broken)
	}
	close(o.fleet.faults)
	for f := range o.fleet.faults {
		t.Error(f)
	}
}

// onboardingRun is one run.
type onboardingRun struct {
	*chaos
	speed         int // how many of GitHub's hours pass in one of ours
	hourly, daily int // the waves, once they were changed
	noted         []estimate
}

// estimate is what was said of the end.
type estimate struct {
	percent int
	at, end time.Time
}

func (o *onboardingRun) share(percent int) int { return max(o.repositories*percent/100, 1) }

func (o *onboardingRun) begin() {
	t := o.t
	var err error
	// Nobody pushes, so nobody looks for pushes.
	o.em, err = emulator.New(emulator.Options{Speed: o.speed, WatchEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.em.Close(context.Background()); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	o.em.AddOrganization(demoOwner, emulator.DefaultOwner)
	o.organisation(t.TempDir())
	o.em.Start()
	o.fleet = newFleet(t, 1)
	o.fleet.pace = o.speed
	config := serverConfig{Listen: o.fleet.listen}
	if o.app, err = (&demo{}).register(o.em, &config); err != nil {
		t.Fatal(err)
	}
	o.fleet.environment(config)
	o.fleet.start()
	if o.pool, err = pgxpool.New(context.Background(), o.fleet.db.URL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.pool.Close)
}

// organisation makes the repositories: of some kinds, as those of an organisation
// are.
func (o *onboardingRun) organisation(dir string) {
	const kinds = 24
	var dirs []string
	for k := range min(kinds, o.repositories) {
		at := filepath.Join(dir, "kind-"+strconv.Itoa(k))
		if err := os.MkdirAll(at, 0o755); err != nil {
			o.t.Fatal(err)
		}
		if err := git(context.Background(), at, "init", "-q", "-b", "main"); err != nil {
			o.t.Fatal(err)
		}
		files := readme + dockerfile
		if k%2 == 0 {
			files += buildAndPush
		}
		if k%3 == 0 {
			files += multiAZ
		}
		files += fmt.Sprintf("\n-- docs/kind.md --\nThis is kind %d.\n", k)
		if err := commitFiles(context.Background(), at, "Begin", txtar.Parse([]byte(files)).Files); err != nil {
			o.t.Fatal(err)
		}
		dirs = append(dirs, at)
	}
	for i := range o.repositories {
		s := &subjected{name: fmt.Sprintf("service-%05d", i)}
		var err error
		if s.Repository, err = o.em.AddRepository(emulator.RepoSpec{Owner: demoOwner, Name: s.name, GitDir: dirs[i%len(dirs)]}); err != nil {
			o.t.Fatal(err)
		}
		o.all = append(o.all, s)
	}
}

// opened waits until so many issues are open.
func (o *onboardingRun) opened(n int) {
	o.t.Helper()
	o.until(fmt.Sprintf("%d issues", n), func() bool { return o.number(`select count(*) from issues`) >= n })
}

// waves runs `readyline waves` and returns the columns that it prints of the
// organisation.
func (o *onboardingRun) waves(flags ...string) []string {
	o.t.Helper()
	cmd := exec.Command(o.fleet.binary, append([]string{"waves", demoOwner}, flags...)...)
	var out bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = o.fleet.env, &out, &out
	if err := cmd.Run(); err != nil {
		o.t.Fatalf("waves %v: %v\n%s", flags, err, out.String())
	}
	for line := range strings.Lines(out.String()) {
		if f := strings.Fields(line); len(f) == 7 && f[0] == demoOwner {
			return f
		}
	}
	o.t.Fatalf("waves %v prints\n%s", flags, out.String())
	return nil
}

// pause pauses the waves for two of GitHub's hours, and goes on with others.
func (o *onboardingRun) pause() {
	if f := o.waves("--pause"); f[6] != "paused" {
		o.t.Errorf("paused, waves prints %v", f)
	}
	began := time.Now()
	// Issues whose turn had come already may still be opened.
	o.until("openings under way to end", func() bool { return o.number(`select count(*) from openings where granted_at is not null`) == 0 })
	before := o.number(`select count(*) from issues`)
	o.until("two hours to pass", func() bool { return time.Since(began)*time.Duration(o.speed) > 2*time.Hour })
	if after := o.number(`select count(*) from issues`); after != before {
		o.t.Errorf("%d issues were opened while paused", after-before)
	}
	f := o.waves("--resume", "--per-hour", strconv.Itoa(o.hourly), "--per-day", strconv.Itoa(o.daily))
	if f[4] != strconv.Itoa(o.hourly) || f[5] != strconv.Itoa(o.daily) || f[6] == "paused" {
		o.t.Errorf("resumed and changed, waves prints %v", f)
	}
}

// note takes down what is said of the end.
func (o *onboardingRun) note(percent int) {
	f := o.waves()
	if f[6] == "-" && f[1] == strconv.Itoa(o.repositories) {
		return // all are open meanwhile
	}
	end, err := time.Parse(time.RFC3339Nano, f[6])
	if err != nil {
		o.t.Errorf("at %d %%: %v", percent, err)
		return
	}
	o.noted = append(o.noted, estimate{percent, time.Now(), end})
}

// estimates holds what was said of the end against the end. What a machine does
// beside this says nothing about the estimates, so they are told here and only
// the long form insists.
func (o *onboardingRun) estimates(ended time.Time) {
	insist := os.Getenv("READYLINE_ONBOARD_REPOSITORIES") != ""
	hours := func(d time.Duration) float64 { return (d * time.Duration(o.speed)).Hours() }
	for _, e := range o.noted {
		said, was := e.end.Sub(e.at), ended.Sub(e.at)
		off := said.Seconds()/was.Seconds() - 1
		o.t.Logf("at %d %%: said %.1f hours, were %.1f, %+.0f %%", e.percent, hours(said), hours(was), 100*off)
		if insist && e.percent < 90 && (off > 0.2 || off < -0.2) {
			o.t.Errorf("at %d %% the estimate was %.0f %% off", e.percent, 100*off)
		}
	}
	log, err := os.ReadFile(o.fleet.replicas[0].log())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, words := range []string{"new issues come in waves", "new issues are paused", "last_at="} {
		if !bytes.Contains(log, []byte(words)) {
			o.t.Errorf("the log never says %q", words)
		}
	}
}

// once makes sure that each repository has one issue. Who reads has an hourly
// limit as well, so there are several.
func (o *onboardingRun) once() {
	for i, r := range o.all {
		reader := fmt.Sprintf("reader-%d", i/4000)
		o.em.AddUser(reader)
		var all []post
		o.as(reader, "GET", fmt.Sprintf("/repos/%s/%s/issues?state=all", demoOwner, r.name), nil, &all)
		if len(all) != 1 || issue.ChecklistOf(all[0].Body) == "" {
			o.t.Errorf("%s has %d issues", r.name, len(all))
		}
	}
}
