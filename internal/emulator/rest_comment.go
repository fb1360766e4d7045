package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

func (s *Server) listComments(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, issue, ok := s.issueOfLocked(w, r)
	if !ok {
		return
	}
	since, _ := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
	found := slices.DeleteFunc(slices.Clone(issue.Comments), func(c *Comment) bool { return c.UpdatedAt.Before(since) })
	out := []object{}
	for _, c := range pageOf(w, r, s.URL(), found) {
		out = append(out, s.commentJSONLocked(repo, issue, c))
	}
	writeJSON(w, http.StatusOK, out)
}

func readBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct {
		Body *string `json:"body"`
	}
	if !readJSON(w, r, &in) {
		return "", false
	}
	if in.Body == nil || strings.TrimSpace(*in.Body) == "" {
		writeInvalid(w, "IssueComment", "body", "missing_field", "")
		return "", false
	}
	if writeFault(w, checkText("IssueComment", "body", *in.Body, bodyLimit)) {
		return "", false
	}
	return *in.Body, true
}

func (s *Server) createComment(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, issue, ok := s.issueOfLocked(w, r)
	if !ok {
		return
	}
	c := s.caller(r)
	if issue.Locked && !c.mayPushLocked(repo) {
		writeError(w, http.StatusForbidden, "Unable to create comment because issue is locked.")
		return
	}
	comment := s.addCommentLocked(repo, issue, c.actor(), c.appID(), body)
	out := s.commentJSONLocked(repo, issue, comment)
	w.Header().Set("Location", out["url"].(string))
	writeJSON(w, http.StatusCreated, out)
}

// commentOfLocked finds the comment that a request names by id.
func (s *Server) commentOfLocked(w http.ResponseWriter, r *http.Request) (*Repository, *Issue, *Comment, bool) {
	repo, ok := s.issuesOfLocked(w, r)
	if !ok {
		return nil, nil, nil, false
	}
	id := idParam(r, "id")
	for _, issue := range repo.Issues {
		for _, c := range issue.Comments {
			if c.ID == id && issue.MovedTo == "" {
				return repo, issue, c, true
			}
		}
	}
	writeNotFound(w)
	return nil, nil, nil, false
}

func (s *Server) getComment(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if repo, issue, comment, ok := s.commentOfLocked(w, r); ok {
		writeJSON(w, http.StatusOK, s.commentJSONLocked(repo, issue, comment))
	}
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, issue, comment, ok := s.ownCommentLocked(w, r)
	if ok {
		s.editCommentLocked(repo, issue, comment, s.caller(r).actor(), body)
		writeJSON(w, http.StatusOK, s.commentJSONLocked(repo, issue, comment))
	}
}

// ownCommentLocked is commentOfLocked for its author and for those who may push.
func (s *Server) ownCommentLocked(w http.ResponseWriter, r *http.Request) (*Repository, *Issue, *Comment, bool) {
	repo, issue, comment, ok := s.commentOfLocked(w, r)
	if !ok {
		return nil, nil, nil, false
	}
	c := s.caller(r)
	if comment.AuthorID != c.actor().ID && !c.mayPushLocked(repo) {
		writeError(w, http.StatusForbidden, "Must have admin rights to Repository.")
		return nil, nil, nil, false
	}
	return repo, issue, comment, true
}

func (s *Server) deleteComment(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if repo, issue, comment, ok := s.ownCommentLocked(w, r); ok {
		s.deleteCommentLocked(repo, issue, comment, s.caller(r).actor())
		w.WriteHeader(http.StatusNoContent)
	}
}

// reactionsOfLocked finds the reactions to the comment or the issue that a request names.
func (s *Server) reactionsOfLocked(w http.ResponseWriter, r *http.Request) (*[]*Reaction, bool) {
	if chi.URLParam(r, "number") != "" {
		_, issue, ok := s.issueOfLocked(w, r)
		if !ok {
			return nil, false
		}
		return &issue.Reactions, true
	}
	_, _, comment, ok := s.commentOfLocked(w, r)
	if !ok {
		return nil, false
	}
	return &comment.Reactions, true
}

