package emulator

import (
	"net/http"
	"net/url"
	"slices"
)

func (s *Server) showAuthorize(w http.ResponseWriter, r *http.Request, a authorizeRequest) {
	type choice struct {
		Login string
		Link  string
	}
	var choices []choice
	s.mu.Lock()
	for _, person := range s.peopleLocked() {
		q := r.URL.Query()
		q.Set("login", person.Login)
		choices = append(choices, choice{person.Login, "/login/oauth/authorize?" + q.Encode()})
	}
	s.mu.Unlock()
	s.renderPage(w, r, http.StatusOK, "authorize.html", "Sign in to "+a.app.Name, object{"App": a.app, "Choices": choices})
}

func (s *Server) showApp(w http.ResponseWriter, r *http.Request) {
	app := s.appParam(w, r)
	if app == nil {
		return
	}
	s.renderPage(w, r, http.StatusOK, "app.html", app.Name, app)
}

// showInstall lets the viewer choose an account and its repositories.
func (s *Server) showInstall(w http.ResponseWriter, r *http.Request) {
	app := s.appParam(w, r)
	if app == nil {
		return
	}
	type option struct {
		Login     string
		Installed int64
		Repos     []string
	}
	viewer := s.viewer(r)
	var options []option
	s.mu.Lock()
	for _, account := range s.accountsOfLocked(viewer) {
		o := option{Login: account.Login}
		for _, repo := range s.repositoriesLocked() {
			if repo.OwnerID == account.ID {
				o.Repos = append(o.Repos, repo.Name)
			}
		}
		for _, inst := range s.installationsLocked() {
			if inst.AppID == app.ID && inst.AccountID == account.ID {
				o.Installed = inst.ID
			}
		}
		options = append(options, o)
	}
	s.mu.Unlock()
	s.renderPage(w, r, http.StatusOK, "install.html", "Install "+app.Name, object{"App": app, "Options": options, "State": r.URL.Query().Get("state")})
}

func (s *Server) installFromPage(w http.ResponseWriter, r *http.Request) {
	app := s.appParam(w, r)
	if app == nil {
		return
	}
	viewer, login := s.viewer(r), r.FormValue("account")
	s.mu.Lock()
	account := s.accountLocked(login)
	allowed := account != nil && slices.Contains(s.accountsOfLocked(viewer), account)
	s.mu.Unlock()
	if !allowed {
		s.writeMessage(w, r, http.StatusForbidden, "Not allowed", viewer.Login+" may not install apps there.")
		return
	}
	repos := s.namedRepositories(account.ID, r.Form["repository"])
	if r.FormValue("selection") == "selected" && len(repos) == 0 {
		s.writeMessage(w, r, http.StatusUnprocessableEntity, "Nothing chosen", "Choose at least one repository, or all.")
		return
	}
	if r.FormValue("selection") != "selected" {
		repos = nil
	}
	inst, err := s.Install(app, login, repos...)
	if err != nil {
		s.writeMessage(w, r, http.StatusUnprocessableEntity, "Cannot install", err.Error())
		return
	}
	to, err := url.Parse(app.SetupURL)
	if err != nil || app.SetupURL == "" {
		s.writeMessage(w, r, http.StatusOK, "Installed", app.Name+" is installed on "+login+".")
		return
	}
	q := to.Query()
	q.Set("installation_id", itoa(inst.ID))
	q.Set("setup_action", "install")
	if state := r.FormValue("state"); state != "" {
		q.Set("state", state)
	}
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}
