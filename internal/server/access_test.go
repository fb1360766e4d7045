package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
)

// town is a world whose people and permissions are a GitHub's.
type town struct {
	*world
	hub   *emulator.Server
	app   *emulator.App
	inst  *emulator.Installation
	repos map[string]*emulator.Repository

	mu    sync.Mutex
	ahead time.Duration // how far both clocks are ahead
}

func (t *town) clock() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Now().Add(t.ahead)
}

func (t *town) wait(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ahead += d
}

// newTown installs the App on demo with the given repositories; a name that
// ends in ! is public.
func newTown(t *testing.T, names []string, change ...func(*server.Options)) *town {
	t.Helper()
	n := &town{repos: map[string]*emulator.Repository{}}
	n.world = newWorld(t, append([]func(*server.Options){func(o *server.Options) { o.Now = n.clock; o.Key = []byte("a key") }}, change...)...)
	var err error
	n.hub, err = emulator.New(emulator.Options{Now: n.clock, WatchEvery: -1})
	ok(t, err)
	n.hub.Start()
	t.Cleanup(func() { ok(t, n.hub.Close(context.Background())) })
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "first"}} {
		cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git: %v: %s", err, out)
		}
	}
	var specs []spec
	for i, name := range names {
		name, public := strings.CutSuffix(name, "!")
		repo, err := n.hub.AddRepository(emulator.RepoSpec{Owner: "demo", Name: name, GitDir: dir, Private: !public})
		ok(t, err)
		n.repos[name] = repo
		specs = append(specs, spec{
			Repository: store.Repository{ID: repo.ID, Name: name, Visibility: map[bool]string{true: "public", false: "private"}[public], HasIssues: true},
			checklists: []string{catalogue.DefaultChecklist}, maturity: float64(i+1) / 4, looks: 2,
		})
	}
	n.app, err = n.hub.RegisterApp(emulator.AppSpec{Name: "Readyline", Owner: "demo", CallbackURLs: []string{n.http.URL + "/auth/callback"}})
	ok(t, err)
	n.inst, err = n.hub.Install(n.app, "demo")
	ok(t, err)
	n.fill(n.inst.ID, "demo", specs)
	n.server.SetApp(n.gh(t))
	return n
}

func (t *town) gh(tb testing.TB) *github.App {
	host := github.Host{Web: must[*url.URL](tb)(url.Parse(t.hub.URL())), API: must[*url.URL](tb)(url.Parse(t.hub.APIURL()))}
	return must[*github.App](tb)(github.NewApp(host, github.Credentials{
		AppID: t.app.ID, PrivateKey: []byte(t.app.PEM), WebhookSecret: t.app.WebhookSecret, ClientID: t.app.ClientID, ClientSecret: t.app.ClientSecret,
	}, nil))
}

// signs somebody in through GitHub's pages and returns their browser.
func (t *town) signs(login string) *http.Client {
	t.Helper()
	jar := must[*cookiejar.Jar](t.TB)(cookiejar.New(nil))
	c := &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Path == "/login/oauth/authorize" { // the person chooses who they are
			q := r.URL.Query()
			q.Set("login", login)
			r.URL.RawQuery = q.Encode()
		}
		if len(via) > 5 {
			return fmt.Errorf("redirected in circles")
		}
		return nil
	}}
	resp, err := c.Get(t.http.URL + "/auth/login?next=/tokens")
	ok(t.TB, err)
	defer resp.Body.Close()
	if resp.StatusCode != 200 || resp.Request.URL.Path != "/tokens" {
		t.Fatalf("%s signs in: status %d at %s", login, resp.StatusCode, resp.Request.URL)
	}
	return c
}

func (t *town) status(c *http.Client, path string) (int, string) {
	t.Helper()
	resp, err := c.Get(t.http.URL + path)
	ok(t.TB, err)
	defer resp.Body.Close()
	var b strings.Builder
	buffer := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buffer)
		b.Write(buffer[:n])
		if err != nil {
			return resp.StatusCode, b.String()
		}
	}
}

