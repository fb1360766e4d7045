package server_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// attacks break out of text, of attributes, of addresses and of comments,
// where a page lets them.
var attacks = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"onerror=alert(1) autofocus onfocus=alert(1) x="`, `<svg onload=alert(1)>`, `<iframe srcdoc="<script>alert(1)</script>">`,
	`<xss onload=pwn()>`, `" onmouseover="pwn()`, `' onmouseover='pwn()`, `javascript:pwn()`, `</title><xss>`, `--><xss>`, `]]><xss>`, `{{.}}`, `&lt;xss&gt;<xss>`, "\u202e<xss>", `%3Cxss%3E`,
}

// breaches are the signs that one of them worked.
var breaches = []string{"<xss", "<script>", "<img src=x", "<svg onload", "<iframe", `"onerror=`, `" onmouseover="pwn`, `' onmouseover='pwn`, `="javascript:`, `='javascript:`, "ZgotmplZ"}

// hostile fills every field that comes from GitHub or from people with attacks.
// It returns a world with a viewer of all of it, and the pages that show it.
func hostile(t *testing.T) (w *world, cookie string, paths []string) {
	t.Helper()
	w = newWorld(t)
	ctx := context.Background()
	all := strings.Join(attacks, " ")
	name := strings.ReplaceAll(all, "/", "|")
	w.fill(1, name, nil)
	ok(t, w.store.PutRepository(ctx, store.Repository{
		ID: 1, InstallationID: 1, Owner: name, Name: name, Visibility: "private", DefaultBranch: all, Language: all, Topics: []string{all, all + "2"},
	}))
	list := readiness.Checklist{ID: "mine", Title: all, Items: []readiness.Item{
		{ID: "one", Title: all, Section: all, Guidance: all, Controls: []string{all}, Required: true, RequiredBecause: all}, {ID: "two", Title: all, Section: all},
	}}
	config, err := json.Marshal(map[string]any{
		"text":  "version: 1\nchecklists: [./mine.md]\nwaivers: {one: {reason: \"<xss>\"}}\nnot_applicable: {two: \"<xss>\"}\nignore: [\"<xss>\"]\n",
		"files": map[string]string{"mine.md": "---\nname: '<xss>'\nabout: '<xss> ![x](javascript:pwn())'\n---\n\n## <xss>\n\n- [ ] **One <xss>**: <xss onload=pwn()> [link](javascript:pwn()) ![image](https://evil.example/x.png) `\"<xss>` <!-- item: one -->\n"},
	})
	ok(t, err)
	ok(t, w.store.PutConfig(ctx, 1, "sha", config, []store.Fault{{Path: all, Line: 3, Message: all}}))
	evidence := func(strength readiness.Strength) []readiness.Evidence {
		return []readiness.Evidence{
			{Strength: strength, Path: all, StartLine: 1, EndLine: 2, Rule: all, Summary: all},
			{Strength: strength, Repository: all, Commit: all, Path: all + "2", Rule: all, Summary: all},
			{Strength: strength, Rule: all, Summary: all, URL: "javascript:pwn()"},
		}
	}
	for look, f := range []readiness.Finding{
		{Verdict: readiness.None, Reason: all},
		{Verdict: readiness.Suggested, Reason: all, Evidence: evidence(readiness.Suggests)},
		{Verdict: readiness.Contradicted, Reason: all, Evidence: evidence(readiness.Contradicts)},
		{Verdict: readiness.Proven, Reason: all, Evidence: evidence(readiness.Proves)},
		{Verdict: readiness.UnknownYet, Reason: all, Evidence: evidence(readiness.Proves)},
	} {
		f.Control = all
		at := w.now.Add(time.Duration(look-10) * time.Hour)
		said := readiness.People{Attestations: map[string]readiness.Attestation{"two": {By: all, Note: all, At: at}}}
		if look%2 == 1 {
			said = readiness.People{Exemptions: map[string]readiness.Exemption{"two": {By: all, Reason: all, At: at}}}
		}
		ok(t, w.store.Tx(ctx, func(tx pgx.Tx) error {
			_, err := w.store.Record(ctx, tx, store.Recording{
				Repository: 1, Commit: all, Tree: all, Catalogue: all, Complete: true, Actor: all, ActorKind: store.ByPerson, At: at,
				Assessments: []readiness.Assessment{readiness.Assess(list, map[string]readiness.Finding{all: f}, said, at)},
			})
			return err
		}))
	}
	ok(t, w.store.Failed(ctx, 1, all))
	ok(t, w.store.PutIssue(ctx, store.Issue{RepositoryID: 1, Checklist: "mine", Number: 1}))
	_, err = w.store.Say(ctx, store.Statement{RepositoryID: 1, Checklist: "mine", Item: "two", Kind: store.Attested, By: all, At: w.now.Add(-time.Hour), Note: all, Via: store.ViaTick})
	ok(t, err)
	_, err = w.store.Accept(ctx, []store.Delivery{{GUID: all, Event: all, Action: all, InstallationID: 1, Payload: []byte("{}")}}, nil)
	ok(t, err)
	ok(t, w.store.FailDelivery(ctx, all, all, true))
	cookie = w.signIn(1, all, map[int64]string{1: "admin"})
	if made := w.send("POST", "/tokens", url.Values{"name": {all[:90]}, "days": {"1"}}.Encode(), "Cookie", cookie); made.status != 200 {
		t.Errorf("token: status %d", made.status)
	}
	escaped := url.PathEscape(name)
	bad := url.QueryEscape(all)
	return w, cookie, []string{
		"/", "/orgs/" + escaped, "/orgs/" + escaped + "?q=" + bad + "&state=" + bad + "&language=" + bad + "&topic=" + bad + "&sort=" + bad + "&days=" + bad + "&checklist=" + bad + "&page=" + bad,
		"/orgs/" + escaped + "/controls", "/orgs/" + escaped + "/controls?item=one", "/orgs/" + escaped + "/changes",
		"/repos/" + escaped + "/" + escaped, "/repos/" + escaped + "/" + escaped + "?show=" + bad + "&at=" + bad,
		"/repos/" + escaped + "/" + escaped + "?at=" + url.QueryEscape(w.now.Add(-7*time.Hour).Format(time.RFC3339)),
		"/repos/" + escaped + "/" + escaped + "/history", "/repos/" + escaped + "/" + escaped + "/history?item=one&checklist=mine&after=" + bad,
		"/admin", "/admin?state=" + bad + "&retried=" + bad, "/tokens",
	}
}

