package issue

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/readiness"
)

// What a line says of people is read back from it as it was said, whatever
// they wrote.
func TestClaims(t *testing.T) {
	day := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	hostile := "a_b *c* `d` [e](f) <g> & @h #1 \\ i|j, until then"
	cases := []struct {
		name  string
		state readiness.ItemState
		want  []Said
		box   bool
	}{
		{"met", readiness.ItemState{State: readiness.Met}, nil, true},
		{"unmet", readiness.ItemState{State: readiness.Unmet}, nil, false},
		{"attested", readiness.ItemState{State: readiness.Attested, By: "bob"}, []Said{{Kind: SaidAttested, By: "bob"}}, true},
		{"attested by nobody known", readiness.ItemState{State: readiness.Attested}, []Said{{Kind: SaidAttested}}, true},
		{"attested with a note, for a time", readiness.ItemState{State: readiness.Attested, By: "bob", Reason: hostile, Until: day}, []Said{{Kind: SaidAttested, By: "bob", Note: hostile, Until: day}}, true},
		{"nominated", readiness.ItemState{State: readiness.Attested, By: "bob", Reason: "https://github.com/a/b/blob/main/c.md#L1"}, []Said{{Kind: SaidAttested, By: "bob", Note: "https://github.com/a/b/blob/main/c.md#L1"}}, true},
		{"waived", readiness.ItemState{State: readiness.Waived, By: "ann", Reason: hostile, Until: day}, []Said{{Kind: SaidWaived, By: "ann", Note: hostile, Until: day}}, true},
		{"not applicable", readiness.ItemState{State: readiness.StateNA, By: "ann", Reason: hostile}, []Said{{Kind: SaidExempt, By: "ann", Note: hostile}}, false},
		{"not applicable by rule", readiness.ItemState{State: readiness.StateNA, Reason: "no browsers"}, nil, false},
		{"disputed", readiness.ItemState{State: readiness.Unmet, Disputed: true, By: "ann"}, []Said{{Kind: SaidDisputed, By: "ann"}}, false},
	}
	for _, c := range cases {
		for _, title := range []string{"Item", "An *item* — attested by `eve`: yes"} {
			p := page(readiness.Met)
			c.state.Item, c.state.Evidence = p.Assessment.Items[0].Item, p.Assessment.Items[0].Evidence
			c.state.Item.Title = title
			p.Assessment.Items[0] = c.state
			body := must(t, p, "", "")
			base, said := Claims(body)
			for i := range c.want {
				c.want[i].Item = "item-1"
			}
			if diff := cmp.Diff(c.want, said); diff != "" {
				t.Errorf("%s:\n%s", c.name, diff)
			}
			if got := Boxes(base)["item-1"]; got != c.box {
				t.Errorf("%s: the box is taken for %v in\n%s", c.name, got, body)
			}
			ticked, _ := Claims(strings.NewReplacer("- [x]", "- [ ]", "- [ ]", "- [x]").Replace(body))
			if !Equal(ticked, base) {
				t.Errorf("%s: a person's tick changes what we are taken to have written", c.name)
			}
		}
	}
}

func TestPointerKeepsPeoplesWordsAndNoMarker(t *testing.T) {
	body := must(t, page(readiness.Met, readiness.Unmet), "", "") + "\nOurs to keep.\n\nAnd this.\n"
	got := Pointer(body, "http://x/1")
	if strings.Contains(got, "<!--") || ChecklistOf(got) != "" || !strings.Contains(got, "http://x/1") ||
		!strings.Contains(got, "\nOurs to keep.\n\nAnd this.\n") {
		t.Errorf("pointer:\n%s", got)
	}
}

func TestBroken(t *testing.T) {
	body := must(t, page(readiness.Met, readiness.Unmet), "", "")
	_, headless, _ := strings.Cut(body, "\n")
	cases := map[string]struct {
		after string
		want  bool
	}{
		"nothing": {body, false}, "windows line ends": {strings.ReplaceAll(body, "\n", "\r\n"), false},
		"a tick": {strings.Replace(body, "- [ ]", "- [x]", 1), false}, "a note": {body + "\nnote\n", false},
		"no first line": {headless, true}, "emptied": {"", true},
		"words in a line": {strings.Replace(body, "**Item 1**", "**Item 1** ours", 1), true},
	}
	for name, c := range cases {
		if got := Broken(body, c.after); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
