package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/emulator/check"
)

// world is an emulator with one app, one webhook receiver and a clock to turn. All
// its REST traffic is held against GitHub's description.
type world struct {
	*emulator.Server
	t      *testing.T
	app    *emulator.App
	inst   *emulator.Installation
	client *github.Client // as the installation

	mu     sync.Mutex
	ahead  time.Duration
	faults []string
	events []event
}

type event struct {
	Name    string // "issues edited", "push"
	GUID    string
	Payload map[string]any
	Raw     []byte
}

var everything = map[string]string{
	"contents": "read", "issues": "write", "checks": "write", "pull_requests": "read", "actions": "read", "deployments": "read",
}

var everyEvent = []string{"push", "create", "delete", "issues", "issue_comment", "repository", "pull_request"}

func newWorld(t *testing.T, options emulator.Options) *world {
	t.Helper()
	w := &world{t: t}
	checker, err := check.New(func(v check.Violation) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.faults = append(w.faults, v.String())
	})
	if err != nil {
		t.Fatal(err)
	}
	options.Check = checker.Middleware
	if options.WatchEvery == 0 {
		options.WatchEvery = -1 // tests say when to look
	}
	if options.Now == nil {
		options.Now = func() time.Time {
			w.mu.Lock()
			defer w.mu.Unlock()
			return time.Now().Add(w.ahead)
		}
	}
	if w.Server, err = emulator.New(options); err != nil {
		t.Fatal(err)
	}
	w.Start()
	hook := httptest.NewServer(http.HandlerFunc(w.receive))
	t.Cleanup(func() {
		if err := w.Close(context.Background()); err != nil {
			t.Error(err)
		}
		hook.Close()
		for _, fault := range w.faults {
			t.Error("not as GitHub describes it:", fault)
		}
	})
	w.app, err = w.RegisterApp(emulator.AppSpec{
		Name: "Readyline", WebhookURL: hook.URL, Permissions: everything, Events: everyEvent, CallbackURLs: []string{hook.URL + "/auth/callback"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// receive is the app's webhook: it refuses what is not properly signed.
func (w *world) receive(rw http.ResponseWriter, r *http.Request) {
	r.Header.Del("X-Hub-Signature") // only SHA-256 counts
	body, err := github.ValidatePayload(r, []byte(w.app.WebhookSecret))
	if err != nil {
		w.t.Errorf("webhook: %v", err)
	}
	name := github.WebHookType(r)
	if _, err := github.ParseWebHook(name, body); err != nil {
		w.t.Errorf("webhook %s: %v", name, err)
	}
	var payload map[string]any
	if err := json.Unmarshal(body, &payload); err != nil {
		w.t.Errorf("webhook %s: %v", name, err)
	}
	action, _ := payload["action"].(string)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, event{strings.TrimSpace(name + " " + action), github.DeliveryID(r), payload, body})
}

// installed installs the app on the organization and makes the client.
func (w *world) installed(repos ...*emulator.Repository) *world {
	w.t.Helper()
	var err error
	if w.inst, err = w.Install(w.app, emulator.DefaultOrganization, repos...); err != nil {
		w.t.Fatal(err)
	}
	transport, err := ghinstallation.New(http.DefaultTransport, w.app.ID, w.inst.ID, []byte(w.app.PEM))
	if err != nil {
		w.t.Fatal(err)
	}
	transport.BaseURL = w.APIURL()
	transport.InstallationTokenOptions = &github.InstallationTokenOptions{}
	w.client = w.clientWith(transport)
	return w
}

// appClient acts as the app itself, by JWT.
func (w *world) appClient() *github.Client {
	w.t.Helper()
	transport, err := ghinstallation.NewAppsTransport(http.DefaultTransport, w.app.ID, []byte(w.app.PEM))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.clientWith(transport)
}

// as acts with a token, which may be a person's login.
func (w *world) as(token string) *github.Client {
	return w.clientWith(http.DefaultTransport).WithAuthToken(token)
}

func (w *world) clientWith(transport http.RoundTripper) *github.Client {
	w.t.Helper()
	client, err := github.NewClient(&http.Client{Transport: transport}).WithEnterpriseURLs(w.APIURL()+"/", w.APIURL()+"/")
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

func (w *world) turnClock(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

// heard waits for all deliveries and returns the events since the last call.
func (w *world) heard() []event {
	w.t.Helper()
	w.Poll(context.Background())
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.Settle(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	events := w.events
	w.events = nil
	return events
}

func names(events []event) []string {
	out := []string{}
	for _, e := range events {
		out = append(out, e.Name)
	}
	return out
}

// expect fails unless exactly these events were heard since the last call.
func (w *world) expect(want ...string) []event {
	w.t.Helper()
	got := w.heard()
	if !slices.Equal(names(got), want) {
		w.t.Fatalf("events %q, want %q", names(got), want)
	}
	return got
}

// forgive takes back the violations that a test made on purpose, one for each text.
func (w *world) forgive(texts ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range texts {
		i := slices.IndexFunc(w.faults, func(fault string) bool { return strings.Contains(fault, text) })
		if i < 0 {
			w.t.Errorf("nothing to forgive: %q in %q", text, w.faults)
			continue
		}
		w.faults = slices.Delete(w.faults, i, i+1)
	}
}

// at follows keys and indexes into decoded JSON.
func at(v any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			list, _ := v.([]any)
			if key >= len(list) {
				return nil
			}
			v = list[key]
		}
	}
	return v
}

// repo is a local git repository that a test writes to.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=Bob", "GIT_AUTHOR_EMAIL=bob@example.test", "GIT_COMMITTER_NAME=Bob",
		"GIT_COMMITTER_EMAIL=bob@example.test", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes files (nil content removes one) and commits; it returns the commit's id.
func (r *repo) commit(message string, files map[string]string) string {
	r.t.Helper()
	for name, content := range files {
		file := filepath.Join(r.dir, filepath.FromSlash(name))
		if content == "" {
			r.git("rm", "-q", name)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

// serve adds a repository of the organization.
func (w *world) serve(name string, r *repo, change ...func(*emulator.RepoSpec)) *emulator.Repository {
	w.t.Helper()
	spec := emulator.RepoSpec{Owner: emulator.DefaultOrganization, Name: name, GitDir: r.dir, Private: true}
	for _, f := range change {
		f(&spec)
	}
	added, err := w.AddRepository(spec)
	if err != nil {
		w.t.Fatal(err)
	}
	return added
}

// answer is a response read whole.
type answer struct {
	status int
	header http.Header
	body   string
}

// call makes one plain HTTP request; body may be nil, a string or something for JSON.
func (w *world) call(method, url, token string, body any, header ...string) answer {
	w.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	if strings.HasPrefix(url, "/") {
		url = w.URL() + url
	}
	req, err := http.NewRequest(method, url, reader)
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "token "+token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(data)}
}

// want fails unless the answer has that status and contains those texts.
func (a answer) want(t *testing.T, status int, texts ...string) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Fatalf("answer lacks %q: %s", text, a.body)
		}
	}
	return a
}

func (a answer) json(t *testing.T) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// callAs asks for the home page under another host name and returns the status.
func (w *world) callAs(host string) int {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.URL()+"/", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
