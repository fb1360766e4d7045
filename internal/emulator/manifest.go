package emulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// manifest is what an app says of itself when it asks to be registered.
type manifest struct {
	Name           string            `json:"name"`
	URL            string            `json:"url"`
	Description    string            `json:"description"`
	RedirectURL    string            `json:"redirect_url"`
	CallbackURLs   []string          `json:"callback_urls"`
	SetupURL       string            `json:"setup_url"`
	Public         bool              `json:"public"`
	Permissions    map[string]string `json:"default_permissions"`
	Events         []string          `json:"default_events"`
	HookAttributes struct {
		URL    string `json:"url"`
		Active *bool  `json:"active"`
	} `json:"hook_attributes"`
}

// manifestForm is a manifest that waits for a person's confirmation and then, with an
// app, for its conversion.
type manifestForm struct {
	manifest manifest
	state    string
	owner    string
	appID    int64
	expires  time.Time
}

// showManifest takes a posted manifest and asks the person to confirm.
func (s *Server) showManifest(w http.ResponseWriter, r *http.Request) {
	var m manifest
	raw := r.FormValue("manifest")
	if err := json.Unmarshal([]byte(raw), &m); err != nil || raw == "" {
		s.writeMessage(w, r, http.StatusUnprocessableEntity, "Invalid manifest", "The form field manifest holds no JSON object.")
		return
	}
	if message := m.fault(); message != "" {
		s.writeMessage(w, r, http.StatusUnprocessableEntity, "Invalid manifest", message)
		return
	}
	owner := chi.URLParam(r, "org")
	if owner == "" {
		owner = s.viewer(r).Login
	}
	id := randomHex(12)
	s.mu.Lock()
	known := s.accountLocked(owner) != nil
	s.forms[id] = &manifestForm{manifest: m, state: r.FormValue("state"), owner: owner, expires: s.now().Add(time.Hour)}
	s.mu.Unlock()
	if !known {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no organization of that name.")
		return
	}
	s.renderPage(w, r, http.StatusOK, "manifest.html", "Create GitHub App", object{"Form": id, "Manifest": m, "Owner": owner})
}

func (m manifest) fault() string {
	switch {
	case m.URL == "":
		return "Error: url is missing."
	case m.RedirectURL == "":
		return "Error: redirect_url is missing."
	case !httpURL(m.RedirectURL):
		return "Error: redirect_url is no address."
	case m.HookAttributes.URL != "" && !httpURL(m.HookAttributes.URL):
		return "Error: hook_attributes.url is no address."
	}
	return ""
}

func httpURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// createFromManifest registers the app and sends the person back with a code.
func (s *Server) createFromManifest(w http.ResponseWriter, r *http.Request) {
	id := chi.URLParam(r, "form")
	s.mu.Lock()
	form := s.forms[id]
	delete(s.forms, id)
	s.mu.Unlock()
	if form == nil || !s.now().Before(form.expires) {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "This form has been used or has expired.")
		return
	}
	m := form.manifest
	name := strings.TrimSpace(r.FormValue("name"))
	if name == "" {
		name = m.Name
	}
	app, err := s.RegisterApp(AppSpec{
		Name: name, Owner: form.owner, WebhookURL: m.HookAttributes.URL, Permissions: m.Permissions, Events: m.Events,
		Description: m.Description, HomepageURL: m.URL, CallbackURLs: m.CallbackURLs, SetupURL: m.SetupURL, Public: m.Public,
	})
	if err != nil {
		s.writeMessage(w, r, http.StatusUnprocessableEntity, "Cannot create the app", err.Error())
		return
	}
	code := randomHex(20)
	s.mu.Lock()
	s.forms[code] = &manifestForm{appID: app.ID, expires: s.now().Add(time.Hour)}
	s.mu.Unlock()
	to, err := url.Parse(m.RedirectURL)
	if err != nil {
		s.writeMessage(w, r, http.StatusUnprocessableEntity, "Invalid manifest", err.Error())
		return
	}
	q := to.Query()
	q.Set("code", code)
	if form.state != "" {
		q.Set("state", form.state)
	}
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// convertManifest hands out, once, the credentials of an app made from a manifest.
func (s *Server) convertManifest(w http.ResponseWriter, r *http.Request) {
	code := chi.URLParam(r, "code")
	s.mu.Lock()
	defer s.mu.Unlock()
	form := s.forms[code]
	if form == nil || form.appID == 0 || !s.now().Before(form.expires) {
		writeNotFound(w)
		return
	}
	delete(s.forms, code)
	app := s.state.Apps[form.appID]
	out := s.appJSONLocked(app)
	out["client_secret"], out["webhook_secret"], out["pem"] = app.ClientSecret, app.WebhookSecret, app.PEM
	writeJSON(w, http.StatusCreated, out)
}
