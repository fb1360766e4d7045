package emulator_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/emulator"
)

const zero = "0000000000000000000000000000000000000000"

func TestPushes(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	first := r.commit("first", map[string]string{"a": "1", "gone": "x"})
	w.serve("api", r)
	w.installed()
	w.expect("installation created")

	second := r.commit("second", map[string]string{"a": "2", "new/b": "3", "gone": ""})
	third := r.commit("third", map[string]string{"c": "4"})
	push := w.expect("push")[0]
	for _, test := range []struct {
		path []any
		want any
	}{
		{[]any{"ref"}, "refs/heads/main"}, {[]any{"before"}, first}, {[]any{"after"}, third}, {[]any{"created"}, false}, {[]any{"forced"}, false},
		{[]any{"commits", 0, "id"}, second}, {[]any{"commits", 0, "added"}, []any{"new/b"}}, {[]any{"commits", 0, "modified"}, []any{"a"}},
		{[]any{"commits", 0, "removed"}, []any{"gone"}}, {[]any{"commits", 0, "author", "username"}, "bob"}, {[]any{"commits", 1, "added"}, []any{"c"}},
		{[]any{"head_commit", "id"}, third}, {[]any{"sender", "login"}, "bob"}, {[]any{"repository", "default_branch"}, "main"},
	} {
		if got := at(push.Payload, test.path...); !reflect.DeepEqual(got, test.want) {
			t.Errorf("push %v = %v, want %v", test.path, got, test.want)
		}
	}

	r.git("checkout", "-q", "-b", "feature/x")
	fourth := r.commit("fourth", map[string]string{"d": "5"})
	created := w.expect("push", "create")
	if at(created[0].Payload, "created") != true || at(created[0].Payload, "before") != zero || at(created[0].Payload, "commits", 0, "id") != fourth || at(created[0].Payload, "commits", 1) != nil {
		t.Errorf("new branch: %s", created[0].Raw)
	}
	if at(created[1].Payload, "ref") != "feature/x" || at(created[1].Payload, "ref_type") != "branch" {
		t.Errorf("create: %s", created[1].Raw)
	}

	r.git("reset", "-q", "--hard", second)
	fifth := r.commit("fifth", map[string]string{"e": "6"})
	forced := w.expect("push")[0]
	if at(forced.Payload, "forced") != true || at(forced.Payload, "before") != fourth || at(forced.Payload, "after") != fifth {
		t.Errorf("forced: %s", forced.Raw)
	}

	r.git("pack-refs", "--all")
	w.expect() // the same refs, stored differently
	r.git("tag", "-a", "v1", "-m", "one")
	w.expect("push", "create")
	r.git("checkout", "-q", "main")
	r.git("branch", "-q", "-D", "feature/x")
	deleted := w.expect("push", "delete")
	if at(deleted[0].Payload, "deleted") != true || at(deleted[0].Payload, "after") != zero || at(deleted[0].Payload, "head_commit") != nil {
		t.Errorf("deleted: %s", deleted[0].Raw)
	}
	for _, tag := range []string{"w1", "w2", "w3", "w4"} {
		r.git("tag", tag)
	}
	w.expect() // GitHub keeps silent about more than three tags at once
	r.git("merge", "-q", "--no-ff", "-m", "merge", fifth)
	merge := w.expect("push")[0]
	if at(merge.Payload, "commits", 1, "added", 0) != "e" {
		t.Errorf("merge: %s", merge.Raw)
	}
}

func TestWatchesWithoutBeingAsked(t *testing.T) {
	w := newWorld(t, emulator.Options{WatchEvery: 10 * time.Millisecond})
	r := newRepo(t)
	w.serve("api", r)
	w.installed()
	w.expect("installation created")
	r.commit("first ever", map[string]string{"a": "1"})
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		w.mu.Lock()
		got := names(w.events)
		w.mu.Unlock()
		if len(got) == 2 && got[0] == "push" && got[1] == "create" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("events %q", got)
		}
	}
}

