package emulator

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// grant is a code that an app may change for a user's token, once, within ten minutes.
type grant struct {
	appID     int64
	userID    int64
	redirect  string
	challenge string // PKCE, S256; empty: none was sent
	expires   time.Time
}

// Lifetimes of user tokens, as GitHub documents them.
const (
	userTokenLife    = 8 * time.Hour
	refreshTokenLife = 184 * 24 * time.Hour
	codeLife         = 10 * time.Minute
)

func (s *Server) mountOAuth(r chi.Router) {
	r.Get("/login/oauth/authorize", s.authorize)
	r.Post("/login/oauth/access_token", s.exchange)
	r.Post("/settings/apps/new", s.showManifest)
	r.Post("/organizations/{org}/settings/apps/new", s.showManifest)
	r.Get("/settings/apps/new", s.showManifest)
	r.Post("/_emulator/manifests/{form}", s.createFromManifest)
	r.Get("/settings/installations/{id}", s.showInstallation)
	r.Get("/organizations/{org}/settings/installations/{id}", s.showInstallation)
	r.Get("/apps/{slug}", s.showApp)
	r.Get("/apps/{slug}/installations/new", s.showInstall)
	r.Post("/apps/{slug}/installations", s.installFromPage)
}

// callbackAllowed says whether an app registered a redirect address, or one above it.
func callbackAllowed(app *App, redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil {
		return false
	}
	for _, known := range app.CallbackURLs {
		k, err := url.Parse(known)
		if err == nil && k.Scheme == u.Scheme && k.Host == u.Host && (u.Path == k.Path || strings.HasPrefix(u.Path, strings.TrimSuffix(k.Path, "/")+"/")) {
			return true
		}
	}
	return false
}

// authorizeRequest is a checked request for a user's consent.
type authorizeRequest struct {
	app                        *App
	redirect, state, challenge string
}

func (s *Server) readAuthorize(r *http.Request) (authorizeRequest, error) {
	q := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	a := authorizeRequest{app: s.appByClientIDLocked(q.Get("client_id")), state: q.Get("state"), challenge: q.Get("code_challenge")}
	if a.app == nil {
		return a, errors.New("No application has this client_id.")
	}
	a.redirect = q.Get("redirect_uri")
	if a.redirect == "" && len(a.app.CallbackURLs) > 0 {
		a.redirect = a.app.CallbackURLs[0]
	}
	if !callbackAllowed(a.app, a.redirect) {
		return a, errors.New("The redirect_uri is not associated with this application.")
	}
	if a.challenge != "" && q.Get("code_challenge_method") != "S256" {
		return a, errors.New("Only the S256 code challenge method is supported.")
	}
	return a, nil
}

// authorize shows who one can sign in as; with ?login= it answers at once.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	a, err := s.readAuthorize(r)
	if err != nil {
		s.writeMessage(w, r, http.StatusBadRequest, "Cannot sign in", err.Error())
		return
	}
	login := r.URL.Query().Get("login")
	if login == "" {
		s.showAuthorize(w, r, a)
		return
	}
	s.mu.Lock()
	person := s.personLocked(login)
	code := randomHex(10)
	if person != nil {
		s.codes[code] = &grant{appID: a.app.ID, userID: person.ID, redirect: a.redirect, challenge: a.challenge, expires: s.now().Add(codeLife)}
	}
	s.mu.Unlock()
	if person == nil {
		s.writeMessage(w, r, http.StatusBadRequest, "Cannot sign in", "There is no person of that name.")
		return
	}
	to, _ := url.Parse(a.redirect)
	q := to.Query()
	q.Set("code", code)
	if a.state != "" {
		q.Set("state", a.state)
	}
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// readForm reads a form or a JSON object.
func readForm(r *http.Request) url.Values {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		values := url.Values{}
		var in map[string]string
		if json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&in) == nil {
			for name, value := range in {
				values.Set(name, value)
			}
		}
		return values
	}
	_ = r.ParseForm()
	return r.Form
}

// exchange changes a code, or a refresh token, for a user's token. Both work once.
// GitHub reports errors with status 200.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request) {
	form := readForm(r)
	s.mu.Lock()
	out := s.exchangeLocked(form)
	s.mu.Unlock()
	if strings.Contains(r.Header.Get("Accept"), "json") {
		writeJSON(w, http.StatusOK, out)
		return
	}
	values := url.Values{}
	for name, value := range out {
		if text, ok := value.(string); ok {
			values.Set(name, text)
		} else if n, ok := value.(int64); ok {
			values.Set(name, itoa(n))
		}
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	w.Write([]byte(values.Encode()))
}

func oauthError(code, description string) object {
	return object{"error": code, "error_description": description, "error_uri": docsURL}
}

func (s *Server) exchangeLocked(form url.Values) object {
	app := s.appByClientIDLocked(form.Get("client_id"))
	if app == nil || subtle.ConstantTimeCompare([]byte(app.ClientSecret), []byte(form.Get("client_secret"))) != 1 {
		return oauthError("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
	}
	now := s.now()
	if form.Get("grant_type") == "refresh_token" {
		old := s.state.Refreshes[form.Get("refresh_token")]
		if old == nil || old.AppID != app.ID || !now.Before(old.ExpiresAt) {
			return oauthError("bad_refresh_token", "The refresh token passed is incorrect or expired.")
		}
		delete(s.state.Refreshes, form.Get("refresh_token"))
		return s.userTokenLocked(app, old.UserID)
	}
	g := s.codes[form.Get("code")]
	delete(s.codes, form.Get("code"))
	switch {
	case g == nil || g.appID != app.ID || !now.Before(g.expires):
		return oauthError("bad_verification_code", "The code passed is incorrect or expired.")
	case cmp.Or(form.Get("redirect_uri"), g.redirect) != g.redirect:
		return oauthError("redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL for this application.")
	case g.challenge != "" && s256(form.Get("code_verifier")) != g.challenge:
		return oauthError("incorrect_code_verifier", "The code_verifier does not match the code_challenge.")
	}
	return s.userTokenLocked(app, g.userID)
}

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (s *Server) userTokenLocked(app *App, userID int64) object {
	raw, refresh := "ghu_"+randomHex(18), "ghr_"+randomHex(38)
	now := s.now().UTC()
	s.state.Tokens[raw] = &token{AppID: app.ID, UserID: userID, ExpiresAt: now.Add(userTokenLife)}
	s.state.Refreshes[refresh] = &refreshToken{AppID: app.ID, UserID: userID, ExpiresAt: now.Add(refreshTokenLife)}
	return object{
		"access_token": raw, "expires_in": int64(userTokenLife / time.Second), "refresh_token": refresh,
		"refresh_token_expires_in": int64(refreshTokenLife / time.Second), "scope": "", "token_type": "bearer",
	}
}

// organizationsOfLocked lists the accounts a person may install an app on.
func (s *Server) accountsOfLocked(person *Account) []*Account {
	accounts := []*Account{person}
	for _, org := range s.organizationsLocked() {
		if org.Members[person.ID] == "admin" {
			accounts = append(accounts, org)
		}
	}
	return slices.Clip(accounts)
}
