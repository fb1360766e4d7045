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
	Item     string // its id
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
	Told    bool // why is said of the whole item already
}

// Why is the answer to the why command. The page tells where links lead.
func Why(x Explained, p Page) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** is %s", Escape(x.Title), words(x.State))
	shown := len(x.Controls) == 1 && x.Controls[0].Finding.Verdict == readiness.Contradicted && x.Controls[0].Finding.Reason == x.Reason
	if x.Reason != "" && !shown { // else the place below says it
		fmt.Fprintf(&b, ": %s", Escape(Unseen(x.Reason)))
	}
	b.WriteString(".\n")
	for _, c := range x.Controls {
		c.Told = c.Finding.Reason == x.Reason
		p.explain(&b, c)
	}
	if len(x.Controls) == 0 {
		b.WriteString("\nNo rule looks for it: tick the box, or comment `/readyline attest`, to vouch for it.\n")
	}
	return strings.ReplaceAll(b.String(), "`/readyline attest`", "`/readyline attest "+x.Item+"`")
}

func (p Page) explain(b *strings.Builder, c ExplainedControl) {
	f := c.Finding
	fmt.Fprintf(b, "\n**%s** — %s\n\n", Escape(f.Title), Escape(c.Meaning))
	if c.ByHand != "" {
		fmt.Fprintf(b, "Only a person can tell: %s\n", Escape(c.ByHand))
		return
	}
	seen := telling(f)
	if f.Reason != "" && !c.Told && f.Verdict != readiness.Contradicted { // what contradicts says why itself
		fmt.Fprintf(b, "- %s\n", Escape(Unseen(f.Reason)))
	}
	for _, strength := range []readiness.Strength{readiness.Contradicts, readiness.Suggests, readiness.Proves} {
		for _, group := range bySummary(seen, strength) {
			fmt.Fprintf(b, "- %s %s: %s\n", p.places(group), does(strength, len(group)), Escape(group[0].Summary))
		}
	}
	if f.Verdict == readiness.Proven || f.Verdict == readiness.NotApplicable {
		return
	}
	if len(seen) == 0 && f.Verdict != readiness.UnknownYet {
		b.WriteString("- Nothing that speaks for it was found.\n")
	}
	looked := once(c.Looked)
	if len(looked) == 0 {
		b.WriteString("\nNo file proves it: tick the box, or comment `/readyline attest`, to vouch for it.\n")
	}
	if len(looked) > 0 {
		b.WriteString("\nAny of these would prove it:\n\n")
		for _, l := range looked[:min(len(looked), mostLooked)] {
			fmt.Fprintf(b, "- %s\n", Escape(l))
		}
		if more := len(looked) - mostLooked; more > 0 {
			fmt.Fprintf(b, "- or %d other %s\n", more, plural(more, "way", "ways"))
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

// mostLooked is how many ways to prove something an answer lists, and
// mostTelling how many places.
const (
	mostLooked  = 6
	mostTelling = 3
)

// telling is the evidence that explains a verdict: the proof of what is proven;
// else the nearest misses, what speaks against it first.
func telling(f readiness.Finding) []readiness.Evidence {
	order := []readiness.Strength{readiness.Contradicts, readiness.Suggests, readiness.Proves}
	if f.Verdict == readiness.Proven {
		order = []readiness.Strength{readiness.Proves}
	}
	var out []readiness.Evidence
	for _, strength := range order {
		for _, e := range f.Evidence {
			if e.Strength == strength && len(out) < mostTelling {
				out = append(out, e)
			}
		}
	}
	return out
}

// bySummary gathers the evidence of a strength that says the same.
func bySummary(all []readiness.Evidence, strength readiness.Strength) (groups [][]readiness.Evidence) {
	for _, e := range all {
		if e.Strength != strength {
			continue
		}
		i := slices.IndexFunc(groups, func(g []readiness.Evidence) bool { return g[0].Summary == e.Summary })
		if i < 0 {
			groups = append(groups, []readiness.Evidence{e})
		} else {
			groups[i] = append(groups[i], e)
		}
	}
	return groups
}

// places are links to places, each file named once.
func (p Page) places(group []readiness.Evidence) string {
	links := make([]string, len(group))
	file := ""
	for i, e := range group {
		links[i] = p.linkAfter(file, e)
		file = e.Repository + ":" + e.Path
	}
	return strings.Join(links, ", ")
}

func does(s readiness.Strength, n int) string {
	switch s {
	case readiness.Proves:
		return plural(n, "proves it", "prove it")
	case readiness.Contradicts:
		return plural(n, "speaks against it", "speak against it")
	}
	return plural(n, "comes near", "come near")
}

// once drops what was said before.
func once(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// TitleIn is the title of an item as a body of ours shows it; its id when it
// shows none.
func TitleIn(body, item string) string {
	for _, l := range parse(body) {
		if l.key != itemKey(item) {
			continue
		}
		if at := boxIn(l.text); at >= 0 {
			if title := boldTitle.FindString(strings.TrimSpace(l.text[at+len("x]"):])); title != "" {
				return unescape(strings.Trim(title, "*"))
			}
		}
	}
	return item
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
