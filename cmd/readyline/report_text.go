package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/readyline/readyline/internal/readiness"
)

// textReport is the report for people at a terminal.
type textReport struct {
	bytes.Buffer
	paint
	*scan
	verbose bool
}

func writeText(w io.Writer, s *scan, verbose bool) error {
	r := &textReport{paint: newPaint(w), scan: s, verbose: verbose}
	at := ""
	if len(s.Commit) >= 7 {
		at = " at " + s.Commit[:7]
	}
	fmt.Fprintf(r, "%s%s\n", r.bold(s.Repository), r.dim(at))
	for i := range s.assessments {
		r.assessment(&s.assessments[i])
	}
	r.next()
	r.warn()
	_, err := w.Write(r.Bytes())
	return err
}

func (r *textReport) assessment(a *readiness.Assessment) {
	state := r.yellow("not ready yet")
	switch {
	case a.Ready:
		state = r.green("ready")
	case a.RequiredLeft > 0:
		state = r.yellow(fmt.Sprintf("not ready: %d required left", a.RequiredLeft))
	}
	fmt.Fprintf(r, "\n%s %s\n%s %s  %s  %s\n", r.bold(a.Checklist.Title), r.dim("("+a.Checklist.ID+")"),
		r.meter(a.Score, 24), r.bold(fmt.Sprintf("%d%%", a.Score)), state, r.dim(totals(a.Totals)))
	section, hidden := "", 0
	for i := range a.Items {
		s := &a.Items[i]
		if s.State == readiness.StateNA && !r.verbose {
			hidden++
			continue
		}
		if s.Item.Section != section || i == 0 {
			section = s.Item.Section
			fmt.Fprintf(r, "\n%s\n", r.bold(section))
		}
		r.item(s)
	}
	if hidden > 0 {
		fmt.Fprintf(r, "\n%s\n", r.dim(fmt.Sprintf("%s not apply here (--verbose shows them)", count(hidden, "item does", "items do"))))
	}
}

func totals(t readiness.Totals) string {
	parts := []string{fmt.Sprintf("%d of %d ticked", t.Met+t.Attested+t.Waived, t.Items-t.NotApplicable)}
	if t.Waived > 0 {
		parts = append(parts, fmt.Sprintf("%d of them waived", t.Waived))
	}
	if t.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d unknown", t.Unknown))
	}
	if t.NotApplicable > 0 {
		parts = append(parts, fmt.Sprintf("%d not applicable", t.NotApplicable))
	}
	return strings.Join(parts, ", ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// titleWidth is the column that titles are padded to.
const titleWidth = 58

func (r *textReport) item(s *readiness.ItemState) {
	mark, note := r.mark(s), ""
	hint := best(s.Evidence, readiness.Suggests)
	switch s.State {
	case readiness.Met:
		note = r.dim(located(best(s.Evidence, readiness.Proves)))
	case readiness.StateNA, readiness.StateUnsure, readiness.Waived, readiness.Attested:
		note = r.dim(reason(s))
	default:
		note = r.yellow(reason(s))
		if note == "" && hint != nil {
			note = r.blue("hint: ") + r.dim(located(hint))
		}
	}
	title := s.Item.Title
	if s.Item.Required {
		title += " *"
	}
	pad := max(0, titleWidth-utf8.RuneCountInString(title))
	line := "  " + mark + " " + title
	if note != "" {
		line += strings.Repeat(" ", pad) + "  " + note
	}
	r.WriteString(strings.TrimRight(line, " ") + "\n")
	if r.verbose {
		for _, e := range s.Evidence {
			fmt.Fprintf(r, "      %s\n", r.dim(string(e.Strength)+" "+located(&e)+" "+e.Summary))
		}
	}
}

func (r *textReport) mark(s *readiness.ItemState) string {
	switch s.State {
	case readiness.Met, readiness.Attested:
		return r.green("✔")
	case readiness.Waived:
		return r.blue("✔")
	case readiness.StateNA:
		return r.dim("–")
	case readiness.StateUnsure:
		return r.yellow("?")
	}
	if slices.ContainsFunc(s.Findings, func(f readiness.Finding) bool { return f.Verdict == readiness.Contradicted }) {
		return r.red("✘")
	}
	return "○"
}

// best is the first evidence of a strength.
func best(all []readiness.Evidence, strength readiness.Strength) *readiness.Evidence {
	i := slices.IndexFunc(all, func(e readiness.Evidence) bool { return e.Strength == strength })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// located is where evidence lies, as editors and terminals understand it.
func located(e *readiness.Evidence) string {
	switch {
	case e == nil:
		return ""
	case e.Path == "":
		return cmp.Or(e.URL, e.Summary)
	case e.StartLine == 0:
		return e.Path
	}
	return fmt.Sprintf("%s:%d", e.Path, e.StartLine)
}

// next shows the three items that are nearest to a tick.
func (r *textReport) next() {
	steps := nearest(r.assessments, 3)
	if len(steps) == 0 {
		return
	}
	fmt.Fprintf(r, "\n%s\n", r.bold("Nearest ticks"))
	for _, s := range steps {
		why := ""
		if s.Item.Required {
			why = " (required)"
		}
		fmt.Fprintf(r, "  → %s%s\n", s.Item.Title, r.dim(why))
		if hint := best(s.Evidence, readiness.Suggests); hint != nil {
			fmt.Fprintf(r, "    %s\n", r.dim("there is already "+located(hint)+": "+hint.Summary))
		}
		if s.Item.Guidance != "" {
			for _, line := range wrapped(s.Item.Guidance, 96) {
				fmt.Fprintf(r, "    %s\n", r.dim(line))
			}
		}
		if len(s.Item.Controls) > 0 {
			fmt.Fprintf(r, "    %s\n", r.dim("readyline explain "+open(s)))
		}
	}
}

// open is the first control of an item that is not proven.
func open(s *readiness.ItemState) string {
	for _, f := range s.Findings {
		if f.Verdict != readiness.Proven && f.Verdict != readiness.NotApplicable {
			return f.Control
		}
	}
	return s.Item.Controls[0]
}

func (r *textReport) warn() {
	if len(r.warnings) == 0 {
		return
	}
	const most = 5
	fmt.Fprintf(r, "\n%s\n", r.bold("Warnings"))
	for i, w := range r.warnings {
		if i == most && !r.verbose && len(r.warnings) > most+1 {
			fmt.Fprintf(r, "  %s\n", r.dim(fmt.Sprintf("and %d more (--verbose shows them)", len(r.warnings)-most)))
			break
		}
		place := w.Path
		if w.Line > 0 {
			place = fmt.Sprintf("%s:%d", w.Path, w.Line)
		}
		fmt.Fprintf(r, "  %s %s\n", r.yellow(place), w.Message)
	}
}

// wrapped breaks text into lines of at most width characters, where it can.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
