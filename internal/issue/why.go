package issue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// Explained is what is known of an item: what its controls mean, what was
// looked for, what was found, and what would prove it.
type Explained struct {
	Title    string
	State    readiness.State
	Reason   string
	Controls []ExplainedControl
}

// ExplainedControl is what is known of one control of an item.
type ExplainedControl struct {
	Finding readiness.Finding
	Meaning string
	ByHand  string   // why only a person can know
	Looked  []string // what would prove it, a line each
	Example map[string]string
}

// Why is the answer to the why command. The page tells where links lead.
func Why(x Explained, p Page) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** is %s", Escape(x.Title), words(x.State))
	if x.Reason != "" {
		fmt.Fprintf(&b, ": %s", Escape(x.Reason))
	}
	b.WriteString(".\n")
	for _, c := range x.Controls {
		p.explain(&b, c)
	}
	if len(x.Controls) == 0 {
		b.WriteString("\nNo rule looks for it: tick the box, or comment `/readyline attest`, to vouch for it.\n")
	}
	return b.String()
}

func (p Page) explain(b *strings.Builder, c ExplainedControl) {
	f := c.Finding
	fmt.Fprintf(b, "\n**%s** — %s\n\n", Escape(f.Title), Escape(c.Meaning))
	if c.ByHand != "" {
		fmt.Fprintf(b, "Only a person can tell: %s\n", Escape(c.ByHand))
		return
	}
	if f.Reason != "" {
		fmt.Fprintf(b, "- %s\n", Escape(f.Reason))
	}
	for _, e := range f.Evidence[:min(len(f.Evidence), 5)] {
		fmt.Fprintf(b, "- %s %s: %s\n", p.link(e), e.Strength, Escape(e.Summary))
	}
	if len(f.Evidence) == 0 {
		b.WriteString("- Nothing that speaks for it was found.\n")
	}
	if f.Verdict == readiness.Proven {
		return
	}
	if len(c.Looked) > 0 {
		b.WriteString("\nAny of these would prove it:\n\n")
		for _, l := range c.Looked[:min(len(c.Looked), 8)] {
			fmt.Fprintf(b, "- %s\n", Escape(l))
		}
	}
	if len(c.Example) > 0 {
		b.WriteString("\n<details><summary>An example that proves it</summary>\n")
		for _, path := range slices.Sorted(maps.Keys(c.Example)) {
			fmt.Fprintf(b, "\n%s\n\n%s\n", Code(path), fenced(c.Example[path]))
		}
		b.WriteString("\n</details>\n")
	}
}

// fenced is a code block whose fence is longer than any in the text.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}

func words(s readiness.State) string {
	switch s {
	case readiness.Met:
		return "met"
	case readiness.Attested:
		return "attested by a person"
	case readiness.Waived:
		return "waived"
	case readiness.StateNA:
		return "not applicable"
	case readiness.StateUnsure:
		return "unknown"
	}
	return "not met"
}
