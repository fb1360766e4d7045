package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

type controlPage struct {
	*catalogue.Control
	Owner     string   // whose own it is, an organisation or a repository; empty: it ships
	Home      string   // their page
	Applies   []string // sentences
	ImpliedBy []controlLink
	Rules     []ruleGroup
	Examples  []exampleGroup
	AskedBy   []askedBy
	Undefined bool // asked for by a checklist, and without rules yet
}

// ruleGroup is the rules of one strength.
type ruleGroup struct {
	Strength readiness.Strength
	Title    string
	Means    string
	Finds    []findView
	Open     bool // few enough to show at once what each looks at
}

// findView is what rules find that say the same of it.
type findView struct {
	Summary string
	Rules   []ruleView
}

type ruleView struct {
	ID    string
	Looks []string // what it looks at, a line each
	Needs []controlLink
}

// exampleGroup is the examples that come out alike.
type exampleGroup struct {
	Title    string
	Examples []exampleView
}

type exampleView struct {
	Name  string
	Files []exampleFile
	Rules []string
}

type exampleFile struct{ Path, Text string }

type askedBy struct {
	Checklist, Title, Item, ItemTitle, Link string
	Required                                bool
}

type controlsPage struct {
	Groups []controlGroup
	Total  int
}

type controlGroup struct {
	Name     string
	Controls []controlSummary
}

type controlSummary struct {
	ID, Title, Meaning, Link string
	ByHand                   bool
}

// controls lists the catalogue.
func (s *Server) controls(w http.ResponseWriter, r *http.Request) {
	p := controlsPage{Total: len(s.Catalogue.Controls)}
	byName := map[string][]controlSummary{}
	var open []controlSummary
	for _, c := range s.Catalogue.Controls {
		if slices.Contains(s.Catalogue.Undefined(), c.ID) {
			open = append(open, controlSummary{ID: c.ID, Title: c.Title, Link: "/controls/" + url.PathEscape(c.ID)})
			continue
		}
		byName[c.Category] = append(byName[c.Category], controlSummary{
			c.ID, c.Title, c.Meaning, "/controls/" + url.PathEscape(c.ID), c.ByHand != "",
		})
	}
	for _, name := range sortedKeys(byName) {
		p.Groups = append(p.Groups, controlGroup{sentence(strings.ReplaceAll(name, "-", " ")), byName[name]})
	}
	if open != nil {
		p.Groups = append(p.Groups, controlGroup{"Not recognised by rules yet", open})
	}
	s.page(w, r, http.StatusOK, "controls", "Controls", "controls", p)
}

// control tells what a control means and how it is recognised.
func (s *Server) control(w http.ResponseWriter, r *http.Request) { s.controlOf(w, r, s.names()) }

// ownControl does so for one of an organisation's own.
func (s *Server) ownControl(w http.ResponseWriter, r *http.Request) {
	if names, ok := s.ownLibrary(w, r); ok {
		s.controlOf(w, r, names)
	}
}

// ownLibrary is that of the organisation that a request names.
func (s *Server) ownLibrary(w http.ResponseWriter, r *http.Request) (library, bool) {
	l, err := s.libraryOf(r.Context(), visitorOf(r).sight, unescaped(r, "owner"))
	if err == nil && l.base == "" {
		err = store.ErrNotFound
	}
	if err != nil {
		s.failed(w, r, err)
	}
	return l, err == nil
}

// repositoryControl does so for one of a repository's own.
func (s *Server) repositoryControl(w http.ResponseWriter, r *http.Request) {
	if names, ok := s.repositoryLibrary(w, r); ok {
		s.controlOf(w, r, names)
	}
}

// repositoryLibrary is that of the repository that a request names.
func (s *Server) repositoryLibrary(w http.ResponseWriter, r *http.Request) (library, bool) {
	repo, ok := s.repositoryOf(w, r)
	if !ok {
		return library{}, false
	}
	l, err := s.libraryIn(r.Context(), visitorOf(r).sight, repo)
	if err == nil && l.base == "" {
		err = store.ErrNotFound
	}
	if err != nil {
		s.failed(w, r, err)
	}
	return l, err == nil
}

