package emulator

import (
	"encoding/base64"
	"errors"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
)

// repoGit finds the repository of a request and opens its git directory.
func (s *Server) repoGit(w http.ResponseWriter, r *http.Request) (*Repository, *gitRepo, bool) {
	repo, ok := s.repoFor(r)
	if !ok {
		writeNotFound(w)
		return nil, nil, false
	}
	git, err := s.git(r.Context(), repo)
	if err != nil {
		s.writeGitError(w, err)
		return nil, nil, false
	}
	return repo, git, true
}

func (s *Server) writeGitError(w http.ResponseWriter, err error) {
	if errors.Is(err, errNoObject) {
		writeNotFound(w)
		return
	}
	s.log.Error("emulator: git", "error", err)
	writeError(w, http.StatusInternalServerError, err.Error())
}

func (s *Server) defaultBranch(repo *Repository) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return repo.DefaultBranch
}

func (s *Server) listCommits(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	if git.isEmpty(r.Context()) {
		writeError(w, http.StatusConflict, "Git Repository is empty.")
		return
	}
	q := r.URL.Query()
	start, err := git.commitID(q.Get("sha"), s.defaultBranch(repo))
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	page, size := pageParams(r)
	args := []string{"--skip=" + strconv.Itoa((page-1)*size), "--max-count=" + strconv.Itoa(size+1)}
	for _, name := range []string{"since", "until"} {
		if q.Get(name) != "" {
			args = append(args, "--"+name+"="+q.Get(name))
		}
	}
	args = append(args, start)
	if q.Get("path") != "" {
		args = append(args, "--", ":(literal)"+q.Get("path"))
	}
	shas, err := git.commits(r.Context(), args...)
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	last := page
	if len(shas) > size {
		shas, last = shas[:size], page+1
	}
	out := []object{}
	for _, sha := range shas {
		c, err := git.readCommit(sha)
		if err != nil {
			s.writeGitError(w, err)
			return
		}
		s.mu.Lock()
		out = append(out, s.commitJSONLocked(repo, c))
		s.mu.Unlock()
	}
	setLink(w, r, s.URL(), page, last)
	writeJSON(w, http.StatusOK, out)
}

// getCommit also serves what lies under a commit, since a ref's name may hold slashes.
func (s *Server) getCommit(w http.ResponseWriter, r *http.Request) {
	ref := pathRest(r)
	if name, ok := strings.CutSuffix(ref, "/check-runs"); ok {
		s.listCheckRuns(w, r, name)
		return
	}
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	sha, err := git.commitID(ref, s.defaultBranch(repo))
	if errors.Is(err, errNoObject) {
		writeError(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+ref)
		return
	}
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	c, err := git.readCommit(sha)
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	parent := emptyTree
	if len(c.Parents) > 0 {
		parent = c.Parents[0]
	}
	files, err := git.diff(r.Context(), parent, sha)
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	s.mu.Lock()
	out := s.commitJSONLocked(repo, c)
	added, removed := 0, 0
	for _, f := range files {
		added, removed = added+f.Additions, removed+f.Deletions
	}
	out["stats"] = object{"additions": added, "deletions": removed, "total": added + removed}
	out["files"] = s.filesJSONLocked(repo, sha, files[:min(len(files), 300)])
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) getGitCommit(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	c, err := git.readCommit(chi.URLParam(r, "sha"))
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	s.mu.Lock()
	full := s.commitJSONLocked(repo, c)
	s.mu.Unlock()
	out := full["commit"].(object)
	delete(out, "comment_count")
	out["sha"], out["node_id"], out["html_url"], out["parents"] = c.SHA, full["node_id"], full["html_url"], full["parents"]
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) getTree(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	if git.isEmpty(r.Context()) {
		writeError(w, http.StatusConflict, "Git Repository is empty.")
		return
	}
	oid, err := git.treeID(pathRest(r), s.defaultBranch(repo))
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	entries, err := git.tree(r.Context(), oid, r.URL.Query().Get("recursive") != "")
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	truncated := len(entries) > s.options.TreeLimit
	if truncated {
		entries = entries[:s.options.TreeLimit]
	}
	s.mu.Lock()
	api := s.repoAPILocked(repo)
	s.mu.Unlock()
	list := make([]object, 0, len(entries))
	for _, e := range entries {
		one := object{"path": e.Path, "mode": e.Mode, "type": e.Type, "sha": e.SHA}
		switch e.Type {
		case "blob":
			one["size"], one["url"] = e.Size, api+"/git/blobs/"+e.SHA
		case "tree":
			one["url"] = api + "/git/trees/" + e.SHA
		}
		list = append(list, one)
	}
	writeJSON(w, http.StatusOK, object{"sha": oid, "url": api + "/git/trees/" + oid, "tree": list, "truncated": truncated})
}

// blobLimit is the size in bytes above which GitHub serves no blob.
const blobLimit = 100 << 20

