package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
)

func (s *Server) mountOrganizationSettings(r chi.Router) {
	r.Get("/orgs/{org}/properties/values", s.ofOrganization("organization_custom_properties", "read", s.organizationProperties))
	r.Patch("/orgs/{org}/properties/values", s.ofOrganization("organization_custom_properties", "write", s.setOrganizationProperties))
	r.Get("/orgs/{org}/dependabot/alerts", s.ofOrganization("vulnerability_alerts", "read", s.organizationDependabot))
	r.Get("/orgs/{org}/packages", s.ofOrganization("packages", "read", s.organizationPackages))
}

// ofOrganization hands a handler those of the organization's repositories that
// the caller sees, by name, once it has the permission.
func (s *Server) ofOrganization(permission, level string, answer func([]*Repository, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := s.caller(r)
		s.mu.Lock()
		org := s.accountLocked(param(r, "org"))
		known := org != nil && org.Type == typeOrganization
		allowed := known && c.mayOrganizationLocked(org, permission, level)
		var repos []*Repository
		if allowed {
			repos = slices.DeleteFunc(s.repositoriesLocked(), func(repo *Repository) bool {
				return repo.OwnerID != org.ID || !c.seesLocked(repo)
			})
		}
		s.mu.Unlock()
		w.Header().Set("X-Accepted-GitHub-Permissions", permission+"="+level)
		switch {
		case !known:
			writeNotFound(w)
		case !allowed:
			writeError(w, http.StatusForbidden, "Resource not accessible by integration")
		default:
			answer(repos, w, r)
		}
	}
}

// mayOrganizationLocked says whether the caller may use an organization's own permission.
func (c caller) mayOrganizationLocked(org *Account, permission, level string) bool {
	switch {
	case c.installation != nil:
		return c.installation.AccountID == org.ID && rank(c.permissions[permission]) >= rank(level)
	case c.user != nil && c.app == nil:
		return org.Members[c.user.ID] == "admin" || level == "read" && org.Members[c.user.ID] != ""
	}
	return false
}

// views opens those repositories whose settings have key, all when it is empty.
func (s *Server) views(repos []*Repository, key string) []settingsView {
	s.mu.Lock()
	defer s.mu.Unlock()
	var views []settingsView
	for _, repo := range repos {
		if key != "" && repo.Settings[key] == nil {
			continue
		}
		if v, err := s.viewSettingsLocked(repo, nil); err == nil {
			views = append(views, v)
		}
	}
	return views
}

// organizationProperties views one page only: organizations are large.
func (s *Server) organizationProperties(repos []*Repository, w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, v := range s.views(pageOf(w, r, s.URL(), repos), "") {
		list = append(list, object{
			"repository_id": v.repo.ID, "repository_name": v.repo.Name, "repository_full_name": v.fullName(),
			"properties": propertiesJSON(v.Properties),
		})
	}
	writeJSON(w, http.StatusOK, list)
}

// setOrganizationProperties writes values on at most 30 repositories; null removes one.
func (s *Server) setOrganizationProperties(repos []*Repository, w http.ResponseWriter, r *http.Request) {
	var body struct {
		RepositoryNames []string `json:"repository_names"`
		Properties      []struct {
			Name  string `json:"property_name"`
			Value any    `json:"value"`
		} `json:"properties"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	if len(body.RepositoryNames) > 30 {
		writeInvalid(w, "CustomPropertyValues", "repository_names", "invalid", "at most 30 repositories")
		return
	}
	named := slices.DeleteFunc(repos, func(repo *Repository) bool {
		return !slices.ContainsFunc(body.RepositoryNames, func(name string) bool { return strings.EqualFold(name, repo.Name) })
	})
	if len(named) < len(body.RepositoryNames) {
		writeInvalid(w, "CustomPropertyValues", "repository_names", "invalid", "a repository does not exist")
		return
	}
	for _, v := range s.views(named, "") {
		values := v.Properties
		if values == nil {
			values = map[string]any{}
		}
		for _, p := range body.Properties {
			values[p.Name] = p.Value
			if p.Value == nil {
				delete(values, p.Name)
			}
		}
		data, err := json.Marshal(values)
		if err == nil {
			err = s.changeSettings(r.Context(), v.original, map[string]json.RawMessage{"properties": data}, false)
		}
		if err != nil {
			writeError(w, http.StatusUnprocessableEntity, err.Error())
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) organizationDependabot(repos []*Repository, w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, v := range s.views(repos, "dependabot_alerts") {
		if !v.VulnerabilityAlerts {
			continue
		}
		for _, o := range v.dependabotList(r) {
			o["repository"] = v.brief
			list = append(list, o)
		}
	}
	writeJSON(w, http.StatusOK, cursorPage(w, r, s.URL(), list))
}

// organizationPackages wants a package_type, as GitHub does.
func (s *Server) organizationPackages(repos []*Repository, w http.ResponseWriter, r *http.Request) {
	kind := r.URL.Query().Get("package_type")
	if kind == "" {
		writeError(w, http.StatusBadRequest, "Package type is required")
		return
	}
	list := []object{}
	for _, v := range s.views(repos, "packages") {
		for _, p := range v.Packages {
			if o := v.packageJSON(p); p.PackageType == kind && asked(r, "visibility", o["visibility"].(string)) {
				list = append(list, o)
			}
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, s.URL(), list))
}

func (v settingsView) packageJSON(p Package) object {
	visibility := "public"
	if v.repo.Private {
		visibility = "private"
	}
	at := v.owner.Login + "/packages/" + p.PackageType
	return object{
		"id": p.ID, "name": p.Name, "package_type": p.PackageType, "version_count": max(p.VersionCount, 1), "visibility": visibility,
		"url":      v.s.APIURL() + "/orgs/" + at + "/" + pathEscape(p.Name),
		"html_url": v.s.URL() + "/orgs/" + at + "/package/" + pathEscape(p.Name), "owner": v.person(""), "repository": v.brief,
		"created_at": v.since(p.CreatedAt), "updated_at": v.since(p.CreatedAt),
	}
}
