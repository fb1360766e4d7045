package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/issue"
)

// person does what somebody does; false when nobody can do that.
func (s *story) person(login string, words []string) bool {
	if len(words) == 0 {
		return false
	}
	rest := strings.Join(words[1:], " ")
	switch words[0] {
	case "commits": // and pushes
		s.must(stageFiles(context.Background(), s.at.dir, txtar.Parse([]byte(s.files(words[1:]))).Files))
		s.must(git(context.Background(), s.at.dir, "commit", "-q", "-m", rest, "--author", fmt.Sprintf("%s <%s@users.noreply.localhost>", login, login)))
		s.w.em.Poll(context.Background())
	case "ticks":
		s.edit(login, tick(rest, true))
	case "unticks":
		s.edit(login, tick(rest, false))
	case "deletes":
		s.edit(login, func(body string) string { return strings.Replace(body, lineOf(body, rest)+"\n", "", 1) })
	case "writes":
		s.edit(login, written(rest))
	case "empties":
		s.edit(login, func(string) string { return "" })
	case "replaces":
		s.edit(login, func(string) string { return s.text(rest) })
	case "titles":
		s.patch(login, map[string]any{"title": rest})
	case "closes":
		s.patch(login, map[string]any{"state": "closed"})
	case "reopens":
		s.patch(login, map[string]any{"state": "open"})
	case "says":
		s.w.as(login, "POST", s.at.path("/issues/%d/comments", s.post().Number), map[string]string{"body": strings.ReplaceAll(rest, "GITHUB", s.w.em.URL())}, nil)
	case "removes":
		s.onIssue("delete", fmt.Sprintf(`{"by": %q}`, login))
	case "moves":
		s.onIssue("transfer", fmt.Sprintf(`{"by": %q, "to": "%s/%s"}`, login, demoOwner, words[2]))
	default:
		return false
	}
	return true
}

// written puts words at the end, or below the line of an item.
func written(rest string) func(string) string {
	return func(body string) string {
		under, ok := strings.CutPrefix(rest, "under ")
		if !ok {
			return body + "\n" + rest + "\n"
		}
		item, words, _ := strings.Cut(under, " ")
		line := lineOf(body, item)
		return strings.Replace(body, line, line+"\n"+words, 1)
	}
}

func (s *story) text(file string) string {
	for _, f := range s.archive.Files {
		if f.Name == file {
			return string(f.Data)
		}
	}
	s.t.Fatalf("there is no file %s", file)
	return ""
}

// post is the issue that is meant.
func (s *story) post() post {
	s.t.Helper()
	all := s.at.issues()
	if s.number == 0 && len(all) == 1 {
		return all[0]
	}
	i := slices.IndexFunc(all, func(p post) bool { return p.Number == s.number })
	if i < 0 {
		s.t.Fatalf("%s has %d issues; which is meant?", s.at.name, len(all))
	}
	return all[i]
}

func (s *story) edit(login string, change func(string) string) {
	s.t.Helper()
	p := s.post()
	next := change(p.Body)
	if next == p.Body {
		s.t.Fatalf("the edit of %s changes nothing in\n%s", login, p.Body)
	}
	s.patch(login, map[string]any{"body": next})
}

func (s *story) patch(login string, what map[string]any) {
	s.t.Helper()
	s.w.as(login, "PATCH", s.at.path("/issues/%d", s.post().Number), what, nil)
}

func (s *story) onIssue(action, body string) {
	s.w.do("POST", fmt.Sprintf("%s/issues/%d/%s", s.at.path(""), s.post().Number, action), body)
}

// seen is what can be seen of the issue, what the app said since the last look,
// and how often it wrote and notified.
func (s *story) seen() string {
	s.t.Helper()
	var b strings.Builder
	all := s.at.issues()
	if len(all) == 0 {
		b.WriteString("no issue\n")
	} else {
		s.describe(&b, all)
	}
	fmt.Fprintf(&b, "history:\n%s", s.told())
	notes := s.w.notifications()
	var lines []string
	for _, n := range notes[s.notes:] {
		if strings.HasSuffix(n.Actor, "[bot]") {
			lines = append(lines, strings.TrimRight(fmt.Sprintf("notifies %s of %s#%d: %s, %s %s", n.User, n.Repository, n.Issue, n.Kind, n.Reason, n.Target), " ")+"\n")
		}
	}
	slices.Sort(lines)
	b.WriteString(strings.Join(lines, ""))
	s.notes = len(notes)
	return s.plain(b.String())
}

func (s *story) describe(b *strings.Builder, all []post) {
	p := s.post()
	path := s.at.path("/issues/%d", p.Number)
	writes := s.w.requests("PATCH", path)
	fmt.Fprintf(b, "%s#%d %s %q", s.at.name, p.Number, p.State, p.Title)
	if !s.hasty {
		fmt.Fprintf(b, ", written %d times", writes-s.writes[path])
	}
	b.WriteByte('\n')
	s.writes[path], s.hasty = writes, false
	if len(all) != 1 {
		fmt.Fprintf(b, "one of %d issues\n", len(all))
	}
	if len(p.Body) > issue.MaxLength {
		s.t.Errorf("%d characters", len(p.Body))
	}
	for _, line := range strings.Split(strings.TrimRight(strings.ReplaceAll(p.Body, "\r\n", "\n"), "\n"), "\n") {
		fmt.Fprintf(b, "| %s\n", line)
	}
	var list []struct {
		Body      string
		User      struct{ Login string }
		Reactions map[string]any
	}
	s.w.as("alice", "GET", path+"/comments?per_page=100", nil, &list)
	for _, c := range list[min(s.comments, len(list)):] {
		fmt.Fprintf(b, "%s says:\n> %s\n", c.User.Login, strings.ReplaceAll(strings.TrimRight(c.Body, "\n"), "\n", "\n> "))
		for _, sign := range []string{"+1", "confused"} {
			if n, _ := c.Reactions[sign].(float64); n > 0 {
				fmt.Fprintf(b, "and gets %s\n", map[string]string{"+1": "👍", "confused": "😕"}[sign])
			}
		}
	}
	s.comments = len(list)
}

// checks are the check runs of a branch.
func (s *story) checks(branch string) string {
	var b strings.Builder
	for _, k := range s.checkRuns(branch) {
		fmt.Fprintf(&b, "%s: %s, %s\n", k.Name, k.Conclusion, k.Output.Title)
		fmt.Fprintf(&b, "| %s\n", strings.ReplaceAll(strings.TrimRight(k.Output.Summary, "\n"), "\n", "\n| "))
		var marks []struct {
			Path    string
			Start   int    `json:"start_line"`
			Level   string `json:"annotation_level"`
			Message string
		}
		s.w.as("alice", "GET", s.at.path("/check-runs/%d/annotations", k.ID), nil, &marks)
		for _, m := range marks {
			fmt.Fprintf(&b, "%s at %s:%d: %s\n", m.Level, m.Path, m.Start, m.Message)
		}
	}
	return s.plain(b.String())
}

func (s *story) checkRuns(branch string) []checkRun {
	var runs struct {
		CheckRuns []checkRun `json:"check_runs"`
	}
	s.w.as("alice", "GET", s.at.path("/commits/%s/check-runs", branch), nil, &runs)
	return runs.CheckRuns
}

// checkSummary is what the check runs of a commit say, as it is written.
func (s *story) checkSummary(branch string) string {
	var b strings.Builder
	for _, k := range s.checkRuns(branch) {
		b.WriteString(k.Output.Summary + "\n")
	}
	return b.String()
}

func gitLog(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command("git", "-C", dir, "log", "--all", "--format=%H %s").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
