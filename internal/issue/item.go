package issue

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// item is the task line of one item: box, title, what is known, marker.
func (p Page) item(s readiness.ItemState, d detail) line {
	box := " "
	if s.State.Ticked() {
		box = "x"
	}
	text := fmt.Sprintf("- [%s] **%s**", box, Escape(clip(s.Item.Title, d.title)))
	if s.Item.Required {
		text += " *required*"
	}
	if len(s.Item.Controls) > 1 && s.State != readiness.StateNA {
		text += fmt.Sprintf(" (%d of %d)", s.Progress[0], s.Progress[1])
	}
	if said := p.said(s, d); said != "" {
		text += " — " + said
	}
	if d.how && p.Guide != "" && len(s.Item.Controls) > 0 && (s.State == readiness.Unmet || s.State == readiness.StateUnsure) {
		text += fmt.Sprintf(" · [how](%s#%s)", p.Guide, url.PathEscape(s.Item.ID))
	}
	if p.restored[s.Item.ID] && !s.State.Ticked() && s.State != readiness.StateNA {
		text += fmt.Sprintf(" · %s `/readyline na %s REASON` takes it out of the count", cameBack, s.Item.ID)
	}
	return line{key: itemKey(s.Item.ID), text: fmt.Sprintf("%s <!-- readyline item=%q -->", text, s.Item.ID)}
}

// said is what the line tells after the title: proof, person, hint or reason.
func (p Page) said(s readiness.ItemState, d detail) string {
	switch s.State {
	case readiness.Met:
		if d.bare {
			return p.links(withoutSummaries(s.Evidence), readiness.Proves, d.links)
		}
		return p.links(s.Evidence, readiness.Proves, d.links)
	case readiness.Attested:
		said := "attested by " + person(s.By) + p.nominated(s.Reason) + until(s)
		if c := p.links(s.Evidence, readiness.Contradicts, d.hints); c != "" {
			said += " · but see " + c
		}
		return said
	case readiness.Waived:
		return "waived by " + person(s.By) + note(s.Reason) + until(s)
	case readiness.StateNA:
		if !d.folded || s.Reason == "" {
			return ""
		}
		if s.By != "" {
			return "not applicable, says " + person(s.By) + note(s.Reason)
		}
		return Escape(s.Reason)
	case readiness.StateUnsure:
		if !d.reasons {
			return "unknown"
		}
		return "unknown: " + Escape(Unseen(s.Reason))
	}
	return p.open(s, d)
}

var permission = regexp.MustCompile(`the permission "([^"]+)" would answer it`)

// Unseen shortens a reason that tells of one setting after another which the
// App may not see to what people can do about it: the permissions to grant.
func Unseen(reason string) string {
	var grant, rest []string
	for _, m := range permission.FindAllStringSubmatch(reason, -1) {
		if p := "“" + m[1] + "”"; !slices.Contains(grant, p) {
			grant = append(grant, p)
		}
	}
	if len(grant) == 0 {
		return reason
	}
	for _, part := range strings.Split(reason, "; ") {
		if !strings.Contains(part, "not visible to the App") && !permission.MatchString(part) {
			rest = append(rest, part)
		}
	}
	return strings.Join(append([]string{"out of the App's sight without the permission " + strings.Join(grant, " or ")}, rest...), "; ")
}

// open is what an unmet item tells.
func (p Page) open(s readiness.ItemState, d detail) string {
	if s.Disputed {
		return fmt.Sprintf("disputed by %s; stays open until the evidence changes", person(s.By))
	}
	if !d.reasons {
		return ""
	}
	if c := p.links(s.Evidence, readiness.Contradicts, max(d.hints, 1)); c != "" {
		return "contradicted by " + c
	}
	if h := p.links(s.Evidence, readiness.Suggests, d.hints); h != "" {
		return "hint: " + h
	}
	return ""
}

