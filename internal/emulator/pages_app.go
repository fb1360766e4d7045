package emulator

import (
	"maps"
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
	s.mu.Lock()
	copied := *app
	s.mu.Unlock()
	s.renderPage(w, r, http.StatusOK, "app.html", copied.Name, copied)
}

// showInstallation shows one installation to those who own its account.
func (s *Server) showInstallation(w http.ResponseWriter, r *http.Request) {
	viewer := s.viewer(r)
	s.mu.Lock()
	inst := s.state.Installations[idParam(r, "id")]
	if inst == nil || !slices.Contains(s.accountsOfLocked(viewer), s.state.Accounts[inst.AccountID]) {
		s.mu.Unlock()
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such installation, or "+viewer.Login+" may not manage it.")
		return
	}
	repos := []string{}
	for _, repo := range s.coveredLocked(inst) {
		repos = append(repos, s.fullNameLocked(repo))
	}
	app := s.state.Apps[inst.AppID]
	data := object{
		"ID": inst.ID, "App": app.Name, "Slug": app.Slug, "Account": s.state.Accounts[inst.AccountID].Login, "All": inst.All,
		"Suspended": !inst.SuspendedAt.IsZero(), "Permissions": maps.Clone(inst.Permissions), "Repos": repos,
	}
	s.mu.Unlock()
	s.renderPage(w, r, http.StatusOK, "installation.html", app.Name, data)
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
