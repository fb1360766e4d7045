package emulator_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/emulator"
)

func TestIssueLife(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	w.installed()
	w.expect("installation created")
	c := w.client.Issues

	issue, _, err := c.Create(ctx, "demo", "api", &github.IssueRequest{
		Title: github.String("Checklist"), Body: github.String("- [ ] one\n"), Labels: &[]string{"readyline"},
	})
	if err != nil || issue.GetNumber() != 1 || issue.GetUser().GetLogin() != "readyline[bot]" || issue.GetUser().GetType() != "Bot" || len(issue.Labels) != 1 {
		t.Fatalf("created %v, %v", issue, err)
	}
	opened := w.expect("issues opened")[0]
	if at(opened.Payload, "sender", "type") != "Bot" || at(opened.Payload, "installation", "id") != float64(w.inst.ID) {
		t.Fatalf("opened by %v", at(opened.Payload, "sender"))
	}
	if _, _, err := c.Edit(ctx, "demo", "api", 1, &github.IssueRequest{Body: github.String("- [ ] one\n")}); err != nil {
		t.Fatal(err)
	}
	w.expect() // nothing changed
	if _, _, err := w.as("bob").Issues.Edit(ctx, "demo", "api", 1, &github.IssueRequest{Body: github.String("- [x] one\n"), State: github.String("closed")}); err != nil {
		t.Fatal(err)
	}
	edited := w.expect("issues edited", "issues closed")[0]
	if at(edited.Payload, "changes", "body", "from") != "- [ ] one\n" || at(edited.Payload, "sender", "login") != "bob" || at(edited.Payload, "issue", "body") != "- [x] one\n" {
		t.Fatalf("edited %s", edited.Raw)
	}
	if _, _, err := w.as("carol").Issues.Edit(ctx, "demo", "api", 1, &github.IssueRequest{Body: github.String("no")}); !isStatus(err, 403) {
		t.Fatalf("a reader edited somebody's issue: %v", err)
	}
	comment, _, err := w.as("carol").Issues.CreateComment(ctx, "demo", "api", 1, &github.IssueComment{Body: github.String("/readyline help")})
	if err != nil || comment.GetAuthorAssociation() != "MEMBER" {
		t.Fatalf("comment %v, %v", comment, err)
	}
	reaction, resp, err := w.client.Reactions.CreateIssueCommentReaction(ctx, "demo", "api", comment.GetID(), "+1")
	if err != nil || resp.StatusCode != 201 || reaction.GetUser().GetLogin() != "readyline[bot]" {
		t.Fatalf("reaction %v, %v", reaction, err)
	}
	if _, _, err := c.EditComment(ctx, "demo", "api", comment.GetID(), &github.IssueComment{Body: github.String("edited")}); err != nil {
		t.Fatal(err)
	}
	w.expect("issue_comment created", "issue_comment edited")
	list, _, err := c.ListByRepo(ctx, "demo", "api", &github.IssueListByRepoOptions{State: "all", Labels: []string{"readyline"}, Creator: "readyline[bot]"})
	if err != nil || len(list) != 1 || list[0].GetState() != "closed" || list[0].GetComments() != 1 {
		t.Fatalf("list %v, %v", list, err)
	}
	query := `{ repository(owner: "demo", name: "api") { issue(number: 1) { body userContentEdits(first: 5) { totalCount nodes { editor { login } diff } } } } }`
	got := w.call("POST", "/api/graphql", "alice", map[string]any{"query": query}).want(t, 200).body
	want := `"userContentEdits":{"nodes":[{"diff":"- [x] one\n","editor":{"login":"bob"}},{"diff":"- [ ] one\n","editor":{"login":"readyline"}}],"totalCount":2}`
	if !strings.Contains(got, want) {
		t.Fatalf("edits %s", got)
	}
}

func isStatus(err error, status int) bool {
	var resp *github.ErrorResponse
	return errors.As(err, &resp) && resp.Response.StatusCode == status
}

