package emulator

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
)

// fileRef is what an address such as blob/BRANCH/dir/file names; a branch may hold slashes.
type fileRef struct {
	git  *gitRepo
	Ref  string
	Path string
	tree string // the root tree
}

// resolveFile splits the rest of a page's address into a ref and a path.
func (s *Server) resolveFile(w http.ResponseWriter, r *http.Request, v *repoView) (fileRef, bool) {
	git, err := s.git(r.Context(), v.repo)
	if err != nil {
		s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the repository", err.Error())
		return fileRef{}, false
	}
	parts := strings.Split(strings.Trim(pathRest(r), "/"), "/")
	for n := 1; n <= len(parts); n++ {
		ref := strings.Join(parts[:n], "/")
		if tree, err := git.treeID(ref, v.Branch); err == nil {
			return fileRef{git, ref, strings.Join(parts[n:], "/"), tree}, true
		}
	}
	s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such branch, tag or commit.")
	return fileRef{}, false
}

type fileRow struct {
	Name, Path, Type string
	Dir              bool
}

type treeView struct {
	Ref, Path, Parent string
	Rows              []fileRow
	Last              *commit
	Empty             bool
	Readme            any
	Branches          []string
}

func (s *Server) showRepository(w http.ResponseWriter, r *http.Request, v *repoView) {
	git, err := s.git(r.Context(), v.repo)
	if err != nil {
		s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the repository", err.Error())
		return
	}
	tree, err := git.treeID("", v.Branch)
	if err != nil {
		s.renderIn(w, r, http.StatusOK, "repository.html", v.Full, v, treeView{Empty: true})
		return
	}
	s.writeTree(w, r, v, fileRef{git, v.Branch, "", tree})
}

func (s *Server) showTree(w http.ResponseWriter, r *http.Request, v *repoView) {
	if f, ok := s.resolveFile(w, r, v); ok {
		s.writeTree(w, r, v, f)
	}
}

