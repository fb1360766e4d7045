//go:build browser

package server_test

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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

// patience is for a page that hangs: a busy machine's checker may take long.
const patience = 3 * time.Minute

// tab is a browser's tab that notes what a page must not do.
type tab struct {
	ctx    context.Context
	origin string
	mu     sync.Mutex
	faults []string
}

func newTab(t *testing.T, w *world, cookie string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
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

// open shows a page on a screen and returns what is wrong with it. checked runs
// the accessibility checker, which takes its time.
func (b *tab) open(path string, screen int, shot string, checked bool) ([]string, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	s := screens[screen]
	b.noted()
	err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}},
		})
		return err
	}), chromedp.Navigate(b.origin+path))
	if err != nil {
		return nil, err
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](audit))
	if err != nil {
		return nil, err
	}
	if checked {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+"; true")); err != nil {
			return nil, err
		}
		more, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](axeRun, chromedp.EvalAwaitPromise))
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

// axe is the accessibility checker of Deque (npm axe-core, MPL 2.0), unchanged.
//
//go:embed testdata/axe.min.js
var axe string

// axeRun is what it finds to be wrong, whatever its weight.
const axeRun = `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
  r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => "axe: " + v.impact + ": " + v.help + ": " + n.html.slice(0, 120) + " " + (n.any[0] || {}).message)))`

// audit looks for what the checker does not: doubled ids, drawings without
// words, pages wider than the screen.
const audit = `(() => {
  const faults = [], seen = new Set();
  const name = e => e.outerHTML.slice(0, 100);
  for (const e of document.querySelectorAll("[id]")) {
    if (seen.has(e.id)) faults.push("id twice: " + e.id);
    seen.add(e.id);
  }
  for (const e of document.querySelectorAll("svg:not([aria-hidden])"))
    if (e.getAttribute("role") !== "img" || !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby"))) faults.push("drawing without words: " + name(e));
  for (const e of document.querySelectorAll("[aria-labelledby]"))
    for (const id of e.getAttribute("aria-labelledby").split(/\s+/)) if (!document.getElementById(id)) faults.push("label missing: " + id);
  for (const e of document.querySelectorAll("th:not([scope])")) faults.push("heading cell without scope: " + name(e));
  for (const e of document.querySelectorAll("[style], style, script:not([src])")) faults.push("inline style or script: " + name(e));
  for (const e of document.querySelectorAll("[href*=ZgotmplZ], [src*=ZgotmplZ]")) faults.push("filtered address: " + name(e));
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (!document.documentElement.lang || !document.title) faults.push("no language or title");
  let level = 0;
  for (const e of document.querySelectorAll("h1, h2, h3, h4")) {
    const n = +e.tagName[1];
    if (n > level + 1) faults.push("heading level jumps to " + n + ": " + e.textContent);
    level = n;
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push("page is wider than the screen by " + (document.documentElement.scrollWidth - innerWidth));
  return faults;
})()`

// TestBrowser walks every page on every screen in a real browser.
func TestBrowser(t *testing.T) {
	w := newWorld(t)
	w.fill(1, "acme", richFleet())
	w.enrich()
	access := map[int64]string{}
	for _, s := range richFleet() {
		access[s.ID] = "admin"
	}
	some := map[int64]string{2: "read", 5: "write", 17: "read"}
	b := newTab(t, w, w.signIn(1, "ada", access))
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
			for _, n := range on {
				shot := ""
				if *shots != "" {
					shot = filepath.Join(*shots, fmt.Sprintf("%s%s-%s.png", who, p.name, screens[n].name))
				}
				faults, err := b.open(p.path, n, shot, who == "" && (n < 2 || n == 3) && shot == "")
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
	t.Run("owner", func(t *testing.T) { walk(t, b, "", []int{0, 1, 2, 3, 4}) })
	if *shots != "" {
		return
	}
	t.Run("member", func(t *testing.T) { walk(t, newTab(t, w, w.signIn(2, "grace", some)), "member-", []int{0, 1, 3, 4}) })
	t.Run("stranger", func(t *testing.T) { walk(t, newTab(t, w, w.signIn(3, "mallory", nil)), "stranger-", []int{0, 1, 3, 4}) })
	t.Run("nobody", func(t *testing.T) { walk(t, newTab(t, w, ""), "nobody-", []int{0, 1, 3, 4}) })
}