// TestWhoSeesWhat is the table of routes and viewers: the owner, a member with
// some repositories, a stranger, and nobody in particular.
func TestWhoSeesWhat(t *testing.T) {
	n := newTown(t, []string{"shown", "hidden-one", "hidden-two", "open!"})
	n.hub.AddUser("dora")
	n.hub.AddUser("stan")
	n.hub.SetRole(n.repos["shown"], "dora", "read")
	people := map[string]*http.Client{"owner": n.signs("alice"), "member": n.signs("dora"), "stranger": n.signs("stan"), "nobody": {}}
	order := []string{"owner", "member", "stranger", "nobody"}
	tests := []struct {
		path string
		want [4]int
	}{
		{"/", [4]int{200, 200, 200, 200}},
		{"/healthz", [4]int{200, 200, 200, 200}},
		{"/checklists", [4]int{200, 200, 200, 200}},
		{"/checklists/gruntwork-aws", [4]int{200, 200, 200, 200}},
		{"/controls", [4]int{200, 200, 200, 200}},
		{"/controls/" + n.someControl(), [4]int{200, 200, 200, 200}},
		{"/api/v1/openapi.json", [4]int{200, 200, 200, 200}},
		{"/api/v1/checklists", [4]int{200, 200, 200, 200}},
		{"/api/v1/checklists.csv", [4]int{200, 200, 200, 200}},
		{"/api/v1/checklists/gruntwork-aws", [4]int{200, 200, 200, 200}},
		{"/api/v1/controls", [4]int{200, 200, 200, 200}},
		{"/api/v1/controls.csv", [4]int{200, 200, 200, 200}},
		{"/api/v1/controls/" + n.someControl(), [4]int{200, 200, 200, 200}},
		{"/api/v1/evidence-key", [4]int{200, 200, 200, 200}},
		{"/orgs/demo", [4]int{200, 200, 404, 404}},
		{"/orgs/demo/controls", [4]int{200, 200, 404, 404}},
		{"/orgs/demo/controls?item=configure-backup", [4]int{200, 200, 404, 404}},
		{"/orgs/demo/controls?by=team&who=has&rules=1", [4]int{200, 200, 404, 404}},
		{"/orgs/demo/controls/container-images", [4]int{404, 404, 404, 404}}, // see TestOwn
		{"/orgs/demo/checklists/gruntwork-aws", [4]int{404, 404, 404, 404}},
		{"/orgs/demo/changes", [4]int{200, 200, 404, 404}},
		{"/repos/demo/shown", [4]int{200, 200, 404, 404}},
		{"/repos/demo/shown/history", [4]int{200, 200, 404, 404}},
		{"/repos/demo/shown/evidence.zip", [4]int{200, 200, 404, 404}},
		{"/repos/demo/shown/checklists/gruntwork-aws", [4]int{200, 200, 404, 404}}, // see TestRepositoryOwn
		{"/repos/demo/shown/controls/container-images", [4]int{404, 404, 404, 404}},
		{"/repos/demo/hidden-one", [4]int{200, 404, 404, 404}},
		{"/repos/demo/hidden-one?at=2026-01-01", [4]int{200, 404, 404, 404}},
		{"/repos/demo/hidden-one/history", [4]int{200, 404, 404, 404}},
		{"/repos/demo/hidden-one/evidence.zip", [4]int{200, 404, 404, 404}},
		{"/repos/demo/none", [4]int{404, 404, 404, 404}},
		{"/admin", [4]int{200, 404, 404, 404}},
		{"/tokens", [4]int{200, 200, 200, 404}},
		{"/api/v1/user", [4]int{200, 200, 200, 404}},
		{"/api/v1/orgs", [4]int{200, 200, 200, 200}},
		{"/api/v1/orgs/demo", [4]int{200, 200, 404, 404}},
		{"/api/v1/orgs/demo/repositories", [4]int{200, 200, 404, 404}},
		{"/api/v1/orgs/demo/repositories.csv", [4]int{200, 200, 404, 404}},
		{"/api/v1/orgs/demo/controls", [4]int{200, 200, 404, 404}},
		{"/api/v1/orgs/demo/controls.csv", [4]int{200, 200, 404, 404}},
		{"/api/v1/repos/demo/shown", [4]int{200, 200, 404, 404}},
		{"/api/v1/repos/demo/shown/items", [4]int{200, 200, 404, 404}},
		{"/api/v1/repos/demo/shown/badge-token", [4]int{200, 404, 404, 404}},
		{"/api/v1/repos/demo/hidden-one", [4]int{200, 404, 404, 404}},
		{"/api/v1/repos/demo/hidden-one/items.csv", [4]int{200, 404, 404, 404}},
		{"/api/v1/repos/demo/hidden-one/history", [4]int{200, 404, 404, 404}},
		{"/api/v1/repos/demo/hidden-one/history.csv", [4]int{200, 404, 404, 404}},
		{"/api/v1/repos/demo/hidden-one/evidence.zip", [4]int{200, 404, 404, 404}},
		{"/api/v1/repos/demo/hidden-one/badge-token", [4]int{200, 404, 404, 404}},
	}
	var paths []string
	for _, test := range tests {
		paths = append(paths, test.path)
	}
	n.complete(paths)
	for _, test := range tests {
		for i, who := range order {
			status, body := n.status(people[who], test.path)
			if status != test.want[i] {
				t.Errorf("%s for the %s: status %d, want %d", test.path, who, status, test.want[i])
			}
			if who != "owner" && status != 404 && strings.Contains(body, "hidden-") {
				t.Errorf("%s tells the %s of hidden repositories", test.path, who)
			}
		}
	}
	// What is hidden and what is not there give the same answer.
	for _, path := range []string{"/repos/demo/%s", "/api/v1/repos/demo/%s", "/badge/demo/%s.svg", "/badge/demo/%s.json"} {
		hiddenStatus, hidden := n.status(people["member"], fmt.Sprintf(path, "hidden-one"))
		noneStatus, none := n.status(people["member"], fmt.Sprintf(path, "nothing"))
		if hiddenStatus != noneStatus || strings.ReplaceAll(hidden, "hidden-one", "nothing") != none {
			t.Errorf(path+" differs from one that is not there", "hidden-one")
		}
	}
	// Sums are those of what one sees.
	for who, want := range map[string]int{"owner": 4, "member": 1} {
		_, body := n.status(people[who], "/api/v1/orgs/demo")
		var org struct {
			Coverage struct {
				Repositories int
				Scores       []int
			}
			Trend []struct{ Repositories int }
		}
		ok(t, json.Unmarshal([]byte(body), &org))
		counted := 0
		for _, c := range org.Coverage.Scores {
			counted += c
		}
		if org.Coverage.Repositories != want || counted != want || org.Trend[len(org.Trend)-1].Repositories != want {
			t.Errorf("the %s's sums are of %+v, want %d", who, org, want)
		}
	}
}

