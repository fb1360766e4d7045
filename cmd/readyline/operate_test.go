package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

// command runs a command's Run as the command line would, with its settings.
func (w *world) command(run func(ctx context.Context, at console, vars variables) error) (out string, code int) {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	code = report(&stderr, run(context.Background(), console{&stdout, &stderr}, variables{}))
	return stdout.String() + stderr.String(), code
}

func (w *world) doctor() (string, int) {
	w.t.Helper()
	return w.command((&doctorCommand{w.config}).Run)
}

func (w *world) recover() {
	w.t.Helper()
	out, code := w.command((&recoverCommand{w.config, 2 * time.Minute}).Run)
	if code != exitDone {
		w.t.Fatalf("recover left with %d:\n%s", code, out)
	}
	w.t.Log(out)
}

// said are the states of a repository's items, with who said so.
func (r *repository) said() map[string]string {
	r.w.t.Helper()
	items, err := r.w.process.store.Items(context.Background(), r.ID, "gruntwork-aws")
	if err != nil {
		r.w.t.Fatal(err)
	}
	out := map[string]string{}
	for _, it := range items {
		out[it.Item] = fmt.Sprintf("%s by %q, disputed %v", it.State, it.By, it.Disputed)
	}
	return out
}

func (r *repository) say(login, text string) {
	r.w.t.Helper()
	r.w.as(login, "POST", r.path("/issues/%d/comments", r.issue().Number), map[string]string{"body": text}, nil)
}

// people makes a world in which people have said things of every kind.
func people(t *testing.T) (*world, *repository) {
	w := newWorld(t)
	w.em.AddUser("bob")
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	w.em.SetRole(r.Repository, "bob", "write")
	w.install()
	r.boxes(map[string]bool{"build-docker-images": true, "use-feature-toggles": false})
	w.settled()
	for _, edit := range []func(string) string{
		tick("use-feature-toggles", true), tick("build-docker-images", false),
		func(body string) string { return body + "\nA word of ours.\n" },
	} {
		r.edit("bob", edit)
		w.settled() // who it was is known once the delivery has come
	}
	r.say("bob", "/readyline waive use-canary-deployments until 2999-01-31 two users")
	r.boxes(map[string]bool{"use-feature-toggles": true, "build-docker-images": false, "use-canary-deployments": true})
	w.settled()
	return w, r
}

// The database is gone, and there is no backup: what GitHub still tells comes
// back, and nothing is opened twice.
func TestRecoverWithoutABackup(t *testing.T) {
	fresh := testdb.New(t)
	w, r := people(t)
	r.say("bob", "/readyline why use-a-cdn")
	r.say("bob", "/readyline dance")
	w.settled()
	before, body, talk := r.said(), r.issue().Body, len(r.comments())
	w.stop()
	w.config.DatabaseURL = fresh
	w.recover()
	w.start()
	w.settled()
	if all := r.issues(); len(all) != 1 {
		t.Errorf("%d issues", len(all))
	}
	if n := len(r.comments()); n != talk {
		t.Errorf("%d comments became %d: what was answered is answered again", talk, n)
	}
	if diff := cmp.Diff(body, r.issue().Body); diff != "" {
		t.Errorf("the issue:\n%s", diff)
	}
	if diff := cmp.Diff(before, r.said()); diff != "" {
		t.Errorf("states:\n%s", diff)
	}
}

