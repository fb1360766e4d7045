package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
)

func (s *Server) mountOrganizationSettings(r chi.Router) {
	r.Get("/orgs/{org}/properties/values", s.organizationView("organization_custom_properties", "read", organizationProperties))
	r.Patch("/orgs/{org}/properties/values", s.organizationView("organization_custom_properties", "write", s.setOrganizationProperties))
	r.Get("/orgs/{org}/dependabot/alerts", s.organizationView("vulnerability_alerts", "read", organizationDependabot))
	r.Get("/orgs/{org}/packages", s.organizationView("packages", "read", organizationPackages))
}

// organizationView hands a handler the views of those of the organization's
// repositories that the caller sees, by name, once it has the permission.
func (s *Server) organizationView(permission, level string, answer func([]settingsView, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := s.caller(r)
		s.mu.Lock()
		org := s.accountLocked(param(r, "org"))
		var views []settingsView
		allowed := false
		if org != nil && org.Type == typeOrganization {
			allowed = c.mayOrganizationLocked(org, permission, level)
			for _, repo := range s.repositoriesLocked() {
				if repo.OwnerID != org.ID || !c.seesLocked(repo) {
					continue
				}
				if v, err := s.viewSettingsLocked(repo, nil); err == nil {
					views = append(views, v)
				}
			}
		}
		s.mu.Unlock()
		w.Header().Set("X-Accepted-GitHub-Permissions", permission+"="+level)
		switch {
		case org == nil || org.Type != typeOrganization:
			writeNotFound(w)
		case !allowed:
			writeError(w, http.StatusForbidden, "Resource not accessible by integration")
		default:
			answer(views, w, r)
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

func organizationProperties(views []settingsView, w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, v := range views {
		list = append(list, object{
			"repository_id": v.repo.ID, "repository_name": v.repo.Name, "repository_full_name": v.fullName(),
			"properties": propertiesJSON(v.Properties),
		})
	}
	if len(views) == 0 {
		writeJSON(w, http.StatusOK, list)
		return
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, views[0].s.URL(), list))
}

// setOrganizationProperties writes values on at most 30 repositories; null removes one.
func (s *Server) setOrganizationProperties(views []settingsView, w http.ResponseWriter, r *http.Request) {
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
	for _, name := range body.RepositoryNames {
		i := slices.IndexFunc(views, func(v settingsView) bool { return strings.EqualFold(v.repo.Name, name) })
		if i < 0 {
			writeInvalid(w, "CustomPropertyValues", "repository_names", "invalid", "no repository "+name)
			return
		}
		values := views[i].Properties
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
			err = s.changeSettings(r.Context(), views[i].original, map[string]json.RawMessage{"properties": data}, false)
		}
		if err != nil {
			writeError(w, http.StatusUnprocessableEntity, err.Error())
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func organizationDependabot(views []settingsView, w http.ResponseWriter, r *http.Request) {
	list := []object{}
	base := ""
	for _, v := range views {
		base = v.s.URL()
		if !v.VulnerabilityAlerts {
			continue
		}
		for _, o := range v.dependabotList(r) {
			o["repository"] = v.brief
			list = append(list, o)
		}
	}
	writeJSON(w, http.StatusOK, cursorPage(w, r, base, list))
}

// organizationPackages wants a package_type, as GitHub does.
func organizationPackages(views []settingsView, w http.ResponseWriter, r *http.Request) {
	kind := r.URL.Query().Get("package_type")
	if kind == "" {
		writeError(w, http.StatusBadRequest, "Package type is required")
		return
	}
	list := []object{}
	base := ""
	for _, v := range views {
		base = v.s.URL()
		visibility := "public"
		if v.repo.Private {
			visibility = "private"
		}
		for _, p := range v.Packages {
			if p.PackageType != kind || !asked(r, "visibility", visibility) {
				continue
			}
			at := v.s.APIURL() + "/orgs/" + v.owner.Login + "/packages/" + kind + "/" + pathEscape(p.Name)
			list = append(list, object{
				"id": p.ID, "name": p.Name, "package_type": kind, "url": at, "version_count": max(p.VersionCount, 1), "visibility": visibility,
				"html_url":   v.s.URL() + "/orgs/" + v.owner.Login + "/packages/" + kind + "/package/" + pathEscape(p.Name),
				"created_at": v.since(p.CreatedAt), "updated_at": v.since(p.CreatedAt), "owner": v.person(""), "repository": v.brief,
			})
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, base, list))
}
