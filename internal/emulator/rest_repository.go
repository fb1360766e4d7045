package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
)

func (s *Server) mountRepositoryRoutes(r chi.Router) {
	metadata, contents := s.need("metadata", "read"), s.need("contents", "read")
	pulls := s.need("pull_requests", "read")
	const repo = "/repos/{owner}/{repo}"
	r.With(metadata).Get(repo, s.getRepository)
	r.With(contents).Get(repo+"/branches", s.listBranches)
	r.With(contents).Get(repo+"/branches/*", s.getBranch)
	r.With(contents).Get(repo+"/commits", s.listCommits)
	r.With(contents).Get(repo+"/commits/*", s.getCommit)
	r.With(contents).Get(repo+"/git/commits/{sha}", s.getGitCommit)
	r.With(contents).Get(repo+"/git/trees/*", s.getTree)
	r.With(contents).Get(repo+"/git/blobs/{sha}", s.getBlob)
	r.With(contents).Get(repo+"/git/ref/*", s.getRef)
	r.With(contents).Get(repo+"/contents", s.getContents)
	r.With(contents).Get(repo+"/contents/*", s.getContents)
	r.With(pulls).Get(repo+"/pulls", s.listPulls)
	r.With(pulls).Get(repo+"/pulls/{number}", s.getPull)
	r.With(pulls).Get(repo+"/pulls/{number}/files", s.listPullFiles)
}

// byID lets /repositories/{id}/… stand for /repos/{owner}/{repo}/….
func (s *Server) byID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/v3/repositories/")
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		id, rest, _ := strings.Cut(rest, "/")
		s.mu.Lock()
		full := ""
		for _, repo := range s.state.Repositories {
			if itoa(repo.ID) == id {
				full = s.fullNameLocked(repo)
			}
		}
		s.mu.Unlock()
		path := "/api/v3/repos/" + full
		if rest != "" {
			path += "/" + rest
		}
		decoded, err := url.PathUnescape(path)
		if full == "" || err != nil {
			writeNotFound(w)
			return
		}
		r2 := r.Clone(r.Context())
		r2.URL.Path, r2.URL.RawPath = decoded, path
		next.ServeHTTP(w, r2)
	})
}

// pathRest is what a route's final * matched, unescaped.
func pathRest(r *http.Request) string {
	rest := chi.URLParam(r, "*")
	if decoded, err := url.PathUnescape(rest); err == nil && r.URL.RawPath != "" {
		return decoded
	}
	return rest
}

func (s *Server) getRepository(w http.ResponseWriter, r *http.Request) {
	repo, _ := s.repoFor(r)
	c := s.caller(r)
	s.mu.Lock()
	out := s.fullRepositoryJSONLocked(repo, c)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

// branchNames lists a repository's branches with their commits.
func branchNames(refs map[string]string) []string {
	var names []string
	for ref := range refs {
		if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (s *Server) listBranches(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	refs, err := git.refs(r.Context())
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	out := []object{}
	s.mu.Lock()
	api := s.repoAPILocked(repo)
	for _, name := range pageOf(w, r, s.URL(), branchNames(refs)) {
		sha := refs["refs/heads/"+name]
		protected, _ := s.protectionSummaryLocked(repo, name)
		out = append(out, object{"name": name, "commit": object{"sha": sha, "url": api + "/commits/" + sha}, "protected": protected})
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) getBranch(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	name := pathRest(r)
	if branch, ok := strings.CutSuffix(name, "/protection"); ok {
		if s.allow(w, r, repo, "administration", "read") {
			s.branchProtection(branch)(w, r)
		}
		return
	}
	sha, _, _, err := git.info("refs/heads/" + name)
	if err != nil {
		writeError(w, http.StatusNotFound, "Branch not found")
		return
	}
	c, err := git.readCommit(sha)
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	s.mu.Lock()
	api := s.repoAPILocked(repo) + "/branches/" + pathEscape(name)
	html := s.URL() + "/" + s.fullNameLocked(repo) + "/tree/" + escapePath(name)
	protected, summary := s.protectionSummaryLocked(repo, name)
	out := object{
		"name": name, "commit": s.commitJSONLocked(repo, c), "_links": object{"self": api, "html": html},
		"protected": protected, "protection_url": api + "/protection", "protection": summary,
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}
