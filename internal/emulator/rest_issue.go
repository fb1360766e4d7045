package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

func (s *Server) mountIssueRoutes(r chi.Router) {
	const repo = "/repos/{owner}/{repo}"
	read, write := s.need("issues", "read"), s.need("issues", "write")
	r.With(read).Get(repo+"/issues", s.listIssues)
	r.With(write).Post(repo+"/issues", s.createIssue)
	r.With(read).Get(repo+"/issues/{number}", s.getIssue)
	r.With(write).Patch(repo+"/issues/{number}", s.editIssue)
	r.With(write).Put(repo+"/issues/{number}/lock", s.lockIssue)
	r.With(write).Delete(repo+"/issues/{number}/lock", s.unlockIssue)
	r.With(read).Get(repo+"/issues/{number}/comments", s.listComments)
	r.With(write).Post(repo+"/issues/{number}/comments", s.createComment)
	r.With(read).Get(repo+"/issues/comments/{id}", s.getComment)
	r.With(write).Patch(repo+"/issues/comments/{id}", s.editComment)
	r.With(write).Delete(repo+"/issues/comments/{id}", s.deleteComment)
	r.With(read).Get(repo+"/issues/comments/{id}/reactions", s.listReactions)
	r.With(write).Post(repo+"/issues/comments/{id}/reactions", s.createReaction)
	r.With(read).Get(repo+"/issues/{number}/reactions", s.listReactions)
	r.With(write).Post(repo+"/issues/{number}/reactions", s.createReaction)
	r.With(read).Get(repo+"/issues/{number}/labels", s.listIssueLabels)
	r.With(write).Post(repo+"/issues/{number}/labels", s.addIssueLabels)
	r.With(read).Get(repo+"/labels", s.listLabels)
	r.With(write).Post(repo+"/labels", s.createLabel)
	r.With(read).Get(repo+"/labels/{name}", s.getLabel)
}

// issuesOf answers 410 and 403 for repositories without issues and for archived ones
// that are written to. It is called with Server.mu held.
func (s *Server) issuesOfLocked(w http.ResponseWriter, r *http.Request) (*Repository, bool) {
	repo, ok := s.repoFor(r)
	switch {
	case !ok:
		writeNotFound(w)
	case !repo.HasIssues:
		writeError(w, http.StatusGone, "Issues are disabled for this repo")
	case repo.Archived && r.Method != http.MethodGet:
		writeError(w, http.StatusForbidden, "Repository was archived so is read-only.")
	default:
		return repo, true
	}
	return nil, false
}

// issueOfLocked finds the issue of a request; a deleted one answers 410, a transferred one 301.
func (s *Server) issueOfLocked(w http.ResponseWriter, r *http.Request) (*Repository, *Issue, bool) {
	repo, ok := s.issuesOfLocked(w, r)
	if !ok {
		return nil, nil, false
	}
	number, _ := strconv.Atoi(chi.URLParam(r, "number"))
	issue := repo.Issues[number]
	switch {
	case issue == nil:
		writeNotFound(w)
	case issue.Deleted:
		writeError(w, http.StatusGone, "This issue was deleted")
	case issue.MovedTo != "":
		w.Header().Set("Location", issue.MovedTo)
		writeJSON(w, http.StatusMovedPermanently, object{"message": "Moved Permanently", "url": issue.MovedTo, "documentation_url": docsURL})
	default:
		return repo, issue, true
	}
	return nil, nil, false
}

// mayPushLocked says whether the caller may label, and edit what others wrote.
func (c caller) mayPushLocked(repo *Repository) bool {
	if c.user == nil {
		return c.canLocked(repo, "issues", "write")
	}
	role := c.s.roleLocked(c.user.ID, repo)
	return rank(role) >= 2 || role == "triage"
}

func (c caller) appID() int64 {
	if c.app == nil {
		return 0
	}
	return c.app.ID
}

