//go:build browser

package emulator_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-github/v60/github"
)

// browse opens a page in Chromium; the returned function evaluates an expression to true within ten seconds, or fails.
func browse(t *testing.T, url string) (context.Context, func(expression string)) {
	t.Helper()
	options := chromedp.DefaultExecAllocatorOptions[:]
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	tab, done := chromedp.NewContext(allocated)
	t.Cleanup(done)
	if err := chromedp.Do(tab, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	return tab, func(expression string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			ok, err := chromedp.Run(tab, chromedp.Evaluate[bool](expression))
			if err == nil && ok {
				return
			}
			if time.Now().After(deadline) {
				text, _ := chromedp.Run(tab, chromedp.Evaluate[string](`document.body.innerText`))
				t.Fatalf("never true: %s (%v)\n%s", expression, err, text)
			}
		}
	}
}

func TestIssuePageInABrowser(t *testing.T) {
	w, _ := newPages(t)
	w.installed()
	body := "- [ ] one <!-- hidden -->\n- [ ] two\n"
	if _, _, err := w.client.Issues.Edit(ctx, "demo", "api", 1, &github.IssueRequest{Body: &body}); err != nil {
		t.Fatal(err)
	}
	w.expect("installation created", "issues edited")
	tab, eventually := browse(t, w.URL()+"/demo/api/issues/1")
	eventually(`document.querySelectorAll("input.task").length === 2 && !document.body.innerText.includes("hidden")`)
	if err := chromedp.Do(tab, chromedp.Click(chromedp.CSS(`input.task[data-task="1"]`))); err != nil {
		t.Fatal(err)
	}
	eventually(`document.getElementById("live-status").innerText.startsWith("Updated")`)
	ticked := w.expect("issues edited")[0]
	if at(ticked.Payload, "issue", "body") != "- [ ] one <!-- hidden -->\n- [x] two\n" || at(ticked.Payload, "sender", "login") != "alice" {
		t.Fatalf("ticked %s", ticked.Raw)
	}
	body = "- [x] one\n- [x] two\n\nScore: 100 %\n"
	if _, _, err := w.client.Issues.Edit(ctx, "demo", "api", 1, &github.IssueRequest{Body: &body}); err != nil {
		t.Fatal(err)
	}
	eventually(`document.querySelectorAll("input.task:checked").length === 2 && document.body.innerText.includes("Score: 100 %")`)
	eventually(`document.documentElement.scrollWidth <= window.innerWidth && getComputedStyle(document.querySelector("form.who button")).display === "none"`)

	tab, eventually = browse(t, w.URL()+"/demo/api/blob/main/main.tf#L2-L3")
	eventually(`[...document.querySelectorAll("tr.marked")].map((row) => row.id).join() === "L2,L3"`)
	if err := chromedp.Do(tab, chromedp.Navigate(w.URL()+"/demo/api/blob/main/main.tf#L1")); err != nil {
		t.Fatal(err)
	}
	eventually(`document.querySelector("tr.marked")?.id === "L1"`)
}
