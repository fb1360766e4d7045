package server_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/go-chi/chi/v5"

	"github.com/readyline/readyline/internal/store"
)

// reply is what a request got.
type reply struct {
	status int
	header http.Header
	body   string
}

// send makes a request; extra are header names and values.
func (w *world) send(method, path, body string, extra ...string) reply {
	w.Helper()
	r, err := http.NewRequest(method, w.http.URL+path, strings.NewReader(body))
	ok(w, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(extra); i += 2 {
		r.Header.Set(extra[i], extra[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 30 * time.Second}
	resp, err := client.Do(r)
	ok(w, err)
	defer resp.Body.Close()
	text := must[[]byte](w)(io.ReadAll(resp.Body))
	return reply{resp.StatusCode, resp.Header, string(text)}
}

func (w *world) get(path, cookie string, extra ...string) reply {
	w.Helper()
	return w.send(http.MethodGet, path, "", append([]string{"Cookie", cookie}, extra...)...)
}

// small is a world with a few repositories, and ada who may administer them.
func small(t *testing.T) (*world, string) {
	w := newWorld(t)
	fleet := richFleet()
	w.fill(1, "acme", append(slices.Clone(fleet[:4]), fleet[16], fleet[20]))
	_, err := w.store.Say(context.Background(), store.Statement{
		RepositoryID: 1, Checklist: "gruntwork-aws", Item: "test-your-backups", Kind: store.Attested, By: "ada", At: w.now.Add(-time.Hour), Note: "=cmd|' /C calc'!A0", Via: store.ViaCommand,
	})
	ok(t, err)
	return w, w.signIn(1, "ada", map[int64]string{1: "admin", 2: "admin", 3: "admin", 4: "admin", 17: "admin", 21: "admin"})
}

// description is the API's own, ready to hold answers against.
func description(t *testing.T, w *world) (*openapi3.T, routers.Router) {
	t.Helper()
	r := w.get("/api/v1/openapi.json", "")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(r.body))
	ok(t, err)
	ok(t, doc.Validate(context.Background()))
	router, err := gorillamux.NewRouter(doc)
	ok(t, err)
	return doc, router
}

// TestAPI holds every answer against the API's description.
func TestAPI(t *testing.T) {
	w, ada := small(t)
	doc, router := description(t, w)
	past := w.now.AddDate(0, -5, 0).Format(time.DateOnly)
	control := w.someControl()
	if w.cat.Control(control) == nil {
		control = "none"
	}
	tests := []struct {
		method, path string
		status       int
	}{
		{"GET", "/user", 200},
		{"GET", "/orgs", 200},
		{"GET", "/orgs/acme", 200},
		{"GET", "/orgs/ACME?days=365&checklist=production-grade-infrastructure", 200},
		{"GET", "/orgs/acme?days=x", 400},
		{"GET", "/orgs/nobody", 404},
		{"GET", "/orgs/acme/repositories", 200},
		{"GET", "/orgs/acme/repositories?limit=2&after=2", 200},
		{"GET", "/orgs/acme/repositories?limit=0", 400},
		{"GET", "/orgs/acme/repositories?after=x", 400},
		{"GET", "/orgs/acme/repositories.csv", 200},
		{"GET", "/orgs/acme/controls", 200},
		{"GET", "/orgs/acme/controls.csv", 200},
		{"GET", "/repos/acme/api", 200},
		{"GET", "/repos/acme/docs", 200},
		{"GET", "/repos/acme/api?at=" + past, 200},
		{"GET", "/repos/acme/api?at=1999-01-01", 200},
		{"GET", "/repos/acme/api?at=yesterday", 400},
		{"GET", "/repos/acme/none", 404},
		{"GET", "/repos/acme/platform/items", 200},
		{"GET", "/repos/acme/platform/items?checklist=production-grade-infrastructure", 200},
		{"GET", "/repos/acme/platform/items?at=" + past, 200},
		{"GET", "/repos/acme/platform/items.csv", 200},
		{"GET", "/repos/acme/api/history", 200},
		{"GET", "/repos/acme/api/history?limit=3&item=configure-backup&since=2001-01-01T00:00:00Z", 200},
		{"GET", "/repos/acme/api/history?after=!", 400},
		{"GET", "/repos/acme/api/history.csv", 200},
		{"GET", "/repos/acme/api/badge-token", 200},
		{"POST", "/repos/acme/api/badge-token", 200},
		{"DELETE", "/repos/acme/api/badge-token", 204},
		{"GET", "/repos/acme/api/evidence.zip", 200},
		{"GET", "/evidence-key", 200},
		{"GET", "/controls", 200},
		{"GET", "/controls.csv", 200},
		{"GET", "/controls/" + control, map[bool]int{true: 200, false: 404}[control != "none"]},
		{"GET", "/checklists", 200},
		{"GET", "/checklists.csv", 200},
		{"GET", "/checklists/gruntwork-aws", 200},
		{"GET", "/checklists/none", 404},
	}
	asked := map[string]bool{}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			r, err := http.NewRequest(test.method, "/api/v1"+test.path, nil)
			ok(t, err)
			route, params, err := router.FindRoute(r)
			ok(t, err)
			asked[route.Operation.OperationID] = true
			got := w.send(test.method, "/api/v1"+test.path, "", "Cookie", ada)
			if got.status != test.status {
				t.Fatalf("status %d, want %d: %s", got.status, test.status, got.body)
			}
			in := &openapi3filter.ResponseValidationInput{
				RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
				Status:                 got.status, Header: got.header, Options: &openapi3filter.Options{IncludeResponseStatus: true},
			}
			kind := got.header.Get("Content-Type")
			if strings.HasPrefix(kind, "application/json") {
				in.SetBodyBytes([]byte(got.body))
				ok(t, openapi3filter.ValidateResponse(context.Background(), in))
				undescribed(t, doc, route, got)
			} else if test.status == 200 && route.Operation.Responses.Status(200).Value.Content.Get(strings.Split(kind, ";")[0]) == nil {
				t.Errorf("%s is not described", kind)
			}
		})
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !asked[op.OperationID] {
				t.Errorf("%s %s was not asked for", method, path)
			}
		}
	}
	walked := w.server.Handler().(chi.Routes)
	ok(t, chi.Walk(walked, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		path, isAPI := strings.CutPrefix(route, "/api/v1")
		if isAPI && path != "/openapi.json" && method != http.MethodHead && (doc.Paths.Find(path) == nil || doc.Paths.Find(path).GetOperation(method) == nil) {
			t.Errorf("%s %s is not described", method, route)
		}
		return nil
	}))
}