func (s *Server) controlOf(w http.ResponseWriter, r *http.Request, l library) {
	id := unescaped(r, "control")
	c := l.Control(id)
	if c == nil || l.whose != "" && l.shipped.Control(id) != nil {
		s.notFound(w, r)
		return
	}
	p := controlPage{Control: c, Owner: l.whose, Home: l.base, AskedBy: l.askedBy(id), Undefined: slices.Contains(l.Undefined(), id)}
	p.Applies = l.applies(p.AppliesWhen)
	for _, by := range p.Control.ImpliedBy {
		p.ImpliedBy = append(p.ImpliedBy, l.controlLink(by))
	}
	p.Rules, p.Examples = l.ruleGroups(p.Control), exampleGroups(p.Control)
	s.page(w, r, http.StatusOK, "control", p.Title, "controls", p)
}

// applies is when a control concerns a repository, in sentences.
func (l library) applies(a catalogue.Applies) []string {
	means := func(names []string, joint string) string {
		var out []string
		for _, n := range names {
			if d := l.Facet(n); d != nil {
				out = append(out, d.Means)
			}
		}
		return strings.Join(out, joint)
	}
	var out []string
	for _, part := range []struct{ lead, text string }{
		{"It concerns a repository that ", means(a.Any, ", or ")},
		{"It concerns only a repository that ", means(a.All, ", and ")},
		{"It does not concern a repository that ", means(a.None, ", or ")},
	} {
		if part.text != "" {
			out = append(out, part.lead+part.text+".")
		}
	}
	if out == nil {
		out = []string{"It concerns every repository."}
	}
	return out
}

func (l library) ruleGroups(c *catalogue.Control) []ruleGroup {
	groups := []ruleGroup{
		{Strength: readiness.Proves, Title: "What proves it", Means: "Any one of these ticks the box."},
		{Strength: readiness.Suggests, Title: "What hints at it", Means: "Shown beside an unticked box; never ticks it."},
		{Strength: readiness.Contradicts, Title: "What contradicts it", Means: "Keeps the box from ticking and says why."},
		{Strength: catalogue.Weakens, Title: "What weakens a proof", Means: "Turns proofs into hints."},
	}
	for i := range groups {
		for _, r := range c.Rules {
			if r.Strength != groups[i].Strength {
				continue
			}
			v := ruleView{ID: r.ID, Looks: looksAt(r)}
			for _, id := range r.Needs {
				v.Needs = append(v.Needs, l.controlLink(id))
			}
			groups[i].add(sentence(r.Summary), v)
		}
		groups[i].Open = len(c.Rules) <= maxOpenRules
	}
	return slices.DeleteFunc(groups, func(g ruleGroup) bool { return len(g.Finds) == 0 })
}

// maxOpenRules is how many rules a control's page shows in full; of more, what
// they look at is a click away from what they find.
const maxOpenRules = 3

// add puts a rule to those that find the same.
func (g *ruleGroup) add(summary string, v ruleView) {
	for i := range g.Finds {
		if g.Finds[i].Summary == summary {
			g.Finds[i].Rules = append(g.Finds[i].Rules, v)
			return
		}
	}
	g.Finds = append(g.Finds, findView{summary, []ruleView{v}})
}

func exampleGroups(c *catalogue.Control) []exampleGroup {
	groups := []exampleGroup{{Title: "Proves it"}, {Title: "Only hints at it"}, {Title: "Contradicts it"}, {Title: "Proves nothing"}}
	for _, e := range c.Examples.All() {
		at := 3
		switch {
		case len(e.Contradicts) > 0:
			at = 2
		case len(e.Proves) > 0 && (e.Verdict == "" || e.Verdict == readiness.Proven):
			at = 0
		case len(e.Proves)+len(e.Suggests) > 0:
			at = 1
		}
		v := exampleView{Name: sentence(e.Name), Rules: slices.Concat(e.Proves, e.Suggests, e.Contradicts)}
		for _, path := range sortedKeys(e.Files) {
			v.Files = append(v.Files, exampleFile{path, strings.TrimRight(e.Files[path], "\n")})
		}
		groups[at].Examples = append(groups[at].Examples, v)
	}
	return slices.DeleteFunc(groups, func(g exampleGroup) bool { return len(g.Examples) == 0 })
}

func (l library) askedBy(control string) []askedBy {
	var out []askedBy
	for _, list := range l.Checklists {
		for _, i := range list.Items {
			if slices.Contains(i.Controls, control) {
				out = append(out, askedBy{
					list.ID, list.Title, i.ID, i.Title, l.checklistLink(list.ID) + "#" + url.PathEscape(i.ID), i.Required,
				})
			}
		}
	}
	return out
}
