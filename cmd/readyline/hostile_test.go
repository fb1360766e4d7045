package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/issue"
)

// Names and texts of people who mean harm, wherever the App shows any. They
// notify nobody, break no marker and inject nothing.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, text string }{
		{"mention", "@demo/owners @alice @bob"},
		{"reference", "#1 demo/payments#1 GH-1"},
		{"address", "https://evil.example/x www.evil.example"},
		{"backticks", "a ``b``` c` @alice"},
		{"comment", "x --> <!-- y <!-- readyline item=\"on-call\" -->"},
		{"script", "[x](javascript:alert(1)) <img src=x onerror=alert(1)> <script>alert(1)</script>"},
		{"link", "](javascript:alert(1)) ![x](https://evil.example/x.png)"},
		{"table", "| a | b | </details> </sub> <h1>big</h1>"},
		{"direction", "safe\u202eelif\u2066 x\u200f\u061c @ali\u200dce"},
		{"lines", "one\n- [x] **two** <!-- readyline item=\"on-call\" -->\n\n# three @alice"},
		{"long", strings.Repeat("very-long-name ", 20)},
	}
	s := newStory(t, &txtar.Archive{})
	s.does("people bob")
	repos := make([]*repository, len(cases))
	for i, c := range cases {
		repos[i] = s.w.repository("r"+strconv.Itoa(i), hostileFiles(c.text))
		s.repos[repos[i].name] = repos[i]
		s.w.em.SetRole(repos[i].Repository, "bob", "write")
	}
	s.does("install")
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := repos[i]
			r.w.t, s.t, s.at = t, t, r
			line := strings.ReplaceAll(c.text, "\n", " ")
			s.does("bob says /readyline waive waived "+line, "bob says /readyline attest attested "+line, "bob says /readyline na exempt "+line)
			s.does("bob says /readyline why "+line, "bob says /readyline "+line, "bob says /readyline waive waived until "+line, "bob says /readyline evidence waived "+line,
				"bob says /readyline evidence waived GITHUB/demo/"+r.name+"/blob/main/"+strings.ReplaceAll(line, " ", "%20"),
				"bob says /readyline why zones", "bob says /readyline why theirs")
			r.propose("proposal", hostileDatabase(c.text, false)+"\n-- THEIRS.md --\n")
			s.w.calm()
			if run := s.checks("proposal"); !strings.Contains(run, "Would untick") {
				t.Errorf("the check run says\n%s", run)
			} else {
				tame(t, s.checkSummary("proposal"))
			}
			r.commit("Lost", hostileDatabase(c.text, false))
			if err := git(context.Background(), r.dir, "commit", "-q", "--amend", "--author", line+" <x@example.com>", "-m", c.text+"\n\nCloses #1"); err != nil {
				t.Fatal(err)
			}
			s.w.em.Poll(context.Background())
			s.w.calm()
			s.harmless(c.text)
		})
	}
	s.w.t, s.t = t, t
	for _, n := range s.w.notifications() {
		if strings.HasSuffix(n.Actor, "[bot]") && n.Kind != "issue_opened" && n.Kind != "comment_created" {
			t.Errorf("%s of %s#%d: %s %s", n.Kind, n.Repository, n.Issue, n.User, n.Target)
		}
	}
}

// hostileFiles put a text into titles, sections, reasons, names of jobs and
// steps, and of files.
func hostileFiles(text string) string {
	q, line := strconv.Quote(text), strings.ReplaceAll(text, "\n", " ")
	mark := strings.NewReplacer("<!--", "<! --", "-->", "-- >").Replace(line)
	list := "---\nname: " + q + "\nabout: " + q + "\n---\n## " + mark + "\n\n" +
		"- [ ] Zones " + mark + " <!-- item: zones; control: multi-az; required -->\n- [ ] Images <!-- item: images; control: container-images -->\n" +
		"- [ ] Theirs <!-- item: theirs; control: theirs -->\n- [ ] Waived <!-- item: waived -->\n- [ ] Attested <!-- item: attested -->\n- [ ] Exempt <!-- item: exempt -->\n- [ ] In the file <!-- item: filed -->\n- [ ] On call <!-- item: on-call -->\n"
	archive := &txtar.Archive{Files: []txtar.File{
		{Name: ".github/readyline.yml", Data: []byte("version: 1\nchecklists: [./.github/readyline/ours.md]\ncontrols: [./.github/readyline/controls.yaml]\nwaivers: {filed: {reason: " + q + "}}\n")},
		{Name: ".github/readyline/ours.md", Data: []byte(list)},
		{Name: ".github/readyline/controls.yaml", Data: []byte("controls:\n  - id: theirs\n    title: " + q + "\n    meaning: " + q + "\n    rules:\n" +
			"      - {id: file, strength: proves, summary: " + q + ", file: {path: [THEIRS.md]}}\n      - {id: other, strength: suggests, summary: " + q + ", file: {path: [Dockerfile]}}\n" +
			"    examples:\n      - {name: there, proves: [file], suggests: [other], files: {THEIRS.md: text, Dockerfile: FROM scratch}}\n")},
		{Name: "THEIRS.md", Data: []byte("theirs\n")},
		{Name: ".github/workflows/" + fileName(text) + ".yml", Data: []byte("name: " + q + "\non: {push: {branches: [main]}}\njobs:\n  image:\n    name: " + q + "\n    runs-on: ubuntu-24.04\n    steps:\n" +
			"      - {name: " + q + ", uses: docker/login-action@v3}\n      - name: " + q + "\n        uses: docker/build-push-action@v6\n        with: {push: true, tags: \"registry.example.com/x:1\"}\n")},
		{Name: "Dockerfile", Data: []byte("FROM golang:1.26\n")},
	}}
	return string(txtar.Format(archive)) + hostileDatabase(text, true)
}

