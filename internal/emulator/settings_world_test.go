package emulator

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/emulator/check"
)

// settingsFiles are the files of the repository under test.
var settingsFiles = map[string]string{
	".github/workflows/ci.yml":     "name: CI\non: push\njobs: {}\n",
	".github/workflows/deploy.yml": "on: workflow_dispatch\njobs: {}\n",
	".github/CODEOWNERS":           "# owners\n*.go @bob\n*.md @nobody-here\n!x @bob\n/docs @demo/writers\n/a nobody\n",
	"CONTRIBUTING.md":              "Welcome.\n",
	"LICENSE":                      "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this software\n",
	"README.md":                    "# api\n",
	"main.go":                      "package main\n\nfunc main() {}\n",
	"vendor/x/x.go":                "package x\n",
}

// settingsWorld is an emulator with one organization repository and one
// installed App, all of whose traffic is checked.
type settingsWorld struct {
	*Server
	app    *App
	inst   *Installation
	client *github.Client

	mu     sync.Mutex
	faults []string
	events []string // "event action" as delivered
}

var allPermissions = map[string]string{
	"metadata": "read", "contents": "read", "administration": "read", "vulnerability_alerts": "read", "secret_scanning_alerts": "read",
	"security_events": "read", "actions": "read", "deployments": "read", "repository_hooks": "read", "attestations": "read",
	"organization_custom_properties": "write", "packages": "read", "issues": "write", "checks": "write", "pull_requests": "read",
}

func newSettingsWorld(t *testing.T, permissions map[string]string) *settingsWorld {
	t.Helper()
	world := &settingsWorld{}
	checker, err := check.New(func(v check.Violation) {
		world.mu.Lock()
		defer world.mu.Unlock()
		world.faults = append(world.faults, v.String())
	})
	if err != nil {
		t.Fatal(err)
	}
	if world.Server, err = New(Options{Check: checker.Middleware}); err != nil {
		t.Fatal(err)
	}
	world.Start()
	hook := listen(t, func(event string, payload map[string]any) {
		action, _ := payload["action"].(string)
		if event == "installation" {
			return
		}
		world.mu.Lock()
		defer world.mu.Unlock()
		world.events = append(world.events, strings.TrimSpace(event+" "+action))
	})
	t.Cleanup(func() {
		if err := world.Close(context.Background()); err != nil {
			t.Error(err)
		}
		world.mu.Lock()
		defer world.mu.Unlock()
		for _, fault := range world.faults {
			t.Error(fault)
		}
	})
	if _, err := world.AddRepository(RepoSpec{
		Owner: DefaultOrganization, Name: "api", GitDir: settingsGit(t), Private: true, Topics: []string{"service"}, Description: "An API",
	}); err != nil {
		t.Fatal(err)
	}
	events := []string{
		"branch_protection_rule", "repository_ruleset", "security_and_analysis", "release", "deployment", "deployment_status",
		"workflow_run", "dependabot_alert", "secret_scanning_alert", "code_scanning_alert", "custom_property_values",
	}
	world.app, err = world.RegisterApp(AppSpec{Name: "probe", WebhookURL: hook, Permissions: permissions, Events: events})
	if err != nil {
		t.Fatal(err)
	}
	if world.inst, err = world.Install(world.app, DefaultOrganization); err != nil {
		t.Fatal(err)
	}
	world.client = world.connect(t)
	return world
}

// connect makes a go-github client with the installation's token.
func (world *settingsWorld) connect(t *testing.T) *github.Client {
	t.Helper()
	transport, err := ghinstallation.New(http.DefaultTransport, world.app.ID, world.inst.ID, []byte(world.app.PEM))
	if err != nil {
		t.Fatal(err)
	}
	transport.BaseURL = world.APIURL()
	transport.InstallationTokenOptions = &github.InstallationTokenOptions{}
	client, err := github.NewClient(&http.Client{Transport: transport}).WithEnterpriseURLs(world.APIURL()+"/", world.APIURL()+"/")
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// listen starts a webhook receiver and returns its address.
func listen(t *testing.T, got func(event string, payload map[string]any)) string {
	t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event := r.Header.Get("X-GitHub-Event")
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the world was closed under way
		}
		var payload map[string]any
		if err := json.Unmarshal(body, &payload); err != nil {
			t.Errorf("%s: %v", event, err)
		}
		if event != "repository_ruleset" && event != "custom_property_values" { // which go-github v60 does not know
			if _, err := github.ParseWebHook(event, body); err != nil {
				t.Errorf("%s: %v", event, err)
			}
		}
		got(event, payload)
	})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return "http://" + listener.Addr().String()
}

func settingsGit(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range settingsFiles {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "-A"},
		{"-c", "user.name=Bob", "-c", "user.email=bob@example.test", "commit", "-q", "-m", "first"},
		{"branch", "feat/x"}, {"tag", "v0.9.0"}, {"-c", "user.name=Bob", "-c", "user.email=bob@example.test", "tag", "-a", "v1.0.0", "-m", "one"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(gitEnv(), "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}

// get asks for a path below /api/v3/ and returns status, body and the permission that was accepted.
func (world *settingsWorld) get(t *testing.T, path string) (int, string, string) {
	t.Helper()
	req, err := world.client.NewRequest("GET", path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := world.client.BareDo(context.Background(), req)
	if resp == nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header.Get("X-Accepted-GitHub-Permissions")
}

// settled waits until every delivery was made.
func (world *settingsWorld) settled(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		world.Server.mu.Lock()
		pending := 0
		for _, d := range world.state.Deliveries {
			if !d.Done {
				pending++
			}
		}
		world.Server.mu.Unlock()
		if pending == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d deliveries still under way", pending)
		}
	}
}
