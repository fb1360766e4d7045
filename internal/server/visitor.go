package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// visitor is who asks for a page and what they may see.
type visitor struct {
	viewer store.Viewer // ID 0: nobody signed in
	sight  store.Sight
	demo   bool // signed in because the demo says so
}

type visitorKey struct{}

// visitorOf is who asks. Routes without the identified middleware have nobody.
func visitorOf(r *http.Request) visitor {
	v, _ := r.Context().Value(visitorKey{}).(visitor)
	return v
}

// errSignIn says that GitHub does not take a viewer's token any more.
var errSignIn = errors.New("sign in again")

// identified finds out who asks, by session, personal token or demo, and asks
// GitHub what they may see unless it said so a moment ago.
func (s *Server) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.identify(r)
		if errors.Is(err, errSignIn) {
			s.signedOut(w, r)
			v, err = visitor{sight: store.Sight{Public: s.Anonymous}}, nil
			if bearer(r) != "" {
				err = errSignIn
			}
		}
		switch {
		case errors.Is(err, errSignIn), errors.Is(err, store.ErrNotFound):
			w.Header().Set("WWW-Authenticate", `Bearer realm="readyline"`)
			s.problem(w, r, http.StatusUnauthorized, "This token is not valid, or no longer. Make a new one on the page /tokens.")
		case err != nil:
			s.Log.ErrorContext(r.Context(), "visitor not identified", "path", r.URL.Path, "error", err)
			s.problem(w, r, http.StatusServiceUnavailable, "GitHub could not tell which repositories you may see. Try again in a moment.")
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
		}
	})
}

func (s *Server) identify(r *http.Request) (visitor, error) {
	ctx := r.Context()
	if token := bearer(r); token != "" {
		viewer, err := s.Store.TokenViewer(ctx, hashOf(token))
		if err != nil {
			return visitor{}, err
		}
		return s.seeing(ctx, visitor{viewer: viewer})
	}
	if c, err := r.Cookie(s.cookieName("session")); err == nil {
		viewer, err := s.Store.SessionViewer(ctx, hashOf(c.Value))
		if err == nil {
			return s.seeing(ctx, visitor{viewer: viewer})
		}
		if !errors.Is(err, store.ErrNotFound) {
			return visitor{}, err
		}
	}
	if s.DemoViewer != "" && local(r) {
		viewer, err := s.demoViewer(ctx)
		if err != nil {
			return visitor{}, err
		}
		return s.seeing(ctx, visitor{viewer: viewer, demo: true})
	}
	return visitor{sight: store.Sight{Public: s.Anonymous}}, nil
}

func (s *Server) seeing(ctx context.Context, v visitor) (visitor, error) {
	since, err := s.asked(ctx, v.viewer)
	v.sight = store.Sight{Viewer: v.viewer.ID, Since: since, Public: s.Anonymous}
	return v, err
}

// bearer is the personal token of a request, or nothing.
func bearer(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// local tells whether a request came over the loopback interface to a loopback
// name: a page elsewhere that points a name of its own at this machine is
// somebody else.
func local(r *http.Request) bool {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok || !loopback(addr.String()) || !loopback(r.RemoteAddr) {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return host == "localhost" || isLoopback(strings.Trim(host, "[]"))
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && isLoopback(host)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Secrets that we hand out are random; only their hashes are kept.
const (
	secretBytes = 32
	sessionLife = 30 * 24 * time.Hour
)

func newSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func (s *Server) https() bool { return strings.HasPrefix(s.PublicURL, "https://") }

// cookieName has the prefix that makes browsers refuse such a cookie from
// anybody but this host, over TLS.
func (s *Server) cookieName(name string) string {
	if s.https() {
		return "__Host-readyline_" + name
	}
	return "readyline_" + name
}

func (s *Server) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	c := &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode,
	}
	if life <= 0 {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// signedOut forgets the session of a request.
func (s *Server) signedOut(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie(s.cookieName("session"))
	if err != nil {
		return
	}
	if err := s.Store.EndSession(r.Context(), hashOf(c.Value)); err != nil {
		s.Log.ErrorContext(r.Context(), "session not ended", "error", err)
	}
	s.setCookie(w, "session", "", 0)
}
