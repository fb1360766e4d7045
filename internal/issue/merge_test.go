package issue

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/readiness"
)

func page(states ...readiness.State) Page {
	c := readiness.Checklist{ID: "demo", Title: "Demo"}
	a := readiness.Assessment{Checklist: c, Score: 50}
	for i, s := range states {
		item := readiness.Item{ID: fmt.Sprintf("item-%d", i+1), Section: fmt.Sprintf("Part %d", i/2+1), Title: fmt.Sprintf("Item %d", i+1), Controls: []string{"x"}}
		is := readiness.ItemState{Item: item, State: s, Progress: [2]int{0, 1}}
		if s == readiness.Met {
			is.Evidence = []readiness.Evidence{{Strength: readiness.Proves, Path: "a b/main.tf", StartLine: 3, EndLine: 5, Rule: "r", Summary: "defined in"}}
		}
		a.Items = append(a.Items, is)
		a.Totals.Items++
	}
	return Page{Assessment: a, Repository: "acme/api", Commit: strings.Repeat("a", 40), At: time.Unix(0, 0), WebURL: "https://github.com"}
}

func must(t *testing.T, p Page, base, theirs string) string {
	t.Helper()
	body, err := Merge(p, base, theirs)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestBodyStartsWithItsMarkerAndEndsEachItemWithOne(t *testing.T) {
	body := must(t, page(readiness.Met, readiness.Unmet, readiness.StateNA), "", "")
	if !strings.HasPrefix(body, "<!-- readyline checklist=\"demo\" -->\n") {
		t.Errorf("first line of\n%s", body)
	}
	want := map[string]bool{"item-1": true, "item-2": false, "item-3": false}
	if diff := cmp.Diff(want, Boxes(body)); diff != "" {
		t.Error(diff)
	}
	for _, l := range strings.Split(body, "\n") {
		if strings.HasPrefix(l, "- [") && !strings.HasSuffix(l, "-->") {
			t.Errorf("item line without a marker at its end: %s", l)
		}
	}
	if !strings.Contains(body, "(https://github.com/acme/api/blob/"+strings.Repeat("a", 40)+"/a%20b/main.tf#L3-L5)") {
		t.Errorf("no permalink in\n%s", body)
	}
}

// Each case is what a person did to the body; the words must survive two
// further writes with other states, and stay after the same line.
func TestWhatPeopleWriteStaysWhereTheyPutIt(t *testing.T) {
	first := page(readiness.Unmet, readiness.Unmet, readiness.Unmet)
	base := must(t, first, "", "")
	edit := func(old, new string) string {
		if !strings.Contains(base, old) {
			t.Fatalf("no %q in\n%s", old, base)
		}
		return strings.Replace(base, old, new, 1)
	}
	const marker1 = `<!-- readyline item="item-1" -->`
	cases := []struct{ name, theirs, words, after string }{
		{"a note below an item", edit(marker1, marker1+"\n  - see ticket 12"), "  - see ticket 12", `item="item-1"`},
		{"a paragraph of its own", edit(marker1, marker1+"\n\nWe talked about this.\n"), "We talked about this.", `item="item-1"`},
		{"words inside our line", edit("**Item 1**", "**Item 1** (Ann does it)"), "  - (Ann does it)", `item="item-1"`},
		{"at the very top", "Hello team\n\n" + base, "Hello team", `checklist="demo"`},
		{"at the end", base + "\n## Notes\n\nmore\n", "## Notes\n\nmore", `part="foot"`},
		{"windows line ends", strings.ReplaceAll(edit(marker1, marker1+"\nnote"), "\n", "\r\n"), "note", `item="item-1"`},
		{"lost markers", strings.ReplaceAll(edit("**Item 2**", "**Item 2**"), marker1, "") + "\nmine\n", "mine", `part="foot"`},
		{"everything replaced", "I deleted your list", "I deleted your list", `checklist="demo"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			second := must(t, page(readiness.Met, readiness.Unmet, readiness.StateNA), base, c.theirs)
			third := must(t, page(readiness.Unmet, readiness.Met, readiness.Met), second, second)
			for _, body := range []string{second, third} {
				if strings.Count(body, c.words) != 1 {
					t.Fatalf("%d × %q in\n%s", strings.Count(body, c.words), c.words, body)
				}
				before, _, _ := strings.Cut(body, c.words)
				above := strings.TrimRight(before, "\n")
				if last := above[strings.LastIndex(above, "\n")+1:]; !strings.Contains(last, c.after) {
					t.Errorf("%q stands after %q in\n%s", c.words, last, body)
				}
				if n := len(Boxes(body)); n != 3 {
					t.Errorf("%d items in\n%s", n, body)
				}
			}
			if again := must(t, page(readiness.Unmet, readiness.Met, readiness.Met), third, third); again != third {
				t.Error(cmp.Diff(third, again))
			}
		})
	}
}

func TestEdits(t *testing.T) {
	base := must(t, page(readiness.Met, readiness.Unmet, readiness.Unmet), "", "")
	theirs := strings.Replace(base, "- [x] **Item 1", "- [ ] **Item 1", 1)
	theirs = strings.Replace(theirs, "- [ ] **Item 2", "* [X] **Item 2", 1)
	want := []Edit{{"item-1", false}, {"item-2", true}}
	if diff := cmp.Diff(want, Edits(base, theirs)); diff != "" {
		t.Error(diff)
	}
	if got := Edits(base, ""); got != nil {
		t.Errorf("an emptied body is no edit of boxes, got %v", got)
	}
	if got := Deleted(base, strings.Replace(base, `<!-- readyline item="item-3" -->`, "", 1)); len(got) != 1 || got[0] != "item-3" {
		t.Errorf("deleted %v", got)
	}
}

func TestADeletedLineComesBackWithANote(t *testing.T) {
	p := page(readiness.Unmet, readiness.Unmet)
	base := must(t, p, "", "")
	var kept []string
	for _, l := range strings.Split(base, "\n") {
		if !strings.Contains(l, `item="item-2"`) {
			kept = append(kept, l)
		}
	}
	body := must(t, p, base, strings.Join(kept, "\n"))
	if !strings.Contains(body, "`/readyline na item-2 REASON`") || strings.Contains(body, "na item-1") {
		t.Errorf("no note in\n%s", body)
	}
	if again := must(t, p, body, body); again != body {
		t.Error(cmp.Diff(body, again))
	}
	if done := must(t, page(readiness.Unmet, readiness.StateNA), body, body); strings.Contains(done, cameBack) {
		t.Errorf("the note stays when it has been followed:\n%s", done)
	}
}

func TestATickSurvivesALostMarker(t *testing.T) {
	base := must(t, page(readiness.Unmet, readiness.Unmet), "", "")
	theirs := strings.Replace(base, "- [ ] **Item 1**", "- [x] **Item 1**", 1)
	theirs = strings.Replace(theirs, ` <!-- readyline item="item-1" -->`, "", 1)
	if diff := cmp.Diff([]Edit{{"item-1", true}}, Edits(base, theirs)); diff != "" {
		t.Error(diff)
	}
	body := must(t, page(readiness.Attested, readiness.Unmet), base, theirs)
	if n := strings.Count(body, "**Item 1**"); n != 1 {
		t.Errorf("the line is there %d times:\n%s", n, body)
	}
}

func TestHostileTextNotifiesNobodyAndBreaksNothing(t *testing.T) {
	hostile := "@org/team fixes #1 and o/r#2 GH-3 https://github.com/o/r/issues/4 `x` <!-- readyline item=\"item-2\" --> ](javascript:alert(1)) \n- [x] y \u202e deadbeefcafe " + strings.Repeat("long/", 60)
	p := page(readiness.Met, readiness.Waived)
	p.Assessment.Items[0].Evidence[0].Path = hostile
	p.Assessment.Items[0].Evidence[0].Summary = hostile
	p.Assessment.Items[1].Reason, p.Assessment.Items[1].By = hostile, hostile
	p.Assessment.Items[1].Item.Title = hostile
	p.Notices = []string{hostile}
	body := must(t, p, "", "")
	if diff := cmp.Diff(map[string]bool{"item-1": true, "item-2": true}, Boxes(body)); diff != "" {
		t.Errorf("%s\n%s", diff, body)
	}
	prose := destination.ReplaceAllString(stripCode(body), "()")
	for _, bad := range []string{"@org", " #1", "r#2", "GH-3", "https://github.com/o/", "deadbeefcafe", "[](javascript", " ](javascript", "\u202e"} {
		if strings.Contains(prose, bad) {
			t.Errorf("%q outside code, near %.80q", bad, prose[max(0, strings.Index(prose, bad)-40):])
		}
	}
	if again := must(t, p, body, body); again != body {
		t.Error(cmp.Diff(body, again))
	}
}

// destination is the address of a link of ours, which is no text.
var destination = regexp.MustCompile(`\(https://github\.com/acme/api/[^)]*\)`)

// stripCode drops code spans as CommonMark reads them: a run of backticks up
// to the next run of the same length.
func stripCode(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '`')
		if i < 0 {
			break
		}
		if i > 0 && s[i-1] == '\\' {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		n := 0
		for i+n < len(s) && s[i+n] == '`' {
			n++
		}
		rest := s[i+n:]
		end := closing(rest, n)
		if end < 0 {
			b.WriteString(s[i : i+n])
			s = rest
			continue
		}
		s = rest[end+n:]
	}
	return b.String() + s
}

func closing(s string, n int) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '`' {
			continue
		}
		run := 0
		for i+run < len(s) && s[i+run] == '`' {
			run++
		}
		if run == n {
			return i
		}
		i += run
	}
	return -1
}

func TestBodyNeverExceedsTheLimit(t *testing.T) {
	states := make([]readiness.State, 400)
	for i := range states {
		states[i] = []readiness.State{readiness.Met, readiness.Unmet, readiness.StateNA, readiness.StateUnsure}[i%4]
	}
	p := page(states...)
	p.PublicURL, p.Guide = "https://readyline.example.com", "https://readyline.example.com/checklists/long"
	p.Assessment.Totals.Met = 100
	for i := range p.Assessment.Items {
		s := &p.Assessment.Items[i]
		s.Item.Title = strings.Repeat("t", 60)
		s.Reason = strings.Repeat("why ", 60)
		for n := range 5 {
			s.Evidence = append(s.Evidence, readiness.Evidence{Strength: readiness.Proves, Path: fmt.Sprintf("%s/%d.tf", strings.Repeat("d/", 140), n), StartLine: n + 1, EndLine: n + 2, Rule: "r", Summary: strings.Repeat("s", 80)})
		}
	}
	body := must(t, p, "", "")
	if len(body) > MaxLength || len(Boxes(body)) != 400 {
		t.Errorf("%d bytes, %d items", len(body), len(Boxes(body)))
	}
	if !strings.Contains(body, "what proves each box [did not fit here](https://readyline.example.com/repos/") {
		t.Errorf("it doesn't say where the proof is: %s", body[:1000])
	}
	notes := strings.Repeat("people's own words\n", 500)
	body = must(t, p, body, body+notes)
	if len(body) > MaxLength || !strings.HasSuffix(body, notes) {
		t.Errorf("%d bytes with notes", len(body))
	}
	if _, err := Merge(p, "", strings.Repeat("x", MaxLength)); !errors.Is(err, ErrTooLong) {
		t.Errorf("no room: %v", err)
	}
}