// TestHostile finds attacks as mere text on every page.
func TestHostile(t *testing.T) {
	w, cookie, paths := hostile(t)
	all := strings.Join(attacks, " ")
	escaped, bad := url.PathEscape(strings.ReplaceAll(all, "/", "|")), url.QueryEscape(all)
	for _, path := range paths {
		got := w.get(path, cookie)
		if got.status != 200 {
			t.Errorf("%.80s: status %d", path, got.status)
		}
		unbroken(t, path, got.body)
	}
	for _, path := range []string{"/orgs/" + bad, "/repos/x/" + bad, "/controls/" + bad, "/checklists/" + bad, "/" + bad, "/auth/callback?state=" + bad + "&code=" + bad, "/api/v1/" + bad} {
		got := w.get(path, cookie)
		if got.status != 404 && got.status != 400 {
			t.Errorf("%.80s: status %d", path, got.status)
		}
		unbroken(t, path, got.body)
	}
	if strings.Contains(w.get("/repos/"+escaped+"/"+escaped, cookie).body, `<img src="https://evil`) {
		t.Error("a page shows an image from elsewhere")
	}
	pack := w.get("/repos/"+escaped+"/"+escaped+"/evidence.zip", cookie)
	if pack.status != 200 || strings.ContainsAny(pack.header.Get("Content-Disposition"), "<>'") {
		t.Errorf("evidence pack: %d %s", pack.status, pack.header.Get("Content-Disposition"))
	}
}

