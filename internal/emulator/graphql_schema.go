package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// queryRoot is the part of GitHub's query type that the emulator knows.
func (s *Server) queryRoot(r *http.Request, c caller) node {
	return node{"Query", func(name string, args map[string]any) (any, error) {
		switch name {
		case "viewer":
			return s.actorNode(c.actor()), nil
		case "repository":
			return s.repositoryQuery(r, c, args)
		case "rateLimit":
			s.mu.Lock()
			defer s.mu.Unlock()
			limit, b := s.limitLocked(c), s.bucketLocked("graphql", c)
			return fields("RateLimit", map[string]any{
				"limit": limit, "cost": 1, "used": b.Used + 1, "remaining": max(limit-b.Used-1, 0), "resetAt": stamp(b.Reset), "nodeCount": 0,
			}), nil
		case "node":
			s.mu.Lock()
			defer s.mu.Unlock()
			repo, issue := s.issueByNodeLocked(c, argString(args, "id"))
			if issue == nil {
				return nil, notFound("a node with the global id of '" + argString(args, "id") + "'")
			}
			return s.issueNodeLocked(c, repo, issue), nil
		}
		return nil, noField{name, "Query"}
	}}
}

func (s *Server) repositoryQuery(r *http.Request, c caller, args map[string]any) (any, error) {
	owner, name := argString(args, "owner"), argString(args, "name")
	s.mu.Lock()
	repo, moved := s.findRepositoryLocked(owner, name)
	visible := repo != nil && c.seesLocked(repo) && !(moved && args["followRenames"] == false)
	s.mu.Unlock()
	if !visible {
		return nil, notFound("a Repository with the name '" + owner + "/" + name + "'")
	}
	git, err := s.git(r.Context(), repo)
	if err != nil {
		return nil, err
	}
	return s.repositoryNode(c, repo, git), nil
}

func (s *Server) repositoryNode(c caller, repo *Repository, git *gitRepo) node {
	s.mu.Lock()
	full, copied := s.fullNameLocked(repo), *repo
	s.mu.Unlock()
	branch := copied.DefaultBranch
	plain := fields("Repository", map[string]any{
		"id": nodeID("R", repo.ID), "databaseId": repo.ID, "name": copied.Name, "nameWithOwner": full, "isPrivate": copied.Private,
		"isArchived": copied.Archived, "isFork": copied.Fork, "hasIssuesEnabled": copied.HasIssues, "url": s.URL() + "/" + full,
		"description": orNull(copied.Description), "isEmpty": len(copied.Refs) == 0,
		"defaultBranchRef": func() (any, error) {
			sha, _, _, err := git.info("refs/heads/" + branch)
			if err != nil {
				return nil, nil //nolint:nilerr // no such branch is an answer: there is none
			}
			return fields("Ref", map[string]any{"name": branch, "target": s.gitNode(git, sha)}), nil
		},
	})
	return node{"Repository", func(name string, args map[string]any) (any, error) {
		switch name {
		case "object":
			return s.objectQuery(c, repo, git, args)
		case "issue":
			return s.issueQuery(c, repo, argInt(args, "number"))
		}
		return plain.field(name, args)
	}}
}

func forbidden() error {
	return graphqlFault{"FORBIDDEN", "Resource not accessible by integration"}
}

