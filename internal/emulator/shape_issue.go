package emulator

import (
	"cmp"
	"maps"
	"slices"
)

// reactionKinds are the contents a reaction may have.
var reactionKinds = []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}

func (s *Server) issueAPILocked(repo *Repository, number int) string {
	return s.repoAPILocked(repo) + "/issues/" + itoa(int64(number))
}

func (s *Server) issueHTMLLocked(repo *Repository, issue *Issue) string {
	kind := "/issues/"
	if issue.Pull != nil {
		kind = "/pull/"
	}
	return s.URL() + "/" + s.fullNameLocked(repo) + kind + itoa(int64(issue.Number))
}

// issueJSONLocked is GitHub's issue.
func (s *Server) issueJSONLocked(repo *Repository, issue *Issue) object {
	api := s.issueAPILocked(repo, issue.Number)
	out := object{
		"id": issue.ID, "node_id": nodeID("I", issue.ID), "url": api, "repository_url": s.repoAPILocked(repo),
		"labels_url": api + "/labels{/name}", "comments_url": api + "/comments", "events_url": api + "/events",
		"timeline_url": api + "/timeline", "html_url": s.issueHTMLLocked(repo, issue), "number": issue.Number, "state": openOrClosed(issue.Closed),
		"state_reason": orNull(issue.StateReason), "title": issue.Title, "body": orNull(issue.Body),
		"user": s.userJSON(s.state.Accounts[issue.AuthorID]), "labels": s.labelsJSONLocked(repo, issue.Labels),
		"milestone": nil, "locked": issue.Locked, "active_lock_reason": orNull(issue.LockReason),
		"comments": len(issue.Comments), "created_at": stamp(issue.CreatedAt), "updated_at": stamp(issue.UpdatedAt), "closed_at": stamp(issue.ClosedAt),
		"closed_by": s.userJSON(s.state.Accounts[issue.ClosedByID]), "author_association": s.associationLocked(issue.AuthorID, repo),
		"reactions": reactionsJSON(api, issue.Reactions), "performed_via_github_app": s.viaAppLocked(issue.AppID),
		"sub_issues_summary": object{"total": 0, "completed": 0, "percent_completed": 0},
	}
	people := []any{}
	for _, id := range issue.Assignees {
		people = append(people, s.userJSON(s.state.Accounts[id]))
	}
	out["assignees"], out["assignee"] = people, nil
	if len(people) > 0 {
		out["assignee"] = people[0]
	}
	if issue.Pull != nil {
		pull := s.repoAPILocked(repo) + "/pulls/" + itoa(int64(issue.Number))
		html := s.issueHTMLLocked(repo, issue)
		out["pull_request"] = object{"url": pull, "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "merged_at": stamp(issue.Pull.MergedAt)}
		out["draft"] = issue.Pull.Draft
	}
	return out
}

// commentJSONLocked is GitHub's issue comment.
func (s *Server) commentJSONLocked(repo *Repository, issue *Issue, c *Comment) object {
	api := s.repoAPILocked(repo) + "/issues/comments/" + itoa(c.ID)
	return object{
		"id": c.ID, "node_id": nodeID("IC", c.ID), "url": api, "issue_url": s.issueAPILocked(repo, issue.Number),
		"html_url": s.issueHTMLLocked(repo, issue) + "#issuecomment-" + itoa(c.ID), "body": c.Body,
		"user": s.userJSON(s.state.Accounts[c.AuthorID]), "created_at": stamp(c.CreatedAt), "updated_at": stamp(c.UpdatedAt),
		"author_association": s.associationLocked(c.AuthorID, repo), "reactions": reactionsJSON(api, c.Reactions),
		"performed_via_github_app": s.viaAppLocked(c.AppID),
	}
}

func (s *Server) viaAppLocked(id int64) any {
	if app := s.state.Apps[id]; app != nil {
		return s.appJSONLocked(app)
	}
	return nil
}

// associationLocked is how an author stands to a repository.
func (s *Server) associationLocked(userID int64, repo *Repository) string {
	owner := s.state.Accounts[repo.OwnerID]
	switch {
	case owner.ID == userID:
		return "OWNER"
	case owner.Members[userID] != "":
		return "MEMBER"
	case rank(repo.Roles[userID]) > 0:
		return "COLLABORATOR"
	}
	return "NONE"
}

func reactionsJSON(api string, reactions []*Reaction) object {
	out := object{"url": api + "/reactions", "total_count": len(reactions)}
	for _, kind := range reactionKinds {
		n := 0
		for _, r := range reactions {
			if r.Content == kind {
				n++
			}
		}
		out[kind] = n
	}
	return out
}

func (s *Server) reactionJSONLocked(r *Reaction) object {
	return object{
		"id": r.ID, "node_id": nodeID("REA", r.ID), "user": s.userJSON(s.state.Accounts[r.UserID]),
		"content": r.Content, "created_at": stamp(r.CreatedAt),
	}
}

func (s *Server) labelJSONLocked(repo *Repository, l *Label) object {
	return object{
		"id": l.ID, "node_id": nodeID("LA", l.ID), "url": s.repoAPILocked(repo) + "/labels/" + pathEscape(l.Name),
		"name": l.Name, "color": cmp.Or(l.Color, "ededed"), "description": orNull(l.Description), "default": false,
	}
}

// labelsJSONLocked looks labels up by name.
func (s *Server) labelsJSONLocked(repo *Repository, names []string) []object {
	out := []object{}
	for _, name := range names {
		if i := slices.IndexFunc(repo.Labels, func(l *Label) bool { return l.Name == name }); i >= 0 {
			out = append(out, s.labelJSONLocked(repo, repo.Labels[i]))
		}
	}
	return out
}

func openOrClosed(closed bool) string {
	if closed {
		return "closed"
	}
	return "open"
}

// deliveryJSON is an entry of the delivery log; full adds what was sent and answered.
func deliveryJSON(d *delivery, full bool) object {
	out := object{
		"id": d.ID, "guid": d.GUID, "delivered_at": stamp(d.DeliveredAt), "redelivery": d.Redelivery, "duration": d.Duration,
		"status": d.Status, "status_code": d.StatusCode, "event": d.Event, "action": orNull(d.Action),
		"installation_id": numberOrNull(d.InstallationID), "repository_id": numberOrNull(d.RepositoryID), "throttled_at": nil,
	}
	if full {
		maps.Copy(out, object{
			"url":      "",
			"request":  object{"headers": d.Request, "payload": d.Payload},
			"response": object{"headers": d.ResponseHeader, "payload": orNull(d.ResponseBody)},
		})
	}
	return out
}

func numberOrNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
