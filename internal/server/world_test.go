package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
	"github.com/readyline/readyline/templates"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// world is a server over a real database, with people who signed in.
type world struct {
	testing.TB
	store  *store.Store
	cat    *catalogue.Catalogue
	server *server.Server
	http   *httptest.Server
	now    time.Time
}

// newWorld serves an empty database; options may be changed before it starts.
func newWorld(t testing.TB, change ...func(*server.Options)) *world {
	t.Helper()
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if cat == nil {
		t.Fatal(err)
	}
	w := &world{TB: t, store: testdb.Open(t), cat: cat, now: time.Now().UTC()}
	inbox := store.NewInbox(w.store, "", nil)
	t.Cleanup(inbox.Close)
	w.http = httptest.NewUnstartedServer(nil)
	o := server.Options{
		Store: w.store, Inbox: inbox, Catalogue: cat, PublicURL: "http://" + w.http.Listener.Addr().String(),
		Version: "test", Log: slog.New(slog.NewTextHandler(testLog{t}, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	w.server = server.New(o)
	w.http.Config.Handler = w.server.Handler()
	w.http.Start()
	t.Cleanup(w.http.Close)
	return w
}

// testLog shows what the server logs where a test fails.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(string(p))
	return len(p), nil
}

// signIn makes a session of somebody whom GitHub has just let see repositories,
// and returns its cookie.
func (w *world) signIn(id int64, login string, access map[int64]string) string {
	w.Helper()
	ctx := context.Background()
	ok(w, w.store.PutViewer(ctx, store.Viewer{ID: id, Login: login, Name: login, Sealed: []byte("sealed elsewhere")}))
	all := []store.Access{{RepositoryID: 0, Permission: "none"}}
	for repo, permission := range access {
		all = append(all, store.Access{RepositoryID: repo, Permission: permission})
	}
	ok(w, w.store.SetAccess(ctx, id, all))
	secret := fmt.Sprintf("%x", sha256.Sum256([]byte(login)))
	sum := sha256.Sum256([]byte(secret))
	ok(w, w.store.AddSession(ctx, sum[:], id, w.now.Add(time.Hour)))
	return "readyline_session=" + secret
}

// spec is a repository to make up.
type spec struct {
	store.Repository
	checklists []string
	teams      []string
	maturity   float64 // 0: nothing is proven, 1: everything
	looks      int
}

// fill makes up an organisation's repositories with a year of history.
func (w *world) fill(installation int64, owner string, specs []spec) {
	w.Helper()
	ctx := context.Background()
	ok(w, w.store.PutInstallation(ctx, store.Installation{
		ID: installation, AccountID: installation * 100, AccountLogin: owner, AccountType: "Organization", Selection: "all",
		Permissions: map[string]string{"metadata": "read", "contents": "read", "issues": "write"},
	}))
	for n, s := range specs {
		s.InstallationID, s.Owner = installation, owner
		ok(w, w.store.PutRepository(ctx, s.Repository))
		if s.SkipReason != "" {
			ok(w, w.store.Skip(ctx, s.ID, s.SkipReason))
		}
		ok(w, w.store.SetHeld(ctx, s.ID, s.teams, store.ModeIssue))
		random := rand.New(rand.NewPCG(uint64(s.ID), uint64(n)))
		proven := map[string]float64{} // when, from 0 to 1, each control was proven
		for look := range s.looks {
			w.look(s, look, random, proven)
		}
	}
}

func (w *world) look(s spec, look int, random *rand.Rand, proven map[string]float64) {
	w.Helper()
	ctx := context.Background()
	part := float64(look+1) / float64(s.looks)
	at := w.now.Add(-time.Duration((1 - part) * float64(360*24*time.Hour))).Add(-2 * time.Hour)
	if look == s.looks-1 {
		at = w.now.Add(-3 * time.Hour)
	}
	r := store.Recording{
		Repository: s.ID, Commit: fmt.Sprintf("%040x", s.ID*1000+int64(look)), Tree: fmt.Sprintf("%040x", look), Catalogue: "test", Complete: true,
		Actor: []string{"ada", "grace", "linus"}[random.IntN(3)], ActorKind: store.ByPush, At: at,
	}
	for _, id := range s.checklists {
		list, found := w.cat.Checklist(id)
		if !found {
			w.Fatalf("no checklist %s", id)
		}
		findings := map[string]readiness.Finding{}
		for _, i := range list.Items {
			for _, control := range i.Controls {
				if _, known := proven[control]; !known {
					proven[control] = random.Float64() / max(s.maturity, 0.01)
				}
				findings[control] = finding(control, proven[control], part, random)
			}
		}
		r.Assessments = append(r.Assessments, readiness.Assess(list, findings, people(list, s.ID, at), at))
	}
	ok(w, w.store.Tx(ctx, func(tx pgx.Tx) error {
		_, err := w.store.Record(ctx, tx, r)
		return err
	}))
}

// finding is a verdict as the rules might give it.
func finding(control string, due, part float64, random *rand.Rand) readiness.Finding {
	f := readiness.Finding{Control: control, Title: control, Verdict: readiness.None}
	switch kind := len(control) % 7; {
	case kind == 0 && due > 1.2:
		f.Verdict, f.Reason = readiness.NotApplicable, "this repository runs no servers"
	case kind == 1 && due > 1.6:
		f.Verdict, f.Reason = readiness.UnknownYet, "the permission administration: read would answer this"
	case due < part:
		f.Verdict = readiness.Proven
		line := 3 + len(control)
		f.Evidence = []readiness.Evidence{{
			Strength: readiness.Proves, Path: "infra/" + control + "/main.tf", StartLine: line, EndLine: line + 8, Rule: control + "-terraform",
			Summary: "defined for every resource of the kind",
		}}
	case due < part+0.15:
		f.Verdict, f.Reason = readiness.Suggested, "only a comment says so"
		f.Evidence = []readiness.Evidence{{Strength: readiness.Suggests, Path: "README.md", StartLine: 12, EndLine: 12, Rule: control + "-readme", Summary: "mentioned in the README"}}
	case kind == 2 && random.IntN(3) == 0:
		f.Verdict, f.Reason = readiness.Contradicted, "one database has it switched off"
		f.Evidence = []readiness.Evidence{{Strength: readiness.Contradicts, Path: "infra/rds.tf", StartLine: 40, EndLine: 52, Rule: control + "-off", Summary: "multi_az = false"}}
	}
	return f
}

// people say something of a few items.
func people(list readiness.Checklist, repo int64, at time.Time) readiness.People {
	p := readiness.People{Attestations: map[string]readiness.Attestation{}, Waivers: map[string]readiness.Waiver{}}
	for n, i := range list.Items {
		switch (int64(n) + repo) % 13 {
		case 3:
			p.Attestations[i.ID] = readiness.Attestation{By: "ada", At: at.Add(-time.Hour), Note: "done by hand in the console"}
		case 7:
			if n%2 == 0 {
				p.Waivers[i.ID] = readiness.Waiver{By: "grace", At: at.Add(-time.Hour), Reason: "two users only", Until: at.AddDate(1, 0, 0)}
			}
		}
	}
	return p
}

// richFleet is an organisation with repositories of all sorts.
func richFleet() []spec {
	names := []string{
		"api", "web", "checkout", "payments", "search", "identity", "notifications", "reporting", "warehouse-sync", "inventory",
		"mobile-bff", "edge-proxy", "image-resizer", "ledger", "fraud-scoring", "email-templates", "platform", "terraform-modules",
		"data-pipeline", "feature-flags", "docs", "playground", "legacy-monolith", "status-page", "partner-gateway", "billing",
	}
	languages := []string{"Go", "TypeScript", "Python", "HCL", "Java", ""}
	var out []spec
	for n, name := range names {
		s := spec{
			Repository: store.Repository{
				ID: int64(n + 1), Name: name, Visibility: []string{"private", "public", "internal"}[n%3], HasIssues: true, DefaultBranch: "main",
				Language: languages[n%len(languages)], Topics: [][]string{{"service"}, {"service", "critical"}, {"library"}, nil}[n%4],
			},
			teams:      [][]string{{"payments"}, {"platform", "storefront"}, {"storefront"}, nil, {"data"}}[n%5],
			checklists: []string{catalogue.DefaultChecklist}, maturity: float64(n%10+2) / 11, looks: 6,
		}
		switch name {
		case "docs":
			s.checklists, s.looks, s.SkipReason, s.Empty = nil, 0, "empty: no commits on the default branch", true
		case "legacy-monolith":
			s.checklists, s.looks, s.SkipReason, s.Archived = nil, 0, "archived", true
		case "playground":
			s.checklists, s.looks = nil, 0
		case "platform":
			s.checklists, s.maturity = []string{catalogue.DefaultChecklist, "production-grade-infrastructure"}, 1.4
		case "status-page":
			s.looks, s.SkipReason = 2, "issues are switched off"
		case "ledger":
			s.maturity = 40
		}
		out = append(out, s)
	}
	return out
}

// enrich adds what only jobs and deliveries bring.
func (w *world) enrich(fleet []spec) {
	w.Helper()
	ctx := context.Background()
	ok(w, w.store.Failed(ctx, 10, "snapshot acme/inventory@1f2e: rate limited until 2026-11-21T10:00:00Z"))
	config, err := json.Marshal(map[string]any{"text": "version: 1\nignore: [\"examples/**\"]\nattestations_expire: 365d\nwaivers: {use-canary-deployments: {reason: Two users, until: 2027-03-31}}\n"})
	ok(w, err)
	ok(w, w.store.PutConfig(ctx, 17, "c0ffee", config, []store.Fault{{Path: ".github/readyline.yml", Line: 7, Message: `waivers: no checklist has an item "no-such-item"`}}))
	for _, s := range fleet {
		ok(w, w.store.PutIssue(ctx, store.Issue{RepositoryID: s.ID, Checklist: catalogue.DefaultChecklist, Number: int(s.ID) + 2}))
	}
	ok(w, w.store.ObserveBudget(ctx, store.Budget{InstallationID: 1, Resource: "core", Quota: 12500, Remaining: 11820, ResetAt: w.now.Add(40 * time.Minute)}))
	deliveries := []store.Delivery{
		{GUID: "5c0a7d10-c6f0-11f0-8000-000000000001", Event: "push", InstallationID: 1, RepositoryID: 1, Payload: []byte(`{}`)},
		{GUID: "5c0a7d10-c6f0-11f0-8000-000000000002", Event: "issues", Action: "edited", InstallationID: 1, RepositoryID: 2, Payload: []byte(`{}`)},
		{GUID: "5c0a7d10-c6f0-11f0-8000-000000000003", Event: "push", InstallationID: 1, RepositoryID: 10, Payload: []byte(`{}`)},
	}
	_, err = w.store.Accept(ctx, deliveries, nil)
	ok(w, err)
	ok(w, w.store.FinishDelivery(ctx, deliveries[0].GUID, store.Processed))
	ok(w, w.store.FailDelivery(ctx, deliveries[2].GUID, "snapshot acme/inventory: not permitted: 403 Resource not accessible by integration", true))
}

// someControl is a control with rules, or one that a checklist asks for.
func (w *world) someControl() string {
	for _, c := range w.cat.Controls {
		if len(c.Rules) > 0 && len(c.Examples.All()) > 0 {
			return c.ID
		}
	}
	return "container-images"
}
