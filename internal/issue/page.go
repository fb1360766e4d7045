// Package issue turns an assessment into the body of a GitHub issue and reads
// people's edits and commands back out of it. It is pure: no I/O, no clock.
//
// Every line that the app writes carries a hidden marker with a key. What a
// marker names is the app's; everything else in the body is people's, and is
// kept where they put it. So a body can be read and merged even when nothing
// else is known of it.
package issue

import (
	"fmt"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/readiness"
)

// MaxLength is the longest body that GitHub takes, in characters. Lengths are
// counted in bytes here, which are never fewer.
const MaxLength = 65536

// Page is everything that the issue of one checklist shows.
type Page struct {
	Assessment readiness.Assessment
	Repository string // owner/name
	Branch     string // the default branch
	Commit     string // at which the shown states were found; empty when nothing was looked at yet
	At         time.Time
	WebURL     string // of GitHub, for permalinks
	PublicURL  string // of the dashboard; empty: no links to it
	Guide      string // the address of what the checklist asks for; empty: no links to it
	BadgeURL   string // the picture in the header; empty: text only
	Notices    []string

	RepositoryID int64 // where the issue is in another repository than its checklist's; else 0

	restored map[string]bool // items whose line somebody deleted, and that came back
}

// detail is how much a rendering says. What is lowest in the list gives way
// first when a body would be too long.
type detail struct {
	links   int  // evidence links of a ticked item
	bare    bool // links without what they show
	hints   int  // hints of an unticked one
	reasons bool // why not, why unknown
	how     bool // a link to what would prove an item
	folded  bool // reasons of what does not apply
	title   int  // characters of a title
}

// levels are tried in order until a body fits.
func levels() []detail {
	return []detail{
		{links: 3, hints: 2, reasons: true, how: true, folded: true, title: longest},
		{links: 1, hints: 1, reasons: true, how: true, folded: true, title: longest},
		{links: 1, hints: 1, reasons: true, how: false, folded: true, title: longest},
		{links: 1, hints: 0, reasons: true, how: false, folded: false, title: longest},
		{links: 1, hints: 0, reasons: false, how: false, folded: false, title: longest},
		{links: 1, bare: true, hints: 0, reasons: false, how: false, folded: false, title: longest},
		{links: 0, hints: 0, reasons: false, how: false, folded: false, title: longest},
		{title: 40},
	}
}

// Render is the body for a repository where nobody has written anything.
func Render(p Page) (string, error) { return Merge(p, "", "") }

// document lays the page out as lines with keys.
func (p Page) document(d detail) []line {
	doc := []line{{key: keyTop, text: fmt.Sprintf("<!-- readyline checklist=%q -->", p.Assessment.Checklist.ID)}}
	doc = append(doc, app("header", p.header(d)), blank())
	for i, n := range p.Notices {
		doc = append(doc, app(fmt.Sprintf("notice-%d", i+1), "> ⚠️ "+Escape(n)), blank())
	}
	var section string
	var away []readiness.ItemState
	sections := map[string][2]int{}
	for _, s := range p.Assessment.Items {
		if s.State == readiness.StateNA {
			away = append(away, s)
			continue
		}
		n := sections[s.Item.Section]
		n[1]++
		if s.State.Ticked() {
			n[0]++
		}
		sections[s.Item.Section] = n
	}
	for _, s := range p.Assessment.Items {
		if s.State == readiness.StateNA {
			continue
		}
		if s.Item.Section != section || len(doc) < 4 {
			section = s.Item.Section
			n := sections[section]
			if doc[len(doc)-1].text != "" {
				doc = append(doc, blank())
			}
			doc = append(doc, app("section-"+slug(section), fmt.Sprintf("### %s · %d of %d", Escape(section), n[0], n[1])), blank())
		}
		doc = append(doc, p.item(s, d))
	}
	doc = append(doc, p.foldedItems(away, d)...)
	doc = append(doc, blank(), app("foot", p.foot()))
	return doc
}

