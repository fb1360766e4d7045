package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/server"
)

// TestRevoked sees to it that access ends within minutes of its end on GitHub.
func TestRevoked(t *testing.T) {
	n := newTown(t, []string{"one", "two"})
	n.hub.AddUser("dora")
	n.hub.SetRole(n.repos["one"], "dora", "write")
	dora := n.signs("dora")
	see := func(when string, want int) {
		t.Helper()
		if got, _ := n.status(dora, "/repos/demo/one"); got != want {
			t.Errorf("%s: status %d, want %d", when, got, want)
		}
	}
	see("with access", 200)
	n.hub.SetRole(n.repos["one"], "dora", "none")
	n.wait(6 * time.Minute)
	see("minutes after it was taken away", 404)
	n.hub.SetRole(n.repos["one"], "dora", "read")
	n.wait(6 * time.Minute)
	see("given back", 200)
	n.hub.Revoke(n.app, "dora")
	n.wait(6 * time.Minute)
	see("the App is revoked", 404)
	if got, _ := n.status(dora, "/tokens"); got != 404 {
		t.Errorf("a revoked viewer is signed in: %d", got)
	}
}

// TestRefresh lets tokens end and has two replicas renew them at once: GitHub's
// refresh tokens work once.
func TestRefresh(t *testing.T) {
	n := newTown(t, []string{"one"})
	alice := n.signs("alice")
	other := server.New(server.Options{
		Store: n.store, Catalogue: n.cat, PublicURL: n.http.URL, Log: slog.New(slog.DiscardHandler), Now: n.clock, Key: []byte("a key"),
	})
	other.SetApp(n.gh(t))
	replica := httptest.NewServer(other.Handler())
	t.Cleanup(replica.Close)
	for range 3 {
		n.wait(9 * time.Hour)
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				base := []string{n.http.URL, replica.URL}[i%2]
				resp, err := alice.Get(base + "/repos/demo/one")
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				if resp.StatusCode != 200 {
					t.Errorf("status %d at %s", resp.StatusCode, base)
				}
			})
		}
		group.Wait()
	}
}

// TestSignInAttacks tries what must not work.
func TestSignInAttacks(t *testing.T) {
	n := newTown(t, []string{"one"})
	begin := func(next string) (*http.Client, *url.URL) {
		jar := must[*cookiejar.Jar](t)(cookiejar.New(nil))
		c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := c.Get(n.http.URL + "/auth/login?next=" + url.QueryEscape(next))
		ok(t, err)
		resp.Body.Close()
		to, err := resp.Location()
		ok(t, err)
		return c, to
	}
	granted := func(c *http.Client, authorize *url.URL) *url.URL {
		q := authorize.Query()
		q.Set("login", "alice")
		authorize.RawQuery = q.Encode()
		resp, err := c.Get(authorize.String())
		ok(t, err)
		resp.Body.Close()
		back, err := resp.Location()
		ok(t, err)
		return back
	}
	finish := func(c *http.Client, back *url.URL) (int, string) {
		resp, err := c.Get(back.String())
		ok(t, err)
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode, resp.Header.Get("Location")
	}
	t.Run("PKCE and state are asked for", func(t *testing.T) {
		_, to := begin("/")
		q := to.Query()
		if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) < 43 || len(q.Get("state")) < 40 {
			t.Errorf("authorize %s", to)
		}
	})
	t.Run("a way elsewhere", func(t *testing.T) {
		for _, next := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/%5cevil.example", "http:/evil.example", "/\t/evil.example", "///evil.example", "evil.example", "/..//evil.example"} {
			c, to := begin(next)
			status, where := finish(c, granted(c, to))
			u, err := url.Parse(where)
			if status != 302 || err != nil || u.Host != "" || strings.HasPrefix(where, "//") || strings.HasPrefix(where, "/\\") || !strings.HasPrefix(where, "/") {
				t.Errorf("%q: %d leads to %q", next, status, where)
			}
		}
		c, to := begin("/orgs/demo?days=30")
		if _, where := finish(c, granted(c, to)); where != "/orgs/demo?days=30" {
			t.Errorf("a way on this server leads to %q", where)
		}
	})
	t.Run("somebody else's state", func(t *testing.T) {
		mine, to := begin("/")
		theirs, _ := begin("/")
		if status, _ := finish(theirs, granted(mine, to)); status != 400 {
			t.Errorf("status %d", status)
		}
	})
	t.Run("no cookie", func(t *testing.T) {
		c, to := begin("/")
		if status, _ := finish(&http.Client{}, granted(c, to)); status != 400 {
			t.Errorf("status %d", status)
		}
	})
	t.Run("the same code twice", func(t *testing.T) {
		c, to := begin("/")
		back := granted(c, to)
		u, _ := url.Parse(n.http.URL)
		kept := c.Jar.Cookies(u)
		if status, _ := finish(c, back); status != 302 {
			t.Fatalf("status %d", status)
		}
		if status, _ := finish(c, back); status != 400 {
			t.Errorf("replayed: status %d", status)
		}
		c.Jar.SetCookies(u, kept)
		if status, _ := finish(c, back); status != 400 {
			t.Errorf("replayed with the cookie: status %d", status)
		}
	})
	t.Run("too late", func(t *testing.T) {
		c, to := begin("/")
		back := granted(c, to)
		n.wait(11 * time.Minute)
		if status, _ := finish(c, back); status != 400 {
			t.Errorf("status %d", status)
		}
	})
	t.Run("a forged session", func(t *testing.T) {
		for _, cookie := range []string{"readyline_session=", "readyline_session=x", "readyline_session=' or 1=1 --", "readyline_session=" + strings.Repeat("A", 4000)} {
			if got := n.get("/tokens", cookie); got.status != 404 {
				t.Errorf("%.40s: status %d", cookie, got.status)
			}
		}
	})
	t.Run("from another site", func(t *testing.T) {
		for _, path := range []string{"/auth/logout", "/tokens", "/tokens/revoke", "/admin/deliveries/retry", "/admin/events/resend", "/admin/waves", "/api/v1/repos/demo/one/badge-token"} {
			for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
				if got := n.send("POST", path, "guid=x", header...); got.status != 403 {
					t.Errorf("%s with %s: status %d", path, header[0], got.status)
				}
			}
		}
	})
	t.Run("signing out ends the session", func(t *testing.T) {
		c := n.signs("alice")
		u, _ := url.Parse(n.http.URL)
		session := ""
		for _, cookie := range c.Jar.Cookies(u) {
			session += cookie.Name + "=" + cookie.Value
		}
		if got := n.get("/tokens", session); got.status != 200 {
			t.Fatalf("status %d", got.status)
		}
		resp, err := c.Post(n.http.URL+"/auth/logout", "", nil)
		ok(t, err)
		resp.Body.Close()
		if got := n.get("/tokens", session); got.status != 404 {
			t.Errorf("status %d", got.status)
		}
	})
}

