package emulator

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// issueView is an issue as its page shows it.
type issueView struct {
	Number    int
	Title     string
	Source    string
	Revision  string // changes with everything that the page shows
	Body      template.HTML
	Author    string
	Bot       bool
	Created   time.Time
	Updated   time.Time
	Closed    bool
	Reason    string
	Locked    bool
	Pinned    bool
	Pull      bool
	Merged    bool
	Head      string
	Base      string
	Labels    []string
	Comments  []commentView
	Edits     []editView
	Runs      []runView
	MayEdit   bool
	Reactions string
}

type commentView struct {
	ID        int64
	Author    string
	Bot       bool
	At        time.Time
	Edited    bool
	Body      template.HTML
	Reactions string
}

type editView struct {
	Editor string
	At     time.Time
	Lines  []diffLine
}

type runView struct {
	ID         int64
	Name       string
	Status     string
	Conclusion string
	Title      string
}

// reactionSigns are the pictures of reactions, in reactionKinds' order.
var reactionSigns = []string{"👍", "👎", "😄", "😕", "❤️", "🎉", "🚀", "👀"}

func reactionText(reactions []*Reaction) string {
	var parts []string
	for i, kind := range reactionKinds {
		n := 0
		for _, r := range reactions {
			if r.Content == kind {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, reactionSigns[i]+" "+strconv.Itoa(n))
		}
	}
	return strings.Join(parts, "   ")
}

func (s *Server) showIssues(w http.ResponseWriter, r *http.Request, v *repoView) {
	closed := r.URL.Query().Get("state") == "closed"
	var list []issueView
	s.mu.Lock()
	for _, issue := range slices.Backward(s.issuesByNumberLocked(v.repo)) {
		if !issue.Deleted && issue.MovedTo == "" && issue.Closed == closed {
			list = append(list, issueView{
				Number: issue.Number, Title: issue.Title, Author: s.state.Accounts[issue.AuthorID].Login, Created: issue.CreatedAt,
				Closed: issue.Closed, Pull: issue.Pull != nil, Labels: issue.Labels, Pinned: issue.Pinned, Comments: make([]commentView, len(issue.Comments)),
			})
		}
	}
	s.mu.Unlock()
	s.renderIn(w, r, http.StatusOK, "issues.html", "Issues · "+v.Full, v, object{"Issues": list, "Closed": closed})
}

// shownIssue finds the issue of a page; nil after it has answered.
func (s *Server) shownIssue(w http.ResponseWriter, r *http.Request, v *repoView) *Issue {
	number, _ := strconv.Atoi(chi.URLParam(r, "number"))
	s.mu.Lock()
	issue := v.repo.Issues[number]
	moved, gone := "", issue == nil || issue.Deleted || !v.HasIssues && issue.Pull == nil
	if issue != nil {
		moved = issue.MovedTo
	}
	s.mu.Unlock()
	switch {
	case moved != "":
		http.Redirect(w, r, strings.Replace(moved, s.APIURL()+"/repos", "", 1), http.StatusMovedPermanently)
		return nil
	case gone:
		s.writeMessage(w, r, http.StatusNotFound, "Not found", "There is no such issue, or it was deleted.")
		return nil
	}
	return issue
}

func (s *Server) issueView(v *repoView, issue *Issue, viewer *Account) issueView {
	link := func(text string) string { return linkText(v.URL, s.URL(), text) }
	s.mu.Lock()
	defer s.mu.Unlock()
	author := s.state.Accounts[issue.AuthorID]
	out := issueView{
		Number: issue.Number, Title: issue.Title, Source: issue.Body, Author: author.Login, Bot: author.Type == typeBot, Created: issue.CreatedAt,
		Updated: issue.UpdatedAt, Closed: issue.Closed, Reason: issue.StateReason, Locked: issue.Locked, Pinned: issue.Pinned, Labels: issue.Labels,
		MayEdit: !v.Archived && (v.MayPush || issue.AuthorID == viewer.ID), Reactions: reactionText(issue.Reactions),
	}
	out.Body = renderMarkdown(issue.Body, out.MayEdit, link)
	for _, c := range issue.Comments {
		by := s.state.Accounts[c.AuthorID]
		out.Comments = append(out.Comments, commentView{
			ID: c.ID, Author: by.Login, Bot: by.Type == typeBot, At: c.CreatedAt, Edited: c.UpdatedAt != c.CreatedAt,
			Body: renderMarkdown(c.Body, false, link), Reactions: reactionText(c.Reactions),
		})
	}
	for i, e := range issue.Edits {
		if i > 0 {
			out.Edits = append(out.Edits, editView{Editor: s.state.Accounts[e.EditorID].Login, At: e.At, Lines: diffText(issue.Edits[i-1].Body, e.Body)})
		}
	}
	slices.Reverse(out.Edits)
	if p := issue.Pull; p != nil {
		out.Pull, out.Merged, out.Head, out.Base = true, !p.MergedAt.IsZero(), p.HeadBranch, p.BaseBranch
		for _, run := range v.repo.CheckRuns {
			if run.HeadSHA == p.HeadSHA {
				out.Runs = append(out.Runs, runView{run.ID, run.Name, run.Status, run.Conclusion, run.Title})
			}
		}
	}
	out.Revision = signedBy(issue.Title, issue.Body, issue.UpdatedAt.String(), out.Reactions, itoa(int64(len(issue.Edits))), openOrClosed(issue.Closed))
	for _, c := range out.Comments {
		out.Revision = signedBy(out.Revision, string(c.Body), c.Reactions)
	}
	for _, run := range out.Runs {
		out.Revision = signedBy(out.Revision, run.Status, run.Conclusion)
	}
	return out
}

