//go:build browser

package server_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// In a real browser, no attack in any field opens a dialog, breaks a page's
// policy, or asks anybody else for anything.
func TestHostileInABrowser(t *testing.T) {
	w, cookie, paths := hostile(t)
	b := newTab(t, newBrowser(t), w, cookie)
	var dialogs atomic.Int32
	var heard []string
	ok(t, chromedp.Listen(b.ctx, func(ev any) {
		if _, opened := ev.(*page.EventJavascriptDialogOpening); opened {
			dialogs.Add(1)
		}
	}))
	for _, path := range append(paths, "/checklists", "/controls", "/nothing/%3Cscript%3Ealert(1)%3C/script%3E") {
		if err := b.visit(path); err != nil {
			t.Fatalf("%.80s: %v", path, err)
		}
		for _, fault := range b.noted() {
			if path[:2] != "/n" || fault[:6] != "Failed" { // a page that is not there says so
				t.Errorf("%.80s: %.300s", path, fault)
			}
		}
	}
	if n := dialogs.Load(); n > 0 {
		t.Errorf("%d dialogs", n)
	}
	// One that did get in: the policy stops it, and this test hears of it.
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=alert(1)>"); true`)); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if heard = append(heard, b.noted()...); strings.Contains(strings.Join(heard, " "), "Content Security Policy") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("nothing was heard of an attack that got in: %q", heard)
}
