package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"github.com/readyline/readyline/migrations"
)

// oldestKept is the schema from which on everything that people said is in it.
const oldestKept = 5

// Data of people goes back to the schema of each older release and forward
// again: what they said is there, nothing is opened twice, work goes on.
func TestUpgradeAndRollBack(t *testing.T) {
	w, r := people(t)
	before, body := r.said(), r.issue().Body
	names, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var versions []int64
	for _, n := range names {
		v, err := goose.NumericComponent(n.Name())
		if err == nil && v >= oldestKept {
			versions = append(versions, v)
		}
	}
	slices.Sort(versions)
	migrate := func(to int64) (string, int) {
		return w.command((&migrateCommand{DatabaseURL: w.db, To: to}).Run)
	}
	if out, code := migrate(9999); code != exitOutside || !strings.Contains(out, "is not before it") {
		t.Errorf("to a later one: left with %d:\n%s", code, out)
	}
	for i := len(versions) - 2; i >= 0; i-- {
		w.stop()
		if out, code := migrate(versions[i]); code != exitDone {
			t.Fatalf("back to %d: left with %d:\n%s", versions[i], code, out)
		}
		if i%4 == 0 || i == len(versions)-2 { // what serve does at start
			w.start()
		} else {
			if out, code := migrate(0); code != exitDone {
				t.Fatalf("up from %d: left with %d:\n%s", versions[i], code, out)
			}
			w.start()
		}
		w.settled()
		if diff := cmp.Diff(before, r.said()); diff != "" {
			t.Errorf("states after %d:\n%s", versions[i], diff)
		}
		if diff := cmp.Diff(body, r.issue().Body); diff != "" || len(r.issues()) != 1 {
			t.Errorf("%d issues after %d:\n%s", len(r.issues()), versions[i], diff)
		}
	}
	r.commit("A database in two zones", multiAZ)
	r.boxes(map[string]bool{"use-multiple-availability-zones": true, "use-feature-toggles": true})
}

// Whoever goes back to a release finds its schema in the changelog.
func TestTheChangelogNamesTheSchema(t *testing.T) {
	names, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var newest int64
	for _, n := range names {
		if v, err := goose.NumericComponent(n.Name()); err == nil {
			newest = max(newest, v)
		}
	}
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, first, _ := strings.Cut(string(text), "\n## ")
	if first, _, _ = strings.Cut(first, "\n## "); !strings.Contains(first, fmt.Sprintf("\nSchema %d:", newest)) {
		t.Errorf("the newest section does not say Schema %d:\n%s", newest, first)
	}
}

// A server's own Postgres is migrated like any other, while the server is down.
func TestThePrivateDatabaseIsMigrated(t *testing.T) {
	dir, err := os.MkdirTemp("", "readyline-migrate-") // that of t is closed to the user as whom Postgres runs for root
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // to be passed through, not read
		t.Fatal(err)
	}
	for _, test := range []struct {
		to   int64
		says string
	}{{0, "is up to date"}, {10, "is at version 10"}, {0, "is up to date"}} {
		var out, errs bytes.Buffer
		code := report(&errs, (&migrateCommand{DataDir: dir, To: test.to}).Run(context.Background(), console{&out, &errs}, variables{}))
		if code != exitDone || !strings.Contains(out.String(), "the private Postgres in "+dir+" "+test.says) {
			t.Errorf("to %d: left with %d: %s%s", test.to, code, out.String(), errs.String())
		}
	}
}

// A release goes on beside the schema of the one after it.
func TestOlderReleaseBesideANewerSchema(t *testing.T) {
	w, r := people(t)
	w.stop()
	conn, err := pgx.Connect(context.Background(), w.db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{
		`insert into goose_db_version (version_id, is_applied) values (99999, true)`,
		`alter table repositories add column of_tomorrow text not null default ''`,
	} {
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	if p := newBrowser(t).get(w.config.PublicURL + "/readyz"); p.status != 200 {
		t.Errorf("/readyz: %d %s", p.status, p.body)
	}
	r.commit("A database in two zones", multiAZ)
	r.boxes(map[string]bool{"use-multiple-availability-zones": true})
}

// What is kept of an organisation comes out whole, and goes whole.
func TestExportAndForgetAnOrganisation(t *testing.T) {
	w, r := people(t)
	out, code := w.command((&exportCommand{w.config, "DEMO"}).Run)
	if code != exitDone {
		t.Fatalf("export left with %d:\n%s", code, out)
	}
	exported := map[string]int64{}
	lines := bufio.NewScanner(strings.NewReader(out))
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var line struct {
			Table string
			Row   map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || len(line.Row) == 0 {
			t.Fatalf("%v: %.200s", err, lines.Text())
		}
		exported[line.Table]++
	}
	for _, table := range []string{"installations", "repositories", "issues", "items", "history", "statements", "assessments", "daily", "deliveries"} {
		if exported[table] == 0 {
			t.Errorf("no %s in the export", table)
		}
	}
	if !bytes.Contains([]byte(out), []byte("two users")) || !strings.Contains(out, "A word of ours") {
		t.Error("what people said and wrote is not in the export")
	}
	if out, code := w.command((&forgetCommand{serverConfig: w.config, Owner: "nobody", Yes: true}).Run); code != exitFailed {
		t.Errorf("forgetting nobody left with %d:\n%s", code, out)
	}
	w.stop()
	out, code = w.command((&forgetCommand{serverConfig: w.config, Owner: "Demo"}).Run)
	if code != exitDone || !strings.Contains(out, "Would delete") {
		t.Errorf("left with %d:\n%s", code, out)
	}
	if again, code := w.command((&exportCommand{w.config, "demo"}).Run); code != exitDone || len(again) < 5000 {
		t.Errorf("counting deleted: left with %d, %d bytes", code, len(again))
	}
	out, code = w.command((&forgetCommand{serverConfig: w.config, Owner: "Demo", Yes: true}).Run)
	if code != exitDone || !strings.Contains(out, fmt.Sprintf("history %d", exported["history"])) {
		t.Errorf("left with %d:\n%s", code, out)
	}
	w.nothingLeft(r)
}

// nothingLeft sees that no row tells of any repository or installation.
func (w *world) nothingLeft(r *repository) {
	w.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.db)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close(ctx)
	found, err := conn.Query(ctx, `select c.table_name::text, c.column_name::text from information_schema.columns c
		join information_schema.tables t using (table_schema, table_name)
		where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
			and c.column_name in ('repository_id', 'installation_id', 'linked_repository_id', 'account_login')`)
	if err != nil {
		w.t.Fatal(err)
	}
	type column struct{ Table, Name string }
	columns, err := pgx.CollectRows(found, pgx.RowToStructByPos[column])
	if err != nil || len(columns) < 15 {
		w.t.Fatalf("%d columns: %v", len(columns), err)
	}
	for _, c := range columns {
		var n int
		q := fmt.Sprintf("select count(*) from %s where %s is not null and %[2]s::text <> '0'", pgx.Identifier{c.Table}.Sanitize(), pgx.Identifier{c.Name}.Sanitize())
		if err := conn.QueryRow(ctx, q).Scan(&n); err != nil || n > 0 {
			w.t.Errorf("%d rows of %s still tell of %s: %v", n, c.Table, r.name, err)
		}
	}
}
