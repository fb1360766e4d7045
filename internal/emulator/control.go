package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
)

// mountControl adds the emulator's own endpoints; doc.go describes them.
func (s *Server) mountControl(r chi.Router) {
	r.Route("/_emulator", func(r chi.Router) {
		r.Get("/", s.getOverview)
		r.Get("/requests", s.getRequests)
		r.Delete("/requests", s.clearRequests)
		r.Get("/notifications", s.getNotifications)
		r.Delete("/notifications", s.clearNotifications)
		r.Get("/deliveries", s.getDeliveries)
		r.Get("/faults", s.getFaults)
		r.Put("/faults", s.putFaults)
		r.Delete("/faults", s.putFaults)
		r.Get("/limits", s.getLimits)
		r.Put("/limits", s.putLimits)
		r.Post("/poll", s.postPoll)
		r.Post("/accounts", s.postAccount)
		r.Post("/repos", s.postRepository)
		r.Get("/repos/{owner}/{repo}/settings", s.getSettings)
		r.Put("/repos/{owner}/{repo}/settings", s.putSettings)
		r.Put("/repos/{owner}/{repo}/permissions", s.putRoles)
		r.Post("/repos/{owner}/{repo}/{action}", s.postRepositoryAction)
		r.Post("/repos/{owner}/{repo}/issues/{number}/{action}", s.postIssueAction)
		r.Post("/repos/{owner}/{repo}/pulls/{number}/close", s.postClosePull)
		r.Put("/installations/{id}/permissions", s.putInstallationPermissions)
		r.Post("/installations/{id}/{action}", s.postInstallationAction)
		r.Post("/apps/{slug}/install", s.postInstall)
		r.Post("/apps/{slug}/revoke", s.postRevoke)
		r.Post("/session", s.postSession)
		r.Get("/avatar/{id}.svg", s.getAvatar)
	})
}

// getOverview lists accounts, apps, installations and repositories.
func (s *Server) getOverview(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	accounts, apps, installs, repos := []object{}, []object{}, []object{}, []string{}
	for _, a := range slices.SortedFunc(maps.Values(s.state.Accounts), func(a, b *Account) int { return int(a.ID - b.ID) }) {
		accounts = append(accounts, object{"id": a.ID, "login": a.Login, "type": a.Type})
	}
	for _, a := range slices.SortedFunc(maps.Values(s.state.Apps), func(a, b *App) int { return int(a.ID - b.ID) }) {
		apps = append(apps, object{"id": a.ID, "slug": a.Slug, "client_id": a.ClientID, "webhook_url": a.WebhookURL})
	}
	for _, i := range s.installationsLocked() {
		installs = append(installs, object{"id": i.ID, "app_id": i.AppID, "account": s.state.Accounts[i.AccountID].Login, "suspended": !i.SuspendedAt.IsZero(), "permissions": i.Permissions})
	}
	for _, repo := range s.repositoriesLocked() {
		repos = append(repos, s.fullNameLocked(repo))
	}
	writeJSON(w, http.StatusOK, object{
		"note": "This is not GitHub: a local emulator.", "accounts": accounts, "apps": apps, "installations": installs, "repositories": repos,
	})
}

// getRequests lists what was asked since the last DELETE, and sums it up.
func (s *Server) getRequests(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	methods := map[string]int{}
	for _, e := range s.entries {
		methods[e.Method]++
	}
	writeJSON(w, http.StatusOK, object{"total": s.asked, "points": s.charged, "methods": methods, "requests": append([]*entry{}, s.entries...)})
}

func (s *Server) clearRequests(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.entries, s.asked, s.charged = nil, 0, 0
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) getNotifications(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	writeJSON(w, http.StatusOK, object{"notifications": append([]Notification{}, s.state.Notifications...)})
}