func TestPullRequests(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1\n"})
	r.git("checkout", "-q", "-b", "change")
	head := r.commit("change", map[string]string{"a": "2\n", "b": "3\n"})
	repo := w.serve("api", r)
	w.installed()
	w.expect("installation created")
	n, err := w.OpenPullRequest(repo, "change", "main", "carol")
	if err != nil {
		t.Fatal(err)
	}
	opened := w.expect("pull_request opened")[0]
	if at(opened.Payload, "pull_request", "head", "sha") != head || at(opened.Payload, "pull_request", "base", "ref") != "main" {
		t.Fatalf("opened %s", opened.Raw)
	}
	pull, _, err := w.client.PullRequests.Get(ctx, "demo", "api", n)
	if err != nil || pull.GetChangedFiles() != 2 || pull.GetAdditions() != 2 || pull.GetUser().GetLogin() != "carol" {
		t.Fatalf("pull %v, %v", pull, err)
	}
	files, _, err := w.client.PullRequests.ListFiles(ctx, "demo", "api", n, nil)
	if err != nil || len(files) != 2 || files[0].GetPatch() != "@@ -1 +1 @@\n-1\n+2" || files[1].GetStatus() != "added" {
		t.Fatalf("files %v, %v", files, err)
	}
	next := r.commit("more", map[string]string{"c": "4"})
	sync := w.expect("push", "pull_request synchronize")[1]
	if at(sync.Payload, "before") != head || at(sync.Payload, "after") != next {
		t.Fatalf("synchronize %s", sync.Raw)
	}
	if err := w.ClosePullRequest(repo, n, true); err != nil {
		t.Fatal(err)
	}
	if closed := w.expect("pull_request closed")[0]; at(closed.Payload, "pull_request", "merged") != true {
		t.Fatalf("closed %s", closed.Raw)
	}
	list, _, err := w.client.PullRequests.List(ctx, "demo", "api", nil)
	if err != nil || len(list) != 0 {
		t.Fatalf("open pulls %v, %v", list, err)
	}
	w.call("GET", fmt.Sprintf("/demo/api/pull/%d", n), "", nil).want(t, 200, "Merged")
}

func TestLifecycle(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.AddOrganization("elsewhere", "alice")
	first := w.serve("first", r)
	second := w.serve("second", r)
	w.installed(first)
	created := w.expect("installation created")[0]
	if at(created.Payload, "repositories", 0, "full_name") != "demo/first" || at(created.Payload, "repositories", 1) != nil {
		t.Fatalf("created %s", created.Raw)
	}
	for _, step := range []struct {
		path string
		body any
		want []string
	}{
		{"/installations/ID/add", map[string]any{"repositories": []string{"second"}}, []string{"installation_repositories added"}},
		{"/installations/ID/suspend", nil, []string{"installation suspend"}},
		{"/repos/demo/second/archive", nil, nil},
		{"/installations/ID/unsuspend", nil, []string{"installation unsuspend"}},
		{"/repos/demo/second/unarchive", nil, []string{"repository unarchived"}},
		{"/repos/demo/second/publicize", nil, []string{"repository publicized"}},
		{"/repos/demo/second/privatize", nil, []string{"repository privatized"}},
		{"/repos/demo/second/topics", map[string]any{"topics": []string{"service"}}, []string{"repository edited"}},
		{"/repos/demo/second/default-branch", map[string]any{"branch": "trunk"}, []string{"repository edited"}},
		{"/repos/demo/second/rename", map[string]any{"name": "renamed"}, []string{"repository renamed"}},
		{"/repos/demo/renamed/transfer", map[string]any{"account": "elsewhere"}, []string{"installation_repositories removed"}},
		{"/repos/demo/first/delete", nil, []string{"repository deleted", "installation_repositories removed"}},
		{"/installations/ID/uninstall", nil, []string{"installation deleted"}},
	} {
		path := strings.Replace("/_emulator"+step.path, "ID", fmt.Sprint(w.inst.ID), 1)
		w.call("POST", path, "", step.body).want(t, 204)
		w.expect(step.want...)
	}
	if w.FullName(second) != "elsewhere/renamed" {
		t.Fatalf("transferred to %s", w.FullName(second))
	}
}

func TestPermissionsAccepted(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	w.installed()
	w.expect("installation created")
	path := fmt.Sprintf("/_emulator/installations/%d/permissions", w.inst.ID)
	w.call("PUT", path, "", map[string]string{"contents": "read"}).want(t, 204)
	w.expect() // less is silent
	token := w.installationToken()
	got := w.call("GET", "/api/v3/repos/demo/api/issues", token, nil).want(t, 403, "Resource not accessible by integration")
	if got.header.Get("X-Accepted-GitHub-Permissions") != "issues=read" {
		t.Fatalf("accepted %q", got.header.Get("X-Accepted-GitHub-Permissions"))
	}
	w.call("PUT", path, "", map[string]string{"contents": "read", "issues": "write"}).want(t, 204)
	accepted := w.expect("installation new_permissions_accepted")[0]
	if at(accepted.Payload, "installation", "permissions", "issues") != "write" {
		t.Fatalf("accepted %s", accepted.Raw)
	}
}