// links shows up to n pieces of evidence of a strength, each as a permalink,
// and what they say once for all that say the same.
func (p Page) links(all []readiness.Evidence, strength readiness.Strength, n int) string {
	type place struct {
		repository, path string
		line             int
	}
	seen := map[place]bool{}
	shown, more := 0, 0
	var says []string
	file := map[string]string{} // of the last link, by what it says
	links := map[string][]string{}
	for _, e := range all {
		at := place{e.Repository, e.Path, e.StartLine}
		if e.Strength != strength || n == 0 || seen[at] && e.Path != "" {
			continue
		}
		seen[at] = true
		if shown == n {
			more++
			continue
		}
		shown++
		if links[e.Summary] == nil {
			says = append(says, e.Summary)
		}
		links[e.Summary] = append(links[e.Summary], p.linkAfter(file[e.Summary], e))
		file[e.Summary] = e.Repository + ":" + e.Path
	}
	parts := make([]string, len(says))
	for i, summary := range says {
		parts[i] = strings.TrimSpace(strings.Join(links[summary], ", ") + " " + Escape(summary))
	}
	text := strings.Join(parts, "; ")
	if more > 0 {
		text += fmt.Sprintf("; %d more %s", more, plural(more, "place", "places"))
	}
	return text
}

// withoutSummaries leaves where evidence is, and not what it shows, where that
// much can be told.
func withoutSummaries(all []readiness.Evidence) []readiness.Evidence {
	all = slices.Clone(all)
	for i := range all {
		if !all[i].Hidden {
			all[i].Summary = ""
		}
	}
	return all
}

// hidden stands where a link would name what fewer people may see.
const hidden = "a linked repository that fewer people may see:"

// linkAfter is the permalink of one piece of evidence, its lines at its commit,
// that stands after one to a file: of the same file it shows the line only.
func (p Page) linkAfter(file string, e readiness.Evidence) string {
	if e.Hidden {
		return hidden
	}
	if e.Path == "" {
		if e.URL != "" {
			return fmt.Sprintf("[settings](%s)", e.URL)
		}
		return "repository settings"
	}
	repository, commit := p.Repository, p.Commit
	label := e.Path
	if e.Repository != "" {
		repository = e.Repository
		label = e.Repository + ":" + e.Path
	}
	if e.Commit != "" {
		commit = e.Commit
	}
	target := fmt.Sprintf("%s/%s/blob/%s/%s", p.WebURL, repository, commit, escapePath(e.Path))
	if e.StartLine > 0 {
		label += fmt.Sprintf(":%d", e.StartLine)
		target += fmt.Sprintf("#L%d", e.StartLine)
		if file == e.Repository+":"+e.Path {
			label = fmt.Sprintf(":%d", e.StartLine)
		}
		if e.EndLine > e.StartLine {
			target += fmt.Sprintf("-L%d", e.EndLine)
		}
	}
	return fmt.Sprintf("[%s](%s)", Code(label), target)
}

// nominated is a note; one that is nothing but an address on our GitHub, which
// the evidence command has verified, is a link.
func (p Page) nominated(reason string) string {
	rest, ours := strings.CutPrefix(reason, p.WebURL+"/")
	if !ours || p.WebURL == "" || strings.ContainsAny(reason, " ()[]<>\"'\\`") {
		return note(reason)
	}
	return ": [" + Code(rest) + "](" + reason + ")"
}

func note(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + Escape(reason)
}

func until(s readiness.ItemState) string {
	if s.Until.IsZero() {
		return ""
	}
	return ", until " + s.Until.UTC().Format("2006-01-02")
}

// person names somebody without notifying them.
func person(login string) string {
	if login == "" {
		return "somebody"
	}
	return Code(login)
}

// escapePath escapes each segment of a path for a URL inside a Markdown link.
func escapePath(path string) string {
	segs := strings.Split(path, "/")
	for i, s := range segs {
		s = url.PathEscape(s)
		segs[i] = strings.NewReplacer("(", "%28", ")", "%29", "'", "%27", "*", "%2A").Replace(s)
	}
	return strings.Join(segs, "/")
}
