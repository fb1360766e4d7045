package main

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/testdb"
)

// newBareWorld is a world in which no App is registered yet.
func newBareWorld(t testing.TB) *world {
	t.Helper()
	em, err := emulator.New(emulator.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	em.AddOrganization(demoOwner, emulator.DefaultOwner)
	em.Start()
	listen, err := freeAddress("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, em: em, db: testdb.New(t)}
	w.config = serverConfig{
		Listen: listen, LogLevel: "error", LogFormat: "text", DatabaseURL: w.db, DataDir: t.TempDir(),
		GitHubURL: em.URL(), GitHubAPIURL: em.APIURL(), PublicURL: "http://" + listen,
	}
	w.start()
	t.Cleanup(func() {
		w.stop()
		if err := em.Close(context.Background()); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	return w
}

// replica starts a worker beside the server, on the same database and key.
func (w *world) replica() *process {
	w.t.Helper()
	config := w.config
	config.Listen = "127.0.0.1:0"
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{config: config, role: "worker", log: newLogger(testLog{w.t}, &config)}
	if err := p.start(ctx); err != nil {
		cancel()
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		cancel()
		if err := p.stop(context.Background()); err != nil {
			w.t.Errorf("stop the replica: %v", err)
		}
	})
	return p
}

// browser follows links and forms as a person does.
type browser struct {
	t      testing.TB
	client *http.Client
}

func newBrowser(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, client: &http.Client{Jar: jar}}
}

// page is an answer with the address that it came from in the end.
type page struct {
	status int
	at     *url.URL
	body   string
	header http.Header
}

func (b *browser) do(resp *http.Response, err error) page {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{resp.StatusCode, resp.Request.URL, string(text), resp.Header}
}

func (b *browser) get(address string) page { b.t.Helper(); return b.do(b.client.Get(address)) }

func (b *browser) post(address string, form url.Values) page {
	b.t.Helper()
	return b.do(b.client.PostForm(address, form))
}

// found is the first thing that a pattern catches in a page.
func (p page) found(t testing.TB, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("no %s in %s (%d):\n%s", pattern, p.at, p.status, p.body)
	}
	return html.UnescapeString(m[1])
}

// From an empty server to the first issue, by nothing but what a person sees.
func TestSetupRegistersInstallsAndWorks(t *testing.T) {
	w := newBareWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	b, base := newBrowser(t), w.config.PublicURL
	replica := w.replica()
	if p := b.get(base + "/"); p.at.Path != "/setup" {
		t.Errorf("a new server's first page is %s", p.at)
	}
	if p := b.get(base + "/setup"); p.status != 200 || !strings.Contains(p.body, "Code from the server") {
		t.Fatalf("%d %s", p.status, p.body)
	}
	p := b.post(base+"/setup", url.Values{"code": {w.process.server.Setup.Code}, "organization": {demoOwner}, "github": {w.em.URL()}})
	if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action "+w.em.URL()) {
		t.Errorf("the form may not leave: %s", csp)
	}
	p = b.post(p.found(t, `action="([^"]+)"`), url.Values{"manifest": {p.found(t, `name="manifest" value="([^"]+)"`)}})
	confirm := w.em.URL() + p.found(t, `action="(/_emulator/manifests/\w+)"`)
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	back := b.post(confirm, nil).header.Get("Location")

	stranger := newBrowser(t).get(back)
	if stranger.status != http.StatusBadRequest {
		t.Errorf("somebody else's browser brought the code back: %d", stranger.status)
	}
	b.client.CheckRedirect = nil
	p = b.get(back)
	if p.at.Path != "/setup/done" || !strings.Contains(p.body, "None has arrived yet") {
		t.Fatalf("%s %d %s", p.at, p.status, p.body)
	}
	w.until("the other replica to know the App", func() bool {
		_, err := replica.worker.App()
		return err == nil
	})
	install := p.found(t, `href="([^"]+/installations/new)"`)
	later := newBrowser(t)
	if p := later.signIn(base, "alice", "/"); p.found(t, `href="([^"]+/installations/new)"`) != install {
		t.Errorf("who closed the page finds another way to install: %s", p.body)
	}
	if p := b.get(install); p.status != 200 {
		t.Fatalf("install link %s: %d", install, p.status)
	}
	later.post(strings.TrimSuffix(install, "/new"), url.Values{"account": {demoOwner}, "selection": {"all"}})
	w.until("who installed it to see the organisation", func() bool {
		return strings.Contains(later.get(base+"/?installed=1").body, `href="/orgs/`+demoOwner)
	})
	r.boxes(map[string]bool{"build-docker-images": true})
	if p := b.get(base + "/setup/done"); !strings.Contains(p.body, "Webhooks arrive") || !strings.Contains(p.body, "Installed on 1 account") {
		t.Errorf("the page at the end:\n%s", p.body)
	}
	if p := b.get(back); p.status != http.StatusNotFound {
		t.Errorf("the code once more: %d", p.status)
	}
	if p := b.get(base + "/setup"); p.status != http.StatusNotFound {
		t.Errorf("/setup with an App: %d", p.status)
	}

	// The secrets are not in the database as they are, and outlive a restart.
	row, err := w.process.store.App(context.Background())
	if err != nil || bytes.Contains(row.Sealed, []byte("PRIVATE KEY")) {
		t.Errorf("stored App %+v: %v", row, err)
	}
	w.settled()
	w.stop()
	if err := (&process{config: w.config.withKey("another key, of thirty-two characters or more"), role: "all", log: newLogger(testLog{t}, &w.config)}).start(context.Background()); err == nil || !strings.Contains(err.Error(), "READYLINE_KEY") {
		t.Errorf("started with another key: %v", err)
	}
	w.start()
	r.commit("Take the image away", "\n-- .github/workflows/image.yml --\n")
	r.boxes(map[string]bool{"build-docker-images": false})
}

func (c serverConfig) withKey(key string) serverConfig {
	c.Key = key
	return c
}

func TestSetupRefuses(t *testing.T) {
	w := newBareWorld(t)
	code := w.process.server.Setup.Code
	cases := []struct {
		name string
		form url.Values
		from string
		want int
		says string
	}{
		{"no code", url.Values{}, "", 422, "not the code"},
		{"a wrong code", url.Values{"code": {"x" + code[1:]}}, "", 422, "not the code"},
		{"another page", url.Values{"code": {code}}, "cross-site", 403, ""},
		{"an odd organisation", url.Values{"code": {code}, "organization": {"../x"}}, "", 422, "letters, digits"},
		{"an odd GitHub", url.Values{"code": {code}, "github": {"file:///etc/passwd"}}, "", 422, "address"},
		{"a GitHub with a user", url.Values{"code": {code}, "github": {"https://a@b"}}, "", 422, "address"},
	}
	for _, c := range cases {
		req, err := http.NewRequest("POST", w.config.PublicURL+"/setup", strings.NewReader(c.form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if c.from != "" {
			req.Header.Set("Sec-Fetch-Site", c.from)
		}
		b := newBrowser(t)
		if p := b.do(b.client.Do(req)); p.status != c.want || !strings.Contains(p.body, c.says) {
			t.Errorf("%s: %d\n%s", c.name, p.status, p.body)
		}
	}
	if p := newBrowser(t).get(w.config.PublicURL + "/setup/callback?code=x&state="); p.status != http.StatusBadRequest {
		t.Errorf("callback without a cookie: %d", p.status)
	}
}
