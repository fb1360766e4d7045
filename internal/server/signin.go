package server

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/readyline/readyline/internal/store"
)

// signInLife is how long a sign-in may take.
const signInLife = 10 * time.Minute

const signInUse = "sign-in"

// signIn is what has to come back from GitHub, kept in a sealed cookie.
type signIn struct {
	State    string    `json:"state"`
	Verifier string    `json:"verifier"`
	Next     string    `json:"next"`
	Until    time.Time `json:"until"`
}

func (s *Server) callback() string { return s.PublicURL + "/auth/callback" }

// login sends a visitor to GitHub.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	app := s.app.Load()
	if app == nil || app.Credentials.ClientID == "" {
		s.problem(w, r, http.StatusServiceUnavailable, "Signing in needs a GitHub App with a client id and a client secret. The server's owner has to set them.")
		return
	}
	in := signIn{State: newSecret(), Verifier: oauth2.GenerateVerifier(), Next: onThisServer(r.URL.Query().Get("next")), Until: s.Now().Add(signInLife)}
	plain, err := json.Marshal(in)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.setCookie(w, "signin", base64.RawURLEncoding.EncodeToString(s.sealer.seal(signInUse, plain)), signInLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, app.SignIn(s.callback()).AuthCodeURL(in.State, oauth2.S256ChallengeOption(in.Verifier)), http.StatusFound)
}

// onThisServer keeps a redirect on this server: a path, and what follows it.
func onThisServer(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.User != nil ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
}

// signedIn is where GitHub sends people back to.
func (s *Server) signedIn(w http.ResponseWriter, r *http.Request) {
	in, ok := s.signInOf(r)
	s.setCookie(w, "signin", "", 0) // works once
	w.Header().Set("Cache-Control", "no-store")
	q := r.URL.Query()
	switch {
	case !ok || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(in.State)) != 1:
		s.problem(w, r, http.StatusBadRequest, "This sign-in was not started here, or too long ago. Sign in again.")
		return
	case q.Get("code") == "":
		s.problem(w, r, http.StatusBadRequest, "GitHub did not sign you in. Sign in again, and allow it there.")
		return
	}
	session, err := s.exchange(r.Context(), q.Get("code"), in.Verifier)
	if err != nil {
		s.Log.WarnContext(r.Context(), "sign-in refused", "error", err)
		s.problem(w, r, http.StatusBadRequest, "GitHub did not confirm this sign-in. Sign in again.")
		return
	}
	s.setCookie(w, "session", session, sessionLife)
	http.Redirect(w, r, in.Next, http.StatusFound)
}

func (s *Server) signInOf(r *http.Request) (signIn, bool) {
	var in signIn
	c, err := r.Cookie(s.cookieName("signin"))
	if err != nil {
		return in, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return in, false
	}
	plain, err := s.sealer.open(signInUse, sealed)
	if err != nil || json.Unmarshal(plain, &in) != nil {
		return in, false
	}
	return in, s.Now().Before(in.Until)
}

// exchange turns GitHub's code into a session of ours.
func (s *Server) exchange(ctx context.Context, code, verifier string) (string, error) {
	app := s.app.Load()
	if app == nil {
		return "", errNoApp
	}
	t, err := app.SignIn(s.callback()).Exchange(app.SignInContext(ctx), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", fmt.Errorf("exchange the code: %w", err)
	}
	viewer, err := s.keepViewer(ctx, grantOf(t))
	if err != nil {
		return "", err
	}
	// A new sign-in may bring new access at once.
	if err := s.Store.DropAccess(ctx, viewer.ID, 0); err != nil {
		return "", err
	}
	session := newSecret()
	return session, s.Store.AddSession(ctx, hashOf(session), viewer.ID, s.Now().Add(sessionLife))
}

// keepViewer asks GitHub whose token it is and keeps both.
func (s *Server) keepViewer(ctx context.Context, g grant) (store.Viewer, error) {
	app := s.app.Load()
	if app == nil {
		return store.Viewer{}, errNoApp
	}
	who, err := app.Viewer(g.Access).Who(ctx)
	if err != nil {
		return store.Viewer{}, err
	}
	sealed, err := s.sealGrant(g)
	if err != nil {
		return store.Viewer{}, err
	}
	v := store.Viewer{ID: who.ID, Login: who.Login, Name: who.Name, AvatarURL: who.AvatarURL, Sealed: sealed}
	return v, s.Store.PutViewer(ctx, v)
}

// demoViewer is the viewer that the demo signs visitors in as. The emulator
// takes a login for a token.
func (s *Server) demoViewer(ctx context.Context) (store.Viewer, error) {
	if id := s.demoID.Load(); id != 0 {
		return s.Store.Viewer(ctx, id)
	}
	v, err := s.keepViewer(ctx, grant{Access: s.DemoViewer})
	if err == nil {
		s.demoID.Store(v.ID)
	}
	return v, err
}

// logout ends the session.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	s.signedOut(w, r)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
