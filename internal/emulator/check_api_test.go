package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/go-chi/chi/v5"

	"github.com/readyline/readyline/internal/emulator/check"
)

// apiStep is one request. as is app (JWT), bot (installation token), a login, a
// token, or nobody. save keeps a member of the answer for later paths.
type apiStep struct {
	as, method, path, body string
	status                 int
	save                   string // "name=member"
}

// apiSteps go through every endpoint in order.
var apiSteps = []apiStep{
	{"app", "GET", "app", "", 200, ""},
	{"app", "GET", "app/installations", "", 200, ""},
	{"app", "GET", "app/installations/{inst}", "", 200, ""},
	{"app", "POST", "app/installations/{inst}/access_tokens", `{}`, 201, ""},
	{"app", "POST", "app/installations/{inst}/access_tokens", `{"repositories":["api"],"permissions":{"contents":"read"}}`, 201, ""},
	{"app", "POST", "app/installations/{inst}/access_tokens", `{"repositories":["none"]}`, 422, ""},
	{"app", "GET", "repos/demo/api/installation", "", 200, ""},
	{"app", "GET", "orgs/demo/installation", "", 200, ""},
	{"app", "GET", "users/bob/installation", "", 404, ""},
	{"app", "GET", "app/hook/config", "", 200, ""},
	{"app", "PATCH", "app/hook/config", `{"content_type":"json"}`, 200, ""},
	{"bot", "GET", "app", "", 401, ""},
	{"nobody", "POST", "app-manifests/{code}/conversions", "", 201, ""},
	{"nobody", "POST", "app-manifests/{code}/conversions", "", 404, ""},
	{"bot", "GET", "installation/repositories", "", 200, ""},
	{"bot", "GET", "rate_limit", "", 200, ""},
	{"alice", "GET", "user", "", 200, ""},
	{"alice", "GET", "user/orgs", "", 200, ""},
	{"alice", "GET", "user/installations", "", 200, ""},
	{"alice", "GET", "user/installations/{inst}/repositories", "", 200, ""},
	{"ghu_alice", "GET", "user", "", 200, ""},
	{"ghu_alice", "GET", "user/installations", "", 200, ""},
	{"ghu_alice", "GET", "user/installations/{inst}/repositories?per_page=100", "", 200, ""},
	{"ghu_alice", "GET", "repos/demo/api", "", 200, ""},
	{"nobody", "GET", "user", "", 401, ""},
	{"nonsense", "GET", "user", "", 401, ""},
	{"nobody", "GET", "users/bob", "", 200, ""},
	{"nobody", "GET", "users/none", "", 404, ""},
	{"bot", "GET", "orgs/demo", "", 200, ""},
	{"bot", "GET", "orgs/demo/repos", "", 200, ""},
	{"bot", "GET", "repos/demo/api", "", 200, ""},
	{"carol", "GET", "repos/demo/api", "", 200, ""},
	{"nobody", "GET", "repos/demo/api", "", 404, ""},
	{"bot", "GET", "repos/demo/api/collaborators/bob/permission", "", 200, ""},
	{"bot", "GET", "repos/demo/api/branches", "", 200, ""},
	{"bot", "GET", "repos/demo/api/branches/main", "", 200, ""},
	{"bot", "GET", "repos/demo/api/branches/feat/x", "", 200, ""},
	{"bot", "GET", "repos/demo/api/branches/none", "", 404, ""},
	{"bot", "GET", "repos/demo/api/commits", "", 200, ""},
	{"bot", "GET", "repos/demo/api/commits/main", "", 200, "commit=sha"},
	{"bot", "GET", "repos/demo/api/git/commits/{commit}", "", 200, ""},
	{"bot", "GET", "repos/demo/api/git/trees/main?recursive=1", "", 200, ""},
	{"bot", "GET", "repos/demo/api/git/trees/{commit}", "", 200, ""},
	{"bot", "GET", "repos/demo/api/git/trees/none", "", 404, ""},
	{"bot", "GET", "repos/demo/api/git/ref/heads/main", "", 200, ""},
	{"bot", "GET", "repos/demo/api/contents/", "", 200, ""},
	{"bot", "GET", "repos/demo/api/contents/.github", "", 200, ""},
	{"bot", "GET", "repos/demo/api/contents/main.go?ref=main", "", 200, "blob=sha"},
	{"bot", "GET", "repos/demo/api/contents/none", "", 404, ""},
	{"bot", "GET", "repos/demo/api/git/blobs/{blob}", "", 200, ""},
	{"bot", "POST", "repos/demo/api/labels", `{"name":"ready","color":"00ff00"}`, 201, ""},
	{"bot", "GET", "repos/demo/api/labels", "", 200, ""},
	{"bot", "GET", "repos/demo/api/labels/ready", "", 200, ""},
	{"bot", "POST", "repos/demo/api/issues", `{"title":"Checklist","body":"- [ ] a","labels":["ready"],"assignees":["bob"]}`, 201, "issue=number"},
	{"bot", "POST", "repos/demo/api/issues", `{"title":" "}`, 422, ""},
	{"bot", "GET", "repos/demo/api/issues?state=all&creator=probe%5Bbot%5D", "", 200, ""},
	{"bot", "GET", "repos/demo/api/issues/{issue}", "", 200, ""},
	{"bot", "GET", "repos/demo/api/issues/99", "", 404, ""},
	{"bot", "PATCH", "repos/demo/api/issues/{issue}", `{"body":"- [x] a"}`, 200, ""},
	{"bot", "PATCH", "repos/demo/api/issues/{issue}", `{"state":"closed","state_reason":"completed"}`, 200, ""},
	{"bob", "PATCH", "repos/demo/api/issues/{issue}", `{"state":"open"}`, 200, ""},
	{"bot", "PUT", "repos/demo/api/issues/{issue}/lock", `{"lock_reason":"resolved"}`, 204, ""},
	{"bot", "DELETE", "repos/demo/api/issues/{issue}/lock", "", 204, ""},
	{"bot", "POST", "repos/demo/api/issues/{issue}/labels", `{"labels":["more"]}`, 200, ""},
	{"bot", "GET", "repos/demo/api/issues/{issue}/labels", "", 200, ""},
	{"bob", "POST", "repos/demo/api/issues/{issue}/comments", `{"body":"/readyline help"}`, 201, "comment=id"},
	{"bot", "GET", "repos/demo/api/issues/{issue}/comments", "", 200, ""},
	{"bot", "GET", "repos/demo/api/issues/comments/{comment}", "", 200, ""},
	{"bob", "PATCH", "repos/demo/api/issues/comments/{comment}", `{"body":"/readyline rescan"}`, 200, ""},
	{"bot", "POST", "repos/demo/api/issues/comments/{comment}/reactions", `{"content":"+1"}`, 201, ""},
	{"bot", "POST", "repos/demo/api/issues/comments/{comment}/reactions", `{"content":"+1"}`, 200, ""},
	{"bot", "GET", "repos/demo/api/issues/comments/{comment}/reactions", "", 200, ""},
	{"bot", "POST", "repos/demo/api/issues/{issue}/reactions", `{"content":"eyes"}`, 201, ""},
	{"bot", "GET", "repos/demo/api/issues/{issue}/reactions", "", 200, ""},
	{"bot", "DELETE", "repos/demo/api/issues/comments/{comment}", "", 204, ""},
	{"bot", "POST", "repos/demo/api/check-runs", `{"name":"readiness","head_sha":"{commit}","status":"in_progress"}`, 201, "check=id"},
	{"bot", "PATCH", "repos/demo/api/check-runs/{check}", `{"status":"completed","conclusion":"neutral","output":{"title":"61%","summary":"s","text":"t",
		"annotations":[{"path":"main.go","start_line":1,"end_line":1,"annotation_level":"notice","message":"m","title":"t"}]},
		"actions":[{"label":"Fix","description":"d","identifier":"fix"}]}`, 200, ""},
	{"bot", "GET", "repos/demo/api/check-runs/{check}", "", 200, ""},
	{"bot", "GET", "repos/demo/api/check-runs/{check}/annotations", "", 200, ""},
	{"bot", "GET", "repos/demo/api/commits/{commit}/check-runs?check_name=readiness", "", 200, ""},
	{"bot", "GET", "repos/demo/api/pulls?state=open", "", 200, ""},
	{"bot", "GET", "repos/demo/api/pulls/1", "", 200, ""},
	{"bot", "GET", "repos/demo/api/pulls/1/files", "", 200, ""},
	{"app", "GET", "app/hook/deliveries?per_page=5", "", 200, "delivery=0.id"},
	{"app", "GET", "app/hook/deliveries/{delivery}", "", 200, ""},
	{"app", "POST", "app/hook/deliveries/{delivery}/attempts", "", 202, ""},
	{"bot", "DELETE", "installation/token", "", 204, ""},
	{"app", "DELETE", "app/installations/{inst}", "", 204, ""},
}

