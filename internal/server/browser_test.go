//go:build browser

package server_test

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "write screenshots of all pages into this folder")

// screens are how people look at pages.
var screens = []struct {
	name          string
	width, height int64
	scheme        string
}{
	{"desktop-light", 1440, 900, "light"},
	{"desktop-dark", 1440, 900, "dark"},
	{"tablet-light", 820, 1180, "light"},
	{"phone-light", 390, 844, "light"},
	{"phone-dark", 390, 844, "dark"},
}

// alike are repositories of the fleet that show nothing the others don't; with
// them, a page of all items has twice as many cells to check.
var alike = []string{
	"identity", "notifications", "reporting", "warehouse-sync", "mobile-bff", "edge-proxy", "image-resizer", "fraud-scoring",
	"email-templates", "terraform-modules", "data-pipeline", "feature-flags", "partner-gateway", "billing",
}

// patience is for a page that hangs: a busy machine's checker may take long.
const patience = 3 * time.Minute

// tab is a browser's tab that notes what a page must not do.
type tab struct {
	ctx    context.Context
	origin string
	mu     sync.Mutex
	faults []string
}

// newBrowser starts a browser; each tab in it has cookies of its own.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ok(t, chromedp.Do(ctx))
	return ctx
}

// chromium is the program of a browser, by the names that systems give it.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no chromium, chromium-browser or google-chrome in PATH: install Debian's package chromium")
	return ""
}

func newTab(t *testing.T, browser context.Context, w *world, cookie string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{ctx: ctx, origin: w.http.URL}
	ok(t, chromedp.Listen(ctx, b.heard))
	headers := network.Headers{}
	if cookie != "" {
		headers["Cookie"] = cookie
	}
	ok(t, chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers})
		return err
	})))
	return b
}

// heard notes requests to other origins, and what the console complains of:
// breaches of the content security policy, missing files, broken scripts.
func (b *tab) heard(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.origin+"/") && !strings.HasPrefix(u, "data:") {
			b.faults = append(b.faults, "request to "+u)
		}
	case *cdplog.EventEntryAdded:
		b.faults = append(b.faults, e.Entry.Text+" "+e.Entry.URL)
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, e.ExceptionDetails.Text)
	}
}

func (b *tab) noted() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.faults
	b.faults = nil
	return out
}

// visit opens a page, as it is.
func (b *tab) visit(path string) error {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	b.noted()
	return chromedp.Do(ctx, chromedp.Navigate(b.origin+path))
}

// look shows the page on a screen and returns what is wrong with it. checked
// runs the accessibility checker, which takes its time.
func (b *tab) look(screen int, shot string, checked bool) ([]string, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	s := screens[screen]
	err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}},
		})
		return err
	}))
	if err != nil {
		return nil, err
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf(audit, s.width, s.scheme), chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, err
	}
	if checked {
		more, err := check(ctx, s.scheme)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	if shot != "" {
		picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(shot, picture, 0o644); err != nil {
			return nil, err
		}
	}
	return append(found, b.noted()...), nil
}

// TestBrowser walks every page on every screen in a real browser.
func TestBrowser(t *testing.T) {
	w := newWorld(t)
	fleet := richFleet()
	if *shots == "" {
		fleet = slices.DeleteFunc(fleet, func(s spec) bool { return slices.Contains(alike, s.Name) })
	}
	w.fill(1, "acme", fleet)
	w.enrich(fleet)
	access := map[int64]string{}
	for _, s := range fleet {
		access[s.ID] = "admin"
	}
	some := map[int64]string{2: "read", 5: "write", 17: "read"}
	browser := newBrowser(t)
	past := url.QueryEscape(w.now.AddDate(0, -4, 0).Format(time.DateOnly))
	pages := []struct{ name, path string }{
		{"home", "/"},
		{"organisation", "/orgs/acme"},
		{"organisation-filtered", "/orgs/acme?q=a&state=not_ready&sort=-score&days=365"},
		{"practices", "/orgs/acme/controls"},
		{"practice", "/orgs/acme/controls?item=configure-backup"},
		{"practice-has", "/orgs/acme/controls?item=configure-backup&who=has&by=team"},
		{"practices-by-topic", "/orgs/acme/controls?by=topic&rules=1"},
		{"changes", "/orgs/acme/changes"},
		{"repository", "/repos/acme/payments"},
		{"repository-ready", "/repos/acme/ledger"},
		{"repository-two", "/repos/acme/platform"},
		{"repository-open", "/repos/acme/payments?show=open"},
		{"repository-past", "/repos/acme/payments?at=" + past},
		{"repository-skipped", "/repos/acme/docs"},
		{"repository-failing", "/repos/acme/inventory"},
		{"history", "/repos/acme/payments/history"},
		{"checklists", "/checklists"},
		{"checklist", "/checklists/gruntwork-aws"},
		{"controls", "/controls"},
		{"control", "/controls/" + w.someControl()},
		{"admin", "/admin"},
		{"tokens", "/tokens"},
		{"problem", "/orgs/nobody"},
	}
	walk := func(t *testing.T, b *tab, who string, on []int) {
		for _, p := range pages {
			if err := b.visit(p.path); err != nil {
				t.Fatalf("%s: %v", p.path, err)
			}
			for _, n := range on {
				shot := ""
				if *shots != "" {
					shot = filepath.Join(*shots, fmt.Sprintf("%s%s-%s.png", who, p.name, screens[n].name))
				}
				faults, err := b.look(n, shot, who == "" && n != 2 && shot == "")
				if err != nil {
					t.Fatalf("%s on %s: %v", p.path, screens[n].name, err)
				}
				for _, f := range faults {
					if !strings.HasPrefix(f, "Failed to load resource: the server responded with a status of 404") {
						t.Errorf("%s on %s: %s", p.path, screens[n].name, f)
					}
				}
			}
		}
	}
	t.Run("faults", func(t *testing.T) { hearsFaults(t, newTab(t, browser, w, "")) })
	t.Run("owner", func(t *testing.T) {
		walk(t, newTab(t, browser, w, w.signIn(1, "ada", access)), "", []int{0, 1, 2, 3, 4})
	})
	if *shots != "" {
		return
	}
	t.Run("member", func(t *testing.T) {
		walk(t, newTab(t, browser, w, w.signIn(2, "grace", some)), "member-", []int{0, 1, 3, 4})
	})
	t.Run("stranger", func(t *testing.T) {
		walk(t, newTab(t, browser, w, w.signIn(3, "mallory", nil)), "stranger-", []int{0, 1, 3, 4})
	})
	t.Run("nobody", func(t *testing.T) { walk(t, newTab(t, browser, w, ""), "nobody-", []int{0, 1, 3, 4}) })
}

// hearsFaults breaks a page, and wants the checker to say so on every screen.
func hearsFaults(t *testing.T, b *tab) {
	ok(t, b.visit("/"))
	const spoil = `const p = document.createElement("p"); p.textContent = "hard to read"; p.style.color = "#777"; p.style.background = "#888";
		const a = document.createElement("a"); a.href = "/nowhere"; document.querySelector("main").append(p, a); true`
	_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](spoil))
	ok(t, err)
	for n, s := range screens {
		heard := strings.Join(must[[]string](t)(b.look(n, "", true)), "\n")
		for words, light := range map[string]bool{"Elements must meet minimum color contrast": false, "Links must have discernible text": true} {
			if strings.Contains(heard, words) == (light && s.scheme != "light") {
				t.Errorf("on %s: heard %s", s.name, heard)
			}
		}
	}
}
