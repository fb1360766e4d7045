package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/readyline/readyline/internal/store"
)

// tokenPrefix lets secret scanners know our tokens.
const tokenPrefix = "rdl_"

type tokensPage struct {
	Tokens []store.Token
	Fresh  string // shown once
	Fault  string
}

// tokens lists a viewer's personal tokens.
func (s *Server) tokens(w http.ResponseWriter, r *http.Request) {
	s.showTokens(w, r, http.StatusOK, tokensPage{})
}

func (s *Server) showTokens(w http.ResponseWriter, r *http.Request, status int, p tokensPage) {
	v := visitorOf(r)
	if v.viewer.ID == 0 {
		s.notFound(w, r)
		return
	}
	all, err := s.Store.Tokens(r.Context(), v.viewer.ID)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	for _, t := range all {
		if t.RevokedAt == nil {
			p.Tokens = append(p.Tokens, t)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	s.page(w, r, status, "tokens", "API tokens", "tokens", p)
}

// createToken makes a token and shows it this once. It cannot be made with
// another token: a stolen one must not outlive its revocation.
func (s *Server) createToken(w http.ResponseWriter, r *http.Request) {
	v := visitorOf(r)
	if v.viewer.ID == 0 || bearer(r) != "" {
		s.notFound(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	name := strings.TrimSpace(r.PostFormValue("name"))
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if name == "" || utf8.RuneCountInString(name) > 100 || !utf8.ValidString(name) || strings.ContainsRune(name, 0) || err != nil || days < 0 || days > 3650 {
		s.showTokens(w, r, http.StatusUnprocessableEntity, tokensPage{Fault: "Give the token a name of at most 100 characters, and choose how long it lasts."})
		return
	}
	var expires *time.Time
	if days > 0 {
		t := s.Now().AddDate(0, 0, days)
		expires = &t
	}
	secret := tokenPrefix + newSecret()
	if _, err := s.Store.AddToken(r.Context(), hashOf(secret), v.viewer.ID, name, expires); err != nil {
		s.failed(w, r, err)
		return
	}
	s.showTokens(w, r, http.StatusOK, tokensPage{Fresh: secret})
}

// revokeToken ends a token of the viewer's own.
func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request) {
	v := visitorOf(r)
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	id, err := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
	if v.viewer.ID == 0 || err != nil {
		s.notFound(w, r)
		return
	}
	if err := s.Store.RevokeToken(r.Context(), v.viewer.ID, id); err != nil {
		s.failed(w, r, err)
		return
	}
	http.Redirect(w, r, "/tokens", http.StatusSeeOther)
}
