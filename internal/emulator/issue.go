package emulator

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// bodyLimit is the number of characters that an issue or a comment may have; GitHub's
// API description does not tell it.
const bodyLimit = 65536

const titleLimit = 256

// fieldFault is a refusal of one field of an issue, in GitHub's words.
type fieldFault struct{ resource, field, code, message string }

func checkText(resource, field, text string, limit int) *fieldFault {
	if utf8.RuneCountInString(text) > limit {
		return &fieldFault{resource, field, "custom", field + " is too long (maximum is " + itoa(int64(limit)) + " characters)"}
	}
	return nil
}

// issueDraft is what a new issue, or a change of one, says. Nil: not said.
type issueDraft struct {
	Title       *string
	Body        *string
	State       *string
	StateReason *string
	Labels      *[]string
	Assignees   *[]string
}

func (d issueDraft) fault() *fieldFault {
	if d.Title != nil {
		if strings.TrimSpace(*d.Title) == "" {
			return &fieldFault{"Issue", "title", "missing_field", ""}
		}
		if f := checkText("Issue", "title", *d.Title, titleLimit); f != nil {
			return f
		}
	}
	if d.Body != nil {
		if f := checkText("Issue", "body", *d.Body, bodyLimit); f != nil {
			return f
		}
	}
	if d.State != nil && *d.State != "open" && *d.State != "closed" {
		return &fieldFault{"Issue", "state", "invalid", ""}
	}
	return nil
}

// openIssueLocked opens an issue; labels and assignees count only when the actor may push.
func (s *Server) openIssueLocked(repo *Repository, actor *Account, appID int64, d issueDraft, mayPush bool) *Issue {
	now := s.now().UTC()
	repo.NextNumber++
	issue := &Issue{ID: s.state.id(), Number: repo.NextNumber, AuthorID: actor.ID, AppID: appID, CreatedAt: now, UpdatedAt: now}
	if d.Title != nil {
		issue.Title = *d.Title
	}
	if d.Body != nil {
		issue.Body = *d.Body
	}
	repo.Issues[issue.Number] = issue
	if mayPush {
		s.setLabelsLocked(repo, issue, d.Labels)
		s.setAssigneesLocked(issue, d.Assignees)
	}
	s.issueEventLocked(repo, issue, "opened", actor, nil)
	s.notifyOpenedLocked(repo, issue, actor)
	return issue
}

// issueEventLocked sends an issues event.
func (s *Server) issueEventLocked(repo *Repository, issue *Issue, action string, actor *Account, extra object) {
	if issue.Pull != nil {
		return
	}
	payload := object{"action": action, "issue": s.issueJSONLocked(repo, issue)}
	for name, value := range extra {
		payload[name] = value
	}
	s.emitLocked("issues", repo, actor, payload)
}

// editIssueLocked changes an issue and sends an event for each kind of change.
func (s *Server) editIssueLocked(repo *Repository, issue *Issue, actor *Account, d issueDraft, mayPush bool) {
	changes := object{}
	if d.Title != nil && *d.Title != issue.Title {
		changes["title"] = object{"from": issue.Title}
		issue.Title = *d.Title
	}
	was := issue.Body
	if d.Body != nil && *d.Body != was {
		changes["body"] = object{"from": was}
		s.recordEditLocked(issue, actor, *d.Body)
		issue.Body = *d.Body
	}
	if len(changes) > 0 {
		issue.UpdatedAt = s.now().UTC()
		s.issueEventLocked(repo, issue, "edited", actor, object{"changes": changes})
		s.notifyEditedLocked(repo, issue, actor, was, issue.Body)
	}
	if mayPush {
		s.relabelLocked(repo, issue, actor, d.Labels)
		s.setAssigneesLocked(issue, d.Assignees)
	}
	if d.State != nil {
		s.setStateLocked(repo, issue, actor, *d.State == "closed", d.StateReason)
	}
}

// recordEditLocked keeps the history of the body, which begins with the original.
func (s *Server) recordEditLocked(issue *Issue, actor *Account, body string) {
	if len(issue.Edits) == 0 {
		issue.Edits = append(issue.Edits, Edit{ID: s.state.id(), EditorID: issue.AuthorID, At: issue.CreatedAt, Body: issue.Body})
	}
	issue.Edits = append(issue.Edits, Edit{ID: s.state.id(), EditorID: actor.ID, At: s.now().UTC(), Body: body})
}

func (s *Server) setStateLocked(repo *Repository, issue *Issue, actor *Account, closed bool, reason *string) {
	if issue.Closed == closed {
		return
	}
	issue.Closed, issue.UpdatedAt = closed, s.now().UTC()
	if !closed {
		issue.ClosedAt, issue.ClosedByID, issue.StateReason = time.Time{}, 0, "reopened"
		s.issueEventLocked(repo, issue, "reopened", actor, nil)
		return
	}
	issue.ClosedAt, issue.ClosedByID, issue.StateReason = issue.UpdatedAt, actor.ID, "completed"
	if reason != nil && *reason != "" && *reason != "reopened" {
		issue.StateReason = *reason
	}
	s.issueEventLocked(repo, issue, "closed", actor, nil)
}

