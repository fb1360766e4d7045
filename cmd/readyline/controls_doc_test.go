package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/templates"
)

// The page that lists every control is made from the catalogue. With
// READYLINE_UPDATE=1 this test writes it anew.
func TestTheListOfControlsIsCurrent(t *testing.T) {
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Fatal(err)
	}
	want := controlsPage(cat)
	path := filepath.Join("..", "..", "docs", "controls.md")
	if os.Getenv("READYLINE_UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != want {
		t.Errorf("docs/controls.md is not what the catalogue says (%v); READYLINE_UPDATE=1 go test ./cmd/readyline -run ListOfControls writes it anew", err)
	}
}

func controlsPage(cat *catalogue.Catalogue) string {
	var b strings.Builder
	proving, hinting, byHand := 0, 0, 0
	rows := map[string][]string{}
	for _, c := range cat.Controls {
		switch {
		case len(c.Rules) == 0:
			byHand++
		case slices.ContainsFunc(c.Rules, func(r catalogue.Rule) bool { return r.Strength == readiness.Proves }):
			proving++
		default:
			hinting++
		}
		rows[c.Category] = append(rows[c.Category], controlRow(c))
	}
	fmt.Fprintf(&b, "# Controls\n\nMade from `templates/controls/` by a test; don't edit by hand. %d controls: %d that rules can prove, %d that rules can only hint at, %d that only a person can know.\n\n", len(cat.Controls), proving, hinting, byHand)
	b.WriteString("*Proves*, *hints* and *speaks against* count rules. *Looks into* names the families of facts; *permission* is what the App needs beyond reading files.\n")
	var categories []string
	for name := range rows {
		categories = append(categories, name)
	}
	slices.Sort(categories)
	for _, name := range categories {
		fmt.Fprintf(&b, "\n## %s\n\n| control | title | proves | hints | speaks against | looks into | permission |\n|---|---|---|---|---|---|---|\n", name)
		for _, row := range rows[name] {
			b.WriteString(row)
		}
	}
	return b.String()
}

func controlRow(c *catalogue.Control) string {
	cell := strings.NewReplacer("|", "\\|", "\n", " ")
	if len(c.Rules) == 0 {
		return fmt.Sprintf("| `%s` | %s | | | | only a person can know: %s | |\n", c.ID, cell.Replace(c.Title), cell.Replace(c.ByHand))
	}
	count := map[readiness.Strength]int{}
	var families, permissions []string
	for _, r := range c.Rules {
		count[r.Strength]++
		for _, m := range r.Any {
			if f := string(m.Kind); !slices.Contains(families, f) {
				families = append(families, f)
			}
			for _, name := range catalogue.SettingNames() {
				if (m.Kind == "setting" || m.Kind == "activity") && slices.ContainsFunc(m.Names, func(n catalogue.Name) bool { return n.Match(name) }) {
					if p, _ := catalogue.Permission(name); !slices.Contains(permissions, p) {
						permissions = append(permissions, p)
					}
				}
			}
		}
	}
	slices.Sort(families)
	slices.Sort(permissions)
	return fmt.Sprintf("| `%s` | %s | %d | %d | %d | %s | %s |\n", c.ID, cell.Replace(c.Title), count[readiness.Proves], count[readiness.Suggests],
		count[readiness.Contradicts]+count[catalogue.Weakens], strings.Join(families, ", "), strings.Join(permissions, ", "))
}
