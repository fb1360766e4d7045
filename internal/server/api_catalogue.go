package server

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
)

type apiRule struct {
	ID       string             `json:"id"`
	Strength readiness.Strength `json:"strength"`
	Summary  string             `json:"summary"`
	LooksAt  []string           `json:"looks_at"`
	Needs    []string           `json:"needs"`
}

type apiControlView struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Category string          `json:"category"`
	Meaning  string          `json:"meaning"`
	Scope    readiness.Scope `json:"scope"`
	ByHand   string          `json:"by_hand"`
	Applies  []string        `json:"applies"`
	Rules    []apiRule       `json:"rules"`
	URL      string          `json:"url"`
}

func (s *Server) controlView(c *catalogue.Control) apiControlView {
	out := apiControlView{
		c.ID, c.Title, c.Category, c.Meaning, cmp.Or(c.Scope, readiness.ScopeRepository), c.ByHand, s.names().applies(c.AppliesWhen), []apiRule{}, s.PublicURL + "/controls/" + c.ID,
	}
	for _, r := range c.Rules {
		out.Rules = append(out.Rules, apiRule{r.ID, r.Strength, r.Summary, orEmpty(looksAt(r)), orEmpty(r.Needs)})
	}
	return out
}

func (s *Server) apiControls(*http.Request) (answer, error) {
	out := []apiControlView{}
	t := &table{name: "controls", head: []string{"id", "title", "category", "meaning", "scope", "by_hand", "rules"}}
	for _, c := range s.Catalogue.Controls {
		out = append(out, s.controlView(c))
		t.add(c.ID, c.Title, c.Category, c.Meaning, string(c.Scope), c.ByHand, len(c.Rules))
	}
	return answer{value: map[string]any{"controls": out}, table: t}, nil
}

func (s *Server) apiControl(w http.ResponseWriter, r *http.Request) {
	c := s.Catalogue.Control(unescaped(r, "control"))
	if c == nil {
		s.notFound(w, r)
		return
	}
	writeJSON(w, http.StatusOK, s.controlView(c))
}

type apiSource struct {
	Title   string `json:"title"`
	URL     string `json:"url"`
	License string `json:"license"`
	Note    string `json:"note"`
}

type apiListItem struct {
	ID              string   `json:"id"`
	Section         string   `json:"section"`
	Title           string   `json:"title"`
	Guidance        string   `json:"guidance"`
	Controls        []string `json:"controls"`
	Required        bool     `json:"required"`
	RequiredBecause string   `json:"required_because"`
}

type apiList struct {
	ID     string        `json:"id"`
	Title  string        `json:"title"`
	About  string        `json:"about"`
	Source apiSource     `json:"source"`
	Items  []apiListItem `json:"items"`
	URL    string        `json:"url"`
}

func (s *Server) listView(c readiness.Checklist) apiList {
	out := apiList{c.ID, c.Title, c.About, apiSource(c.Source), []apiListItem{}, s.PublicURL + "/checklists/" + c.ID}
	for _, i := range c.Items {
		out.Items = append(out.Items, apiListItem{
			i.ID, i.Section, i.Title, i.Guidance, orEmpty(slices.Clone(i.Controls)), i.Required, i.RequiredBecause,
		})
	}
	return out
}

func (s *Server) apiChecklists(*http.Request) (answer, error) {
	out := []apiList{}
	t := &table{name: "checklists", head: []string{"id", "title", "about", "items", "required", "source", "url"}}
	for _, c := range s.Catalogue.Checklists {
		out = append(out, s.listView(c))
		t.add(c.ID, c.Title, c.About, len(c.Items), requiredItems(c), c.Source.Title, c.Source.URL)
	}
	return answer{value: map[string]any{"checklists": out}, table: t}, nil
}

func (s *Server) apiChecklist(w http.ResponseWriter, r *http.Request) {
	c, ok := s.Catalogue.Checklist(unescaped(r, "id"))
	if !ok {
		s.notFound(w, r)
		return
	}
	writeJSON(w, http.StatusOK, s.listView(c))
}