func TestIssueRefusals(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	off := false
	w.serve("api", r)
	w.serve("quiet", r, func(s *emulator.RepoSpec) { s.HasIssues = &off })
	w.serve("old", r, func(s *emulator.RepoSpec) { s.Archived = true })
	w.serve("fork", r, func(s *emulator.RepoSpec) { s.Fork = true })
	other := w.serve("other", r)
	w.installed()
	const api = "/api/v3/repos/demo/"
	title := map[string]any{"title": "T"}
	for range 3 {
		w.call("POST", api+"api/issues", "alice", title).want(t, 201)
	}
	w.call("POST", "/_emulator/repos/demo/api/issues/2/delete", "", map[string]any{"by": "alice"}).want(t, 204)
	w.call("POST", "/_emulator/repos/demo/api/issues/3/transfer", "", map[string]any{"to": "demo/other"}).want(t, 201, `"number":1`)
	for _, test := range []struct {
		name, method, path, who string
		body                    any
		status                  int
		text                    string
	}{
		{"body at the limit", "PATCH", "api/issues/1", "alice", map[string]any{"body": strings.Repeat("ä", 65536)}, 200, ""},
		{"body over the limit", "PATCH", "api/issues/1", "alice", map[string]any{"body": strings.Repeat("a", 65537)}, 422, "body is too long (maximum is 65536 characters)"},
		{"comment over the limit", "POST", "api/issues/1/comments", "alice", map[string]any{"body": strings.Repeat("a", 65537)}, 422, "body is too long"},
		{"issues disabled", "POST", "quiet/issues", "alice", title, 410, "Issues are disabled for this repo"},
		{"a fork has none", "POST", "fork/issues", "alice", title, 410, "Issues are disabled"},
		{"archived", "POST", "old/issues", "alice", title, 403, "Repository was archived so is read-only."},
		{"deleted", "GET", "api/issues/2", "alice", nil, 410, "This issue was deleted"},
		{"never there", "GET", "api/issues/99", "alice", nil, 404, "Not Found"},
		{"transferred", "GET", "api/issues/3", "alice", nil, 301, api + "other/issues/1"},
		{"out of sight", "GET", "api/issues/1", "", nil, 404, "Not Found"},
		{"no such person", "GET", "api/issues/1", "mallory", nil, 401, "Bad credentials"},
		{"blank title", "POST", "api/issues", "alice", map[string]any{"title": " "}, 422, "missing_field"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.call(test.method, api+test.path, test.who, test.body).want(t, test.status, test.text)
		})
	}
	w.SetIssues(other, false)
	w.call("GET", api+"other/issues", "alice", nil).want(t, 410)
	w.forgive("GET /api/v3/repos/demo/other/issues: response 410")
}

func TestRenamedRepository(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	repo := w.serve("old", r)
	w.installed()
	if _, _, err := w.client.Issues.Create(ctx, "demo", "old", &github.IssueRequest{Title: github.String("T")}); err != nil {
		t.Fatal(err)
	}
	if err := w.Rename(repo, "new"); err != nil {
		t.Fatal(err)
	}
	got, _, err := w.client.Repositories.Get(ctx, "demo", "old")
	if err != nil || got.GetName() != "new" {
		t.Fatalf("after rename %v, %v", got, err)
	}
	token := w.installationToken()
	patch := w.call("PATCH", "/api/v3/repos/demo/old/issues/1", token, map[string]any{"body": "x"}).want(t, http.StatusMovedPermanently)
	if want := w.APIURL() + "/repositories/" + strconv.FormatInt(repo.ID, 10) + "/issues/1"; patch.header.Get("Location") != want {
		t.Fatalf("location %q, want %q", patch.header.Get("Location"), want)
	}
	w.call("PATCH", patch.header.Get("Location"), token, map[string]any{"body": "x"}).want(t, 200, `"body":"x"`)
	post := w.call("POST", "/api/v3/repos/demo/old/issues", token, map[string]any{"title": "x"})
	if post.status != http.StatusTemporaryRedirect {
		t.Fatalf("POST to an old name: %d", post.status)
	}
}

// installationToken asks for a plain token of the installation.
func (w *world) installationToken() string {
	w.t.Helper()
	token, _, err := w.appClient().Apps.CreateInstallationToken(ctx, w.inst.ID, &github.InstallationTokenOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	if d := time.Until(token.GetExpiresAt().Time); d < 59*time.Minute || d > time.Hour {
		w.t.Fatalf("token lives for %s", d)
	}
	return token.GetToken()
}