func (s *Server) showIssue(w http.ResponseWriter, r *http.Request, v *repoView) {
	if issue := s.shownIssue(w, r, v); issue != nil {
		view := s.issueView(v, issue, s.viewer(r))
		s.renderIn(w, r, http.StatusOK, "issue.html", view.Title+" · #"+strconv.Itoa(view.Number), v, view)
	}
}

// liveIssue answers the changing part of an issue's page, or 204 when nothing changed.
func (s *Server) liveIssue(w http.ResponseWriter, r *http.Request, v *repoView) {
	issue := s.shownIssue(w, r, v)
	if issue == nil {
		return
	}
	view := s.issueView(v, issue, s.viewer(r))
	if view.Revision == r.URL.Query().Get("revision") {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	t, err := template.New("live.html").Funcs(pageFuncs()).ParseFS(pageFiles, "pages/live.html")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "live", page{Repo: v, Data: view}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writePage(w, http.StatusOK, out.Bytes())
}

// change runs one change of an issue by the viewer, who must be allowed to edit it.
func (s *Server) change(w http.ResponseWriter, r *http.Request, v *repoView, edit func(issue *Issue, viewer *Account) string) {
	issue := s.shownIssue(w, r, v)
	if issue == nil {
		return
	}
	viewer := s.viewer(r)
	s.mu.Lock()
	problem := ""
	switch {
	case v.repo.Archived:
		problem = "Repository was archived so is read-only."
	case !v.MayPush && issue.AuthorID != viewer.ID:
		problem = viewer.Login + " may not change this issue."
	default:
		problem = edit(issue, viewer)
	}
	s.mu.Unlock()
	s.afterChange(w, r, v, issue, problem)
}

func (s *Server) afterChange(w http.ResponseWriter, r *http.Request, v *repoView, issue *Issue, problem string) {
	switch {
	case problem != "":
		s.writeMessage(w, r, http.StatusConflict, "Not changed", problem)
	case r.Header.Get("X-Requested-With") != "":
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Redirect(w, r, "/"+v.Full+"/issues/"+strconv.Itoa(issue.Number), http.StatusSeeOther)
	}
}

// tickTask ticks or unticks one task, as a click on GitHub does: the body is edited by the viewer.
func (s *Server) tickTask(w http.ResponseWriter, r *http.Request, v *repoView) {
	index, err := strconv.Atoi(r.FormValue("index"))
	if err != nil {
		index = -1
	}
	on := r.FormValue("checked") == "true"
	s.change(w, r, v, func(issue *Issue, viewer *Account) string {
		if was := r.FormValue("source"); was != "" && was != signedBy(issue.Body) {
			return "The issue changed meanwhile; look again."
		}
		body, ok := ticked(issue.Body, index, on)
		if !ok {
			return "There is no such task any more."
		}
		s.editIssueLocked(v.repo, issue, viewer, issueDraft{Body: &body}, true)
		return ""
	})
}

// SourceMark is a digest of the body, by which a click tells which version it meant.
func (v issueView) SourceMark() string { return signedBy(v.Source) }

func formText(r *http.Request, name string) string {
	return r.FormValue(name) // browsers send CRLF; GitHub keeps it, and so does the emulator
}

func (s *Server) saveBody(w http.ResponseWriter, r *http.Request, v *repoView) {
	body, title := formText(r, "body"), strings.TrimSpace(r.FormValue("title"))
	s.change(w, r, v, func(issue *Issue, viewer *Account) string {
		if was := r.FormValue("source"); was != "" && was != signedBy(issue.Body) {
			return "The issue changed since you opened the editor. Copy your text, reload and try again."
		}
		d := issueDraft{Body: &body}
		if title != "" {
			d.Title = &title
		}
		if f := d.fault(); f != nil {
			return f.message
		}
		s.editIssueLocked(v.repo, issue, viewer, d, true)
		return ""
	})
}

func (s *Server) saveState(w http.ResponseWriter, r *http.Request, v *repoView) {
	state := r.FormValue("state")
	s.change(w, r, v, func(issue *Issue, viewer *Account) string {
		d := issueDraft{State: &state}
		if f := d.fault(); f != nil {
			return "An issue is open or closed."
		}
		s.editIssueLocked(v.repo, issue, viewer, d, true)
		return ""
	})
}

// saveComment adds a comment; everybody who sees the repository may, unless it is locked.
func (s *Server) saveComment(w http.ResponseWriter, r *http.Request, v *repoView) {
	issue := s.shownIssue(w, r, v)
	if issue == nil {
		return
	}
	viewer, body := s.viewer(r), formText(r, "body")
	s.mu.Lock()
	problem := ""
	switch fault := checkText("IssueComment", "body", body, bodyLimit); {
	case v.repo.Archived:
		problem = "Repository was archived so is read-only."
	case issue.Locked && !v.MayPush:
		problem = "This conversation is locked."
	case strings.TrimSpace(body) == "":
		problem = "A comment needs some text."
	case fault != nil:
		problem = fault.message
	default:
		s.addCommentLocked(v.repo, issue, viewer, 0, body)
	}
	s.mu.Unlock()
	s.afterChange(w, r, v, issue, problem)
}
