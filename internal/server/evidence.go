package server

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// proof is a piece of evidence as pages show it.
type proof struct {
	Label    string
	Link     string // empty: there is nothing to open
	Summary  string
	Strength readiness.Strength
}

// permalinks makes links to lines at commits on GitHub.
type permalinks struct {
	web        string // of GitHub
	repository string // owner/name
	commit     string // at which evidence without one was seen
}

func (p permalinks) of(e readiness.Evidence) proof {
	out := proof{Summary: e.Summary, Strength: e.Strength}
	if e.Hidden {
		out.Label = "a linked repository that fewer people may see"
		return out
	}
	if e.Path == "" {
		out.Label = "repository settings"
		if strings.HasPrefix(e.URL, "https://") || strings.HasPrefix(e.URL, "http://") {
			out.Link = e.URL
		}
		return out
	}
	repository, commit := p.repository, p.commit
	out.Label = e.Path
	if e.Repository != "" {
		repository, out.Label = e.Repository, e.Repository+": "+e.Path
	}
	if e.Commit != "" {
		commit = e.Commit
	}
	if e.StartLine > 0 {
		out.Label += fmt.Sprintf(":%d", e.StartLine)
	}
	if commit == "" {
		return out
	}
	out.Link = p.web + "/" + escaped(repository) + "/blob/" + url.PathEscape(commit) + "/" + escaped(e.Path)
	if e.StartLine > 0 {
		out.Link += fmt.Sprintf("#L%d", e.StartLine)
		if e.EndLine > e.StartLine {
			out.Link += fmt.Sprintf("-L%d", e.EndLine)
		}
	}
	return out
}

// all of a strength, each place once.
func (p permalinks) all(evidence []readiness.Evidence, strength readiness.Strength) []proof {
	var out []proof
	seen := map[string]bool{}
	for _, e := range evidence {
		if e.Strength != strength {
			continue
		}
		one := p.of(e)
		if key := one.Label + "\x00" + one.Link; !seen[key] {
			seen[key] = true
			out = append(out, one)
		}
	}
	return out
}

// escaped is a path with each of its parts escaped.
func escaped(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}
