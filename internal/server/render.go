package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/yuin/goldmark"

	"github.com/readyline/readyline/internal/store"
)

// looks are the pages' templates and assets, read once.
type looks struct {
	pages  map[string]*template.Template
	assets map[string]asset
	prose  goldmark.Markdown

	pack    *template.Template // summary of evidence packs
	openapi []byte
}

type asset struct {
	body []byte
	kind string
	sum  string // changes with the body
}

// newLooks reads what is embedded. A fault in it is a fault of the build.
func newLooks(files fs.FS) *looks {
	l := &looks{pages: map[string]*template.Template{}, assets: map[string]asset{}, prose: newProse()}
	names, err := fs.Glob(files, "assets/*")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(body)
		l.assets[path.Base(name)] = asset{body, mime.TypeByExtension(path.Ext(name)), hex.EncodeToString(sum[:6])}
	}
	shared := template.Must(template.New("layout.html").Funcs(l.funcs()).ParseFS(files, "pages/layout.html", "pages/part_*.html"))
	if names, err = fs.Glob(files, "pages/*.html"); err != nil {
		panic(err)
	}
	for _, name := range names {
		base := path.Base(name)
		if base != "layout.html" && !strings.HasPrefix(base, "part_") {
			l.pages[strings.TrimSuffix(base, ".html")] = template.Must(template.Must(shared.Clone()).ParseFS(files, name))
		}
	}
	l.pack = template.Must(template.New("pack.html").Funcs(l.funcs()).ParseFS(files, "pack.html"))
	if l.openapi, err = fs.ReadFile(files, "openapi.json"); err != nil {
		panic(err)
	}
	return l
}

// frame is what every page shows around its own content.
type frame struct {
	Title   string
	Nav     string // the entry of the navigation that is current
	Visitor visitorView
	Next    string // where to come back to after signing in; empty: nobody can
	Now     time.Time
	Version string
	Page    any
}

// visitorView is what pages tell about who looks at them.
type visitorView struct {
	Login  string
	Name   string
	Letter string
	Demo   bool
}

// page answers with a page.
func (s *Server) page(w http.ResponseWriter, r *http.Request, status int, name, title, nav string, page any) {
	v := visitorOf(r)
	f := frame{Title: title, Nav: nav, Now: s.Now().UTC(), Version: s.Version, Page: page, Next: r.URL.RequestURI()}
	switch app := s.app.Load(); {
	case app == nil || app.Credentials.ClientID == "":
		f.Next = "" // nobody can sign in
	case strings.HasPrefix(r.URL.Path, "/auth/"), strings.HasPrefix(r.URL.Path, "/setup"):
		f.Next = "/" // what GitHub sent along is for once
	}
	if v.viewer.ID != 0 {
		f.Visitor = visitorView{Login: v.viewer.Login, Name: v.viewer.Name, Letter: initial(v.viewer.Login), Demo: v.demo}
	}
	var b bytes.Buffer
	if err := s.looks.pages[name].Execute(&b, f); err != nil {
		s.Log.ErrorContext(r.Context(), "page not drawn", "page", name, "path", r.URL.Path, "error", err)
		http.Error(w, "internal error; the server's log tells more", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func initial(login string) string {
	for _, r := range strings.ToUpper(login) {
		return string(r)
	}
	return "?"
}

// problem answers with what went wrong, as a page or, under /api, as JSON.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, status int, message string) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(apiProblem{status, message})
		return
	}
	s.page(w, r, status, "problem", http.StatusText(status), "", problemPage{status, http.StatusText(status), message})
}

type problemPage struct {
	Status  int
	Title   string
	Message string
}

type apiProblem struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// notFound is the answer for what is not there and for what the caller may not
// see: the two can't be told apart.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	message := "There is nothing here, or nothing that you may see."
	if strings.HasPrefix(r.URL.Path, "/api/") {
		message += " What there is stands in /api/v1/openapi.json; a personal token of yours, as Authorization: Bearer TOKEN, shows what you may see."
	}
	s.problem(w, r, http.StatusNotFound, message)
}

// failed maps errors to answers, in this one place.
func (s *Server) failed(w http.ResponseWriter, r *http.Request, err error) {
	var bad badRequest
	switch {
	case errors.As(err, &bad):
		s.problem(w, r, http.StatusBadRequest, bad.Error())
	case errors.Is(err, store.ErrNotFound):
		s.notFound(w, r)
	case r.Context().Err() != nil: // nobody waits for the answer
	default:
		s.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		s.problem(w, r, http.StatusInternalServerError, "Something went wrong on our side; the server's log tells more.")
	}
}

// asset answers with a style, script or icon. Its address changes with its
// content, so it may be kept for ever.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := s.looks.assets[unescaped(r, "name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("ETag", `"`+a.sum+`"`)
	h.Set("Cache-Control", "public, max-age=300")
	if r.URL.Query().Get("v") == a.sum {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

func (s *Server) favicon(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.looks.link("icon.svg"), http.StatusFound)
}

// link is the address of an asset.
func (l *looks) link(name string) string {
	return fmt.Sprintf("/assets/%s?v=%s", name, l.assets[name].sum)
}