// complete fails for pages and lists that paths leave out. What is open to
// everybody by its nature, or leads elsewhere, has tests of its own.
func (t *town) complete(paths []string) {
	t.Helper()
	routes, known := t.server.Handler().(chi.Routes)
	if !known {
		t.Fatal("the handler tells no routes")
	}
	covered := map[string]bool{}
	for _, path := range paths {
		path, _, _ = strings.Cut(path, "?")
		context := chi.NewRouteContext()
		if routes.Match(context, http.MethodGet, path) {
			covered[context.RoutePattern()] = true
		}
	}
	elsewhere := []string{"/assets/", "/auth/", "/badge/", "/favicon.ico", "/readyz", "/metrics", "/setup"}
	ok(t.TB, chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		own := slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(route, prefix) })
		if method == http.MethodGet && !own && !covered[route] {
			t.Errorf("nobody says who sees %s", route)
		}
		return nil
	}))
}

func TestAnonymous(t *testing.T) {
	n := newTown(t, []string{"classified-7", "open!"}, func(o *server.Options) { o.Anonymous = true })
	for path, want := range map[string]int{"/orgs/demo": 200, "/repos/demo/open": 200, "/repos/demo/classified-7": 404, "/admin": 404, "/tokens": 404, "/api/v1/repos/demo/open/badge-token": 404} {
		status, body := n.status(&http.Client{}, path)
		if status != want || strings.Contains(body, "classified-7") && status == 200 {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
}

// TestRandomAccess holds what people see against what GitHub lets them read,
// for repositories and people at random, and again after roles have changed.
func TestRandomAccess(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	var names []string
	for i := range 8 {
		names = append(names, fmt.Sprintf("r%d%s", i, []string{"", "!"}[random.IntN(2)]))
	}
	n := newTown(t, names)
	logins := []string{"alice", "bob", "carol", "dora", "stan"}
	browsers := map[string]*http.Client{}
	roles := []string{"none", "read", "triage", "write", "maintain", "admin"}
	for round := range 3 {
		for _, login := range logins {
			for _, name := range names {
				if random.IntN(2) == 0 {
					n.hub.SetRole(n.repos[strings.TrimSuffix(name, "!")], login, roles[random.IntN(len(roles))])
				}
			}
		}
		if round > 0 {
			n.wait(6 * time.Minute) // what GitHub said before counts for five
		}
		for _, login := range logins {
			if browsers[login] == nil {
				browsers[login] = n.signs(login)
			}
			want := n.readable(login)
			_, body := n.status(browsers[login], "/api/v1/orgs/demo/repositories")
			var page struct {
				Repositories []struct{ Name string }
			}
			ok(t, json.Unmarshal([]byte(body), &page))
			var got []string
			for _, r := range page.Repositories {
				got = append(got, r.Name)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("round %d: %s sees %v, want %v", round, login, got, want)
			}
			for name := range n.repos {
				status, _ := n.status(browsers[login], "/repos/demo/"+name)
				if (status == 200) != slices.Contains(want, name) {
					t.Errorf("round %d: %s opens %s: status %d", round, login, name, status)
				}
			}
		}
	}
}

// readable is what GitHub says that a person may read of the installation.
func (t *town) readable(login string) []string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/user/installations/%d/repositories?per_page=100", t.hub.APIURL(), t.inst.ID), nil)
	ok(t.TB, err)
	r.Header.Set("Authorization", "token "+login)
	resp, err := http.DefaultClient.Do(r)
	ok(t.TB, err)
	defer resp.Body.Close()
	var page struct {
		Repositories []struct{ Name string }
	}
	ok(t.TB, json.NewDecoder(resp.Body).Decode(&page))
	var out []string
	for _, r := range page.Repositories {
		out = append(out, r.Name)
	}
	slices.Sort(out)
	return out
}
