package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

type checklistSummary struct {
	ID, Title, About, Link string
	Items, Required        int
}

type checklistPage struct {
	readiness.Checklist
	Owner    string // whose own it is, an organisation or a repository; empty: it ships
	Home     string // their page
	Sections []guideSection
	Required int
}

type guideSection struct {
	Name  string
	Slug  string
	Items []guideItem
}

type guideItem struct {
	readiness.Item
	Links []controlLink
}

func (s *Server) summaries() []checklistSummary {
	var out []checklistSummary
	for _, list := range s.Catalogue.Checklists {
		out = append(out, checklistSummary{
			list.ID, list.Title, list.About, "/checklists/" + url.PathEscape(list.ID), len(list.Items), requiredItems(list),
		})
	}
	return out
}

func requiredItems(list readiness.Checklist) int {
	n := 0
	for _, i := range list.Items {
		if i.Required {
			n++
		}
	}
	return n
}

// checklists lists those that ship.
func (s *Server) checklists(w http.ResponseWriter, r *http.Request) {
	s.page(w, r, http.StatusOK, "checklists", "Checklists", "checklists", s.summaries())
}

// checklist shows a checklist with all its guidance.
func (s *Server) checklist(w http.ResponseWriter, r *http.Request) { s.checklistOf(w, r, s.names()) }

// ownChecklist does so for one of an organisation's own.
func (s *Server) ownChecklist(w http.ResponseWriter, r *http.Request) {
	if names, ok := s.ownLibrary(w, r); ok {
		s.checklistOf(w, r, names)
	}
}

// repositoryChecklist does so for one of a repository's own, and leads to those
// that it shares with others: an issue links here whosever its checklist is.
func (s *Server) repositoryChecklist(w http.ResponseWriter, r *http.Request) {
	repo, ok := s.repositoryOf(w, r)
	if !ok {
		return
	}
	l, err := s.libraryIn(r.Context(), visitorOf(r).sight, repo)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	switch to := l.checklistLink(unescaped(r, "id")); {
	case to == "":
		s.notFound(w, r)
	case l.base != "" && strings.HasPrefix(to, l.base+"/"):
		s.checklistOf(w, r, l)
	default:
		http.Redirect(w, r, to, http.StatusFound) //nolint:gosec // a page of ours: checklistLink makes it
	}
}

func (s *Server) checklistOf(w http.ResponseWriter, r *http.Request, names library) {
	list, ok := names.Checklist(unescaped(r, "id"))
	if _, ships := s.Catalogue.Checklist(list.ID); !ok || names.whose != "" && ships {
		s.notFound(w, r)
		return
	}
	p := checklistPage{Checklist: list, Owner: names.whose, Home: names.base, Required: requiredItems(list)}
	for _, i := range list.Items {
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Name != i.Section {
			p.Sections = append(p.Sections, guideSection{Name: i.Section, Slug: "section-" + itoa(n+1)})
		}
		g := guideItem{Item: i}
		for _, id := range i.Controls {
			g.Links = append(g.Links, names.controlLink(id))
		}
		last := &p.Sections[len(p.Sections)-1]
		last.Items = append(last.Items, g)
	}
	s.page(w, r, http.StatusOK, "checklist", list.Title, "checklists", p)
}