func TestAPIKeepsToTheDescription(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	repo := world.Repository(DefaultOrganization, "api")
	if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
		t.Fatal(err)
	}
	if _, err := world.OpenPullRequest(repo, "feat/x", "main", "bob"); err != nil {
		t.Fatal(err)
	}
	world.settled(t)
	world.Server.mu.Lock()
	expires := world.now().Add(time.Hour)
	world.forms["c0de"] = &manifestForm{appID: world.app.ID, expires: expires}
	world.state.Tokens["ghu_alice"] = &token{AppID: world.app.ID, UserID: world.accountLocked("alice").ID, ExpiresAt: expires}
	world.Server.mu.Unlock()
	world.take(t, apiSteps, map[string]string{"inst": fmt.Sprint(world.inst.ID), "code": "c0de"})
}

// TestTroubleKeepsToTheDescription covers repositories that are empty, renamed,
// archived or without issues, and an installation that is suspended.
func TestTroubleKeepsToTheDescription(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	empty := t.TempDir()
	if out, err := exec.Command("git", "init", "-q", "-b", "main", empty).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := world.AddRepository(RepoSpec{Owner: DefaultOrganization, Name: "empty", GitDir: empty}); err != nil {
		t.Fatal(err)
	}
	repo := world.Repository(DefaultOrganization, "api")
	issue := `{"title":"t"}`
	world.take(t, []apiStep{
		{"bot", "GET", "repos/demo/empty/git/trees/main?recursive=1", "", 409, ""},
		{"bot", "GET", "repos/demo/empty/commits", "", 409, ""},
		{"bot", "GET", "repos/demo/empty/contents/", "", 404, ""},
		{"bot", "GET", "repos/demo/empty/branches", "", 200, ""},
		{"bot", "GET", "repos/demo/empty/languages", "", 200, ""},
		{"bot", "GET", "repos/demo/empty/tags", "", 200, ""},
		{"bot", "GET", "repos/demo/empty/actions/workflows", "", 200, ""},
		{"bot", "GET", "repos/demo/empty/community/profile", "", 200, ""},
		{"bot", "GET", "repos/demo/empty/license", "", 404, ""},
		{"bot", "GET", "repos/demo/empty/codeowners/errors", "", 404, ""},
		{"bot", "POST", "repos/demo/api/issues", issue, 201, "issue=number"},
	}, map[string]string{})
	if err := world.Rename(repo, "service"); err != nil {
		t.Fatal(err)
	}
	world.take(t, []apiStep{
		{"bot", "GET", "repos/demo/api/rulesets", "", 200, ""}, // by way of the redirect
		{"bot", "PATCH", "repos/demo/api/issues/1", issue, 301, ""},
		{"bot", "POST", "repos/demo/api/issues", issue, 307, ""},
	}, map[string]string{})
	world.SetArchived(repo, true)
	world.take(t, []apiStep{{"bot", "PATCH", "repos/demo/service/issues/1", issue, 403, ""}}, nil)
	world.SetArchived(repo, false)
	world.SetIssues(repo, false)
	world.take(t, []apiStep{{"bot", "POST", "repos/demo/service/issues", issue, 410, ""}}, nil)
	world.Suspend(world.inst)
	world.take(t, []apiStep{
		{"bot", "GET", "repos/demo/service/rulesets", "", 403, ""},
		{"app", "GET", "app/installations/{inst}", "", 200, ""},
	}, map[string]string{"inst": fmt.Sprint(world.inst.ID)})
}