// Last night's backup, and a day of work after it.
func TestRestoreAndRecover(t *testing.T) {
	w, r := people(t)
	dir := t.TempDir()
	script := func(name, database string, args ...string) (string, error) {
		cmd := exec.Command(filepath.Join("..", "..", "docs", "deploy", name), args...)
		cmd.Env = append(os.Environ(), "READYLINE_DATABASE_URL="+database)
		out, err := cmd.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	dump, err := script("backup.sh", w.db, dir)
	if err != nil {
		t.Fatalf("%v: %s", err, dump)
	}

	// After the backup: people tick, untick, command; commits prove and take away.
	w.em.AddUser("carol")
	w.em.SetRole(r.Repository, "carol", "write")
	r.edit("carol", tick("use-feature-toggles", false))
	w.settled()
	r.say("carol", "/readyline attest use-auto-scaling it does")
	r.commit("A database in two zones", multiAZ)
	r.boxes(map[string]bool{"use-feature-toggles": false, "use-auto-scaling": true, "use-multiple-availability-zones": true})
	late := w.repository("late", readme)
	w.em.Poll(context.Background())
	late.issue()
	w.settled()
	before, body, lateBody := r.said(), r.issue().Body, late.issue().Body

	w.stop()
	empty := emptyDatabase(t, w.db)
	if out, err := script("restore.sh", w.db, dump); err == nil || !strings.Contains(out, "create an empty one") {
		t.Errorf("restored over a full database: %v %s", err, out)
	}
	if out, err := script("restore.sh", empty, dump); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	w.config.DatabaseURL = empty
	if err := store.Migrate(context.Background(), empty); err != nil {
		t.Fatal(err)
	}
	w.recover()
	w.start()
	w.settled()
	if diff := cmp.Diff(before, r.said()); diff != "" {
		t.Errorf("states:\n%s", diff)
	}
	if diff := cmp.Diff(body, r.issue().Body); diff != "" {
		t.Errorf("the issue:\n%s", diff)
	}
	if diff := cmp.Diff(lateBody, late.issue().Body); diff != "" || len(late.issues()) != 1 {
		t.Errorf("%d issues of the late repository:\n%s", len(late.issues()), diff)
	}
}

// emptyDatabase makes one without tables beside another.
func emptyDatabase(t *testing.T, beside string) string {
	t.Helper()
	u, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/") + "_restored"
	exec := func(sql string) {
		admin := *u
		admin.Path = "/postgres"
		conn, err := pgx.Connect(context.Background(), admin.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("create database " + name)
	u.Path = "/" + name
	return u.String()
}

// What the doctor says of a server, once well and then with each thing broken.
func TestDoctor(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	in := w.install()
	r.issue()
	w.settled()
	out, code := w.doctor()
	if code != exitDone || strings.Contains(out, "wrong  ") {
		t.Fatalf("left with %d:\n%s", code, out)
	}
	for _, about := range []string{"settings", "database", "schema", "clock", "App", "permissions", "events", "webhook", "on demo", "address"} {
		if !strings.Contains(out, fmt.Sprintf("%-12s %-12s ", good, about)) {
			t.Errorf("nothing about %s in\n%s", about, out)
		}
	}
	well := w.config
	cases := []struct {
		name   string
		change func(*serverConfig)
		code   int
		says   string
	}{
		{"settings", func(c *serverConfig) { c.LogLevel = "x" }, exitFailed, "READYLINE_LOG_LEVEL"},
		{"no database", func(c *serverConfig) { c.DatabaseURL = "postgres://127.0.0.1:1/x?connect_timeout=2" }, exitOutside, "may this machine connect"},
		{"an empty database", func(c *serverConfig) { c.DatabaseURL = emptyDatabase(t, w.db) }, exitFailed, "readyline migrate"},
		{"no App", func(c *serverConfig) {
			c.AppID, c.PrivateKey, c.WebhookSecret, c.ClientID, c.ClientSecret = 0, "", "", "", ""
		}, exitFailed, "open /setup"},
		{"another App's id", func(c *serverConfig) { c.AppID = 4711 }, exitFailed, "READYLINE_GITHUB_APP_ID and the private key"},
		{"GitHub out of reach", func(c *serverConfig) {
			c.GitHubURL, c.GitHubAPIURL = "http://127.0.0.1:1", "http://127.0.0.1:1/api/v3"
		}, exitOutside, "READYLINE_GITHUB_API_URL"},
		{"another address", func(c *serverConfig) { c.PublicURL = "http://127.0.0.1:1" }, exitFailed, "set the webhook URL on the App's page"},
	}
	for _, c := range cases {
		w.config = well
		c.change(&w.config)
		if out, code := w.doctor(); code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: left with %d:\n%s", c.name, code, out)
		}
	}
	w.config = well
	w.em.SetPermissions(in, map[string]string{"metadata": "read", "contents": "read", "issues": "write"})
	if out, code := w.doctor(); code != exitDone || !strings.Contains(out, "not granted: actions: read, checks: write") {
		t.Errorf("optional permissions: left with %d:\n%s", code, out)
	}
	w.em.SetPermissions(in, map[string]string{"metadata": "read", "contents": "read"})
	if out, code := w.doctor(); code != exitFailed || !strings.Contains(out, "issues: write") {
		t.Errorf("a needed permission: left with %d:\n%s", code, out)
	}
}

func TestDeliveriesAreTriedAgain(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	r.issue()
	w.settled()
	ctx := context.Background()
	all, err := w.process.store.Deliveries(ctx, store.Processed, time.Now().Add(time.Minute), 1)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d deliveries: %v", len(all), err)
	}
	guid := all[0].GUID
	if err := w.process.store.FailDelivery(ctx, guid, "the disk\nwas full", true); err != nil {
		t.Fatal(err)
	}
	list := deliveriesCommand{serverConfig: w.config, State: "failed", Limit: 10}
	if out, code := w.command(list.Run); code != exitDone || !strings.Contains(out, guid) || !strings.Contains(out, "the disk was full") {
		t.Errorf("left with %d:\n%s", code, out)
	}
	retry := deliveriesCommand{serverConfig: w.config, State: "failed", Limit: 10, Retry: "all"}
	if out, code := w.command(retry.Run); code != exitDone || !strings.Contains(out, "1 to be processed again") {
		t.Errorf("left with %d:\n%s", code, out)
	}
	w.until("the delivery processed", func() bool {
		d, err := w.process.store.Delivery(ctx, guid)
		return err == nil && d.State != store.Failed && d.State != store.Received
	})
	for guid, want := range map[string]struct {
		code int
		says string
	}{guid: {exitFailed, "only failed and stuck"}, "no-such-thing": {exitUnreadable, "there is no such delivery"}} {
		retry.Retry = guid
		if out, code := w.command(retry.Run); code != want.code || !strings.Contains(out, want.says) {
			t.Errorf("%s: left with %d:\n%s", guid, code, out)
		}
	}
}

func TestConfigTellsWhereItIsSaid(t *testing.T) {
	w := newWorld(t)
	w.repository(".github", readme+`
-- .github/readyline.yml --
version: 1
attestations_expire: 365d
ignore: ["old/**"]
repositories:
  - match: {name: "pay*"}
    mode: observe
    waivers: {use-a-cdn: {reason: "No browsers"}}
`)
	r := w.repository("payments", readme+`
-- .github/readyline.yml --
version: 1
checklists: [solution-readiness]
`)
	w.install()
	w.until("looked at", func() bool {
		row, err := w.process.store.Repository(context.Background(), r.ID)
		return err == nil && row.AssessedAt != nil && len(row.Config) > 0
	})
	w.settled()
	out, code := w.command((&configCommand{w.config, "demo/payments"}).Run)
	if code != exitDone {
		t.Fatalf("left with %d:\n%s", code, out)
	}
	for _, want := range []string{
		"mode observe demo/.github .github/readyline.yml:6",
		"checklists solution-readiness demo/payments .github/readyline.yml:2",
		"ignore old/** demo/.github .github/readyline.yml:3",
		"attestations_expire 365d demo/.github .github/readyline.yml:2",
		"checks_block false default",
		"close_at_100 false default",
		"mention_author false default",
		"waivers.use-a-cdn No browsers demo/.github .github/readyline.yml:7",
	} {
		found := false
		for _, line := range strings.Split(out, "\n") {
			found = found || strings.Join(strings.Fields(line), " ") == want
		}
		if !found {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
	if out, code := w.command((&configCommand{w.config, "demo/nothing"}).Run); code != exitFailed {
		t.Errorf("left with %d:\n%s", code, out)
	}
}

func TestHealthcheck(t *testing.T) {
	w := newWorld(t)
	if err := (&healthcheckCommand{Listen: w.config.Listen}).Run(context.Background()); err != nil {
		t.Error(err)
	}
	w.stop()
	var e exitError
	if err := (&healthcheckCommand{Listen: w.config.Listen}).Run(context.Background()); !errors.As(err, &e) || e.code != exitFailed {
		t.Errorf("without a server: %v", err)
	}
}
