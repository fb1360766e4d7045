package emulator_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/emulator"
)

var ctx = context.Background()

func TestReadsARepository(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	if err := os.Symlink("README.md", filepath.Join(r.dir, "link")); err != nil {
		t.Fatal(err)
	}
	first := r.commit("first", map[string]string{"README.md": "# Hello\n", "a dir/ünï.txt": "text\n"})
	second := r.commit("second\n\nwith a body", map[string]string{"bin": "a\x00b"})
	r.git("branch", "feature/x", first)
	w.serve("api", r)
	w.installed()
	c := w.client

	got, _, err := c.Repositories.Get(ctx, "demo", "API")
	if err != nil || got.GetDefaultBranch() != "main" || !got.GetPrivate() || got.GetFullName() != "demo/api" {
		t.Fatalf("repository %v, %v", got, err)
	}
	if byID, _, err := c.Repositories.GetByID(ctx, got.GetID()); err != nil || byID.GetName() != "api" {
		t.Fatalf("by id %v, %v", byID, err)
	}
	branch, _, err := c.Repositories.GetBranch(ctx, "demo", "api", "feature/x", 0)
	if err != nil || branch.GetCommit().GetSHA() != first {
		t.Fatalf("branch %v, %v", branch, err)
	}
	commits, _, err := c.Repositories.ListCommits(ctx, "demo", "api", &github.CommitsListOptions{SHA: "main", ListOptions: github.ListOptions{PerPage: 1}})
	if err != nil || len(commits) != 1 || commits[0].GetSHA() != second || commits[0].GetAuthor().GetLogin() != "bob" {
		t.Fatalf("commits %v, %v", commits, err)
	}
	one, _, err := c.Repositories.GetCommit(ctx, "demo", "api", "feature/x", nil)
	if err != nil || one.GetSHA() != first || len(one.Files) != 3 || one.Files[0].GetStatus() != "added" {
		t.Fatalf("commit %v, %v", one, err)
	}
	tree, _, err := c.Git.GetTree(ctx, "demo", "api", second, true)
	if err != nil || tree.GetTruncated() {
		t.Fatalf("tree %v, %v", tree, err)
	}
	shas := map[string]string{}
	var listing []string
	for _, e := range tree.Entries {
		listing = append(listing, e.GetMode()+" "+e.GetType()+" "+e.GetPath())
		shas[e.GetPath()] = e.GetSHA()
	}
	want := "100644 blob README.md|040000 tree a dir|100644 blob a dir/ünï.txt|100644 blob bin|120000 blob link"
	if strings.Join(listing, "|") != want {
		t.Fatalf("tree %q", listing)
	}
	raw, _, err := c.Git.GetBlobRaw(ctx, "demo", "api", shas["bin"])
	if err != nil || string(raw) != "a\x00b" {
		t.Fatalf("raw blob %q, %v", raw, err)
	}
	if blob, _, err := c.Git.GetBlob(ctx, "demo", "api", shas["README.md"]); err != nil || blob.GetContent() != "IyBIZWxsbwo=\n" || blob.GetSize() != 8 {
		t.Fatalf("blob %v, %v", blob, err)
	}
	if ref, _, err := c.Git.GetRef(ctx, "demo", "api", "heads/feature/x"); err != nil || ref.GetObject().GetSHA() != first {
		t.Fatalf("ref %v, %v", ref, err)
	}
	file, _, _, err := c.Repositories.GetContents(ctx, "demo", "api", "a dir/ünï.txt", &github.RepositoryContentGetOptions{Ref: "feature/x"})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := file.GetContent(); err != nil || text != "text\n" {
		t.Fatalf("content %q, %v", text, err)
	}
	if _, dir, _, err := c.Repositories.GetContents(ctx, "demo", "api", "", nil); err != nil || len(dir) != 4 {
		t.Fatalf("directory %v, %v", dir, err)
	}
	if link, _, _, err := c.Repositories.GetContents(ctx, "demo", "api", "link", nil); err != nil || link.GetTarget() != "README.md" {
		t.Fatalf("symlink %v, %v", link, err)
	}
	repos, _, err := c.Apps.ListRepos(ctx, nil)
	if err != nil || repos.GetTotalCount() != 1 {
		t.Fatalf("installation's repositories %v, %v", repos, err)
	}
}

