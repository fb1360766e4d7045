package emulator_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/emulator"
)

// bodyOf renders a text as an issue's body and returns the HTML of it.
func (w *world) bodyOf(text string) string {
	w.t.Helper()
	if _, _, err := w.as("alice").Issues.Edit(ctx, "demo", "api", 1, &github.IssueRequest{Body: &text}); err != nil {
		w.t.Fatal(err)
	}
	page := w.call("GET", "/demo/api/issues/1", "", nil).want(w.t, 200, "This is not GitHub: a local emulator.")
	_, rest, _ := strings.Cut(page.body, `<div class="markdown">`)
	body, _, _ := strings.Cut(rest, "</div>\n")
	return strings.TrimSpace(body)
}

func newPages(t *testing.T) (*world, *repo) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"main.tf": "a\nb <c>\nc\n", "dir/x": "y", "bin": "\x00"})
	w.serve("api", r)
	if _, _, err := w.as("alice").Issues.Create(ctx, "demo", "api", &github.IssueRequest{Title: github.String("T <b>")}); err != nil {
		t.Fatal(err)
	}
	return w, r
}

func TestRendersAsGitHubWould(t *testing.T) {
	w, _ := newPages(t)
	site := w.URL()
	for _, test := range []struct{ name, text, want string }{
		{"hidden comment", "a <!-- readyline item=\"x\" --> b", "<p>a  b</p>"},
		{"comment over lines", "<!-- one\n\ntwo -->\ntext", "<p>text</p>"},
		{"task list", "- [ ] one\n- [x] two", `<ul>
<li><input type="checkbox" class="task" aria-label="task" data-task="0"> one</li>
<li><input type="checkbox" class="task" aria-label="task" data-task="1" checked> two</li>
</ul>`},
		{"a checkbox of one's own", `<input type="checkbox" data-task="0" checked>x`, "<p>x</p>"},
		{"line breaks", "a\nb", "<p>a<br>\nb</p>"},
		{"details", "<details><summary>S</summary>\n\n*text*\n\n</details>", "<details><summary>S</summary>\n<p><em>text</em></p>\n</details>"},
		{"table", "|a|b|\n|-|:-:|\n|1|2|", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"center\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td align=\"center\">2</td>\n</tr>\n</tbody>\n</table>"},
		{"script", "a<script>alert(1)</script>b", "<p>ab</p>"},
		{"script block", "<script>\nalert(1)\n</script>\n\nb", "<p>b</p>"},
		{"unfinished script", "<script src=x ", "&lt;script src=x"},
		{"javascript link", "[x](javascript:alert(1)) <a href=\"JaVaScRiPt:alert(1)\">y</a> <a href=\"java&#10;script:alert(1)\">z</a>", `<p><a rel="nofollow noopener noreferrer">x</a> <a rel="nofollow noopener noreferrer">y</a> <a rel="nofollow noopener noreferrer">z</a></p>`},
		{"event attributes", `<img src="/x.png" onerror="alert(1)" alt='"><script>'> <b onclick=alert(1)>b</b>`, `<p><img src="/x.png" alt="&#34;&gt;&lt;script&gt;"> <b>b</b></p>`},
		{"image elsewhere", "![logo](https://img.example.test/a.png)", `<p><span class="away">image: logo</span></p>`},
		{"image here", "![badge](http://127.0.0.1:8080/badge/demo/api.svg)", `<p><img src="http://127.0.0.1:8080/badge/demo/api.svg" alt="badge"></p>`},
		{"unclosed tags", "<div><b>x", "<div><b>x</b></div>"},
		{"closing what is not open", "</div></main>x", "x"},
		{"style and class", `<p style="position:fixed" class="x" id="live">a</p>`, "<p>a</p>"},
		{"svg and math", "<svg><a href=x>in</a></svg>out", "<p>out</p>"},
		{"mention", "ask @bob, not a@b.test or `@carol`", `<p>ask <a class="mention" href="` + site + `/bob">@bob</a>, not <a href="mailto:a@b.test" rel="nofollow noopener noreferrer">a@b.test</a> or <code>@carol</code></p>`},
		{"references", "see #12 and demo/x#3 but not a#4 or `#5`", `<p>see <a class="reference" href="` + site + `/demo/api/issues/12">#12</a> and <a class="reference" href="` + site + `/demo/x/issues/3">demo/x#3</a> but not a#4 or <code>#5</code></p>`},
		{"mention by entity", "&#64;bob", `<p><a class="mention" href="` + site + `/bob">@bob</a></p>`},
		{"autolink", "https://a.test/x", `<p><a href="https://a.test/x" rel="nofollow noopener noreferrer">https://a.test/x</a></p>`},
		{"code", "```tf\n<b>@x</b>\n```", "<pre><code class=\"language-tf\">&lt;b&gt;@x&lt;/b&gt;\n</code></pre>"},
		{"declaration", "<!DOCTYPE html><?php x ?>a", "a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.t = t
			if got := w.bodyOf(test.text); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestTicksOnThePage(t *testing.T) {
	w, _ := newPages(t)
	w.installed()
	w.expect("installation created")
	text := "```\n- [ ] no task\n```\n\n- [ ] one <!-- 1 -->\r\n  - [X] nested\r\n- plain\n\n1. [ ] numbered\n"
	w.bodyOf(text)
	w.expect("issues edited")
	page := w.call("GET", "/demo/api/issues/1", "", nil).want(t, 200)
	mark := regexp.MustCompile(`data-source="(\w+)"`).FindStringSubmatch(page.body)[1]
	revision := regexp.MustCompile(`data-revision="(\w+)"`).FindStringSubmatch(page.body)[1]
	w.call("GET", "/demo/api/issues/1/live?revision="+revision, "", nil).want(t, 204)
	tick := func(who, index, checked, mark string, status int) {
		t.Helper()
		form := url.Values{"index": {index}, "checked": {checked}, "source": {mark}}
		w.call("POST", "/demo/api/issues/1/task", "", form.Encode(), "Content-Type", "application/x-www-form-urlencoded",
			"X-Requested-With", "script", "Cookie", "emulator_user="+who).want(t, status)
	}
	tick("bob", "0", "true", mark, 204)
	edited := w.expect("issues edited")[0]
	if at(edited.Payload, "sender", "login") != "bob" || at(edited.Payload, "changes", "body", "from") != text {
		t.Fatalf("tick: %s", edited.Raw)
	}
	if want := strings.Replace(text, "- [ ] one", "- [x] one", 1); at(edited.Payload, "issue", "body") != want {
		t.Fatalf("body %q", at(edited.Payload, "issue", "body"))
	}
	w.call("GET", "/demo/api/issues/1/live?revision="+revision, "", nil).want(t, 200, `data-task="0" checked`, "<b>bob</b> edited")
	tick("bob", "1", "true", mark, 409)  // the body is another one by now
	tick("bob", "9", "true", "", 409)    // no such task
	tick("carol", "1", "false", "", 409) // readers may not
	tick("alice", "1", "false", "", 204) // "X" becomes " "
	tick("alice", "2", "true", "", 204)  // in a numbered list
	edits := w.expect("issues edited", "issues edited")
	want := "```\n- [ ] no task\n```\n\n- [x] one <!-- 1 -->\r\n  - [ ] nested\r\n- plain\n\n1. [x] numbered\n"
	if at(edits[1].Payload, "issue", "body") != want {
		t.Fatalf("body %q", at(edits[1].Payload, "issue", "body"))
	}
	evil := w.call("POST", "/demo/api/issues/1/task", "", "index=0&checked=false", "Content-Type", "application/x-www-form-urlencoded", "Origin", "http://evil.test")
	evil.want(t, 403)
}

func TestFilePages(t *testing.T) {
	w, r := newPages(t)
	sha := r.git("rev-parse", "HEAD")
	for _, test := range []struct {
		path   string
		status int
		texts  []string
	}{
		{"/", 200, []string{"demo/api", "1 open issue"}},
		{"/demo", 200, []string{"demo/api"}},
		{"/demo/api", 200, []string{"main.tf", "dir/"}},
		{"/demo/api/issues", 200, []string{"T &lt;b&gt;"}},
		{"/demo/api/blob/" + sha + "/main.tf", 200, []string{`id="L2"`, "b &lt;c&gt;"}},
		{"/demo/api/blob/main/bin", 200, []string{"This file is binary."}},
		{"/demo/api/blob/main/none", 404, nil},
		{"/demo/api/blob/main/../../etc/passwd", 404, nil},
		{"/demo/api/tree/main/dir", 200, []string{"blob/main/dir/x"}},
		{"/demo/api/raw/main/main.tf", 200, []string{"b <c>"}},
		{"/demo/api/commits", 200, []string{"first"}},
		{"/demo/api/commit/" + sha, 200, []string{"main.tf", "b &lt;c&gt;"}},
		{"/demo/none", 404, nil},
		{"/apps/readyline", 200, []string{"contents"}},
		{"/_emulator/script.js", 200, nil},
	} {
		t.Run(test.path, func(t *testing.T) {
			got := w.call("GET", test.path, "", nil).want(t, test.status, test.texts...)
			if strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
				got.want(t, test.status, "This is not GitHub")
				if !strings.Contains(got.header.Get("Content-Security-Policy"), "script-src 'self'") {
					t.Error("no content security policy")
				}
			}
		})
	}
	w.installed()
	settings := fmt.Sprintf("/organizations/demo/settings/installations/%d", w.inst.ID)
	w.call("GET", settings, "", nil).want(t, 200, "Active", "demo/api", "checks")
	w.call("GET", settings, "", nil, "Cookie", "emulator_user=bob").want(t, 404)
	w.AddUser("mallory")
	w.call("GET", "/demo/api", "", nil, "Cookie", "emulator_user=mallory").want(t, 404)
	if got := w.call("GET", "/", "", nil, "Cookie", "emulator_user=mallory"); strings.Contains(got.body, "demo/api") {
		t.Error("a stranger sees a private repository")
	}
	signed := w.call("POST", "/_emulator/session", "", "login=bob&return=//evil.test/", "Content-Type", "application/x-www-form-urlencoded").want(t, 303)
	if signed.header.Get("Location") != "/" || !strings.HasPrefix(signed.header.Get("Set-Cookie"), "emulator_user=bob;") {
		t.Errorf("signed in to %q", signed.header.Get("Location"))
	}
}

func TestNotifications(t *testing.T) {
	w, _ := newPages(t)
	w.call("DELETE", "/_emulator/notifications", "", nil).want(t, 204)
	carol := w.as("carol").Issues
	if _, _, err := carol.Create(ctx, "demo", "api", &github.IssueRequest{Title: github.String("T"), Body: github.String("hello")}); err != nil {
		t.Fatal(err)
	}
	told := func() string {
		var out []string
		list := w.call("GET", "/_emulator/notifications", "", nil).want(t, 200).json(t)
		for _, n := range at(list, "notifications").([]any) {
			who, _ := at(n, "user").(string)
			if target, ok := at(n, "target").(string); ok {
				who = target
			}
			out = append(out, at(n, "kind").(string)+" "+who+" "+at(n, "reason").(string))
		}
		w.call("DELETE", "/_emulator/notifications", "", nil).want(t, 204)
		return strings.Join(out, ", ")
	}
	if got, want := told(), "issue_opened alice subscribed, issue_opened bob subscribed"; got != want {
		t.Errorf("opened: %s, want %s", got, want)
	}
	edit := func(body string) {
		t.Helper()
		if _, _, err := carol.Edit(ctx, "demo", "api", 2, &github.IssueRequest{Body: &body}); err != nil {
			t.Fatal(err)
		}
	}
	edit("hello again `@bob` <!-- @bob -->")
	if got := told(); got != "" {
		t.Errorf("a plain edit told %s", got)
	}
	edit("hello @bob and @types/node, see #1")
	if got, want := told(), "mention_added bob mention, mention_added types mention, reference_added #1 cross-reference"; got != want {
		t.Errorf("mention: %s, want %s", got, want)
	}
	edit("hello again @bob and @types/node, see #1")
	if got := told(); got != "" {
		t.Errorf("the same mentions told %s", got)
	}
	if _, _, err := w.as("alice").Issues.CreateComment(ctx, "demo", "api", 2, &github.IssueComment{Body: github.String("thanks")}); err != nil {
		t.Fatal(err)
	}
	if got, want := told(), "comment_created carol author, comment_created bob subscribed"; got != want {
		t.Errorf("comment: %s, want %s", got, want)
	}
}
