package emulator

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
)

// OpenPullRequest opens a pull request between two branches of a repository and
// returns its number. author is a login.
func (s *Server) OpenPullRequest(repo *Repository, headBranch, baseBranch, author string) (int, error) {
	git, err := s.git(s.ctx, repo)
	if err != nil {
		return 0, err
	}
	head, _, _, err := git.info("refs/heads/" + headBranch)
	if err != nil {
		return 0, fmt.Errorf("emulator: open pull request: branch %s: %w", headBranch, err)
	}
	base, _, _, err := git.info("refs/heads/" + baseBranch)
	if err != nil {
		return 0, fmt.Errorf("emulator: open pull request: branch %s: %w", baseBranch, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	person := s.addAccountLocked(author, typeUser)
	now := s.now().UTC()
	repo.NextNumber++
	issue := &Issue{
		ID: s.state.id(), Number: repo.NextNumber, Title: headBranch, AuthorID: person.ID, CreatedAt: now, UpdatedAt: now,
		Pull: &Pull{HeadBranch: headBranch, BaseBranch: baseBranch, HeadSHA: head, BaseSHA: base},
	}
	repo.Issues[issue.Number] = issue
	s.pullEventLocked(repo, issue, "opened", person, nil)
	return issue.Number, nil
}

// ClosePullRequest closes a pull request, merged or not; the git repository is left alone.
func (s *Server) ClosePullRequest(repo *Repository, number int, merged bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	issue := repo.Issues[number]
	if issue == nil || issue.Pull == nil {
		return fmt.Errorf("emulator: close pull request: no number %d in %s", number, repo.Name)
	}
	if issue.Closed {
		return nil
	}
	now := s.now().UTC()
	issue.Closed, issue.ClosedAt, issue.UpdatedAt = true, now, now
	if merged {
		issue.Pull.MergedAt = now
	}
	s.pullEventLocked(repo, issue, "closed", s.ownerOfLocked(s.state.Accounts[repo.OwnerID]), nil)
	return nil
}

func (s *Server) pullEventLocked(repo *Repository, issue *Issue, action string, actor *Account, extra object) {
	payload := object{"action": action, "number": issue.Number, "pull_request": s.pullJSONLocked(repo, issue, nil, 0)}
	maps.Copy(payload, extra)
	s.emitLocked("pull_request", repo, actor, payload)
}

// syncPulls moves the pull requests along with the branches they come from.
func (s *Server) syncPulls(ctx context.Context, repo *Repository, git *gitRepo, moves []refMove) {
	s.mu.Lock()
	defer s.mu.Unlock()
	actor := s.ownerOfLocked(s.state.Accounts[repo.OwnerID])
	for _, m := range moves {
		branch, ok := strings.CutPrefix(m.name, "refs/heads/")
		for _, issue := range s.issuesByNumberLocked(repo) {
			if !ok || issue.Pull == nil || issue.Closed {
				continue
			}
			if issue.Pull.BaseBranch == branch && m.after != "" {
				issue.Pull.BaseSHA = m.after
			}
			if issue.Pull.HeadBranch != branch {
				continue
			}
			issue.UpdatedAt = s.now().UTC()
			if m.after == "" {
				issue.Closed, issue.ClosedAt = true, issue.UpdatedAt
				s.pullEventLocked(repo, issue, "closed", actor, nil)
				continue
			}
			issue.Pull.HeadSHA = m.after
			s.pullEventLocked(repo, issue, "synchronize", actor, object{"before": m.before, "after": m.after})
		}
	}
}

func (s *Server) issuesByNumberLocked(repo *Repository) []*Issue {
	return slices.SortedFunc(maps.Values(repo.Issues), func(a, b *Issue) int { return a.Number - b.Number })
}

// pullJSONLocked is GitHub's pull request; files and commits fill its counts.
func (s *Server) pullJSONLocked(repo *Repository, issue *Issue, files []fileDiff, commits int) object {
	p := issue.Pull
	api := s.repoAPILocked(repo) + "/pulls/" + itoa(int64(issue.Number))
	issueAPI, html := s.issueAPILocked(repo, issue.Number), s.issueHTMLLocked(repo, issue)
	owner := s.state.Accounts[repo.OwnerID]
	side := func(branch, sha string) object {
		return object{"label": owner.Login + ":" + branch, "ref": branch, "sha": sha, "user": s.userJSON(owner), "repo": s.repositoryJSONLocked(repo)}
	}
	href := func(url string) object { return object{"href": url} }
	added, removed := 0, 0
	for _, f := range files {
		added, removed = added+f.Additions, removed+f.Deletions
	}
	statuses := s.repoAPILocked(repo) + "/statuses/" + p.HeadSHA
	return object{
		"url": api, "id": issue.ID, "node_id": nodeID("PR", issue.ID), "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch",
		"issue_url": issueAPI, "number": issue.Number, "state": openOrClosed(issue.Closed), "locked": issue.Locked, "title": issue.Title,
		"user": s.userJSON(s.state.Accounts[issue.AuthorID]), "body": orNull(issue.Body), "labels": s.labelsJSONLocked(repo, issue.Labels),
		"created_at": stamp(issue.CreatedAt), "updated_at": stamp(issue.UpdatedAt), "closed_at": stamp(issue.ClosedAt), "merged_at": stamp(p.MergedAt),
		"merge_commit_sha": nil, "assignee": nil, "assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{},
		"milestone": nil, "draft": p.Draft, "commits_url": api + "/commits", "review_comments_url": api + "/comments",
		"review_comment_url": s.repoAPILocked(repo) + "/pulls/comments{/number}", "comments_url": issueAPI + "/comments", "statuses_url": statuses,
		"head": side(p.HeadBranch, p.HeadSHA), "base": side(p.BaseBranch, p.BaseSHA),
		"_links": object{
			"self": href(api), "html": href(html), "issue": href(issueAPI), "comments": href(issueAPI + "/comments"),
			"review_comments": href(api + "/comments"), "review_comment": href(s.repoAPILocked(repo) + "/pulls/comments{/number}"),
			"commits": href(api + "/commits"), "statuses": href(statuses),
		},
		"author_association": s.associationLocked(issue.AuthorID, repo), "auto_merge": nil, "active_lock_reason": nil,
		"merged": !p.MergedAt.IsZero(), "mergeable": nil, "rebaseable": nil, "mergeable_state": "unknown", "merged_by": nil,
		"comments": len(issue.Comments), "review_comments": 0, "maintainer_can_modify": false, "commits": commits,
		"additions": added, "deletions": removed, "changed_files": len(files),
	}
}

func (s *Server) listPulls(w http.ResponseWriter, r *http.Request) {
	repo, _ := s.repoFor(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	state := r.URL.Query().Get("state")
	var found []*Issue
	for _, issue := range slices.Backward(s.issuesByNumberLocked(repo)) {
		if issue.Pull != nil && (state == "all" || issue.Closed == (state == "closed")) {
			found = append(found, issue)
		}
	}
	out := []object{}
	for _, issue := range pageOf(w, r, s.URL(), found) {
		out = append(out, s.pullJSONLocked(repo, issue, nil, 0))
	}
	writeJSON(w, http.StatusOK, out)
}

// pullOf finds a pull request and what it changes.
func (s *Server) pullOf(w http.ResponseWriter, r *http.Request) (*Repository, *Issue, []fileDiff, int, bool) {
	repo, git, ok := s.repoGit(w, r)
	if !ok {
		return nil, nil, nil, 0, false
	}
	number, _ := strconv.Atoi(chi.URLParam(r, "number"))
	s.mu.Lock()
	issue := repo.Issues[number]
	var p Pull
	if issue != nil && issue.Pull != nil {
		p = *issue.Pull
	}
	s.mu.Unlock()
	if p.HeadSHA == "" {
		writeNotFound(w)
		return nil, nil, nil, 0, false
	}
	base, err := git.run(r.Context(), "merge-base", p.BaseSHA, p.HeadSHA)
	from := strings.TrimSpace(string(base))
	if err != nil {
		from = p.BaseSHA
	}
	files, err := git.diff(r.Context(), from, p.HeadSHA)
	if err != nil {
		s.writeGitError(w, err)
		return nil, nil, nil, 0, false
	}
	commits, err := git.commits(r.Context(), p.HeadSHA, "--not", p.BaseSHA)
	if err != nil {
		s.writeGitError(w, err)
		return nil, nil, nil, 0, false
	}
	return repo, issue, files, len(commits), true
}

func (s *Server) getPull(w http.ResponseWriter, r *http.Request) {
	repo, issue, files, commits, ok := s.pullOf(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	out := s.pullJSONLocked(repo, issue, files, commits)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) listPullFiles(w http.ResponseWriter, r *http.Request) {
	repo, issue, files, _, ok := s.pullOf(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	out := s.filesJSONLocked(repo, issue.Pull.HeadSHA, files)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, pageOf(w, r, s.URL(), out))
}
