package templates_test

import (
	"os"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/templates"
)

// Every item of the published checklists is there, in order, under its title
// and tied to its controls.
func TestNoItemIsMissing(t *testing.T) {
	text, err := os.ReadFile("testdata/items.tsv")
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalogue.Load(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	next := map[string]int{}
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		list, ok := cat.Checklist(f[0])
		if !ok {
			t.Fatalf("no checklist %s", f[0])
		}
		n := next[f[0]]
		next[f[0]]++
		if n >= len(list.Items) {
			t.Errorf("%s: %s is missing", f[0], f[2])
			continue
		}
		i := list.Items[n]
		if i.Section != f[1] || i.ID != f[2] || i.Title != f[3] || f[4] != "" && strings.Join(i.Controls, ",") != f[4] {
			t.Errorf("%s item %d is %q %q %q %v, want %q", f[0], n+1, i.Section, i.ID, i.Title, i.Controls, line)
		}
	}
	for id, n := range next {
		if list, _ := cat.Checklist(id); len(list.Items) != n {
			t.Errorf("%s has %d items, the source has %d", id, len(list.Items), n)
		}
	}
	if len(cat.Checklists) != len(next) {
		t.Errorf("%d checklists, %d sources", len(cat.Checklists), len(next))
	}
}

// What ships is complete: guidance for every item, a source, about ten
// required items with reasons, and a definition of every control.
func TestWhatShipsIsComplete(t *testing.T) {
	cat, err := catalogue.Load(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	if missing := cat.Undefined(); len(missing) > 0 {
		t.Errorf("controls without a definition: %v", missing)
	}
	for _, list := range cat.Checklists {
		if list.Source.Title == "" || !strings.HasPrefix(list.Source.URL, "https://") {
			t.Errorf("%s: no source", list.ID)
		}
		if n := required(t, list); n < 7 || n > 14 {
			t.Errorf("%s: %d required items", list.ID, n)
		}
		for _, i := range list.Items {
			if len(i.Guidance) < 40 || len(i.Controls) == 0 {
				t.Errorf("%s: %s has guidance %q and controls %v", list.ID, i.ID, i.Guidance, i.Controls)
			}
		}
	}
}

func required(t *testing.T, list readiness.Checklist) int {
	n := 0
	for _, i := range list.Items {
		if i.Required {
			n++
		}
		if i.Required != (i.RequiredBecause != "") {
			t.Errorf("%s: %s: required and its reason don't go together", list.ID, i.ID)
		}
	}
	return n
}
