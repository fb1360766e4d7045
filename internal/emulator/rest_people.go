package emulator

import (
	"maps"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
)

func (s *Server) mountPeopleRoutes(r chi.Router) {
	r.Get("/user", s.getViewer)
	r.Get("/user/orgs", s.listViewerOrgs)
	r.Get("/user/installations", s.listUserInstallations)
	r.Get("/user/installations/{id}/repositories", s.listUserInstallationRepositories)
	r.Get("/users/{login}", s.getUser)
	r.Get("/orgs/{org}", s.getOrganization)
	r.Get("/orgs/{org}/repos", s.listOrganizationRepositories)
	r.Get("/rate_limit", s.getRateLimit)
	r.With(s.need("metadata", "read")).Get("/repos/{owner}/{repo}/collaborators/{login}/permission", s.getPermission)
}

// person answers 401 or 403, and nil, when no person is calling.
func (s *Server) person(w http.ResponseWriter, r *http.Request) *Account {
	c := s.caller(r)
	switch {
	case c.user != nil:
		return c.user
	case c.app != nil:
		writeError(w, http.StatusForbidden, "Resource not accessible by integration")
	default:
		writeError(w, http.StatusUnauthorized, "Requires authentication")
	}
	return nil
}

func (s *Server) getViewer(w http.ResponseWriter, r *http.Request) {
	user := s.person(w, r)
	if user == nil {
		return
	}
	s.mu.Lock()
	out := s.profileJSONLocked(user)
	s.mu.Unlock()
	maps.Copy(out, object{
		"collaborators": 0, "disk_usage": 0, "owned_private_repos": 0, "private_gists": 0, "total_private_repos": 0,
		"two_factor_authentication": true, "user_view_type": "private",
	})
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) listViewerOrgs(w http.ResponseWriter, r *http.Request) {
	user := s.person(w, r)
	if user == nil {
		return
	}
	s.mu.Lock()
	out := []object{}
	for _, org := range s.organizationsLocked() {
		if org.Members[user.ID] != "" {
			out = append(out, s.organizationBriefJSON(org))
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, pageOf(w, r, s.URL(), out))
}

func (s *Server) organizationsLocked() []*Account {
	var orgs []*Account
	for _, account := range s.state.Accounts {
		if account.Type == typeOrganization {
			orgs = append(orgs, account)
		}
	}
	slices.SortFunc(orgs, func(a, b *Account) int { return int(a.ID - b.ID) })
	return orgs
}

// userRepositoriesLocked lists what both the person and the installation reach.
func (s *Server) userRepositoriesLocked(user *Account, inst *Installation) []*Repository {
	return slices.DeleteFunc(s.coveredLocked(inst), func(repo *Repository) bool {
		return rank(s.roleLocked(user.ID, repo)) == 0
	})
}

func (s *Server) listUserInstallations(w http.ResponseWriter, r *http.Request) {
	user := s.person(w, r)
	if user == nil {
		return
	}
	c := s.caller(r)
	s.mu.Lock()
	out := []object{}
	for _, inst := range s.installationsLocked() {
		account := s.state.Accounts[inst.AccountID]
		member := account.ID == user.ID || account.Members[user.ID] != ""
		if (c.app == nil || inst.AppID == c.app.ID) && (member || len(s.userRepositoriesLocked(user, inst)) > 0) {
			out = append(out, s.installationJSONLocked(inst))
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, object{"total_count": len(out), "installations": pageOf(w, r, s.URL(), out)})
}

func (s *Server) listUserInstallationRepositories(w http.ResponseWriter, r *http.Request) {
	user := s.person(w, r)
	if user == nil {
		return
	}
	c := s.caller(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	inst := s.state.Installations[idParam(r, "id")]
	if inst == nil || c.app != nil && inst.AppID != c.app.ID {
		writeNotFound(w)
		return
	}
	s.writeRepositoriesLocked(w, r, c, s.userRepositoriesLocked(user, inst), inst.All)
}

func (s *Server) getUser(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accountLocked(chi.URLParam(r, "login"))
	if account == nil {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, s.profileJSONLocked(account))
}

func (s *Server) getOrganization(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accountLocked(chi.URLParam(r, "org"))
	if account == nil || account.Type != typeOrganization {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, s.organizationJSONLocked(account))
}

func (s *Server) listOrganizationRepositories(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accountLocked(chi.URLParam(r, "org"))
	if account == nil || account.Type != typeOrganization {
		writeNotFound(w)
		return
	}
	repos := slices.DeleteFunc(s.repositoriesLocked(), func(repo *Repository) bool {
		return repo.OwnerID != account.ID || !c.seesLocked(repo)
	})
	out := []object{}
	for _, repo := range pageOf(w, r, s.URL(), repos) {
		one := s.repositoryJSONLocked(repo)
		one["permissions"] = s.permissionsJSONLocked(repo, c)
		out = append(out, one)
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) getPermission(w http.ResponseWriter, r *http.Request) {
	repo, _ := s.repoFor(r)
	c := s.caller(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accountLocked(chi.URLParam(r, "login"))
	if account == nil {
		writeNotFound(w)
		return
	}
	if c.user == nil && c.installation == nil {
		writeError(w, http.StatusUnauthorized, "Requires authentication")
		return
	}
	role := s.roleLocked(account.ID, repo)
	if account.Type == typeBot {
		role = "none"
	}
	if role == "none" && !repo.Private {
		role = "read"
	}
	have := rank(role)
	user := s.userJSON(account).(object)
	user["role_name"] = role
	user["permissions"] = object{"admin": have >= 3, "maintain": have >= 3 || role == "maintain", "push": have >= 2, "triage": have >= 2 || role == "triage", "pull": have >= 1}
	permission := []string{"none", "read", "write", "admin"}[have]
	writeJSON(w, http.StatusOK, object{"permission": permission, "role_name": role, "user": user})
}
