package emulator

import (
	"bytes"
	"embed"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

//go:embed pages
var pageFiles embed.FS

// sessionCookie holds the login of the person at the browser.
const sessionCookie = "emulator_user"

// page is what every template gets.
type page struct {
	Title  string
	Viewer *Account
	People []*Account
	Path   string
	Repo   *repoView // nil outside a repository
	Data   any
}

// repoView is a repository as the pages show it.
type repoView struct {
	Owner, Name, Full, URL, Branch, Description string
	Private, Archived                           bool
	HasIssues                                   bool
	MayPush                                     bool
	OpenIssues                                  int
	repo                                        *Repository
}

func (s *Server) mountPages(r chi.Router) {
	r.Get("/_emulator/style.css", servePageFile("pages/style.css", "text/css; charset=utf-8"))
	r.Get("/_emulator/script.js", servePageFile("pages/script.js", "text/javascript; charset=utf-8"))
	r.Get("/", s.showHome)
	r.Get("/{owner}", s.showOwner)
	r.Route("/{owner}/{repo}", func(r chi.Router) {
		r.Get("/", s.inRepo(s.showRepository))
		r.Get("/issues", s.inRepo(s.showIssues))
		r.Get("/issues/{number}", s.inRepo(s.showIssue))
		r.Get("/pull/{number}", s.inRepo(s.showIssue))
		r.Get("/issues/{number}/live", s.inRepo(s.liveIssue))
		r.Post("/issues/{number}/task", s.inRepo(s.tickTask))
		r.Post("/issues/{number}/body", s.inRepo(s.saveBody))
		r.Post("/issues/{number}/comments", s.inRepo(s.saveComment))
		r.Post("/issues/{number}/state", s.inRepo(s.saveState))
		r.Get("/commits", s.inRepo(s.showCommits))
		r.Get("/commit/{sha}", s.inRepo(s.showCommit))
		r.Get("/tree/*", s.inRepo(s.showTree))
		r.Get("/blob/*", s.inRepo(s.showBlob))
		r.Get("/raw/*", s.inRepo(s.showRaw))
		r.Get("/runs/{id}", s.inRepo(s.showRun))
	})
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such page.")
	})
}

func servePageFile(name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := pageFiles.ReadFile(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(data)
	}
}

// loopbackHosts refuses requests that came by another name, so that no web site
// can reach the emulator by pointing its own name at this machine.
func loopbackHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && !strings.HasSuffix(host, ".localhost") && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The emulator answers to this machine only.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// viewer is the person signed in at the browser: who the cookie names, else the default owner.
func (s *Server) viewer(r *http.Request) *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if person := s.personLocked(cookie.Value); person != nil {
			return person
		}
	}
	return s.accountLocked(DefaultOwner)
}

// renderPage renders one template inside the layout.
func (s *Server) renderPage(w http.ResponseWriter, r *http.Request, status int, name, title string, data any) {
	s.renderIn(w, r, status, name, title, nil, data)
}

func (s *Server) renderIn(w http.ResponseWriter, r *http.Request, status int, name, title string, repo *repoView, data any) {
	files := []string{"pages/layout.html", "pages/" + name}
	if name == "issue.html" {
		files = append(files, "pages/live.html")
	}
	t, err := template.New("layout.html").Funcs(pageFuncs()).ParseFS(pageFiles, files...)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p := page{Title: title, Viewer: s.viewer(r), Path: r.URL.RequestURI(), Repo: repo, Data: data}
	s.mu.Lock()
	p.People = s.peopleLocked()
	s.mu.Unlock()
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		s.log.Error("emulator: render", "page", name, "error", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writePage(w, status, out.Bytes())
}

func writePage(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "+
		"frame-ancestors 'none'; img-src 'self' http://127.0.0.1:* http://localhost:*")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	w.Write(body)
}

func pageFuncs() template.FuncMap {
	return template.FuncMap{
		"ago":     func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04:05 UTC") },
		"short":   func(sha string) string { return sha[:min(len(sha), 7)] },
		"first":   func(s string) string { line, _, _ := strings.Cut(s, "\n"); return line },
		"path":    escapePath,
		"segment": url.PathEscape,
		"add":     func(a, b int) int { return a + b },
	}
}

func (s *Server) writeMessage(w http.ResponseWriter, r *http.Request, status int, title, message string) {
	s.renderPage(w, r, status, "message.html", title, message)
}

// inRepo resolves the repository of a page; what the viewer may not see is not found.
func (s *Server) inRepo(show func(http.ResponseWriter, *http.Request, *repoView)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		viewer := s.viewer(r)
		c := caller{s: s, user: viewer}
		s.mu.Lock()
		repo, moved := s.findRepositoryLocked(chi.URLParam(r, "owner"), chi.URLParam(r, "repo"))
		var v *repoView
		if repo != nil && c.seesLocked(repo) {
			v = s.repoViewLocked(repo, viewer)
		}
		s.mu.Unlock()
		switch {
		case v == nil:
			s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such repository, or "+viewer.Login+" may not see it.")
		case moved:
			rest := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
			to := "/" + v.Full
			if len(rest) == 3 {
				to += "/" + rest[2]
			}
			http.Redirect(w, r, to, http.StatusMovedPermanently)
		default:
			show(w, r, v)
		}
	}
}

func (s *Server) repoViewLocked(repo *Repository, viewer *Account) *repoView {
	full := s.fullNameLocked(repo)
	v := &repoView{
		Owner: s.state.Accounts[repo.OwnerID].Login, Name: repo.Name, Full: full, URL: s.URL() + "/" + full, Branch: repo.DefaultBranch,
		Description: repo.Description, Private: repo.Private, Archived: repo.Archived, HasIssues: repo.HasIssues, repo: repo,
	}
	role := s.roleLocked(viewer.ID, repo)
	v.MayPush = rank(role) >= 2 || role == "triage"
	for _, issue := range repo.Issues {
		if !issue.Closed && !issue.Deleted && issue.MovedTo == "" && issue.Pull == nil {
			v.OpenIssues++
		}
	}
	return v
}

func (s *Server) showHome(w http.ResponseWriter, r *http.Request) {
	s.showRepositories(w, r, "Repositories", func(*Repository) bool { return true })
}

func (s *Server) showOwner(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	owner := s.accountLocked(chi.URLParam(r, "owner"))
	s.mu.Unlock()
	if owner == nil {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such account.")
		return
	}
	s.showRepositories(w, r, owner.Login, func(repo *Repository) bool { return repo.OwnerID == owner.ID })
}

func (s *Server) showRepositories(w http.ResponseWriter, r *http.Request, title string, keep func(*Repository) bool) {
	viewer := s.viewer(r)
	c := caller{s: s, user: viewer}
	var views []*repoView
	s.mu.Lock()
	for _, repo := range s.repositoriesLocked() {
		if keep(repo) && c.seesLocked(repo) {
			views = append(views, s.repoViewLocked(repo, viewer))
		}
	}
	s.mu.Unlock()
	s.renderPage(w, r, http.StatusOK, "home.html", title, views)
}