// take goes through steps; saved holds what their paths may name.
func (world *settingsWorld) take(t *testing.T, steps []apiStep, saved map[string]string) {
	t.Helper()
	clients := world.clients(t)
	fill := func(s string) string {
		for name, value := range saved {
			s = strings.ReplaceAll(s, "{"+name+"}", value)
		}
		return s
	}
	for _, step := range steps {
		req, err := http.NewRequest(step.method, world.APIURL()+"/"+fill(step.path), strings.NewReader(fill(step.body)))
		if err != nil {
			t.Fatal(err)
		}
		if step.body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		client := clients[step.as]
		if client == nil {
			client = http.DefaultClient
			if step.as != "nobody" {
				req.Header.Set("Authorization", "token "+step.as)
			}
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != step.status {
			t.Errorf("%s %s as %s: status %d, want %d (%v): %s", step.method, step.path, step.as, resp.StatusCode, step.status, err, body)
		}
		if key, member, ok := strings.Cut(step.save, "="); ok {
			saved[key] = pick(t, body, member)
		}
	}
}

// TestLinksLead follows the Link header of a numbered and of a cursor list.
func TestLinksLead(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
		t.Fatal(err)
	}
	for path, pages := range map[string]int{"rulesets?per_page=1": 3, "dependabot/alerts?per_page=1": 3, "tags?per_page=2": 1} {
		next := world.APIURL() + "/repos/demo/api/" + path
		for n := 1; next != ""; n++ {
			resp, err := world.client.Client().Get(next)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			link := nextLink.FindStringSubmatch(resp.Header.Get("Link"))
			if resp.StatusCode != http.StatusOK || (link != nil) != (n < pages) || n > pages {
				t.Fatalf("%s: status %d, page %d of %d, Link %q", next, resp.StatusCode, n, pages, resp.Header.Get("Link"))
			}
			if next = ""; link != nil {
				next = link[1]
			}
		}
	}
}

