package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/templates"
)

type explainCommand struct {
	Control string `arg:"" help:"The control's id, as scan shows it."`
}

// Help shows an example.
func (explainCommand) Help() string { return "Example:\n  readyline explain container-images" }

// Run says what the control means, how it is recognised, with an example of
// each rule.
func (c explainCommand) Run(at console) error {
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		return fmt.Errorf("the shipped catalogue has faults:\n%w", err)
	}
	ctl := cat.Control(c.Control)
	if ctl == nil {
		return fmt.Errorf("explain %s: there is no such control%s", c.Control, like(cat, c.Control))
	}
	x := explainer{at.out, newPaint(at.out)}
	x.head(cat, ctl)
	x.rules(ctl)
	x.items(cat, ctl)
	return nil
}

// like names controls with a word in common.
func like(cat *catalogue.Catalogue, id string) string {
	near := cat.Similar(id)
	if len(near) == 0 {
		return "; readyline scan --format json lists all of them"
	}
	return "; is it " + strings.Join(near, ", ") + "?"
}

type explainer struct {
	w io.Writer
	paint
}

func (x explainer) head(cat *catalogue.Catalogue, c *catalogue.Control) {
	fmt.Fprintf(x.w, "%s %s\n", x.bold(c.Title), x.dim("("+c.ID+")"))
	if c.Meaning != "" {
		fmt.Fprintf(x.w, "%s\n", c.Meaning)
	}
	if c.Scope == readiness.ScopeAccount {
		fmt.Fprintln(x.w, "Its proof usually lives in a platform repository (evidence_from), or in the cloud account.")
	}
	means := func(names []string, joint string) string {
		var out []string
		for _, n := range names {
			if d := cat.Facet(n); d != nil {
				out = append(out, d.Means)
			}
		}
		return strings.Join(out, joint)
	}
	for _, a := range []struct{ lead, text string }{
		{"Concerns a repository that ", means(c.AppliesWhen.Any, ", or ")},
		{"Concerns only a repository that ", means(c.AppliesWhen.All, ", and ")},
		{"Does not concern a repository that ", means(c.AppliesWhen.None, ", or ")},
	} {
		if a.text != "" {
			fmt.Fprintf(x.w, "%s%s.\n", a.lead, a.text)
		}
	}
	if len(c.ImpliedBy) > 0 {
		fmt.Fprintf(x.w, "Proven as well by %s.\n", strings.Join(c.ImpliedBy, ", "))
	}
	if c.ByHand != "" {
		fmt.Fprintf(x.w, "\nOnly a person can tell: %s\n", c.ByHand)
	}
}

func (x explainer) rules(c *catalogue.Control) {
	for _, strength := range []readiness.Strength{readiness.Proves, readiness.Suggests, readiness.Contradicts, catalogue.Weakens} {
		first := true
		for _, r := range c.Rules {
			if r.Strength != strength {
				continue
			}
			if first {
				fmt.Fprintf(x.w, "\n%s\n", x.bold(strings.ToUpper(string(strength)[:1])+string(strength)[1:]))
				first = false
			}
			fmt.Fprintf(x.w, "  %s %s %s\n", x.green("•"), r.Summary, x.dim("("+r.ID+")"))
			fmt.Fprintf(x.w, "    %s\n", x.dim("looks at "+lookedAt(r)))
			if e := exampleOf(c, r); e != nil {
				x.example(e)
			}
		}
	}
}

// lookedAt is the families that a rule looks at, with what limits it.
func lookedAt(r catalogue.Rule) string {
	out := eitherOf(r.Any)
	if r.Every {
		out += "; every one of them"
	}
	if r.AtLeast > 1 {
		out += fmt.Sprintf("; at least %d", r.AtLeast)
	}
	for _, one := range r.With {
		out += "; together with " + eitherOf(one)
	}
	for _, m := range catalogue.Written(r.Without) {
		out += "; without " + m.Describe()
	}
	if len(r.Outnumbers) > 0 {
		out += "; more of them than, all together, of " + eitherOf(r.Outnumbers)
	}
	if len(r.Needs) > 0 {
		out += "; needs " + strings.Join(r.Needs, ", ")
	}
	return out
}

// eitherOf describes alternatives.
func eitherOf(ms []catalogue.Matcher) string {
	var parts []string
	for _, m := range catalogue.Written(ms) {
		parts = append(parts, m.Describe())
	}
	return strings.Join(parts, " or ")
}

// exampleOf is an example in which the rule matches.
func exampleOf(c *catalogue.Control, r catalogue.Rule) *catalogue.Example {
	for _, e := range c.Examples.All() {
		if slices.Contains(slices.Concat(e.Proves, e.Suggests, e.Contradicts), r.ID) {
			return &e
		}
	}
	return nil
}

func (x explainer) example(e *catalogue.Example) {
	for _, path := range slices.Sorted(maps.Keys(e.Files)) {
		fmt.Fprintf(x.w, "    %s\n", x.blue(path))
		for line := range strings.Lines(cmp.Or(e.Files[path], "(empty)")) {
			fmt.Fprintf(x.w, "      %s\n", strings.TrimRight(line, "\n"))
		}
	}
}

func (x explainer) items(cat *catalogue.Catalogue, c *catalogue.Control) {
	first := true
	for _, list := range cat.Checklists {
		for _, item := range list.Items {
			if !slices.Contains(item.Controls, c.ID) {
				continue
			}
			if first {
				fmt.Fprintf(x.w, "\n%s\n", x.bold("Asked for by"))
				first = false
			}
			fmt.Fprintf(x.w, "  %s: %s\n", list.ID, item.Title)
		}
	}
}