// TestCookies looks at what browsers are told of cookies.
func TestCookies(t *testing.T) {
	n := newTown(t, []string{"one"}, func(o *server.Options) { o.PublicURL = "https://readyline.example" })
	n.hub.AddUser("dora")
	got := n.get("/auth/login?next=/", "")
	for _, part := range []string{"__Host-readyline_signin=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(got.header.Get("Set-Cookie"), part) {
			t.Errorf("%s is missing in %s", part, got.header.Get("Set-Cookie"))
		}
	}
}

// TestDemo signs local visitors in, and nobody who calls this machine by a name
// of their own.
func TestDemo(t *testing.T) {
	n := newTown(t, []string{"one"}, func(o *server.Options) { o.DemoViewer = "alice" })
	if got := n.get("/repos/demo/one", ""); got.status != 200 {
		t.Errorf("a local visitor: status %d", got.status)
	}
	r, err := http.NewRequest(http.MethodGet, n.http.URL+"/repos/demo/one", nil)
	ok(t, err)
	r.Host = "evil.example"
	resp, err := http.DefaultClient.Do(r)
	ok(t, err)
	resp.Body.Close()
	if resp.StatusCode != 404 {
		t.Errorf("under another name: status %d", resp.StatusCode)
	}
	if got := n.send("POST", "/tokens", "name=x&days=1", "Sec-Fetch-Site", "cross-site"); got.status != 403 {
		t.Errorf("from another site: status %d", got.status)
	}
}

// TestGitHubDown keeps what was seen for a while and then shows nothing.
func TestGitHubDown(t *testing.T) {
	n := newTown(t, []string{"one"})
	alice := n.signs("alice")
	ok(t, n.hub.Close(context.Background()))
	for _, test := range []struct {
		wait time.Duration
		want int
	}{{0, 200}, {7 * time.Minute, 200}, {10 * time.Minute, 503}} {
		n.wait(test.wait)
		if got, _ := n.status(alice, "/repos/demo/one"); got != test.want {
			t.Errorf("after %s more: status %d, want %d", test.wait, got, test.want)
		}
	}
}