// undescribed fails on keys of an answer that the description does not know.
func undescribed(t *testing.T, doc *openapi3.T, route *routers.Route, got reply) {
	t.Helper()
	response := route.Operation.Responses.Status(got.status)
	if response == nil || response.Value.Content.Get("application/json") == nil {
		t.Errorf("status %d is not described", got.status)
		return
	}
	var body any
	ok(t, json.Unmarshal([]byte(got.body), &body))
	var walk func(at string, v any, schema *openapi3.Schema)
	walk = func(at string, v any, schema *openapi3.Schema) {
		if len(schema.AllOf) > 0 {
			schema = schema.AllOf[0].Value
		}
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				if schema.Properties[k] == nil {
					t.Errorf("%s.%s is not described", at, k)
				} else {
					walk(at+"."+k, inner, schema.Properties[k].Value)
				}
			}
		case []any:
			for _, inner := range v {
				walk(at+"[]", inner, schema.Items.Value)
			}
		}
	}
	walk("", body, response.Value.Content.Get("application/json").Schema.Value)
}

func TestAPIPages(t *testing.T) {
	w, ada := small(t)
	var names []string
	next := ""
	for range 10 {
		got := w.get("/api/v1/orgs/acme/repositories?limit=2&after="+next, ada)
		var page struct {
			Repositories []struct{ Name string }
			Next         string
		}
		ok(t, json.Unmarshal([]byte(got.body), &page))
		for _, r := range page.Repositories {
			names = append(names, r.Name)
		}
		if (page.Next != "") != strings.Contains(got.header.Get("Link"), `rel="next"`) {
			t.Errorf("Link %q, next %q", got.header.Get("Link"), page.Next)
		}
		if next = page.Next; next == "" {
			break
		}
	}
	if got, want := strings.Join(names, " "), "api web checkout payments platform docs"; got != want {
		t.Errorf("pages gave %s, want %s", got, want)
	}
	whole, pieces := w.events(ada, 1000), w.events(ada, 7)
	if len(whole) == 0 || !slices.Equal(whole, pieces) {
		t.Errorf("%d events in one page, %d in pages of 7", len(whole), len(pieces))
	}
}

