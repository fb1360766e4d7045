package server

import (
	"crypto/subtle"
	"errors"
	"net/http"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// setupBack is where GitHub sends the person back to, with a code for the
// App's credentials.
func (s *Server) setupBack(w http.ResponseWriter, r *http.Request) {
	state, ok := s.setupOf(r)
	q := r.URL.Query()
	switch {
	case s.app.Load() != nil:
		s.notFound(w, r)
		return
	case !ok || state.State == "" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state.State)) != 1:
		s.problem(w, r, http.StatusBadRequest, "This registration was not started here, or too long ago. Begin again at /setup.")
		return
	case q.Get("code") == "":
		s.problem(w, r, http.StatusBadRequest, "GitHub sent no code. Begin again at /setup, and create the App on GitHub's page.")
		return
	}
	s.setCookie(w, setupCookie, "", 0) // works once
	host, err := hostOf(state.Web, state.API)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	made, err := github.Register(r.Context(), host, q.Get("code"))
	if err != nil {
		s.Log.ErrorContext(r.Context(), "setup", "error", err)
		s.problem(w, r, http.StatusBadGateway, "GitHub did not hand over the new App. Delete it there if it was made, and begin again at /setup. The server's log tells more.")
		return
	}
	if err := s.register(r, host, made); err != nil {
		s.Log.ErrorContext(r.Context(), "setup", "app", made.Slug, "error", err)
		s.problem(w, r, http.StatusInternalServerError, "The App was made on GitHub but could not be stored here. Delete it there and begin again at /setup. The server's log tells more.")
		return
	}
	state.State = ""
	s.keepSetup(w, state)
	http.Redirect(w, r, "/setup/done", http.StatusSeeOther)
}

// errTaken says that another App was registered meanwhile.
var errTaken = errors.New("another App was registered first")

// register stores the App, its secrets sealed, and puts it to work.
func (s *Server) register(r *http.Request, host github.Host, made github.Registered) error {
	fresh, err := s.Store.RegisterApp(r.Context(), store.App{
		ID: made.AppID, Slug: made.Slug, Name: made.Name, Owner: made.Owner, URL: made.URL,
		ClientID: made.ClientID, Sealed: s.sealer.sealApp(Registration{Host: host, Credentials: made.Credentials}),
	})
	if err == nil && !fresh {
		err = errTaken
	}
	if err != nil {
		return err
	}
	return s.Setup.registered(Registration{Host: host, Credentials: made.Credentials})
}

// setupDone shows how to install the App, and whether a webhook has arrived.
// Only the browser that registered it sees the page.
func (s *Server) setupDone(w http.ResponseWriter, r *http.Request) {
	if state, ok := s.setupOf(r); !ok || state.State != "" {
		to := "/"
		if r.URL.Query().Get("setup_action") == "install" { // GitHub leads here after each installation
			to = "/?installed=1"
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	p := setupPage{Step: "done"}
	var err error
	if p.App, err = s.Store.App(r.Context()); err != nil {
		s.failed(w, r, err)
		return
	}
	p.Install = p.App.URL + "/installations/new"
	if p.Covered, err = s.Store.CountInstallations(r.Context()); err != nil {
		s.failed(w, r, err)
		return
	}
	arrived, err := s.Store.Deliveries(r.Context(), "", s.Now(), 1)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if len(arrived) > 0 {
		p.Arrived = &arrived[0]
	} else {
		w.Header().Set("Refresh", "3") // until one has
	}
	s.showSetup(w, r, http.StatusOK, p)
}