// setLabelsLocked sets an issue's labels and creates those that the repository lacks.
func (s *Server) setLabelsLocked(repo *Repository, issue *Issue, names *[]string) {
	if names == nil {
		return
	}
	issue.Labels = nil
	for _, name := range *names {
		s.ensureLabelLocked(repo, name)
		if !slices.Contains(issue.Labels, name) {
			issue.Labels = append(issue.Labels, name)
		}
	}
}

func (s *Server) ensureLabelLocked(repo *Repository, name string) *Label {
	if i := slices.IndexFunc(repo.Labels, func(l *Label) bool { return l.Name == name }); i >= 0 {
		return repo.Labels[i]
	}
	label := &Label{ID: s.state.id(), Name: name, Color: "ededed"}
	repo.Labels = append(repo.Labels, label)
	return label
}

// relabelLocked is setLabelsLocked with an event for each label that came or went.
func (s *Server) relabelLocked(repo *Repository, issue *Issue, actor *Account, names *[]string) {
	if names == nil {
		return
	}
	before := slices.Clone(issue.Labels)
	s.setLabelsLocked(repo, issue, names)
	send := func(action string, from, without []string) {
		for _, name := range from {
			if !slices.Contains(without, name) {
				issue.UpdatedAt = s.now().UTC()
				s.issueEventLocked(repo, issue, action, actor, object{"label": s.labelJSONLocked(repo, s.ensureLabelLocked(repo, name))})
			}
		}
	}
	send("labeled", issue.Labels, before)
	send("unlabeled", before, issue.Labels)
}

func (s *Server) setAssigneesLocked(issue *Issue, logins *[]string) {
	if logins == nil {
		return
	}
	issue.Assignees = nil
	for _, login := range *logins {
		if person := s.personLocked(login); person != nil {
			issue.Assignees = append(issue.Assignees, person.ID)
		}
	}
}

// addCommentLocked adds a comment and tells those who follow the issue.
func (s *Server) addCommentLocked(repo *Repository, issue *Issue, actor *Account, appID int64, body string) *Comment {
	now := s.now().UTC()
	c := &Comment{ID: s.state.id(), AuthorID: actor.ID, AppID: appID, Body: body, CreatedAt: now, UpdatedAt: now}
	s.notifyCommentLocked(repo, issue, c, actor)
	issue.Comments = append(issue.Comments, c)
	issue.UpdatedAt = now
	s.commentEventLocked(repo, issue, c, "created", actor, nil)
	return c
}

func (s *Server) editCommentLocked(repo *Repository, issue *Issue, c *Comment, actor *Account, body string) {
	if body == c.Body {
		return
	}
	was := c.Body
	c.Body, c.UpdatedAt = body, s.now().UTC()
	issue.UpdatedAt = c.UpdatedAt
	s.commentEventLocked(repo, issue, c, "edited", actor, object{"changes": object{"body": object{"from": was}}})
	s.notifyEditedLocked(repo, issue, actor, was, body)
}

func (s *Server) deleteCommentLocked(repo *Repository, issue *Issue, c *Comment, actor *Account) {
	issue.Comments = slices.DeleteFunc(issue.Comments, func(other *Comment) bool { return other == c })
	issue.UpdatedAt = s.now().UTC()
	s.commentEventLocked(repo, issue, c, "deleted", actor, nil)
}

func (s *Server) commentEventLocked(repo *Repository, issue *Issue, c *Comment, action string, actor *Account, extra object) {
	payload := object{"action": action, "issue": s.issueJSONLocked(repo, issue), "comment": s.commentJSONLocked(repo, issue, c)}
	for name, value := range extra {
		payload[name] = value
	}
	s.emitLocked("issue_comment", repo, actor, payload)
}

// lockLocked locks or unlocks an issue's conversation.
func (s *Server) lockLocked(repo *Repository, issue *Issue, actor *Account, locked bool, reason string) {
	if issue.Locked == locked {
		return
	}
	issue.Locked, issue.LockReason, issue.UpdatedAt = locked, reason, s.now().UTC()
	action := "locked"
	if !locked {
		action, issue.LockReason = "unlocked", ""
	}
	s.issueEventLocked(repo, issue, action, actor, nil)
}

// deleteIssueLocked deletes an issue for good; its number is not used again.
func (s *Server) deleteIssueLocked(repo *Repository, issue *Issue, actor *Account) {
	s.issueEventLocked(repo, issue, "deleted", actor, nil)
	issue.Deleted, issue.Body, issue.Comments = true, "", nil
}

// transferIssueLocked moves an issue to another repository, where it gets a new number.
func (s *Server) transferIssueLocked(from *Repository, issue *Issue, to *Repository, actor *Account) *Issue {
	moved := *issue
	to.NextNumber++
	moved.Number, moved.ID, moved.UpdatedAt, moved.Labels = to.NextNumber, s.state.id(), s.now().UTC(), nil
	to.Issues[moved.Number] = &moved
	oldJSON := s.issueJSONLocked(from, issue)
	s.issueEventLocked(from, issue, "transferred", actor, object{"changes": object{
		"new_issue": s.issueJSONLocked(to, &moved), "new_repository": s.repositoryJSONLocked(to),
	}})
	issue.MovedTo = s.issueAPILocked(to, moved.Number)
	s.issueEventLocked(to, &moved, "opened", actor, object{"changes": object{
		"old_issue": oldJSON, "old_repository": s.repositoryJSONLocked(from),
	}})
	return &moved
}