func (s *Server) getBlob(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	sha := chi.URLParam(r, "sha")
	oid, kind, size, err := git.info(sha)
	if err != nil || kind != "blob" || !isHex(sha) {
		writeNotFound(w)
		return
	}
	if size > blobLimit {
		writeError(w, http.StatusForbidden, "This API returns blobs up to 100 MB in size.")
		return
	}
	_, data, err := git.object(oid)
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	if strings.Contains(r.Header.Get("Accept"), "raw") {
		w.Header().Set("Content-Type", "application/vnd.github.raw; charset=utf-8")
		w.Write(data)
		return
	}
	s.mu.Lock()
	url := s.repoAPILocked(repo) + "/git/blobs/" + oid
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, object{
		"sha": oid, "node_id": "B_" + oid, "size": size, "url": url, "content": wrapped(data), "encoding": "base64",
	})
}

// wrapped is base64 in lines of 60, as GitHub sends it.
func wrapped(data []byte) string {
	flat := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for start := 0; start < len(flat); start += 60 {
		b.WriteString(flat[start:min(start+60, len(flat))])
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *Server) getRef(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	name := "refs/" + pathRest(r)
	oid, kind, _, err := git.info(name)
	if err != nil || !strings.HasPrefix(name, "refs/heads/") && !strings.HasPrefix(name, "refs/tags/") {
		writeNotFound(w)
		return
	}
	s.mu.Lock()
	out := s.refJSONLocked(repo, name, oid, kind)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) getContents(w http.ResponseWriter, r *http.Request) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return
	}
	ref := r.URL.Query().Get("ref")
	if ref == "" {
		ref = s.defaultBranch(repo)
	}
	root, err := git.treeID(ref, s.defaultBranch(repo))
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	name := strings.Trim(pathRest(r), "/")
	if name == "" {
		s.writeDirectory(w, r, repo, git, root, ref, "")
		return
	}
	entries, err := git.at(r.Context(), root, name)
	if err != nil || len(entries) == 0 {
		writeNotFound(w)
		return
	}
	entry := entries[0]
	if entry.Type == "tree" {
		s.writeDirectory(w, r, repo, git, entry.SHA, ref, name)
		return
	}
	s.writeFile(w, r, repo, git, entry, ref)
}

func (s *Server) writeDirectory(w http.ResponseWriter, r *http.Request, repo *Repository, git *gitRepo, tree, ref, dir string) {
	entries, err := git.tree(r.Context(), tree, false)
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	out := []object{}
	s.mu.Lock()
	for _, e := range entries[:min(len(entries), 1000)] {
		e.Path = path.Join(dir, e.Path)
		out = append(out, s.contentJSONLocked(repo, e, ref))
	}
	s.mu.Unlock()
	slices.SortStableFunc(out, func(a, b object) int { return strings.Compare(a["path"].(string), b["path"].(string)) })
	writeJSON(w, http.StatusOK, out)
}

// contentJSONLocked is an entry of GitHub's contents API, without its content.
func (s *Server) contentJSONLocked(repo *Repository, e treeEntry, ref string) object {
	api := s.repoAPILocked(repo)
	self := api + "/contents/" + escapePath(e.Path) + "?ref=" + pathEscape(ref)
	full := s.URL() + "/" + s.fullNameLocked(repo)
	out := object{
		"name": path.Base(e.Path), "path": e.Path, "sha": e.SHA, "size": max(e.Size, 0), "url": self,
		"html_url": full + "/blob/" + escapePath(ref) + "/" + escapePath(e.Path), "git_url": api + "/git/blobs/" + e.SHA,
		"download_url": full + "/raw/" + escapePath(ref) + "/" + escapePath(e.Path), "type": "file",
	}
	switch {
	case e.Type == "tree":
		out["type"], out["git_url"], out["download_url"] = "dir", api+"/git/trees/"+e.SHA, nil
	case e.Type == "commit":
		out["type"], out["git_url"], out["download_url"] = "submodule", nil, nil
		out["submodule_git_url"] = nil
	case e.Mode == "120000":
		out["type"] = "symlink"
	}
	out["_links"] = object{"self": self, "git": out["git_url"], "html": out["html_url"]}
	return out
}

func (s *Server) writeFile(w http.ResponseWriter, r *http.Request, repo *Repository, git *gitRepo, e treeEntry, ref string) {
	s.mu.Lock()
	out := s.contentJSONLocked(repo, e, ref)
	s.mu.Unlock()
	if e.Type != "blob" {
		writeJSON(w, http.StatusOK, out)
		return
	}
	_, data, err := git.object(e.SHA)
	if err != nil {
		s.writeGitError(w, err)
		return
	}
	raw := strings.Contains(r.Header.Get("Accept"), "raw")
	switch {
	case len(data) > blobLimit:
		writeError(w, http.StatusForbidden, "This API returns blobs up to 100 MB in size.")
	case raw:
		w.Header().Set("Content-Type", "application/vnd.github.raw; charset=utf-8")
		w.Write(data)
	case out["type"] == "symlink":
		out["target"] = string(data)
		writeJSON(w, http.StatusOK, out)
	case len(data) > 1<<20:
		out["encoding"], out["content"] = "none", ""
		writeJSON(w, http.StatusOK, out)
	default:
		out["encoding"], out["content"] = "base64", wrapped(data)
		writeJSON(w, http.StatusOK, out)
	}
}