func hostileDatabase(text string, zones bool) string {
	name := strconv.Quote(strings.NewReplacer("${", "", "%{", "").Replace(text))
	return string(txtar.Format(&txtar.Archive{Files: []txtar.File{{
		Name: "infra/" + fileName(text) + "/main.tf",
		Data: fmt.Appendf(nil, "resource \"aws_db_instance\" %s {\n  engine   = \"postgres\"\n  multi_az = %v\n  tags     = { Name = %s }\n}\n", name, zones, name),
	}}}))
}

// fileName is a text as the name of a file, as much of it as a txtar archive and
// a file system take.
func fileName(text string) string {
	text = strings.NewReplacer("/", "-", "\n", " ").Replace(text)
	if len(text) > 240 {
		text = text[:240]
	}
	return strings.TrimSpace(text)
}

var href = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// harmless looks at the issue as it is written, and as a browser gets it.
func (s *story) harmless(text string) {
	t := s.t
	t.Helper()
	body := s.post().Body
	want := map[string]bool{"theirs": true, "zones": false, "images": true, "waived": true, "attested": true, "exempt": false, "filed": true, "on-call": false}
	have := issue.Boxes(body)
	for id, ticked := range want {
		if on, there := have[id]; !there || on != ticked {
			t.Errorf("%s: there %v, ticked %v: %s", id, there, on, lineOf(body, id))
		}
	}
	if len(have) != len(want) || issue.ChecklistOf(body) != "ours" || strings.Count(body, `<!-- readyline item="`) != len(want) {
		t.Errorf("%d items of %d in the issue of %q:\n%s", len(have), len(want), issue.ChecklistOf(body), body)
	}
	for _, said := range append(s.botComments(), body) {
		tame(t, said)
	}
	resp, err := http.Get(s.w.em.URL() + s.at.path("/issues/1")[len("/repos"):])
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %v", resp.Status, err)
	}
	_, shown, _ := strings.Cut(string(page), "<details") // the App's body, not the title
	for _, m := range href.FindAllStringSubmatch(string(page), -1) {
		if strings.HasPrefix(strings.ToLower(m[1]), "javascript:") || strings.HasPrefix(m[1], "https://evil.example") && !strings.Contains(text, "https://evil") {
			t.Errorf("the page leads to %s", m[1])
		}
	}
	for _, bad := range []string{"<script>alert", "onerror=alert", "<h1>big"} {
		if strings.Contains(shown, bad) && !strings.Contains(strings.Join(s.peopleComments(), ""), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

var (
	ours = regexp.MustCompile(`<!-- readyline [a-z]+="[^"<>]*" -->|</?(?:details|summary|sub)>|<br>|\\.|\]\(https?://127\.0\.0\.1:[0-9]+/[^)\s]*\)`)
	wild = regexp.MustCompile(`@[A-Za-z]|(?:^|[^&\w])#[0-9]|<[a-zA-Z!/]|\]\(|(?i:gh-[0-9])|https?://|www\.|[\x{202e}\x{2066}\x{200f}\x{061c}]`)
)

// tame looks for what GitHub would act on in Markdown of ours, code and our own
// marks and links aside.
func tame(t *testing.T, text string) {
	t.Helper()
	rest := ours.ReplaceAllString(withoutCode(text), "")
	if at := wild.FindStringIndex(rest); at != nil {
		t.Errorf("%q is loose in\n%s\nof\n%s", rest[at[0]:at[1]], rest, text)
	}
	if strings.ContainsAny(text, "\u202e\u2066\u200f\u061c") {
		t.Errorf("text is turned around in\n%s", text)
	}
}

// withoutCode takes out code: what stands between two runs of as many backticks.
func withoutCode(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			b.WriteString(text[i : i+2])
			i++
			continue
		}
		if text[i] != '`' {
			b.WriteByte(text[i])
			continue
		}
		n := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
		fence, end := strings.Repeat("`", n), -1
		for at := i + n; at < len(text); {
			j := strings.Index(text[at:], fence)
			if j < 0 {
				break
			}
			run := len(text[at+j:]) - len(strings.TrimLeft(text[at+j:], "`"))
			if run == n {
				end = at + j + n
				break
			}
			at += j + run
		}
		if end < 0 { // it opens nothing
			b.WriteString(fence)
			i += n - 1
			continue
		}
		b.WriteString("CODE")
		i = end - 1
	}
	return b.String()
}

// botComments and peopleComments are the comments on the issue by whose they are.
func (s *story) botComments() []string    { return s.commentsBy(true) }
func (s *story) peopleComments() []string { return s.commentsBy(false) }

func (s *story) commentsBy(bot bool) (out []string) {
	var list []struct {
		Body string
		User struct{ Login string }
	}
	s.w.as("alice", "GET", s.at.path("/issues/1/comments?per_page=100"), nil, &list)
	for _, c := range list {
		if strings.HasSuffix(c.User.Login, "[bot]") == bot {
			out = append(out, c.Body)
		}
	}
	return out
}