func TestGraphQL(t *testing.T) {
	w := newWorld(t, emulator.Options{TextLimit: 10})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "short\n", "b": "0\x001", "c": "äöüäöü and more\n"})
	w.serve("api", r)
	oid := func(name string) string { return r.git("rev-parse", "HEAD:"+name) }
	missing := strings.Repeat("0123456789", 4)
	for _, test := range []struct {
		name, query string
		vars        map[string]any
		want        string
	}{
		{"blobs by alias and variables", `query($o: String!, $n: String!) { repository(owner: $o, name: $n) {
			b0: object(oid: "` + oid("a") + `") { ... on Blob { oid text isBinary isTruncated byteSize } }
			b1: object(oid: "` + oid("b") + `") { ...blob } b2: object(oid: "` + oid("c") + `") { ...blob }
			b3: object(oid: "` + missing + `") { ...blob } } }
			fragment blob on Blob { text isBinary isTruncated byteSize __typename }`,
			map[string]any{"o": "demo", "n": "api"},
			`{"data":{"repository":{"b0":{"byteSize":6,"isBinary":false,"isTruncated":false,"oid":"` + oid("a") + `","text":"short\n"},` +
				`"b1":{"__typename":"Blob","byteSize":3,"isBinary":true,"isTruncated":false,"text":null},` +
				`"b2":{"__typename":"Blob","byteSize":22,"isBinary":false,"isTruncated":true,"text":"äöüäö"},"b3":null}}}`},
		{"expression and default branch", `{ repository(owner: "demo", name: "api") { nameWithOwner object(expression: "HEAD:a") { ... on Tree { oid } ... on Blob { byteSize } }
			defaultBranchRef { name target { ... on Commit { tree { entries { name } } } } } } }`, nil,
			`{"data":{"repository":{"defaultBranchRef":{"name":"main","target":{"tree":{"entries":[{"name":"a"},{"name":"b"},{"name":"c"}]}}},"nameWithOwner":"demo/api","object":{"byteSize":6}}}}`},
		{"a repository that is not there", `{ repository(owner: "demo", name: "none") { id } }`, nil, `"type":"NOT_FOUND"`},
		{"an unknown field", `{ repository(owner: "demo", name: "api") { stars } }`, nil, `{"errors":[{"locations":[],"message":"Field 'stars' doesn't exist on type 'Repository'"}]}`},
		{"a syntax error", `{ repository(`, nil, `{"errors":[{"locations":[],"message":"Parse error`},
		{"the viewer", `query Q { viewer { login } rateLimit { cost limit } }`, nil, `{"data":{"rateLimit":{"cost":1,"limit":5000},"viewer":{"login":"alice"}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := w.call("POST", "/api/graphql", "alice", map[string]any{"query": test.query, "variables": test.vars}).want(t, 200).body
			if !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	w.call("POST", "/api/graphql", "", map[string]any{"query": "{viewer{login}}"}).want(t, 401)
}

func TestTruncatedAndEmptyTrees(t *testing.T) {
	w := newWorld(t, emulator.Options{TreeLimit: 3})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1", "b": "2", "c": "3", "d/e": "4"})
	w.serve("big", r)
	w.serve("empty", newRepo(t))
	w.installed()
	tree, _, err := w.client.Git.GetTree(ctx, "demo", "big", "main", true)
	if err != nil || !tree.GetTruncated() || len(tree.Entries) != 3 {
		t.Fatalf("tree %v, %v", tree, err)
	}
	w.call("GET", "/api/v3/repos/demo/empty/git/trees/main?recursive=1", "alice", nil).want(t, 409, "Git Repository is empty.")
	if got, _, err := w.client.Repositories.Get(ctx, "demo", "empty"); err != nil || got.GetDefaultBranch() != "main" {
		t.Fatalf("empty repository %v, %v", got, err)
	}
	w.call("GET", "/demo/empty", "", nil).want(t, 200, "no commits yet")
}
