package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

func (s *Server) mountAppRoutes(r chi.Router) {
	r.Post("/app-manifests/{code}/conversions", s.convertManifest)
	r.Group(func(r chi.Router) {
		r.Use(s.appOnly)
		r.Get("/app", s.getApp)
		r.Get("/app/installations", s.listAppInstallations)
		r.Get("/app/installations/{id}", s.getAppInstallation)
		r.Delete("/app/installations/{id}", s.deleteAppInstallation)
		r.Post("/app/installations/{id}/access_tokens", s.createAccessToken)
		r.Get("/repos/{owner}/{repo}/installation", s.getRepositoryInstallation)
		r.Get("/orgs/{org}/installation", s.getAccountInstallation)
		r.Get("/users/{org}/installation", s.getAccountInstallation)
		r.Get("/app/hook/config", s.getHookConfig)
		r.Patch("/app/hook/config", s.editHookConfig)
		r.Get("/app/hook/deliveries", s.listDeliveries)
		r.Get("/app/hook/deliveries/{id}", s.getDelivery)
		r.Post("/app/hook/deliveries/{id}/attempts", s.redeliver)
	})
	r.Get("/installation/repositories", s.listInstallationRepositories)
	r.Delete("/installation/token", s.revokeInstallationToken)
}

// appOnly lets only an app's own JWT through.
func (s *Server) appOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.caller(r).asApp {
			writeError(w, http.StatusUnauthorized, "A JSON web token could not be decoded")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// idParam reads a number out of the path; 0 when it is none.
func idParam(r *http.Request, name string) int64 {
	id, _ := strconv.ParseInt(chi.URLParam(r, name), 10, 64)
	return id
}

func (s *Server) getApp(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	out := s.appJSONLocked(s.caller(r).app)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) listAppInstallations(w http.ResponseWriter, r *http.Request) {
	app := s.caller(r).app
	s.mu.Lock()
	out := []object{}
	for _, inst := range s.installationsLocked() {
		if inst.AppID == app.ID {
			out = append(out, s.installationJSONLocked(inst))
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, pageOf(w, r, s.URL(), out))
}

// ownInstallationLocked finds an installation of the calling app by the id in the path.
func (s *Server) ownInstallationLocked(r *http.Request) *Installation {
	inst := s.state.Installations[idParam(r, "id")]
	if inst == nil || inst.AppID != s.caller(r).app.ID {
		return nil
	}
	return inst
}

func (s *Server) writeInstallation(w http.ResponseWriter, find func() *Installation) {
	s.mu.Lock()
	inst := find()
	if inst == nil {
		s.mu.Unlock()
		writeNotFound(w)
		return
	}
	out := s.installationJSONLocked(inst)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) getAppInstallation(w http.ResponseWriter, r *http.Request) {
	s.writeInstallation(w, func() *Installation { return s.ownInstallationLocked(r) })
}

func (s *Server) getRepositoryInstallation(w http.ResponseWriter, r *http.Request) {
	repo, _ := s.repoFor(r)
	s.writeInstallation(w, func() *Installation { return s.installationOfLocked(s.caller(r).app.ID, repo) })
}

func (s *Server) getAccountInstallation(w http.ResponseWriter, r *http.Request) {
	s.writeInstallation(w, func() *Installation {
		account := s.accountLocked(chi.URLParam(r, "org"))
		for _, inst := range s.installationsLocked() {
			if account != nil && inst.AccountID == account.ID && inst.AppID == s.caller(r).app.ID {
				return inst
			}
		}
		return nil
	})
}

func (s *Server) deleteAppInstallation(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	inst := s.ownInstallationLocked(r)
	if inst != nil {
		s.uninstallLocked(inst)
	}
	s.mu.Unlock()
	if inst == nil {
		writeNotFound(w)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// tokenRequest is what a new token is to be narrowed to; empty: everything.
type tokenRequest struct {
	Repositories  []string          `json:"repositories"`
	RepositoryIDs []int64           `json:"repository_ids"`
	Permissions   map[string]string `json:"permissions"`
}

func (s *Server) createAccessToken(w http.ResponseWriter, r *http.Request) {
	var asked tokenRequest
	if !readJSON(w, r, &asked) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	inst := s.ownInstallationLocked(r)
	if inst == nil {
		writeNotFound(w)
		return
	}
	if !inst.SuspendedAt.IsZero() {
		writeError(w, http.StatusForbidden, "This installation has been suspended")
		return
	}
	permissions, ok := narrowTo(inst.Permissions, asked.Permissions)
	if !ok {
		writeError(w, http.StatusUnprocessableEntity, "The permissions requested are not granted to this installation.")
		return
	}
	repos, ok := s.tokenRepositoriesLocked(inst, asked.Repositories, asked.RepositoryIDs)
	if !ok {
		writeError(w, http.StatusUnprocessableEntity, "There is at least one repository that does not exist or is not accessible to the parent installation.")
		return
	}
	t := &token{AppID: inst.AppID, InstallationID: inst.ID, ExpiresAt: s.now().UTC().Add(time.Hour), Permissions: permissions}
	raw := newInstallationToken(inst.AppID, t.ExpiresAt)
	out := object{"token": raw, "expires_at": stamp(t.ExpiresAt), "permissions": permissions, "repository_selection": "selected"}
	if inst.All && repos == nil {
		out["repository_selection"] = "all"
	}
	if repos != nil {
		t.Repositories = map[int64]bool{}
		list := []object{}
		for _, repo := range repos {
			t.Repositories[repo.ID] = true
			list = append(list, s.repositoryJSONLocked(repo))
		}
		out["repositories"] = list
	}
	s.state.Tokens[raw] = t
	writeJSON(w, http.StatusCreated, out)
}

// narrowTo picks the permissions asked for out of those granted; not ok when they are more.
func narrowTo(granted, asked map[string]string) (map[string]string, bool) {
	if len(asked) == 0 {
		return maps.Clone(granted), true
	}
	out := map[string]string{"metadata": "read"}
	for name, level := range asked {
		if rank(level) == 0 || rank(granted[name]) < rank(level) {
			return nil, false
		}
		out[name] = level
	}
	return out, true
}

// tokenRepositoriesLocked resolves the repositories a token is asked for; nil when all.
func (s *Server) tokenRepositoriesLocked(inst *Installation, names []string, ids []int64) ([]*Repository, bool) {
	if len(names)+len(ids) == 0 {
		return nil, true
	}
	if len(names)+len(ids) > 500 {
		return nil, false
	}
	var repos []*Repository
	for _, name := range names {
		repos = append(repos, s.repositoryLocked(s.state.Accounts[inst.AccountID].Login, name))
	}
	for _, id := range ids {
		repos = append(repos, s.state.Repositories[id])
	}
	for _, repo := range repos {
		if repo == nil || !inst.covers(repo) {
			return nil, false
		}
	}
	return repos, true
}

func (s *Server) revokeInstallationToken(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	if c.installation == nil {
		writeError(w, http.StatusForbidden, "You must use an installation access token")
		return
	}
	s.mu.Lock()
	delete(s.state.Tokens, c.token)
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) listInstallationRepositories(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	if c.installation == nil {
		writeError(w, http.StatusForbidden, "You must authenticate with an installation access token in order to list repositories for an installation.")
		return
	}
	s.mu.Lock()
	repos := slices.DeleteFunc(s.coveredLocked(c.installation), func(repo *Repository) bool { return !c.covers(repo) })
	s.writeRepositoriesLocked(w, r, c, repos, c.installation.All)
	s.mu.Unlock()
}

// writeRepositoriesLocked answers a page of repositories with their total number.
func (s *Server) writeRepositoriesLocked(w http.ResponseWriter, r *http.Request, c caller, repos []*Repository, all bool) {
	list := []object{}
	for _, repo := range pageOf(w, r, s.URL(), repos) {
		one := s.repositoryJSONLocked(repo)
		one["permissions"] = s.permissionsJSONLocked(repo, c)
		list = append(list, one)
	}
	selection := "selected"
	if all {
		selection = "all"
	}
	writeJSON(w, http.StatusOK, object{"total_count": len(repos), "repository_selection": selection, "repositories": list})
}

func (s *Server) getHookConfig(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writeHookConfigLocked(w, s.caller(r).app)
}

func (s *Server) writeHookConfigLocked(w http.ResponseWriter, app *App) {
	writeJSON(w, http.StatusOK, object{"url": app.WebhookURL, "content_type": app.ContentType, "insecure_ssl": app.InsecureSSL, "secret": "********"})
}

func (s *Server) editHookConfig(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		URL         *string `json:"url"`
		Secret      *string `json:"secret"`
		ContentType *string `json:"content_type"`
	}
	if !readJSON(w, r, &asked) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.caller(r).app
	if asked.URL != nil {
		app.WebhookURL = *asked.URL
	}
	if asked.Secret != nil {
		app.WebhookSecret = *asked.Secret
	}
	if asked.ContentType != nil {
		app.ContentType = *asked.ContentType
	}
	s.writeHookConfigLocked(w, app)
}

// listDeliveries pages from the newest delivery on; the cursor is the last id seen.
func (s *Server) listDeliveries(w http.ResponseWriter, r *http.Request) {
	_, size := pageParams(r)
	query := r.URL.Query()
	cursor, _ := strconv.ParseInt(strings.TrimPrefix(query.Get("cursor"), "v1_"), 10, 64)
	app := s.caller(r).app
	out := []object{}
	var last int64
	more := false
	s.mu.Lock()
	for _, d := range slices.Backward(s.state.Deliveries) {
		failed := d.StatusCode < 200 || d.StatusCode >= 400
		status := query.Get("status")
		if d.AppID != app.ID || !d.Done || cursor != 0 && d.ID >= cursor || status == "success" && failed || status == "failure" && !failed {
			continue
		}
		if len(out) == size {
			more = true
			break
		}
		out, last = append(out, deliveryJSON(d, false)), d.ID
	}
	s.mu.Unlock()
	if more {
		query.Set("cursor", "v1_"+itoa(last))
		w.Header().Set("Link", "<"+s.URL()+r.URL.EscapedPath()+"?"+query.Encode()+`>; rel="next"`)
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) deliveryLocked(r *http.Request) *delivery {
	id := idParam(r, "id")
	for _, d := range s.state.Deliveries {
		if d.ID == id && d.AppID == s.caller(r).app.ID {
			return d
		}
	}
	return nil
}

func (s *Server) getDelivery(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	d := s.deliveryLocked(r)
	if d == nil {
		s.mu.Unlock()
		writeNotFound(w)
		return
	}
	out := deliveryJSON(d, true)
	out["url"] = s.caller(r).app.WebhookURL
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

// redeliver queues the same payload under the same GUID again.
func (s *Server) redeliver(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	d := s.deliveryLocked(r)
	if d != nil {
		s.enqueueLocked(&delivery{
			GUID: d.GUID, AppID: d.AppID, Event: d.Event, Action: d.Action, InstallationID: d.InstallationID,
			RepositoryID: d.RepositoryID, Redelivery: true, Payload: d.Payload,
		})
	}
	s.mu.Unlock()
	if d == nil {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusAccepted, object{})
}