func (s *Server) listIssues(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, ok := s.issuesOfLocked(w, r)
	if !ok {
		return
	}
	q := r.URL.Query()
	since, _ := time.Parse(time.RFC3339, q.Get("since"))
	var found []*Issue
	for _, issue := range repo.Issues {
		if !issue.Deleted && issue.MovedTo == "" && s.matchesLocked(issue, q.Get, since) {
			found = append(found, issue)
		}
	}
	slices.SortFunc(found, func(a, b *Issue) int {
		order := b.Number - a.Number
		if q.Get("sort") == "updated" {
			order = b.UpdatedAt.Compare(a.UpdatedAt)
		}
		if q.Get("direction") == "asc" {
			return -order
		}
		return order
	})
	out := []object{}
	for _, issue := range pageOf(w, r, s.URL(), found) {
		out = append(out, s.issueJSONLocked(repo, issue))
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) matchesLocked(issue *Issue, get func(string) string, since time.Time) bool {
	if state := get("state"); state != "all" && issue.Closed != (state == "closed") {
		return false
	}
	if creator := get("creator"); creator != "" && !strings.EqualFold(s.state.Accounts[issue.AuthorID].Login, creator) {
		return false
	}
	for label := range strings.SplitSeq(get("labels"), ",") {
		if label != "" && !slices.Contains(issue.Labels, strings.TrimSpace(label)) {
			return false
		}
	}
	return !issue.UpdatedAt.Before(since)
}

// readDraft reads an issue's fields; a label is a name or an object with a name.
func readDraft(w http.ResponseWriter, r *http.Request) (issueDraft, bool) {
	var in struct {
		Title       json.RawMessage    `json:"title"`
		Body        *string            `json:"body"`
		State       *string            `json:"state"`
		StateReason *string            `json:"state_reason"`
		Labels      *[]json.RawMessage `json:"labels"`
		Assignees   *[]string          `json:"assignees"`
	}
	if !readJSON(w, r, &in) {
		return issueDraft{}, false
	}
	d := issueDraft{Body: in.Body, State: in.State, StateReason: in.StateReason, Assignees: in.Assignees}
	if title := strings.TrimSpace(string(in.Title)); title != "" && title != "null" {
		var s string
		if json.Unmarshal(in.Title, &s) != nil {
			s = title
		}
		d.Title = &s
	}
	if in.Labels != nil {
		names := labelNames(*in.Labels)
		d.Labels = &names
	}
	return d, true
}

func labelNames(raw []json.RawMessage) []string {
	names := []string{}
	for _, one := range raw {
		var name string
		var full struct{ Name string }
		if json.Unmarshal(one, &name) == nil {
			names = append(names, name)
		} else if json.Unmarshal(one, &full) == nil && full.Name != "" {
			names = append(names, full.Name)
		}
	}
	return names
}

func writeFault(w http.ResponseWriter, f *fieldFault) bool {
	if f != nil {
		writeInvalid(w, f.resource, f.field, f.code, f.message)
	}
	return f != nil
}

func (s *Server) createIssue(w http.ResponseWriter, r *http.Request) {
	d, ok := readDraft(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, ok := s.issuesOfLocked(w, r)
	if !ok {
		return
	}
	if d.Title == nil {
		d.Title = new(string)
	}
	if writeFault(w, d.fault()) {
		return
	}
	c := s.caller(r)
	issue := s.openIssueLocked(repo, c.actor(), c.appID(), d, c.mayPushLocked(repo))
	w.Header().Set("Location", s.issueAPILocked(repo, issue.Number))
	writeJSON(w, http.StatusCreated, s.issueJSONLocked(repo, issue))
}

func (s *Server) getIssue(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if repo, issue, ok := s.issueOfLocked(w, r); ok {
		writeJSON(w, http.StatusOK, s.issueJSONLocked(repo, issue))
	}
}

func (s *Server) editIssue(w http.ResponseWriter, r *http.Request) {
	d, ok := readDraft(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, issue, ok := s.issueOfLocked(w, r)
	if !ok || writeFault(w, d.fault()) {
		return
	}
	c := s.caller(r)
	mayPush := c.mayPushLocked(repo)
	if !mayPush && c.actor().ID != issue.AuthorID {
		writeError(w, http.StatusForbidden, "Must have admin rights to Repository.")
		return
	}
	s.editIssueLocked(repo, issue, c.actor(), d, mayPush)
	writeJSON(w, http.StatusOK, s.issueJSONLocked(repo, issue))
}

func (s *Server) lockIssue(w http.ResponseWriter, r *http.Request) {
	var in struct {
		LockReason string `json:"lock_reason"`
	}
	if readJSON(w, r, &in) {
		s.setLock(w, r, true, in.LockReason)
	}
}

func (s *Server) unlockIssue(w http.ResponseWriter, r *http.Request) { s.setLock(w, r, false, "") }

func (s *Server) setLock(w http.ResponseWriter, r *http.Request, locked bool, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, issue, ok := s.issueOfLocked(w, r)
	if !ok {
		return
	}
	if reason != "" && !slices.Contains([]string{"off-topic", "too heated", "resolved", "spam"}, reason) {
		writeInvalid(w, "Issue", "lock_reason", "invalid", "")
		return
	}
	c := s.caller(r)
	if !c.mayPushLocked(repo) {
		writeError(w, http.StatusForbidden, "Must have admin rights to Repository.")
		return
	}
	s.lockLocked(repo, issue, c.actor(), locked, reason)
	w.WriteHeader(http.StatusNoContent)
}