var nextLink = regexp.MustCompile(`<([^>]*)>; rel="next"`)

// clients are those who act through the App.
func (world *settingsWorld) clients(t *testing.T) map[string]*http.Client {
	t.Helper()
	app, err := ghinstallation.NewAppsTransport(http.DefaultTransport, world.app.ID, []byte(world.app.PEM))
	if err != nil {
		t.Fatal(err)
	}
	bot := *world.client.Client()
	bot.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.Response.Request.Method == http.MethodGet {
			return nil
		}
		return http.ErrUseLastResponse
	}
	return map[string]*http.Client{"app": {Transport: app}, "bot": &bot}
}

// pick returns a member of a JSON object, or of an array's element ("0.id").
func pick(t *testing.T, body []byte, member string) string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if rest, ok := strings.CutPrefix(member, "0."); ok {
		list, _ := v.([]any)
		if len(list) == 0 {
			t.Fatalf("no element in %s", body)
		}
		v, member = list[0], rest
	}
	o, _ := v.(map[string]any)
	return fmt.Sprint(o[member])
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}|\*`)

// TestRoutesAndDescription holds the list of operations and the routes together.
func TestRoutesAndDescription(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	checker, err := check.New(func(check.Violation) {})
	if err != nil {
		t.Fatal(err)
	}
	err = chi.Walk(world.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		req, err := http.NewRequestWithContext(context.Background(), method, world.APIURL()+pathParameter.ReplaceAllString(route, "1"), nil)
		if err != nil {
			return err
		}
		if err := checker.Described(req); err != nil && route != "/repos/{owner}/{repo}/contents" {
			t.Errorf("%s %s is served and not in openapi/operations.txt: %v", method, route, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("openapi/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		method, path, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || method == "#" {
			continue
		}
		if !world.router.Match(chi.NewRouteContext(), method, pathParameter.ReplaceAllString(path, "1")) {
			t.Errorf("%s %s is in openapi/operations.txt and not served", method, path)
		}
	}
}
