package issue

import (
	"fmt"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// BoxChange is one item before and after.
type BoxChange struct {
	Before, After readiness.ItemState
}

// Difference is what separates two assessments of one checklist.
type Difference struct {
	Before, After readiness.Assessment
	Gained        []BoxChange // boxes that would tick
	Lost          []BoxChange // boxes that would untick
}

// RequiredLost counts the required boxes that would untick.
func (d Difference) RequiredLost() int {
	n := 0
	for _, c := range d.Lost {
		if c.After.Item.Required {
			n++
		}
	}
	return n
}

// Compare finds the boxes that differ.
func Compare(before, after readiness.Assessment) Difference {
	d := Difference{Before: before, After: after}
	was := map[string]readiness.ItemState{}
	for _, s := range before.Items {
		was[s.Item.ID] = s
	}
	for _, s := range after.Items {
		old, known := was[s.Item.ID]
		switch {
		case s.State.Ticked() && !(known && old.State.Ticked()):
			d.Gained = append(d.Gained, BoxChange{old, s})
		case known && old.State.Ticked() && !s.State.Ticked() && s.State != readiness.StateNA:
			d.Lost = append(d.Lost, BoxChange{old, s})
		}
	}
	return d
}

// PreviewTitle says in a line what a pull request would change.
func PreviewTitle(diffs []Difference) string {
	gained, lost, required := 0, 0, 0
	for _, d := range diffs {
		gained, lost, required = gained+len(d.Gained), lost+len(d.Lost), required+d.RequiredLost()
	}
	switch {
	case required > 0:
		return fmt.Sprintf("%d required %s would lose the proof", required, plural(required, "item", "items"))
	case gained == 0 && lost == 0:
		return "No box would change"
	case lost == 0:
		return fmt.Sprintf("%d %s would tick", gained, plural(gained, "box", "boxes"))
	case gained == 0:
		return fmt.Sprintf("%d %s would untick", lost, plural(lost, "box", "boxes"))
	}
	return fmt.Sprintf("%d would tick, %d would untick", gained, lost)
}

// PreviewSummary is what a check run says: per checklist the score before and
// after, and each box that would change, with why.
func PreviewSummary(diffs []Difference, p Page) string {
	var b strings.Builder
	for _, d := range diffs {
		fmt.Fprintf(&b, "### %s: %d%% → %d%%\n\n", Escape(d.After.Checklist.Title), d.Before.Score, d.After.Score)
		if len(d.Gained)+len(d.Lost) == 0 {
			b.WriteString("No box would change.\n\n")
		}
		p.changes(&b, "Would untick", d.Lost)
		p.changes(&b, "Would tick", d.Gained)
	}
	text := b.String()
	if len(text) > MaxLength-200 {
		text = strings.ToValidUTF8(text[:MaxLength-200], "") + "\n\n…"
	}
	return text
}

func (p Page) changes(b *strings.Builder, head string, list []BoxChange) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "**%s**\n\n", head)
	for _, c := range list {
		s := c.After
		fmt.Fprintf(b, "- %s", Escape(s.Item.Title))
		if s.Item.Required {
			b.WriteString(" **(required)**")
		}
		why := p.links(s.Evidence, readiness.Proves, 2)
		if !s.State.Ticked() {
			if why = p.links(s.Evidence, readiness.Contradicts, 2); why == "" {
				why = "nothing proves it any more"
				if was := c.Before.Evidence; len(was) > 0 && was[0].Path != "" {
					why += "; before: " + Code(was[0].Place())
				}
			}
		}
		if why != "" {
			b.WriteString(": " + why)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
