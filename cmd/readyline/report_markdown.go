package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// writeMarkdown writes a report to paste into an issue, a wiki or a job
// summary.
func writeMarkdown(w io.Writer, s *scan) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Production readiness of %s\n\n", escape(s.Repository))
	if s.Commit != "" {
		fmt.Fprintf(&b, "At commit `%s`.\n\n", s.Commit)
	}
	b.WriteString("| Checklist | Score | Ready | Met | Attested | Waived | Unmet | Unknown | Not applicable |\n|---|--:|---|--:|--:|--:|--:|--:|--:|\n")
	for _, a := range s.assessments {
		ready := "no"
		if a.Ready {
			ready = "yes"
		}
		t := a.Totals
		fmt.Fprintf(&b, "| %s | %d%% | %s | %d | %d | %d | %d | %d | %d |\n", escape(a.Checklist.Title), a.Score, ready,
			t.Met, t.Attested, t.Waived, t.Unmet, t.Unknown, t.NotApplicable)
	}
	for i := range s.assessments {
		markdownList(&b, &s.assessments[i])
	}
	if len(s.warnings) > 0 {
		b.WriteString("\n## Could not be read\n\n")
		for _, x := range s.warnings {
			fmt.Fprintf(&b, "- `%s:%d` %s\n", x.Path, x.Line, escape(x.Message))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func markdownList(b *bytes.Buffer, a *readiness.Assessment) {
	fmt.Fprintf(b, "\n## %s\n", escape(a.Checklist.Title))
	section := ""
	var na []string
	for i := range a.Items {
		s := &a.Items[i]
		if s.State == readiness.StateNA {
			na = append(na, fmt.Sprintf("- %s: %s", escape(s.Item.Title), escape(s.Reason)))
			continue
		}
		if s.Item.Section != section || i == 0 {
			section = s.Item.Section
			fmt.Fprintf(b, "\n### %s\n\n", escape(section))
		}
		box := " "
		if s.State.Ticked() {
			box = "x"
		}
		fmt.Fprintf(b, "- [%s] %s%s\n", box, escape(s.Item.Title), markdownNote(s))
	}
	if len(na) > 0 {
		fmt.Fprintf(b, "\n<details><summary>Not applicable: %d</summary>\n\n%s\n\n</details>\n", len(na), strings.Join(na, "\n"))
	}
}

func markdownNote(s *readiness.ItemState) string {
	note := ""
	if s.Item.Required {
		note += " (required)"
	}
	if e := best(s.Evidence, readiness.Proves); e != nil && s.State == readiness.Met {
		return note + ": " + code(located(e)) + " " + escape(e.Summary)
	}
	if s.State == readiness.StateUnsure {
		note += ", unknown"
	}
	if s.State == readiness.Waived {
		note += ", waived"
	}
	if why := reason(s); why != "" {
		note += ": " + escape(why)
	} else if e := best(s.Evidence, readiness.Suggests); e != nil {
		note += ": hint " + code(located(e)) + " " + escape(e.Summary)
	}
	return note
}

// escape keeps text from turning into markup, mentions or references.
func escape(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch c {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '|', '~':
			b.WriteByte('\\')
			b.WriteRune(c)
		case '@', '#':
			b.WriteRune(c)
			b.WriteString("\u200b") // no mention, no reference
		case '\n', '\r':
			b.WriteByte(' ')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// code shows a path as code, whatever it holds.
func code(s string) string {
	s = strings.Map(func(c rune) rune {
		if c == '\n' || c == '\r' {
			return ' '
		}
		return c
	}, s)
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}
