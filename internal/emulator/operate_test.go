package emulator_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/emulator"
)

func TestRedelivery(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	w.installed()
	w.expect("installation created")
	w.call("PUT", "/_emulator/faults", "", map[string]any{"faults": []any{
		map[string]any{"webhook": "drop", "event": "issues.opened", "times": 1},
		map[string]any{"webhook": "double", "event": "issues\\.closed", "times": 1},
		map[string]any{"webhook": "lose", "event": "issue_comment.*", "times": 1},
	}}).want(t, 204)
	bob := w.as("bob").Issues
	if _, _, err := bob.Create(ctx, "demo", "api", &github.IssueRequest{Title: github.String("T")}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := bob.CreateComment(ctx, "demo", "api", 1, &github.IssueComment{Body: github.String("lost")}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := bob.Edit(ctx, "demo", "api", 1, &github.IssueRequest{State: github.String("closed")}); err != nil {
		t.Fatal(err)
	}
	twice := w.expect("issues closed", "issues closed")
	if twice[0].GUID != twice[1].GUID {
		t.Fatalf("two GUIDs for one delivery")
	}
	app := w.appClient().Apps
	page, resp, err := app.ListHookDeliveries(ctx, &github.ListCursorOptions{PerPage: 2})
	if err != nil || len(page) != 2 || resp.Cursor == "" || page[0].GetEvent() != "issues" {
		t.Fatalf("deliveries %v, cursor %q, %v", page, resp.Cursor, err)
	}
	rest, resp, err := app.ListHookDeliveries(ctx, &github.ListCursorOptions{PerPage: 100, Cursor: resp.Cursor})
	if err != nil || len(rest) != 2 || resp.Cursor != "" || rest[0].GetStatusCode() != 502 || rest[0].GetAction() != "opened" {
		t.Fatalf("deliveries %v, cursor %q, %v", rest, resp.Cursor, err)
	}
	failed := rest[0]
	got, _, err := app.GetHookDelivery(ctx, failed.GetID())
	if err != nil || !strings.Contains(string(got.Request.GetRawPayload()), `"opened"`) {
		t.Fatalf("delivery %v, %v", got, err)
	}
	if _, _, err := app.RedeliverHookDelivery(ctx, failed.GetID()); err != nil {
		if _, accepted := err.(*github.AcceptedError); !accepted {
			t.Fatal(err)
		}
	}
	if again := w.expect("issues opened"); again[0].GUID != failed.GetGUID() {
		t.Fatalf("GUID %s, want %s", again[0].GUID, failed.GetGUID())
	}
	config, _, err := app.UpdateHookConfig(ctx, &github.HookConfig{URL: github.String("http://127.0.0.1:1/")})
	if err != nil || config.GetURL() != "http://127.0.0.1:1/" {
		t.Fatalf("hook configuration %v, %v", config, err)
	}
	list := w.call("GET", "/_emulator/deliveries", "", nil).want(t, 200, `"waiting":0`).json(t)
	if n := len(at(list, "deliveries").([]any)); n != 5 {
		t.Fatalf("%d deliveries in the log", n)
	}
}

func TestFaultsAndRequests(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	w.call("DELETE", "/_emulator/requests", "", nil).want(t, 204)
	w.call("PUT", "/_emulator/faults", "", map[string]any{"faults": []any{
		map[string]any{"method": "GET", "path": "/repos/.*/issues", "status": 429, "headers": map[string]string{"Retry-After": "1"}, "times": 1},
		map[string]any{"method": "GET", "path": "/rate_limit", "latency_ms": 50},
	}}).want(t, 204)
	limited := w.call("GET", "/api/v3/repos/demo/api/issues", "alice", nil).want(t, 429)
	if limited.header.Get("Retry-After") != "1" {
		t.Fatalf("headers %v", limited.header)
	}
	w.call("GET", "/api/v3/repos/demo/api/issues", "alice", nil).want(t, 200)
	start := time.Now()
	w.call("GET", "/api/v3/rate_limit", "alice", nil).want(t, 200)
	if time.Since(start) < 50*time.Millisecond {
		t.Fatal("no latency")
	}
	w.call("POST", "/api/v3/repos/demo/api/issues", "bob", map[string]any{"title": "T"}).want(t, 201)
	log := w.call("GET", "/_emulator/requests", "", nil).want(t, 200).json(t)
	if at(log, "total") != 4.0 || at(log, "points") != 8.0 || at(log, "methods", "GET") != 3.0 || at(log, "requests", 3, "by") != "bob" || at(log, "requests", 0, "status") != 429.0 {
		t.Fatalf("log %v", log)
	}
	w.call("PUT", "/_emulator/faults", "", map[string]any{"faults": []any{map[string]any{"path": "("}}}).want(t, 422, "path")
}

func TestRateLimit(t *testing.T) {
	w := newWorld(t, emulator.Options{CoreLimit: 3})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	w.installed()
	token := w.installationToken()
	get := func(tag string) answer {
		return w.call("GET", "/api/v3/repos/demo/api", token, nil, "If-None-Match", tag)
	}
	first := get("").want(t, 200)
	if first.header.Get("X-RateLimit-Remaining") != "2" || first.header.Get("X-RateLimit-Resource") != "core" {
		t.Fatalf("headers %v", first.header)
	}
	tag := first.header.Get("ETag")
	if same := get(tag).want(t, 304); same.header.Get("X-RateLimit-Remaining") != "2" {
		t.Fatal("a 304 is free")
	}
	w.call("GET", "/api/v3/repos/demo/api", w.installationToken(), nil, "If-None-Match", tag).want(t, 200) // another token, another tag
	get("").want(t, 200)
	over := get("").want(t, 403, "API rate limit exceeded")
	reset, err := strconv.ParseInt(over.header.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil || over.header.Get("X-RateLimit-Remaining") != "0" || time.Until(time.Unix(reset, 0)) > time.Hour {
		t.Fatalf("headers %v", over.header)
	}
	w.call("GET", "/api/v3/rate_limit", token, nil).want(t, 200, `"remaining":0`)
	w.turnClock(59 * time.Minute)
	get("").want(t, 403)
}

func TestCheckRuns(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	sha := r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	w.installed()
	w.expect("installation created")
	note := &github.CheckRunAnnotation{Path: github.String("a"), StartLine: github.Int(1), EndLine: github.Int(1), AnnotationLevel: github.String("notice"), Message: github.String("m")}
	output := func(n int) *github.CheckRunOutput {
		o := &github.CheckRunOutput{Title: github.String("T"), Summary: github.String("**S**")}
		for range n {
			o.Annotations = append(o.Annotations, note)
		}
		return o
	}
	run, _, err := w.client.Checks.CreateCheckRun(ctx, "demo", "api", github.CreateCheckRunOptions{
		Name: "readiness", HeadSHA: sha, Status: github.String("in_progress"), Output: output(50),
	})
	if err != nil || run.GetStatus() != "in_progress" {
		t.Fatalf("created %v, %v", run, err)
	}
	run, _, err = w.client.Checks.UpdateCheckRun(ctx, "demo", "api", run.GetID(), github.UpdateCheckRunOptions{
		Name: "readiness", Conclusion: github.String("neutral"), Output: output(10),
	})
	if err != nil || run.GetStatus() != "completed" || run.GetOutput().GetAnnotationsCount() != 60 {
		t.Fatalf("updated %v, %v", run, err)
	}
	w.expect("check_run created", "check_run completed") // sent though nobody subscribed
	list, _, err := w.client.Checks.ListCheckRunsForRef(ctx, "demo", "api", "main", nil)
	if err != nil || list.GetTotal() != 1 {
		t.Fatalf("list %v, %v", list, err)
	}
	if _, _, err := w.client.Checks.CreateCheckRun(ctx, "demo", "api", github.CreateCheckRunOptions{Name: "x", HeadSHA: sha, Output: output(51)}); !isStatus(err, 422) {
		t.Fatalf("51 annotations: %v", err)
	}
	if _, _, err := w.as("alice").Checks.CreateCheckRun(ctx, "demo", "api", github.CreateCheckRunOptions{Name: "x", HeadSHA: sha}); !isStatus(err, 403) {
		t.Fatalf("a person made a check run: %v", err)
	}
	w.call("GET", "/demo/api/runs/"+strconv.FormatInt(run.GetID(), 10), "", nil).want(t, 200, "<strong>S</strong>")
	w.forgive("maximum number of items is 50", "check-runs: response 422") // what GitHub answers, but does not describe
}

func TestKeepsItsState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "github.json")
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w := newWorld(t, emulator.Options{StateFile: file})
	repo := w.serve("api", r)
	w.installed()
	if _, _, err := w.client.Issues.Create(ctx, "demo", "api", &github.IssueRequest{Title: github.String("Kept")}); err != nil {
		t.Fatal(err)
	}
	w.heard()
	if err := w.Close(ctx); err != nil {
		t.Fatal(err)
	}
	again, err := emulator.New(emulator.Options{StateFile: file})
	if err != nil {
		t.Fatal(err)
	}
	again.Start()
	defer again.Close(ctx)
	same, err := again.AddRepository(emulator.RepoSpec{Owner: "demo", Name: "api", GitDir: r.dir})
	if err != nil || same.ID != repo.ID {
		t.Fatalf("repository %v, %v", same, err)
	}
	if issue := same.Issues[1]; issue == nil || issue.Title != "Kept" {
		t.Fatalf("issue %v", issue)
	}
	if again.App("readyline").PEM != w.app.PEM || len(again.Installations(again.App("readyline"))) != 1 {
		t.Fatal("the app or its installation was forgotten")
	}
}

func TestRefusesOtherMachines(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "nonsense"} {
		if s, err := emulator.New(emulator.Options{Listen: address}); err == nil {
			s.Close(ctx)
			t.Errorf("listens on %s", address)
		}
	}
	w := newWorld(t, emulator.Options{})
	for _, host := range []string{"rebind.example.test", "192.0.2.1"} {
		req := w.call("GET", "/", "", nil)
		if req.status != 200 {
			t.Fatal("home page", req.status)
		}
		if got := w.callAs(host); got != 421 {
			t.Errorf("host %s: status %d", host, got)
		}
	}
}
