package server

import (
	"fmt"
	"html/template"
	"net/url"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// funcs are what templates may call.
func (l *looks) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":    l.link,
		"when":     when,
		"day":      func(t time.Time) string { return t.UTC().Format("2 January 2006") },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"stamp":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
		"short":    func(sha string) string { return sha[:min(len(sha), 7)] },
		"words":    stateWords,
		"icon":     stateIcon,
		"tone":     tone,
		"repo":     repoLink,
		"org":      orgLink,
		"path":     url.PathEscape,
		"query":    url.QueryEscape,
		"markdown": l.markdown,
		"count":    count,
		"because":  func(reason string) string { return sentence(issue.Unseen(reason)) },
		"bar":      stackBar,
		"cells":    mapCells,
		"ring":     ring,
		"add":      func(a, b int) int { return a + b },
		"repoPath": func(fullName string) string {
			owner, name, _ := cut(fullName)
			return repoLink(owner, name)
		},
		"eventList": func(now time.Time, events []eventRow, many bool) eventList { return eventList{now, events, many} },
	}
}

func repoLink(owner, name string) string {
	return "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name)
}

func orgLink(owner string) string { return "/orgs/" + url.PathEscape(owner) }

// count is a number with its noun: "1 repository", "2 repositories".
func count(n int, one string, many ...string) string {
	if n == 1 {
		return "1 " + one
	}
	if len(many) > 0 {
		return fmt.Sprintf("%d %s", n, many[0])
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// when is a time in words for people and exact for machines. It takes times
// and pointers to them; nil is never.
func when(now time.Time, at any) template.HTML {
	var t time.Time
	switch v := at.(type) {
	case time.Time:
		t = v
	case *time.Time:
		if v != nil {
			t = *v
		}
	}
	if t.IsZero() {
		return "never"
	}
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, // digits and our words only
		t.Format(time.RFC3339), t.Format("2 January 2006, 15:04 UTC"), relative(now, t)))
}

// relative is the distance between two times in words.
func relative(now, t time.Time) string {
	d := now.Sub(t)
	form := "%s ago"
	if d < 0 {
		d, form = -d, "in %s"
	}
	switch days := int(d.Hours() / 24); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf(form, count(int(d.Minutes()), "minute"))
	case d < 24*time.Hour:
		return fmt.Sprintf(form, count(int(d.Hours()), "hour"))
	case days < 60:
		return fmt.Sprintf(form, count(days, "day"))
	case days < 730:
		return fmt.Sprintf(form, count(days/30, "month"))
	default:
		return fmt.Sprintf(form, count(days/365, "year"))
	}
}

func stateWords(s readiness.State) string {
	switch s {
	case readiness.Met:
		return "met"
	case readiness.Attested:
		return "attested"
	case readiness.Waived:
		return "waived"
	case readiness.StateNA:
		return "not applicable"
	case readiness.Unmet:
		return "not met"
	case readiness.StateUnsure:
		return "unknown"
	case store.Removed:
		return "removed"
	case "":
		return "new"
	}
	return string(s)
}

// tone is the class of a state's colour.
func tone(s readiness.State) string {
	switch s {
	case readiness.Met, readiness.Attested, readiness.Waived, readiness.Unmet:
		return "s-" + string(s)
	case readiness.StateNA:
		return "s-na"
	}
	return "s-unknown"
}

// icons tell states apart without colour.
var icons = map[readiness.State]string{
	readiness.Met:         `<circle cx="8" cy="8" r="7.5" class="disc"/><path d="M4.6 8.3l2.3 2.3 4.5-5" class="mark"/>`,
	readiness.Attested:    `<circle cx="8" cy="8" r="6.75" class="ring"/><path d="M4.8 8.2l2.2 2.2 4.2-4.7" class="line"/>`,
	readiness.Waived:      `<circle cx="8" cy="8" r="6.75" class="ring"/><path d="M5 8h6" class="line"/>`,
	readiness.StateNA:     `<circle cx="8" cy="8" r="6.75" class="ring dash"/><path d="M5 11l6-6" class="line"/>`,
	readiness.Unmet:       `<circle cx="8" cy="8" r="6.75" class="ring"/>`,
	readiness.StateUnsure: `<circle cx="8" cy="8" r="6.75" class="ring dash"/><path d="M6.2 6.4c.1-1.1.9-1.8 1.9-1.8s1.8.7 1.8 1.6c0 1.3-1.8 1.4-1.8 2.7M8.1 11.2v.2" class="line"/>`,
}

// stateIcon is drawn beside the word, so it says nothing to a screen reader.
func stateIcon(s readiness.State) template.HTML {
	shape, ok := icons[s]
	if !ok {
		shape = icons[readiness.StateUnsure]
	}
	return template.HTML(`<svg class="icon ` + tone(s) + `" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">` + shape + `</svg>`)
}

// sentence is a text with its first letter in upper case.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// eventList is what the template of changes wants; Many: of many repositories.
type eventList struct {
	Now    time.Time
	Events []eventRow
	Many   bool
}