// events walks a history and returns the ids of its events.
func (w *world) events(cookie string, limit int) []int64 {
	w.Helper()
	var ids []int64
	for next := ""; ; {
		got := w.get("/api/v1/repos/acme/api/history?limit="+number(limit)+"&after="+next, cookie)
		var page struct {
			Events []struct{ ID int64 }
			Next   string
		}
		ok(w, json.Unmarshal([]byte(got.body), &page))
		for _, e := range page.Events {
			ids = append(ids, e.ID)
		}
		if next = page.Next; next == "" {
			return ids
		}
	}
}

func number(n int) string { return fmt.Sprint(n) }

// TestCSV opens lists as a spreadsheet does, and finds no formula in them.
func TestCSV(t *testing.T) {
	w, ada := small(t)
	ctx := context.Background()
	ok(t, w.store.Failed(ctx, 1, "=HYPERLINK(\"https://evil.example\")"))
	ok(t, w.store.Failed(ctx, 2, "  +1+1"))
	ok(t, w.store.Failed(ctx, 3, "@SUM(A1)\r\n=1"))
	for _, path := range []string{"/orgs/acme/repositories", "/orgs/acme/controls", "/repos/acme/api/items", "/repos/acme/api/history", "/controls", "/checklists"} {
		direct, asked := w.get("/api/v1"+path+".csv", ada), w.get("/api/v1"+path, ada, "Accept", "text/csv")
		if direct.body != asked.body || !strings.HasPrefix(asked.header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s: Accept and .csv differ", path)
		}
		rows, err := csv.NewReader(strings.NewReader(direct.body)).ReadAll()
		ok(t, err)
		if len(rows) < 2 && path != "/controls" {
			t.Errorf("%s: %d rows", path, len(rows))
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.ContainsAny(cell[:min(len(cell), 1)], "=+-@\t\r") || strings.HasPrefix(strings.TrimSpace(cell), "=") {
					t.Errorf("%s: %q is a formula", path, cell)
				}
			}
		}
	}
}