func (s *Server) writeTree(w http.ResponseWriter, r *http.Request, v *repoView, f fileRef) {
	oid := f.tree
	if f.Path != "" {
		entries, err := f.git.at(r.Context(), f.tree, f.Path)
		if err != nil || len(entries) == 0 || entries[0].Type != "tree" {
			s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such folder.")
			return
		}
		oid = entries[0].SHA
	}
	entries, err := f.git.tree(r.Context(), oid, false)
	if err != nil {
		s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the repository", err.Error())
		return
	}
	view := treeView{Ref: f.Ref, Path: f.Path, Parent: strings.TrimSuffix(path.Dir(f.Path), ".")}
	for _, e := range entries {
		view.Rows = append(view.Rows, fileRow{Name: e.Path, Path: path.Join(f.Path, e.Path), Type: e.Type, Dir: e.Type == "tree"})
		if strings.EqualFold(e.Path, "README.md") && f.Path == "" && e.Size < 1<<20 {
			if _, data, err := f.git.object(e.SHA); err == nil {
				view.Readme = renderMarkdown(string(data), false, nil)
			}
		}
	}
	slices.SortStableFunc(view.Rows, func(a, b fileRow) int {
		if a.Dir != b.Dir {
			if a.Dir {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	if sha, err := f.git.commitID(f.Ref, v.Branch); err == nil {
		view.Last, _ = f.git.readCommit(sha)
	}
	if refs, err := f.git.refs(r.Context()); err == nil {
		view.Branches = branchNames(refs)
	}
	s.renderIn(w, r, http.StatusOK, "repository.html", v.Full, v, view)
}

// shownBlob finds the file of a page.
func (s *Server) shownBlob(w http.ResponseWriter, r *http.Request, v *repoView) (fileRef, []byte, bool) {
	f, ok := s.resolveFile(w, r, v)
	if !ok {
		return f, nil, false
	}
	entries, err := f.git.at(r.Context(), f.tree, f.Path)
	if err != nil || len(entries) == 0 || entries[0].Type != "blob" || f.Path == "" {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such file at "+f.Ref+".")
		return f, nil, false
	}
	_, data, err := f.git.object(entries[0].SHA)
	if err != nil {
		s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the file", err.Error())
		return f, nil, false
	}
	return f, data, true
}

func (s *Server) showBlob(w http.ResponseWriter, r *http.Request, v *repoView) {
	f, data, ok := s.shownBlob(w, r, v)
	if !ok {
		return
	}
	var lines []string
	note := ""
	switch {
	case isBinary(data) || !utf8.Valid(data):
		note = "This file is binary."
	case len(data) > 2<<20:
		note = "This file is too large to show."
	default:
		lines = splitLines(strings.TrimSuffix(string(data), "\n"))
	}
	s.renderIn(w, r, http.StatusOK, "blob.html", f.Path+" · "+v.Full, v, object{"Ref": f.Ref, "Path": f.Path, "Lines": lines, "Note": note})
}

// showRaw serves a file's bytes as nothing that a browser would run.
func (s *Server) showRaw(w http.ResponseWriter, r *http.Request, v *repoView) {
	_, data, ok := s.shownBlob(w, r, v)
	if !ok {
		return
	}
	kind := "text/plain; charset=utf-8"
	if isBinary(data) {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Write(data)
}

func (s *Server) showCommits(w http.ResponseWriter, r *http.Request, v *repoView) {
	git, err := s.git(r.Context(), v.repo)
	if err != nil {
		s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the repository", err.Error())
		return
	}
	var list []*commit
	if start, err := git.commitID("", v.Branch); err == nil {
		shas, err := git.commits(r.Context(), "--max-count=50", start)
		if err != nil {
			s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the repository", err.Error())
			return
		}
		for _, sha := range shas {
			if c, err := git.readCommit(sha); err == nil {
				list = append(list, c)
			}
		}
	}
	s.renderIn(w, r, http.StatusOK, "commits.html", "Commits · "+v.Full, v, list)
}

type patchView struct {
	fileDiff
	Lines []diffLine
}

func (s *Server) showCommit(w http.ResponseWriter, r *http.Request, v *repoView) {
	git, err := s.git(r.Context(), v.repo)
	if err != nil {
		s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the repository", err.Error())
		return
	}
	sha, err := git.commitID(chi.URLParam(r, "sha"), v.Branch)
	if err != nil {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such commit.")
		return
	}
	c, err := git.readCommit(sha)
	if err != nil {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such commit.")
		return
	}
	parent := emptyTree
	if len(c.Parents) > 0 {
		parent = c.Parents[0]
	}
	files, err := git.diff(r.Context(), parent, sha)
	if err != nil {
		s.writeMessage(w, r, http.StatusInternalServerError, "Cannot read the repository", err.Error())
		return
	}
	var patches []patchView
	for _, f := range files[:min(len(files), 200)] {
		p := patchView{fileDiff: f}
		for _, line := range splitLines(strings.TrimSuffix(f.Patch, "\n")) {
			kind := " "
			if line != "" {
				kind = line[:1]
			}
			p.Lines = append(p.Lines, diffLine{kind, line})
		}
		patches = append(patches, p)
	}
	s.mu.Lock()
	var runs []runView
	for _, run := range v.repo.CheckRuns {
		if run.HeadSHA == sha {
			runs = append(runs, runView{run.ID, run.Name, run.Status, run.Conclusion, run.Title})
		}
	}
	s.mu.Unlock()
	s.renderIn(w, r, http.StatusOK, "commit.html", c.SHA[:7]+" · "+v.Full, v, object{"Commit": c, "Files": patches, "Runs": runs})
}

func (s *Server) showRun(w http.ResponseWriter, r *http.Request, v *repoView) {
	s.mu.Lock()
	var found CheckRun
	for _, run := range v.repo.CheckRuns {
		if run.ID == idParam(r, "id") {
			found = *run
		}
	}
	s.mu.Unlock()
	if found.ID == 0 {
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such check run.")
		return
	}
	link := func(text string) string { return linkText(v.URL, s.URL(), text) }
	s.renderIn(w, r, http.StatusOK, "run.html", found.Name+" · "+v.Full, v, object{
		"Run": found, "Summary": renderMarkdown(found.Summary, false, link), "Text": renderMarkdown(found.Text, false, link),
	})
}