func (s *Server) objectQuery(c caller, repo *Repository, git *gitRepo, args map[string]any) (any, error) {
	if !c.can(repo, "contents", "read") {
		return nil, forbidden()
	}
	rev := argString(args, "oid")
	if expression := argString(args, "expression"); rev == "" {
		if strings.HasPrefix(expression, "HEAD") {
			expression = "refs/heads/" + s.defaultBranch(repo) + strings.TrimPrefix(expression, "HEAD")
		}
		rev = expression
	} else if !isHex(rev) || len(rev) != 40 {
		return nil, graphqlFault{"", "Variable $oid of type GitObjectID was provided invalid value"}
	}
	oid, _, _, err := git.info(rev)
	if errors.Is(err, errNoObject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.gitNode(git, oid), nil
}

// gitNode is a blob, tree, commit or tag; a blob's content is read only when it is asked for.
func (s *Server) gitNode(git *gitRepo, oid string) any {
	_, kind, size, err := git.info(oid)
	if err != nil {
		return nil
	}
	values := map[string]any{"oid": oid, "id": "G_" + oid, "abbreviatedOid": oid[:7]}
	switch kind {
	case "blob":
		var data []byte
		text := func() (any, error) {
			if isBinary(data) || !utf8.Valid(data) {
				return nil, nil
			}
			cut := data[:min(len(data), s.options.TextLimit)]
			for len(cut) < len(data) && len(cut) > 0 && !utf8.RuneStart(data[len(cut)]) {
				cut = cut[:len(cut)-1]
			}
			return string(cut), nil
		}
		binary := func() (any, error) { return isBinary(data), nil }
		load := func(get func() (any, error)) func() (any, error) {
			return func() (any, error) {
				if data == nil {
					var err error
					if _, data, err = git.object(oid); err != nil {
						return nil, err
					}
				}
				return get()
			}
		}
		values["byteSize"], values["isTruncated"] = size, size > int64(s.options.TextLimit)
		values["text"], values["isBinary"] = load(text), load(binary)
		return fields("Blob", values)
	case "commit":
		commit, err := git.readCommit(oid)
		if err != nil {
			return nil
		}
		values["committedDate"], values["authoredDate"] = stamp(commit.Committer.When), stamp(commit.Author.When)
		values["message"], values["messageHeadline"] = commit.Message, strings.SplitN(commit.Message, "\n", 2)[0]
		values["tree"] = func() (any, error) { return s.gitNode(git, commit.Tree), nil }
		return fields("Commit", values)
	case "tree":
		values["entries"] = func() (any, error) { return s.treeEntries(git, oid) }
		return fields("Tree", values)
	}
	return fields("Tag", values)
}

func (s *Server) treeEntries(git *gitRepo, oid string) (any, error) {
	entries, err := git.tree(s.ctx, oid, false)
	if err != nil {
		return nil, err
	}
	list := []node{}
	for _, e := range entries {
		list = append(list, fields("TreeEntry", map[string]any{
			"name": e.Path, "path": e.Path, "type": e.Type, "oid": e.SHA, "mode": modeNumber(e.Mode), "size": max(e.Size, 0),
			"object": func() (any, error) { return s.gitNode(git, e.SHA), nil },
		}))
	}
	return list, nil
}

func modeNumber(mode string) int {
	var n int
	_, _ = fmt.Sscanf(mode, "%o", &n)
	return n
}

func (s *Server) actorNode(a *Account) any {
	if a == nil {
		return nil
	}
	login := strings.TrimSuffix(a.Login, "[bot]") // as GitHub's GraphQL names bots
	return fields(a.Type, map[string]any{"login": login, "id": nodeID("U", a.ID), "databaseId": a.ID, "url": s.URL() + "/" + a.Login})
}

func (s *Server) issueQuery(c caller, repo *Repository, number int) (any, error) {
	if !c.can(repo, "issues", "read") {
		return nil, forbidden()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	issue := repo.Issues[number]
	if issue == nil || issue.Deleted || issue.MovedTo != "" || issue.Pull != nil {
		return nil, notFound(fmt.Sprintf("an Issue with the number of %d", number))
	}
	return s.issueNodeLocked(c, repo, issue), nil
}

// issueNodeLocked is an issue as it was when the query asked for it.
func (s *Server) issueNodeLocked(c caller, repo *Repository, issue *Issue) node {
	shown := c.canLocked(repo, "issues", "write") // what edits changed is for those who may edit
	now, edits := *issue, slices.Clone(issue.Edits)
	accounts := map[int64]*Account{}
	for _, e := range edits {
		accounts[e.EditorID] = s.state.Accounts[e.EditorID]
	}
	author := s.state.Accounts[issue.AuthorID]
	plain := fields("Issue", map[string]any{
		"id": nodeID("I", now.ID), "databaseId": now.ID, "number": now.Number, "title": now.Title, "body": now.Body,
		"state": strings.ToUpper(openOrClosed(now.Closed)), "url": s.issueHTMLLocked(repo, issue), "author": s.actorNode(author),
		"createdAt": stamp(now.CreatedAt), "updatedAt": stamp(now.UpdatedAt), "closedAt": stamp(now.ClosedAt), "locked": now.Locked, "isPinned": now.Pinned,
		"lastEditedAt": func() (any, error) {
			if len(edits) == 0 {
				return nil, nil
			}
			return stamp(edits[len(edits)-1].At), nil
		},
	})
	return node{"Issue", func(name string, args map[string]any) (any, error) {
		if name != "userContentEdits" {
			return plain.field(name, args)
		}
		list := []node{}
		for _, e := range slices.Backward(edits) { // GitHub lists the newest first
			var diff any
			if shown {
				diff = e.Body
			}
			list = append(list, fields("UserContentEdit", map[string]any{
				"id": nodeID("UCE", e.ID), "createdAt": stamp(e.At), "editedAt": stamp(e.At), "updatedAt": stamp(e.At),
				"editor": s.actorNode(accounts[e.EditorID]), "diff": diff, "deletedAt": nil,
			}))
		}
		return connection("UserContentEdit", list, args), nil
	}}
}

// issueByNodeLocked finds an issue by its node id where the caller sees it.
func (s *Server) issueByNodeLocked(c caller, id string) (*Repository, *Issue) {
	number := parseNodeID("I", id)
	for _, repo := range s.state.Repositories {
		for _, issue := range repo.Issues {
			if issue.ID == number && !issue.Deleted && issue.MovedTo == "" && c.seesLocked(repo) {
				return repo, issue
			}
		}
	}
	return nil, nil
}

// mutationRoot knows what GitHub offers for issues only by GraphQL: pin, unpin, delete, transfer.
func (s *Server) mutationRoot(c caller) node {
	return node{"Mutation", func(name string, args map[string]any) (any, error) {
		if !slices.Contains([]string{"pinIssue", "unpinIssue", "deleteIssue", "transferIssue"}, name) {
			return nil, noField{name, "Mutation"}
		}
		input, _ := args["input"].(map[string]any)
		s.mu.Lock()
		defer s.mu.Unlock()
		repo, issue := s.issueByNodeLocked(c, argString(input, "issueId"))
		if issue == nil {
			return nil, notFound("a node with the global id of '" + argString(input, "issueId") + "'")
		}
		if !c.canLocked(repo, "issues", "write") || !c.mayPushLocked(repo) {
			return nil, forbidden()
		}
		return s.mutateLocked(c, name, input, repo, issue)
	}}
}

func (s *Server) mutateLocked(c caller, name string, input map[string]any, repo *Repository, issue *Issue) (any, error) {
	switch name {
	case "pinIssue", "unpinIssue":
		pinned := 0
		for _, other := range repo.Issues {
			if other.Pinned {
				pinned++
			}
		}
		if name == "pinIssue" && !issue.Pinned && pinned >= 3 {
			return nil, graphqlFault{"UNPROCESSABLE", "Maximum 3 pinned issues per repository"}
		}
		issue.Pinned = name == "pinIssue"
		s.issueEventLocked(repo, issue, strings.TrimSuffix(name, "Issue")+"ned", c.actor(), nil)
	case "deleteIssue":
		s.deleteIssueLocked(repo, issue, c.actor())
		return fields("DeleteIssuePayload", map[string]any{"clientMutationId": nil, "repository": fields("Repository", map[string]any{"id": nodeID("R", repo.ID), "name": repo.Name})}), nil
	case "transferIssue":
		to := s.state.Repositories[parseNodeID("R", argString(input, "repositoryId"))]
		if to == nil || !c.canLocked(to, "issues", "write") || to.OwnerID != repo.OwnerID {
			return nil, notFound("a Repository with the global id of '" + argString(input, "repositoryId") + "'")
		}
		issue, repo = s.transferIssueLocked(repo, issue, to, c.actor()), to
	}
	return fields(strings.ToUpper(name[:1])+name[1:]+"Payload", map[string]any{"clientMutationId": nil, "issue": s.issueNodeLocked(c, repo, issue)}), nil
}