func unbroken(t *testing.T, path, body string) {
	t.Helper()
	for _, b := range breaches {
		if i := strings.Index(body, b); i >= 0 {
			t.Errorf("%.80s: %q in …%s…", path, b, body[max(0, i-80):min(len(body), i+80)])
		}
	}
}

// TestEmpty opens every page where there is nothing to show.
func TestEmpty(t *testing.T) {
	w := newWorld(t)
	w.fill(1, "acme", []spec{{Repository: store.Repository{ID: 1, Name: "bare", Visibility: "private"}}})
	cookie := w.signIn(1, "ada", map[int64]string{1: "admin"})
	for path, want := range map[string]int{
		"/": 200, "/orgs/acme": 200, "/orgs/acme/controls": 200, "/orgs/acme/changes": 200, "/repos/acme/bare": 200, "/repos/acme/bare/history": 200,
		"/repos/acme/bare?at=2001-01-01": 200, "/repos/acme/bare/evidence.zip": 200, "/admin": 200, "/tokens": 200, "/orgs/acme/controls?item=x": 404,
		"/api/v1/orgs/acme": 200, "/api/v1/repos/acme/bare": 200, "/api/v1/repos/acme/bare/items": 200, "/api/v1/repos/acme/bare/history.csv": 200, "/favicon.ico": 302,
	} {
		if got := w.get(path, cookie); got.status != want {
			t.Errorf("%s: status %d, want %d", path, got.status, want)
		}
	}
	nobody := newWorld(t)
	for _, path := range []string{"/", "/checklists", "/controls"} {
		if got := nobody.get(path, ""); got.status != 200 {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
}

// TestHeaders looks at what every answer tells browsers.
func TestHeaders(t *testing.T) {
	w := newWorld(t)
	w.fill(1, "acme", richFleet()[:1])
	cookie := w.signIn(1, "ada", map[int64]string{1: "admin"})
	for _, path := range []string{"/", "/orgs/acme", "/repos/acme/api", "/nothing", "/api/v1/orgs", "/assets/app.css"} {
		got := w.get(path, cookie)
		for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if !strings.HasPrefix(got.header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, got.header.Get(name))
			}
		}
		if cache := got.header.Get("Cache-Control"); !strings.HasPrefix(path, "/assets/") && path != "/nothing" && cache != "private, no-cache" {
			t.Errorf("%s: Cache-Control is %q", path, cache)
		}
	}
	page := w.get("/", cookie)
	_, rest, _ := strings.Cut(page.body, `href="/assets/app.css`)
	css := "/assets/app.css" + strings.ReplaceAll(strings.SplitN(rest, `"`, 2)[0], "&amp;", "&")
	if got := w.get(css, ""); got.status != 200 || !strings.Contains(got.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/css") {
		t.Errorf("%s: %d %v", css, got.status, got.header)
	}
}

// TestRenamed leads from a former name to the present one.
func TestRenamed(t *testing.T) {
	w := newWorld(t)
	w.fill(1, "acme", richFleet()[:2])
	ok(t, w.store.PutRepositoryNames(context.Background(), 1, []store.RepositoryName{{ID: 1, Owner: "acme", Name: "backend", Private: true}}))
	cookie := w.signIn(1, "ada", map[int64]string{1: "read"})
	for path, want := range map[string]string{"/repos/acme/api": "/repos/acme/backend", "/repos/acme/api?at=2026-01-01": "/repos/acme/backend?at=2026-01-01", "/repos/acme/api/history": "/repos/acme/backend/history"} {
		if got := w.get(path, cookie); got.status != 301 || got.header.Get("Location") != want {
			t.Errorf("%s: %d to %s, want %s", path, got.status, got.header.Get("Location"), want)
		}
	}
	if got := w.get("/repos/acme/api", w.signIn(2, "mallory", nil)); got.status != 404 {
		t.Errorf("for who may not see it: %d", got.status)
	}
}