// foldedItems are the items that do not concern the repository, folded away.
func (p Page) foldedItems(away []readiness.ItemState, d detail) []line {
	if len(away) == 0 {
		return nil
	}
	noun := "items do"
	if len(away) == 1 {
		noun = "item does"
	}
	doc := []line{blank(), app("fold", fmt.Sprintf("<details><summary>%d %s not concern this repository</summary>", len(away), noun)), blank()}
	for _, s := range away {
		doc = append(doc, p.item(s, d))
	}
	return append(doc, blank(), app("fold-end", "</details>"))
}

// header is the line that says where the repository stands: the score and what
// is still required, and in small print the rest.
func (p Page) header(d detail) string {
	a := p.Assessment
	ticked := a.Totals.Met + a.Totals.Attested + a.Totals.Waived
	of := a.Totals.Items - a.Totals.NotApplicable
	score := fmt.Sprintf("**%d%%**", a.Score)
	if p.BadgeURL != "" {
		score = fmt.Sprintf("![readiness %d%%](%s)", a.Score, p.BadgeURL)
		if p.PublicURL != "" {
			score = fmt.Sprintf("[%s](%s)", score, p.dashboard())
		}
	}
	text := fmt.Sprintf("%s **%d of %d** ticked", score, ticked, of)
	if p.RepositoryID != 0 {
		text += fmt.Sprintf(" in [%s](%s/%s)", Code(p.Repository), p.WebURL, p.Repository)
	}
	switch {
	case a.Ready:
		text += " · ✅ ready"
	case a.RequiredLeft > 0:
		text += fmt.Sprintf(" · **%d required** left: %s", a.RequiredLeft, p.requiredLeft(d))
	}
	if small := p.smallPrint(d); small != "" {
		text += "<br><sub>" + small + "</sub>"
	}
	if p.RepositoryID != 0 {
		text += fmt.Sprintf(" <!-- readyline repository=\"%d\" -->", p.RepositoryID)
	}
	return text
}

// smallPrint is what else there is to know: what people waived, what could not
// be looked at, and when and where all this was seen.
func (p Page) smallPrint(d detail) string {
	a := p.Assessment
	var parts []string
	if a.Totals.Waived > 0 {
		parts = append(parts, fmt.Sprintf("%d waived", a.Totals.Waived))
	}
	if a.Totals.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d could not be looked at", a.Totals.Unknown))
	}
	if p.Commit != "" {
		parts = append(parts, fmt.Sprintf("seen at [`%.7s`](%s/%s/commit/%s) of %s", p.Commit, p.WebURL, p.Repository, p.Commit, p.At.UTC().Format("2 January 2006")))
	}
	if p.PublicURL != "" {
		parts = append(parts, fmt.Sprintf("[history](%s)", p.dashboard()))
	}
	switch {
	case d.links > 0 || a.Totals.Met == 0:
	case p.PublicURL != "":
		parts = append(parts, fmt.Sprintf("what proves each box [did not fit here](%s)", p.dashboard()))
	default:
		parts = append(parts, "what proves each box did not fit here")
	}
	return strings.Join(parts, " · ")
}

// namedLeft is how many of the required items that are left the header names.
const namedLeft = 5

func (p Page) requiredLeft(d detail) string {
	var titles []string
	for _, s := range p.Assessment.Items {
		if s.Item.Required && s.State != readiness.StateNA && !s.State.Ticked() {
			titles = append(titles, Escape(clip(s.Item.Title, min(d.title, 80))))
		}
	}
	if more := len(titles) - namedLeft; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(titles[:namedLeft], ", "), more)
	}
	return strings.Join(titles, ", ")
}

func (p Page) dashboard() string { return p.PublicURL + "/repos/" + p.Repository }

// foot says what a reader can do, and how to make the app be quiet.
func (p Page) foot() string {
	return "<sub>Tick a box to vouch for it yourself. Comment `/readyline help` for commands. " +
		"Close this issue to silence it, or set `mode: off` for the repository in the organisation's `.github/readyline.yml`.</sub>"
}

func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
