package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/readyline/readyline/internal/store"
)

// api mounts what programs read: the same data as the pages, within the same
// sight, as JSON and, where it is a list, as CSV.
func (s *Server) api(r chi.Router) {
	r.Get("/user", s.apiUser)
	r.Get("/orgs", s.apiOrgs)
	r.Get("/orgs/{owner}", s.apiOrg)
	s.list(r, "/orgs/{owner}/repositories", s.apiRepositories)
	s.list(r, "/orgs/{owner}/controls", s.apiAdoption)
	r.Get("/repos/{owner}/{repo}", s.apiRepo)
	s.list(r, "/repos/{owner}/{repo}/items", s.apiItems)
	s.list(r, "/repos/{owner}/{repo}/history", s.apiHistory)
	r.Get("/repos/{owner}/{repo}/badge-token", s.apiBadgeToken)
	r.Post("/repos/{owner}/{repo}/badge-token", s.apiNewBadgeToken)
	r.Delete("/repos/{owner}/{repo}/badge-token", s.apiDropBadgeToken)
	r.Get("/repos/{owner}/{repo}/evidence.zip", s.evidencePack)
	s.list(r, "/controls", s.apiControls)
	r.Get("/controls/{control}", s.apiControl)
	s.list(r, "/checklists", s.apiChecklists)
	r.Get("/checklists/{id}", s.apiChecklist)
	r.Get("/evidence-key", s.apiEvidenceKey)
	r.NotFound(s.notFound)
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, r, http.StatusMethodNotAllowed, "This address does not take "+r.Method+"; /api/v1/openapi.json lists what takes what.")
	})
}

// answer is a list that goes out as JSON or as CSV.
type answer struct {
	value any    // as JSON
	table *table // as CSV
	next  string // cursor of the next page; empty: this is the last
}

// list mounts a list under its path, and as CSV under its path with .csv.
func (s *Server) list(r chi.Router, path string, get func(*http.Request) (answer, error)) {
	serve := func(asCSV bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			a, err := get(r)
			if err != nil {
				s.failed(w, r, err)
				return
			}
			if a.next != "" {
				q := r.URL.Query()
				q.Set("after", a.next)
				w.Header().Set("Link", "<"+s.PublicURL+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
			}
			if asCSV || prefersCSV(r) {
				a.table.write(w)
				return
			}
			writeJSON(w, http.StatusOK, a.value)
		}
	}
	r.Get(path, serve(false))
	r.Get(path+".csv", serve(true))
}

// prefersCSV tells whether the first kind that the caller takes is CSV.
func prefersCSV(r *http.Request) bool {
	first, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	kind, _, _ := strings.Cut(first, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/csv")
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// badRequest is an error that the caller made.
type badRequest string

func (b badRequest) Error() string { return string(b) }

// limit reads how many are wanted at a time.
func limit(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return 100, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1000 {
		return 0, badRequest("limit: a number from 1 to 1000 is wanted")
	}
	return n, nil
}

// pastOf reads the time that a request wants to look back to.
func (s *Server) pastOf(r *http.Request) (time.Time, error) {
	at, bad := moment(r.URL.Query().Get("at"), s.Now())
	if bad {
		return at, badRequest("at: a day like 2026-11-01, or a time like 2026-11-01T12:00:00Z, is wanted")
	}
	return at, nil
}

// visible is the repository that a request names, if the caller may see it.
func (s *Server) visible(r *http.Request) (store.Repository, error) {
	return s.Store.Sees(r.Context(), visitorOf(r).sight, unescaped(r, "owner"), unescaped(r, "repo"))
}

// unescaped is a part of the address as it was meant: chi matches the raw path
// where there is one.
func unescaped(r *http.Request, name string) string {
	raw := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return raw
	}
	if text, err := url.PathUnescape(raw); err == nil {
		return text
	}
	return raw
}

// writes tells whether the caller may write to a repository, as far as GitHub
// said so a moment ago.
func (s *Server) writes(r *http.Request, repository int64) (bool, error) {
	v := visitorOf(r)
	if v.viewer.ID == 0 {
		return false, nil
	}
	a, err := s.Store.AccessTo(r.Context(), v.viewer.ID, repository, v.sight.Since)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return a.Permission == "write" || a.Permission == "maintain" || a.Permission == "admin", err
}

// openAPI describes all of it.
func (s *Server) openAPI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(s.looks.openapi)
}
