package issue

import (
	"fmt"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// PolicyChange is what a change of an organisation's configuration would do to
// one repository.
type PolicyChange struct {
	Repository string // empty: fewer people may see it than the ones who read this
	Mode       [2]string
	Before     []readiness.Assessment // none where the mode is off
	After      []readiness.Assessment
	Relook     bool // what its rules look into would change, too
}

// policyBoxes are the boxes of one repository that a policy would change.
type policyBoxes struct {
	Ticked, Unticked, Moved int // Moved: into the count, or out of it
	Titles                  []string
}

// boxes compares items by checklist and id.
func (c PolicyChange) boxes() (b policyBoxes) {
	type key struct{ checklist, item string }
	was := map[key]readiness.ItemState{}
	for _, a := range c.Before {
		for _, s := range a.Items {
			was[key{a.Checklist.ID, s.Item.ID}] = s
		}
	}
	there := map[string]bool{}
	for _, a := range c.Before {
		there[a.Checklist.ID] = true
	}
	for _, a := range c.After {
		for _, s := range a.Items {
			old, known := was[key{a.Checklist.ID, s.Item.ID}]
			if !there[a.Checklist.ID] {
				continue // a checklist that begins or ends is told as such
			}
			switch {
			case s.State.Ticked() && !old.State.Ticked():
				b.Ticked++
			case !s.State.Ticked() && old.State.Ticked():
				b.Unticked++
			case !known, (s.State == readiness.StateNA) != (old.State == readiness.StateNA):
				b.Moved++
			default:
				continue
			}
			b.Titles = append(b.Titles, s.Item.Title)
		}
	}
	return b
}

func (b policyBoxes) all() int { return b.Ticked + b.Unticked + b.Moved }

// checklists are those that would begin and end.
func (c PolicyChange) checklists() (begin, end []string) {
	has := func(list []readiness.Assessment, id string) bool {
		for _, a := range list {
			if a.Checklist.ID == id {
				return true
			}
		}
		return false
	}
	for _, a := range c.After {
		if !has(c.Before, a.Checklist.ID) {
			begin = append(begin, a.Checklist.Title)
		}
	}
	for _, a := range c.Before {
		if !has(c.After, a.Checklist.ID) {
			end = append(end, a.Checklist.Title)
		}
	}
	return begin, end
}

// Changes tells whether the repository would notice.
func (c PolicyChange) Changes() bool {
	begin, end := c.checklists()
	return c.Mode[0] != c.Mode[1] || c.Relook || len(begin)+len(end)+c.boxes().all() > 0
}

// PolicyTitle says in a line what a change of policy would do.
func PolicyTitle(list []PolicyChange) string {
	boxes := 0
	for _, c := range list {
		boxes += c.boxes().all()
	}
	if len(list) == 0 {
		return "Nothing would change"
	}
	return fmt.Sprintf("%d %s and %d %s would change", len(list), plural(len(list), "repository", "repositories"), boxes, plural(boxes, "box", "boxes"))
}

// FaultsTitle says that a proposed configuration would not be taken.
func FaultsTitle(n int) string {
	return fmt.Sprintf("%d %s: the last good configuration would go on", n, plural(n, "fault", "faults"))
}

// maxPolicyRows bounds the table of a check run.
const maxPolicyRows = 200

// PolicySummary is what the check run of a change of policy says. of is how
// many repositories were compared.
func PolicySummary(list []PolicyChange, of int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Compared %d %s by what was last found in them.\n\n", of, plural(of, "repository", "repositories"))
	shown, hidden := 0, 0
	for _, c := range list {
		if c.Repository == "" {
			hidden++
			continue
		}
		if shown++; shown == 1 {
			b.WriteString("| repository | mode | score | boxes |\n|---|---|---|---|\n")
		}
		if shown <= maxPolicyRows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", Escape(c.Repository), arrow(c.Mode[0], c.Mode[1]), arrow(scores(c.Before), scores(c.After)), c.told())
		}
	}
	if shown > maxPolicyRows {
		fmt.Fprintf(&b, "\nand %d more.\n", shown-maxPolicyRows)
	}
	if hidden > 0 {
		fmt.Fprintf(&b, "\n%d more %s, which fewer people may see than this page.\n", hidden, plural(hidden, "repository", "repositories"))
	}
	text := b.String()
	if len(text) > MaxLength-200 {
		text = text[:strings.LastIndex(text[:MaxLength-200], "\n")] + "\n\n…"
	}
	return text
}

func arrow(before, after string) string {
	if before == after {
		return after
	}
	return before + " → " + after
}

// scores are those of all checklists, in their order.
func scores(list []readiness.Assessment) string {
	if len(list) == 0 {
		return "–"
	}
	parts := make([]string, len(list))
	for i, a := range list {
		parts[i] = fmt.Sprintf("%d%%", a.Score)
	}
	return strings.Join(parts, ", ")
}

// told is the last cell of a repository's row.
func (c PolicyChange) told() string {
	var parts []string
	begin, end := c.checklists()
	for _, title := range begin {
		parts = append(parts, "begins "+Escape(title))
	}
	for _, title := range end {
		parts = append(parts, "ends "+Escape(title))
	}
	b := c.boxes()
	for _, n := range []struct {
		count int
		says  string
	}{{b.Ticked, "would tick"}, {b.Unticked, "would untick"}, {b.Moved, "in or out of the count"}} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.says))
		}
	}
	if len(b.Titles) > 0 {
		titles := b.Titles[:min(len(b.Titles), 3)]
		text := Escape(strings.Join(titles, ", "))
		if more := len(b.Titles) - len(titles); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, "("+text+")")
	}
	if c.Relook {
		parts = append(parts, "looked at anew after the merge")
	}
	return strings.Join(parts, "; ")
}