func (s *Server) listReactions(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, ok := s.reactionsOfLocked(w, r)
	if !ok {
		return
	}
	out := []object{}
	for _, reaction := range *list {
		if content := r.URL.Query().Get("content"); content == "" || content == reaction.Content {
			out = append(out, s.reactionJSONLocked(reaction))
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, s.URL(), out))
}

// createReaction answers 201 for a new reaction and 200 for one that was there.
func (s *Server) createReaction(w http.ResponseWriter, r *http.Request) {
	var in struct{ Content string }
	if !readJSON(w, r, &in) {
		return
	}
	if !slices.Contains(reactionKinds, in.Content) {
		writeInvalid(w, "Reaction", "content", "invalid", "")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list, ok := s.reactionsOfLocked(w, r)
	if !ok {
		return
	}
	actor := s.caller(r).actor()
	for _, known := range *list {
		if known.UserID == actor.ID && known.Content == in.Content {
			writeJSON(w, http.StatusOK, s.reactionJSONLocked(known))
			return
		}
	}
	reaction := &Reaction{ID: s.state.id(), UserID: actor.ID, Content: in.Content, CreatedAt: s.now().UTC()}
	*list = append(*list, reaction)
	writeJSON(w, http.StatusCreated, s.reactionJSONLocked(reaction))
}

func (s *Server) listIssueLabels(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if repo, issue, ok := s.issueOfLocked(w, r); ok {
		writeJSON(w, http.StatusOK, pageOf(w, r, s.URL(), s.labelsJSONLocked(repo, issue.Labels)))
	}
}

// addIssueLabels takes {"labels": […]} or a bare list.
func (s *Server) addIssueLabels(w http.ResponseWriter, r *http.Request) {
	var raw json.RawMessage
	if !readJSON(w, r, &raw) {
		return
	}
	var in struct{ Labels []json.RawMessage }
	if json.Unmarshal(raw, &in.Labels) != nil {
		if err := json.Unmarshal(raw, &in); err != nil {
			writeError(w, http.StatusUnprocessableEntity, "Invalid request.")
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, issue, ok := s.issueOfLocked(w, r)
	if !ok {
		return
	}
	names := slices.Concat(issue.Labels, labelNames(in.Labels))
	if s.caller(r).mayPushLocked(repo) {
		s.relabelLocked(repo, issue, s.caller(r).actor(), &names)
	}
	writeJSON(w, http.StatusOK, s.labelsJSONLocked(repo, issue.Labels))
}

func (s *Server) listLabels(w http.ResponseWriter, r *http.Request) {
	repo, _ := s.repoFor(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []object{}
	for _, label := range pageOf(w, r, s.URL(), repo.Labels) {
		out = append(out, s.labelJSONLocked(repo, label))
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) getLabel(w http.ResponseWriter, r *http.Request) {
	repo, _ := s.repoFor(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.labelsJSONLocked(repo, []string{param(r, "name")})
	if len(found) == 0 {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, found[0])
}

func (s *Server) createLabel(w http.ResponseWriter, r *http.Request) {
	var in struct{ Name, Color, Description string }
	if !readJSON(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, ok := s.issuesOfLocked(w, r)
	if !ok {
		return
	}
	if !s.caller(r).mayPushLocked(repo) {
		writeNotFound(w)
		return
	}
	if in.Name == "" {
		writeInvalid(w, "Label", "name", "missing_field", "")
		return
	}
	if len(s.labelsJSONLocked(repo, []string{in.Name})) > 0 {
		writeInvalid(w, "Label", "name", "already_exists", "")
		return
	}
	label := s.ensureLabelLocked(repo, in.Name)
	label.Description = in.Description
	if in.Color != "" {
		label.Color = strings.TrimPrefix(in.Color, "#")
	}
	writeJSON(w, http.StatusCreated, s.labelJSONLocked(repo, label))
}
