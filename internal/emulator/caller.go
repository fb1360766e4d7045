package emulator

import (
	"context"
	"net/http"
	"strings"
)

// caller is who makes a request and what its token is good for.
type caller struct {
	s *Server
	// user is the person acting; nil for an app, an installation or nobody.
	user *Account
	// app is the app acting for itself (JWT), by installation token or for a user.
	app *App
	// installation is set for an installation token.
	installation *Installation
	suspended    bool
	// permissions and repositories narrow an installation token; nil repositories mean all of the installation's.
	permissions  map[string]string
	repositories map[int64]bool
	// asApp says that the request came with the app's own JWT.
	asApp bool
	// bucket names the rate limit that the request counts against.
	bucket string
	// token is what the request carried; entity tags depend on it.
	token string
}

type contextKey int

const (
	callerKey contextKey = iota
	repositoryKey
	entryKey
)

// caller returns who makes a request under /api.
func (s *Server) caller(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey).(caller)
	c.s = s
	return c
}

// Levels of a permission or of a role; a higher one includes the lower ones.
func rank(level string) int {
	switch level {
	case "read", "triage":
		return 1
	case "write", "maintain":
		return 2
	case "admin":
		return 3
	}
	return 0
}

// can says whether the caller may use permission on repo at level read, write or admin.
// It takes Server.mu; canLocked is for those who hold it.
func (c caller) can(repo *Repository, permission, level string) bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.canLocked(repo, permission, level)
}

func (c caller) canLocked(repo *Repository, permission, level string) bool {
	switch {
	case c.asApp:
		return false
	case c.installation != nil:
		if c.covers(repo) && rank(c.permissions[permission]) >= rank(level) {
			return true
		}
		return !repo.Private && level == "read" && publicPermissions[permission]
	case c.user != nil:
		role := c.s.roleLocked(c.user.ID, repo)
		if rank(role) == 0 && !repo.Private {
			role = "read" // everybody reads a public repository and may open issues there
		}
		if !personCan(role, permission, level) {
			return false
		}
		return c.app == nil || !repo.Private && level == "read" && publicPermissions[permission] || c.appReachesLocked(repo, permission, level)
	}
	return !repo.Private && level == "read" && publicPermissions[permission]
}

// publicPermissions are those that anybody has, to read, on a public repository.
var publicPermissions = map[string]bool{
	"metadata": true, "contents": true, "issues": true, "pull_requests": true, "checks": true, "statuses": true,
	"actions": true, "deployments": true,
}

// personCan maps a role on a repository to what GitHub lets people of that role do.
func personCan(role, permission, level string) bool {
	have := rank(role)
	switch permission {
	case "checks":
		return level == "read" && have >= 1 // only apps write check runs
	case "issues":
		return have >= 1 // handlers ask for more where somebody else's issue is edited
	case "administration", "secret_scanning_alerts", "organization_custom_properties":
		return have >= 3
	case "vulnerability_alerts", "security_events":
		return have >= 2 && rank(level) <= have
	}
	return have >= rank(level)
}

// covers says whether the installation token reaches repo at all.
func (c caller) covers(repo *Repository) bool {
	if c.installation == nil || !c.installation.covers(repo) {
		return false
	}
	return c.repositories == nil || c.repositories[repo.ID]
}

// appReachesLocked narrows a user's token to what its app was installed for.
func (c caller) appReachesLocked(repo *Repository, permission, level string) bool {
	inst := c.s.installationOfLocked(c.app.ID, repo)
	return inst != nil && rank(inst.Permissions[permission]) >= rank(level)
}

// seesLocked says whether repo exists at all as far as the caller can tell.
func (c caller) seesLocked(repo *Repository) bool {
	if !repo.Private {
		return true
	}
	switch {
	case c.asApp:
		return c.s.installationOfLocked(c.app.ID, repo) != nil
	case c.installation != nil:
		return c.covers(repo)
	case c.user != nil:
		return rank(c.s.roleLocked(c.user.ID, repo)) > 0 && (c.app == nil || c.s.installationOfLocked(c.app.ID, repo) != nil)
	}
	return false
}

