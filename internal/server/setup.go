package server

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// Setup registers a GitHub App by its manifest while there is none.
type Setup struct {
	Code string // that the log shows: who can read the log may register

	host        github.Host // proposed
	permissions map[string]string
	events      []string
	sealed      bool // there is a key that outlives the process
	registered  func(Registration) error
}

// Registration is a registered App and the GitHub that it is registered at.
type Registration struct {
	Host        github.Host
	Credentials github.Credentials
}

// NewSetup makes a setup with a fresh code. sealed tells whether there is a key
// to store the App's secrets with; registered is called once it is stored.
func NewSetup(host github.Host, permissions map[string]string, events []string, sealed bool, registered func(Registration) error) *Setup {
	return &Setup{
		Code: newSecret()[:20], host: host, permissions: permissions, events: events, sealed: sealed, registered: registered,
	}
}

// Uses of sealed values.
const (
	appUse      = "app"
	setupUse    = "setup"
	setupLife   = time.Hour
	setupCookie = "setup"
)

// sealedApp is what is kept encrypted of an App.
type sealedApp struct {
	Web           string `json:"web"`
	API           string `json:"api"`
	PrivateKey    string `json:"private_key"`
	WebhookSecret string `json:"webhook_secret"`
	ClientSecret  string `json:"client_secret"`

	PreviousWebhookSecret string `json:"previous_webhook_secret,omitempty"` // while it is changed
}

// Unseal opens a stored App with the key that it was stored with, or with the
// one before it.
func Unseal(key, previous []byte, row store.App) (Registration, error) {
	plain, err := newSealer(key, previous).open(appUse, row.Sealed)
	if err != nil {
		return Registration{}, fmt.Errorf("App %s: %w: set READYLINE_KEY, or the key file in the data directory, to what it was when the App was registered", row.Slug, err)
	}
	var in sealedApp
	if err := json.Unmarshal(plain, &in); err != nil {
		return Registration{}, fmt.Errorf("App %s: %w", row.Slug, err)
	}
	host, err := hostOf(in.Web, in.API)
	return Registration{Host: host, Credentials: github.Credentials{
		AppID: row.ID, PrivateKey: []byte(in.PrivateKey), WebhookSecret: in.WebhookSecret,
		ClientID: row.ClientID, ClientSecret: in.ClientSecret, PreviousWebhookSecret: in.PreviousWebhookSecret,
	}}, err
}

func hostOf(web, api string) (github.Host, error) {
	w, err := url.Parse(web)
	if err != nil {
		return github.Host{}, err
	}
	a, err := url.Parse(api)
	return github.Host{Web: w, API: a}, err
}

// setupState is where a browser is on its way through the setup, in a sealed
// cookie.
type setupState struct {
	State string    `json:"state"` // empty once the App is registered
	Web   string    `json:"web"`
	API   string    `json:"api"`
	Until time.Time `json:"until"`
}

// setupPage is what the page shows: the form, the way to GitHub, or the end.
type setupPage struct {
	Step   string // begin, go or done
	Fault  string
	GitHub string
	Owner  string
	Local  bool // GitHub can't reach the public address
	Public string

	Action   string
	Manifest string

	App     store.App
	Install string
	Covered int
	Arrived *store.Delivery
}

func (s *Server) mountSetup(r chi.Router) {
	if s.Setup == nil {
		return
	}
	r.Group(func(r chi.Router) {
		r.Use(http.NewCrossOriginProtection().Handler, private)
		r.Get("/setup", s.setupBegin)
		r.Post("/setup", s.setupGo)
		r.Get("/setup/callback", s.setupBack)
		r.Get("/setup/done", s.setupDone)
	})
}

// setupBegin shows the form, only while there is no App.
func (s *Server) setupBegin(w http.ResponseWriter, r *http.Request) {
	if s.app.Load() != nil {
		s.notFound(w, r)
		return
	}
	s.showSetup(w, r, http.StatusOK, setupPage{Step: "begin"})
}

func (s *Server) showSetup(w http.ResponseWriter, r *http.Request, status int, p setupPage) {
	web := s.Setup.host.Web
	if p.GitHub == "" {
		p.GitHub = web.String()
	}
	public, err := url.Parse(s.PublicURL)
	p.Public = s.PublicURL
	p.Local = err == nil && (public.Hostname() == "localhost" || isLoopback(public.Hostname())) && !isLoopback(web.Hostname())
	s.page(w, r, status, "setup", "Set up", "", p)
}

var accountForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$`)

// setupGo checks the code and offers the way to GitHub, with the manifest.
func (s *Server) setupGo(w http.ResponseWriter, r *http.Request) {
	if s.app.Load() != nil {
		s.notFound(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	p := setupPage{Step: "begin", GitHub: strings.TrimSuffix(strings.TrimSpace(r.PostFormValue("github")), "/"), Owner: strings.TrimSpace(r.PostFormValue("organization"))}
	host, err := s.hostFor(p.GitHub)
	switch {
	case subtle.ConstantTimeCompare([]byte(strings.TrimSpace(r.PostFormValue("code"))), []byte(s.Setup.Code)) != 1:
		s.Log.WarnContext(r.Context(), "setup: wrong code", "from", r.RemoteAddr)
		p.Fault = "This is not the code that the server's log shows. It changes with every start of the server."
	case !s.Setup.sealed:
		p.Fault = "There is no key to store the App's secrets with. Set READYLINE_KEY, or READYLINE_DATA_DIR to a directory that can be written, and start the server again."
	case err != nil:
		p.Fault = "GitHub's address is not one like https://github.com or https://github.example.com."
	case p.Owner != "" && !accountForm.MatchString(p.Owner):
		p.Fault = "An organisation's name has letters, digits and hyphens, as in GitHub's addresses."
	}
	if p.Fault != "" {
		s.showSetup(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	state := setupState{State: newSecret(), Web: host.Web.String(), API: host.API.String(), Until: s.Now().Add(setupLife)}
	s.keepSetup(w, state)
	p.Step, p.Action = "go", s.manifestAddress(host, p.Owner, state.State)
	p.Manifest = s.manifest(p.Owner)
	h := w.Header()
	// The one form of ours that leaves this server.
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "form-action 'self'", "form-action "+host.Web.Scheme+"://"+host.Web.Host, 1))
	s.showSetup(w, r, http.StatusOK, p)
}

// hostFor is the GitHub at an address that a person gave.
func (s *Server) hostFor(address string) (github.Host, error) {
	own := s.Setup.host
	if address == "" || address == strings.TrimSuffix(own.Web.String(), "/") {
		return own, nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return own, err
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.Path != "", u.User != nil, u.RawQuery != "", u.Fragment != "":
		return own, fmt.Errorf("%q is not the address of a GitHub", address)
	case strings.EqualFold(u.Host, "github.com"):
		return hostOf("https://github.com", "https://api.github.com")
	}
	base := u.Scheme + "://" + u.Host
	return hostOf(base, base+"/api/v3")
}

func (s *Server) manifestAddress(host github.Host, owner, state string) string {
	u := *host.Web
	u.Path = strings.TrimSuffix(u.Path, "/") + "/settings/apps/new"
	if owner != "" {
		u.Path = strings.TrimSuffix(host.Web.Path, "/") + "/organizations/" + owner + "/settings/apps/new"
	}
	u.RawQuery = url.Values{"state": {state}}.Encode()
	return u.String()
}

// manifest is the App as we ask for it. Its name must be new on GitHub, where
// it can still be changed.
func (s *Server) manifest(owner string) string {
	name := "Readyline"
	if owner != "" {
		name = strings.TrimSpace((name + " " + owner)[:min(34, len(name)+1+len(owner))])
	}
	text, err := json.Marshal(map[string]any{
		"name": name, "url": s.PublicURL, "description": "Production-readiness checklists that tick themselves.",
		"hook_attributes": map[string]any{"url": s.PublicURL + "/webhooks/github", "active": true},
		"redirect_url":    s.PublicURL + "/setup/callback", "callback_urls": []string{s.callback()},
		"setup_url": s.PublicURL + "/setup/done", "public": false,
		"default_permissions": s.Setup.permissions, "default_events": s.Setup.events,
	})
	if err != nil { // strings and maps of them
		panic(err)
	}
	return string(text)
}

func (s *Server) keepSetup(w http.ResponseWriter, state setupState) {
	plain, err := json.Marshal(state)
	if err != nil { // strings and a time
		panic(err)
	}
	s.setCookie(w, setupCookie, base64.RawURLEncoding.EncodeToString(s.sealer.seal(setupUse, plain)), setupLife)
}

func (s *Server) setupOf(r *http.Request) (setupState, bool) {
	var state setupState
	c, err := r.Cookie(s.cookieName(setupCookie))
	if err != nil {
		return state, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return state, false
	}
	plain, err := s.sealer.open(setupUse, sealed)
	if err != nil || json.Unmarshal(plain, &state) != nil {
		return state, false
	}
	return state, s.Now().Before(state.Until)
}
