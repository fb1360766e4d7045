package issue

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// What marks a line, as regular expressions say it.
var (
	topMarker  = regexp.MustCompile(`^\s*<!-- readyline checklist="([^"]*)" -->\s*$`)
	itemMarker = regexp.MustCompile(`<!-- readyline item="([^"]*)" -->`)
	partMarker = regexp.MustCompile(`<!-- readyline part="([^"]*)" -->`)
	taskBox    = regexp.MustCompile(`^\s*(?:>\s*)*[-*+]\s+\[([ xX])\]`)
)

// Lines put together from the pieces that marks and tasks are made of are read
// as the expressions read them.
func TestMarksAreReadAsWritten(t *testing.T) {
	pieces := []string{" ", "\t", ">", "> ", "-", "- ", "* ", "+ ", "[ ]", "[x]", "[X] ", "[", "]", "x", `"`, `" -->`, "-->", "text", "ä",
		"<!-- readyline ", `<!-- readyline checklist="`, `<!-- readyline item="`, `<!-- readyline part="`, `<!-- readyline item="a" -->`,
		`<!-- readyline part="b" -->`, `<!-- readyline checklist="c" -->`}
	random := rand.New(rand.NewPCG(1, 2))
	marked, tasks := 0, 0
	for range 40_000 {
		var b strings.Builder
		for range 1 + random.IntN(7) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		want := ""
		switch {
		case topMarker.MatchString(text):
			want = keyTop
		case partMarker.MatchString(text):
			want = partMarker.FindStringSubmatch(text)[1]
		case itemMarker.MatchString(text) && taskBox.MatchString(text):
			want = itemKey(itemMarker.FindStringSubmatch(text)[1])
		}
		if got := keyOf(text); got != want {
			t.Fatalf("%q has the key %q, want %q", text, got, want)
		}
		box := -1
		if m := taskBox.FindStringSubmatchIndex(text); m != nil {
			box = m[2]
			tasks++
		}
		if got := boxIn(text); got != box {
			t.Fatalf("%q has its box at %d, want %d", text, got, box)
		}
		if want != "" {
			marked++
		}
	}
	if marked < 200 || tasks < 200 {
		t.Errorf("of 40,000 lines only %d were marked and %d tasks", marked, tasks)
	}
}