// actor is the account in whose name the caller writes: the person, or the app's bot.
func (c caller) actor() *Account {
	if c.user != nil {
		return c.user
	}
	if c.app != nil {
		return c.s.state.Accounts[c.app.BotID]
	}
	return nil
}

// name says who it was, for the request log.
func (c caller) name() string {
	switch {
	case c.user != nil && c.app != nil:
		return c.user.Login + " via " + c.app.Slug
	case c.user != nil:
		return c.user.Login
	case c.app != nil:
		return c.app.Slug + "[bot]"
	}
	return ""
}

// need is middleware that lets a request through only with permission on its repository.
func (s *Server) need(permission, level string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			repo, ok := s.repoFor(r)
			if !ok {
				writeNotFound(w)
				return
			}
			if s.allow(w, r, repo, permission, level) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

// allow answers 403 or 404 as GitHub does, and false, when the caller lacks permission on repo.
func (s *Server) allow(w http.ResponseWriter, r *http.Request, repo *Repository, permission, level string) bool {
	c := s.caller(r)
	w.Header().Set("X-Accepted-GitHub-Permissions", permission+"="+level)
	if c.can(repo, permission, level) {
		return true
	}
	switch {
	case c.app != nil && !c.asApp:
		writeError(w, http.StatusForbidden, "Resource not accessible by integration")
	case c.asApp:
		writeError(w, http.StatusForbidden, "Resource not accessible by integration")
	case c.user == nil && !repo.Private && level != "read":
		writeError(w, http.StatusUnauthorized, "Requires authentication")
	case permission == "checks" && level == "write":
		writeError(w, http.StatusForbidden, "You must authenticate via a GitHub App.")
	case permission == "administration" || level == "admin":
		writeError(w, http.StatusForbidden, "Must have admin rights to Repository.")
	default:
		writeNotFound(w)
	}
	return false
}

// repoFor returns the repository that a request under /repos/{owner}/{repo} names.
// resolveRepository has answered 404 and 301 before any handler runs.
func (s *Server) repoFor(r *http.Request) (*Repository, bool) {
	repo, ok := r.Context().Value(repositoryKey).(*Repository)
	return repo, ok
}

// resolveRepository finds the repository of a request by its path, so that every
// handler under it can rely on the repository being there and visible.
func (s *Server) resolveRepository(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, ok := strings.CutPrefix(r.URL.Path, "/api/v3/repos/")
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		owner, rest, _ := strings.Cut(rest, "/")
		name, rest, _ := strings.Cut(rest, "/")
		c := s.caller(r)
		s.mu.Lock()
		repo, moved := s.findRepositoryLocked(owner, name)
		visible := repo != nil && c.seesLocked(repo)
		s.mu.Unlock()
		switch {
		case !visible:
			writeNotFound(w)
		case moved:
			s.redirectMoved(w, r, repo, rest)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), repositoryKey, repo)))
		}
	})
}

// redirectMoved sends the caller on to the repository's lasting address:
// 301 to readers, 307 to those who write with other methods than PATCH, as GitHub documents.
func (s *Server) redirectMoved(w http.ResponseWriter, r *http.Request, repo *Repository, rest string) {
	location := s.APIURL() + "/repositories/" + itoa(repo.ID)
	if rest != "" {
		location += "/" + rest
	}
	if r.URL.RawQuery != "" {
		location += "?" + r.URL.RawQuery
	}
	status := http.StatusMovedPermanently
	if r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodDelete {
		status = http.StatusTemporaryRedirect
	}
	w.Header().Set("Location", location)
	writeJSON(w, status, object{"message": "Moved Permanently", "url": location, "documentation_url": docsURL})
}