// TestEvidencePack checks an archive as an auditor would.
func TestEvidencePack(t *testing.T) {
	w, ada := small(t)
	got := w.get("/repos/acme/api/evidence.zip", ada)
	z, err := zip.NewReader(strings.NewReader(got.body), int64(len(got.body)))
	ok(t, err)
	files := map[string][]byte{}
	for _, f := range z.File {
		files[f.Name] = must[[]byte](t)(io.ReadAll(must[io.ReadCloser](t)(f.Open())))
	}
	var m struct {
		Repository string
		Files      map[string]string `json:"sha256"`
		PublicKey  string            `json:"public_key"`
	}
	ok(t, json.Unmarshal(files["manifest.json"], &m))
	var key struct {
		PublicKey string `json:"public_key"`
		PEM       string
	}
	ok(t, json.Unmarshal([]byte(w.get("/api/v1/evidence-key", "").body), &key))
	public := must[[]byte](t)(base64.StdEncoding.DecodeString(key.PublicKey))
	block, _ := pem.Decode([]byte(key.PEM))
	if block == nil {
		t.Fatalf("no key in PEM: %q", key.PEM)
	}
	if parsed := must[any](t)(x509.ParsePKIXPublicKey(block.Bytes)); !ed25519.PublicKey(public).Equal(parsed.(ed25519.PublicKey)) {
		t.Error("two different keys")
	}
	signature := must[[]byte](t)(base64.StdEncoding.DecodeString(string(bytes.TrimSpace(files["manifest.sig"]))))
	if key.PublicKey != m.PublicKey || !ed25519.Verify(public, files["manifest.json"], signature) {
		t.Error("the manifest's signature does not hold")
	}
	for _, name := range []string{"evidence.json", "items.csv", "summary.html", "README.txt"} {
		sum := sha256.Sum256(files[name])
		if len(files[name]) == 0 || hex.EncodeToString(sum[:]) != m.Files[name] {
			t.Errorf("%s: %d bytes, and the sum does not match", name, len(files[name]))
		}
	}
	var evidence struct {
		Items      []struct{ State string }
		Statements []struct{ Item, By string }
	}
	ok(t, json.Unmarshal(files["evidence.json"], &evidence))
	if len(evidence.Items) < 90 || len(evidence.Statements) != 1 || evidence.Statements[0].By != "ada" {
		t.Errorf("%d items, statements %v", len(evidence.Items), evidence.Statements)
	}
	if past := w.get("/repos/acme/api/evidence.zip?at=1999-01-01", ada); past.status != 200 || len(past.body) >= len(got.body) {
		t.Errorf("the pack of 1999 has %d bytes", len(past.body))
	}
}

func TestTokens(t *testing.T) {
	w, ada := small(t)
	made := w.send("POST", "/tokens", "name=ci&days=30", "Cookie", ada)
	_, rest, found := strings.Cut(made.body, "rdl_")
	secret := "rdl_" + strings.SplitN(rest, "<", 2)[0]
	if made.status != 200 || !found || made.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, token %v", made.status, found)
	}
	if strings.Contains(w.get("/tokens", ada).body, secret) {
		t.Error("a token is shown twice")
	}
	bearer := []string{"Authorization", "Bearer " + secret}
	if got := w.send("GET", "/api/v1/user", "", bearer...); got.status != 200 || !strings.Contains(got.body, `"ada"`) {
		t.Errorf("the token gives %d %s", got.status, got.body)
	}
	if got := w.send("POST", "/tokens", "name=more&days=0", bearer...); got.status != 404 {
		t.Errorf("a token makes tokens: %d", got.status)
	}
	for _, bad := range []string{"", "name=&days=1", "name=x", "name=x&days=-1", "name=x&days=99999", "name=" + strings.Repeat("x", 101) + "&days=1", "name=%00&days=1"} {
		if got := w.send("POST", "/tokens", bad, "Cookie", ada); got.status != 422 {
			t.Errorf("%q: status %d", bad, got.status)
		}
	}
	other := w.signIn(9, "mallory", nil)
	list := must[[]store.Token](t)(w.store.Tokens(context.Background(), 1))
	id := "id=" + number(int(list[0].ID))
	if got := w.send("POST", "/tokens/revoke", id, "Cookie", other); got.status != 404 {
		t.Errorf("somebody else revokes: %d", got.status)
	}
	if got := w.send("POST", "/tokens/revoke", id, "Cookie", ada, "Sec-Fetch-Site", "cross-site"); got.status != 403 {
		t.Errorf("another site revokes: %d", got.status)
	}
	if got := w.send("POST", "/tokens/revoke", id, "Cookie", ada); got.status != 303 {
		t.Errorf("revoke: %d", got.status)
	}
	if got := w.send("GET", "/api/v1/user", "", bearer...); got.status != 401 {
		t.Errorf("a revoked token gives %d", got.status)
	}
}
