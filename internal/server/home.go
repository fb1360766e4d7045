package server

import (
	"errors"
	"net/http"

	"github.com/readyline/readyline/internal/store"
)

type homePage struct {
	Owners     []store.Owner
	SignedIn   bool
	CanSignIn  bool
	Installed  bool   // a moment ago, by the visitor
	Install    string // GitHub's page for it; empty where /setup did not register the App
	Checklists []checklistSummary
}

// home lists the organisations that the visitor sees something of.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	if s.app.Load() == nil && s.Setup != nil { // a new server has nothing else to show
		http.Redirect(w, r, "/setup", http.StatusFound)
		return
	}
	v := visitorOf(r)
	p := homePage{SignedIn: v.viewer.ID != 0, Checklists: s.summaries()}
	var err error
	if p.Owners, err = s.Store.Owners(r.Context(), v.sight); err != nil {
		s.failed(w, r, err)
		return
	}
	if app := s.app.Load(); app != nil {
		p.CanSignIn = app.Credentials.ClientID != ""
	}
	if p.SignedIn && len(p.Owners) == 0 {
		if p.Installed = r.URL.Query().Has("installed"); p.Installed {
			w.Header().Set("Refresh", "3") // until GitHub's webhook has been read
		}
		switch app, err := s.Store.App(r.Context()); {
		case err == nil:
			p.Install = app.URL + "/installations/new"
		case !errors.Is(err, store.ErrNotFound):
			s.failed(w, r, err)
			return
		}
	}
	s.page(w, r, http.StatusOK, "home", "Organisations", "home", p)
}

// githubURL is where GitHub's own pages are.
func (s *Server) githubURL() string {
	if app := s.app.Load(); app != nil {
		return trimSlash(app.Host.Web.String())
	}
	return "https://github.com"
}

func trimSlash(u string) string {
	for len(u) > 0 && u[len(u)-1] == '/' {
		u = u[:len(u)-1]
	}
	return u
}
