package emulator

import (
	"maps"
	"slices"
	"strings"
)

// repositoryLinks are the URLs of a repository's sub-resources, under its API URL.
var repositoryLinks = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
	"branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}", "comments_url": "/comments{/number}",
	"commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}", "contents_url": "/contents/{+path}",
	"contributors_url": "/contributors", "deployments_url": "/deployments", "downloads_url": "/downloads", "events_url": "/events",
	"forks_url": "/forks", "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}",
	"hooks_url": "/hooks", "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}", "languages_url": "/languages",
	"merges_url": "/merges", "milestones_url": "/milestones{/number}", "notifications_url": "/notifications{?since,all,participating}",
	"pulls_url": "/pulls{/number}", "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
	"trees_url": "/git/trees{/sha}",
}

// repoAPI is the API address of a repository.
func (s *Server) repoAPILocked(repo *Repository) string {
	return s.APIURL() + "/repos/" + s.fullNameLocked(repo)
}

// repositoryJSONLocked is GitHub's repository, as lists and events show it.
func (s *Server) repositoryJSONLocked(repo *Repository) object {
	full := s.fullNameLocked(repo)
	api, html := s.repoAPILocked(repo), s.URL()+"/"+full
	open := 0
	for _, issue := range repo.Issues {
		if !issue.Closed && !issue.Deleted && issue.MovedTo == "" {
			open++
		}
	}
	visibility := "public"
	if repo.Private {
		visibility = "private"
	}
	out := object{
		"id": repo.ID, "node_id": nodeID("R", repo.ID), "name": repo.Name, "full_name": full, "private": repo.Private,
		"owner": s.userJSON(s.state.Accounts[repo.OwnerID]), "html_url": html, "description": orNull(repo.Description), "fork": repo.Fork, "url": api,
		"clone_url": html + ".git", "git_url": "git:" + strings.TrimPrefix(html, "http:") + ".git", "ssh_url": "git@localhost:" + full + ".git",
		"svn_url": html, "mirror_url": nil, "homepage": nil, "language": nil, "license": nil, "default_branch": repo.DefaultBranch,
		"forks": 0, "forks_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "size": 0,
		"open_issues": open, "open_issues_count": open, "is_template": false, "web_commit_signoff_required": false,
		"topics": append([]string{}, repo.Topics...), "has_issues": repo.HasIssues, "has_projects": true, "has_wiki": false,
		"has_pages": false, "has_downloads": true, "has_discussions": false, "archived": repo.Archived, "disabled": false,
		"visibility": visibility, "allow_forking": true, "pushed_at": stamp(repo.PushedAt),
		"created_at": stamp(repo.CreatedAt), "updated_at": stamp(repo.UpdatedAt),
	}
	for name, path := range repositoryLinks {
		out[name] = api + path
	}
	return out
}

// fullRepositoryJSONLocked is what GET /repos/{owner}/{repo} answers.
func (s *Server) fullRepositoryJSONLocked(repo *Repository, c caller) object {
	out := s.repositoryJSONLocked(repo)
	maps.Copy(out, object{"network_count": 0, "subscribers_count": len(s.watchersLocked(repo)), "permissions": s.permissionsJSONLocked(repo, c)})
	if owner := s.state.Accounts[repo.OwnerID]; owner.Type == typeOrganization {
		out["organization"] = s.userJSON(owner)
	}
	if c.canLocked(repo, "administration", "read") {
		out["security_and_analysis"] = s.securityAndAnalysisLocked(repo)
	}
	if c.canLocked(repo, "administration", "read") {
		out["security_and_analysis"] = s.securityAndAnalysisLocked(repo)
	}
	return out
}

// permissionsJSONLocked says what the caller may do with a repository.
func (s *Server) permissionsJSONLocked(repo *Repository, c caller) object {
	have := 1
	switch {
	case c.user != nil:
		have = max(have, rank(s.roleLocked(c.user.ID, repo)))
	case c.installation != nil && c.covers(repo):
		have = max(have, rank(c.permissions["contents"]))
	}
	return object{"admin": have >= 3, "maintain": have >= 3, "push": have >= 2, "triage": have >= 2, "pull": true}
}

// watchersLocked are the people who are told of everything in a repository: those with a role of write
// or more, as people who get push access watch a repository by default.
func (s *Server) watchersLocked(repo *Repository) []*Account {
	return slices.DeleteFunc(s.peopleLocked(), func(p *Account) bool { return rank(s.roleLocked(p.ID, repo)) < 2 })
}