func (s *Server) clearNotifications(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.state.Notifications = nil
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// getDeliveries lists the webhook deliveries of all apps, also those that are still queued.
func (s *Server) getDeliveries(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, waiting := []object{}, 0
	for _, d := range s.state.Deliveries {
		one := deliveryJSON(d, false)
		one["app_id"], one["done"] = d.AppID, d.Done
		if !d.Done {
			waiting++
		}
		out = append(out, one)
	}
	writeJSON(w, http.StatusOK, object{"waiting": waiting, "deliveries": out})
}

func (s *Server) getFaults(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	writeJSON(w, http.StatusOK, object{"faults": append([]*fault{}, s.faults...)})
}

// putFaults replaces all faults.
func (s *Server) putFaults(w http.ResponseWriter, r *http.Request) {
	var in struct{ Faults []*fault }
	if r.Method == http.MethodPut && !readJSON(w, r, &in) {
		return
	}
	for _, f := range in.Faults {
		if err := f.compile(); err != nil {
			writeError(w, http.StatusUnprocessableEntity, err.Error())
			return
		}
	}
	s.mu.Lock()
	s.faults = in.Faults
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) postPoll(w http.ResponseWriter, r *http.Request) {
	s.Poll(r.Context())
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) postAccount(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Login, Type string
		Members     []string
	}
	if !readJSON(w, r, &in) {
		return
	}
	if !repositoryName.MatchString(in.Login) {
		writeError(w, http.StatusUnprocessableEntity, fmt.Sprintf("%q is no login", in.Login))
		return
	}
	var account *Account
	if in.Type == typeOrganization {
		account = s.AddOrganization(in.Login, in.Members...)
	} else {
		account = s.AddUser(in.Login)
	}
	writeJSON(w, http.StatusCreated, object{"id": account.ID, "login": account.Login, "type": account.Type})
}

func (s *Server) postRepository(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Owner         string   `json:"owner"`
		Name          string   `json:"name"`
		GitDir        string   `json:"git_dir"`
		Private       bool     `json:"private"`
		Archived      bool     `json:"archived"`
		Fork          bool     `json:"fork"`
		HasIssues     *bool    `json:"has_issues"`
		DefaultBranch string   `json:"default_branch"`
		Topics        []string `json:"topics"`
		Description   string   `json:"description"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	repo, err := s.AddRepository(RepoSpec{
		Owner: in.Owner, Name: in.Name, GitDir: in.GitDir, Private: in.Private, Archived: in.Archived, Fork: in.Fork,
		HasIssues: in.HasIssues, DefaultBranch: in.DefaultBranch, Topics: in.Topics, Description: in.Description,
	})
	if err != nil {
		writeError(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	writeJSON(w, http.StatusCreated, s.repositoryJSONLocked(repo))
}

// controlled finds the repository that a control request names.
func (s *Server) controlled(w http.ResponseWriter, r *http.Request) *Repository {
	repo := s.Repository(chi.URLParam(r, "owner"), chi.URLParam(r, "repo"))
	if repo == nil {
		writeNotFound(w)
	}
	return repo
}

// putRoles sets people's roles: {"bob": "write"}.
func (s *Server) putRoles(w http.ResponseWriter, r *http.Request) {
	repo := s.controlled(w, r)
	if repo == nil {
		return
	}
	var roles map[string]string
	if !readJSON(w, r, &roles) {
		return
	}
	for login, role := range roles {
		if rank(role) == 0 && role != "none" {
			writeError(w, http.StatusUnprocessableEntity, fmt.Sprintf("role %q of %s: want admin, maintain, write, triage, read or none", role, login))
			return
		}
	}
	for _, login := range slices.Sorted(maps.Keys(roles)) {
		s.SetRole(repo, login, roles[login])
	}
	w.WriteHeader(http.StatusNoContent)
}

// postSession signs the browser in as a person.
func (s *Server) postSession(w http.ResponseWriter, r *http.Request) {
	login := r.FormValue("login")
	s.mu.Lock()
	person := s.personLocked(login)
	s.mu.Unlock()
	if person == nil {
		writeNotFound(w)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: person.Login, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	to := "/"
	if u, err := url.Parse(r.FormValue("return")); err == nil && u.Host == "" && u.Scheme == "" && len(u.Path) > 0 && u.Path[0] == '/' && (len(u.Path) < 2 || u.Path[1] != '/' && u.Path[1] != '\\') {
		to = u.RequestURI()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// getAvatar draws an account's initial.
func (s *Server) getAvatar(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	account := s.state.Accounts[idParam(r, "id")]
	s.mu.Unlock()
	if account == nil {
		writeNotFound(w)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "max-age=3600")
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40" role="img"><rect width="40" height="40" rx="20" fill="hsl(%d 45%% 42%%)"/>`+
		`<text x="20" y="27" font-family="system-ui,sans-serif" font-size="20" fill="#fff" text-anchor="middle">%s</text></svg>`,
		account.ID*47%360, strings.ToUpper(account.Login[:1]))
}

func numberParam(r *http.Request) int {
	n, _ := strconv.Atoi(chi.URLParam(r, "number"))
	return n
}
