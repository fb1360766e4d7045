package github

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Event is a webhook in our words. Only what the event carries is set. One
// lenient shape for all events keeps those readable that go-github does not
// know, or knows in an older form.
type Event struct {
	Name         string
	Action       string
	Installation *Installation
	Repository   *Repository
	Repositories []Repository // covered by a new installation; of these only id and name are known
	Added        []Repository
	Removed      []Repository
	Sender       Sender
	Push         *Push
	Issue        *Issue
	BodyBefore   *string   // what the body was before the edit
	Transferred  *Transfer // where an issue went
	MovedFrom    *Transfer // where an issue that appears came from
	Comment      *Comment
	PullRequest  *PullRequest
	AccountID    int64 // of installation_target
	Account      string
}

// Sender is who caused an event.
type Sender struct {
	Login string
	Bot   bool
}

// Push is a change of a branch or tag.
type Push struct {
	Branch   string // empty for a tag
	Before   string
	After    string
	Created  bool
	Deleted  bool
	Forced   bool
	Tree     string // of the new head; empty when the push tells nothing
	At       time.Time
	Author   string   // of the new head, as a login where GitHub knows one
	Paths    []string // changed by the listed commits
	Complete bool     // Paths is all that changed, as far as a push can tell
}

// Transfer is an issue in another repository.
type Transfer struct {
	Repository Repository
	Issue      Issue
}

// Comment is a comment on an issue.
type Comment struct {
	ID     int64
	Body   string
	Author Sender
	At     time.Time
}

// PullRequest is what a preview needs of one.
type PullRequest struct {
	Number  int
	HeadSHA string
	BaseRef string
	Fork    bool
}

// Limits of a push event, beyond which it leaves commits or files out without
// saying so.
const (
	maxPushCommits = 2048
	maxPushFiles   = 3000
)

type payload struct {
	Action       string           `json:"action"`
	Installation *gh.Installation `json:"installation"`
	Repository   json.RawMessage  `json:"repository"`
	Repositories []*gh.Repository `json:"repositories"`
	Added        []*gh.Repository `json:"repositories_added"`
	Removed      []*gh.Repository `json:"repositories_removed"`
	Sender       *gh.User         `json:"sender"`
	Issue        *gh.Issue        `json:"issue"`
	Comment      *gh.IssueComment `json:"comment"`
	PullRequest  *gh.PullRequest  `json:"pull_request"`
	Account      *gh.User         `json:"account"`
	Changes      struct {
		Body          *struct{ From string } `json:"body"`
		NewIssue      *gh.Issue              `json:"new_issue"`
		NewRepository *gh.Repository         `json:"new_repository"`
		OldIssue      *gh.Issue              `json:"old_issue"`
		OldRepository *gh.Repository         `json:"old_repository"`
	} `json:"changes"`
	Ref        string                 `json:"ref"`
	Before     string                 `json:"before"`
	After      string                 `json:"after"`
	Created    bool                   `json:"created"`
	Deleted    bool                   `json:"deleted"`
	Forced     bool                   `json:"forced"`
	Commits    []*gh.HeadCommit       `json:"commits"`
	HeadCommit *gh.HeadCommit         `json:"head_commit"`
	Pusher     *struct{ Name string } `json:"pusher"`
}

// ParseEvent reads a webhook's payload.
func ParseEvent(name string, body []byte) (Event, error) {
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return Event{}, fmt.Errorf("payload of %s: %w", name, err)
	}
	e := Event{Name: name, Action: p.Action, Repositories: repositoriesOf(p.Repositories), Added: repositoriesOf(p.Added), Removed: repositoriesOf(p.Removed)}
	if p.Installation.GetID() != 0 {
		i := InstallationOf(p.Installation)
		e.Installation = &i
	}
	if len(p.Repository) > 0 && string(p.Repository) != "null" {
		r, err := repositoryIn(name, p.Repository)
		if err != nil {
			return Event{}, fmt.Errorf("payload of %s: repository: %w", name, err)
		}
		e.Repository = &r
	}
	e.Sender = senderOf(p.Sender)
	e.AccountID, e.Account = p.Account.GetID(), p.Account.GetLogin()
	if name == "push" {
		e.Push = pushOf(p)
	}
	if p.Issue != nil {
		i := IssueOf(p.Issue)
		e.Issue = &i
	}
	if p.Changes.Body != nil {
		e.BodyBefore = &p.Changes.Body.From
	}
	if p.Changes.NewIssue != nil && p.Changes.NewRepository != nil {
		e.Transferred = &Transfer{RepositoryOf(p.Changes.NewRepository), IssueOf(p.Changes.NewIssue)}
	}
	if p.Changes.OldIssue != nil && p.Changes.OldRepository != nil {
		e.MovedFrom = &Transfer{RepositoryOf(p.Changes.OldRepository), IssueOf(p.Changes.OldIssue)}
	}
	if p.Comment != nil {
		e.Comment = &Comment{ID: p.Comment.GetID(), Body: p.Comment.GetBody(), Author: senderOf(p.Comment.User), At: p.Comment.GetCreatedAt().Time}
	}
	if pr := p.PullRequest; pr != nil {
		e.PullRequest = &PullRequest{
			Number: pr.GetNumber(), HeadSHA: pr.GetHead().GetSHA(), BaseRef: pr.GetBase().GetRef(),
			Fork: pr.GetHead().GetRepo().GetID() != pr.GetBase().GetRepo().GetID(),
		}
	}
	return e, nil
}

// repositoryIn reads an event's repository. A push has one of its own kind,
// with times as numbers and the owner's name apart.
func repositoryIn(name string, raw json.RawMessage) (Repository, error) {
	if name == "push" {
		var r gh.PushEventRepository
		if err := json.Unmarshal(raw, &r); err != nil {
			return Repository{}, err
		}
		owner, short, _ := strings.Cut(r.GetFullName(), "/")
		var rest struct{ Visibility string }
		_ = json.Unmarshal(raw, &rest) // absent on older servers
		out := Repository{
			ID: r.GetID(), NodeID: r.GetNodeID(), Owner: owner, Name: short, Private: r.GetPrivate(), Visibility: rest.Visibility,
			Archived: r.GetArchived(), Fork: r.GetFork(), HasIssues: r.GetHasIssues(), DefaultBranch: r.GetDefaultBranch(),
			Topics: r.Topics, Language: r.GetLanguage(), At: latest(r.GetUpdatedAt().Time, r.GetPushedAt().Time),
		}
		if out.Visibility == "" {
			out.Visibility = visibility(out.Private)
		}
		return out, nil
	}
	var r gh.Repository
	if err := json.Unmarshal(raw, &r); err != nil {
		return Repository{}, err
	}
	return RepositoryOf(&r), nil
}

func repositoriesOf(list []*gh.Repository) []Repository {
	var out []Repository
	for _, r := range list {
		repo := RepositoryOf(r)
		if repo.Owner == "" { // these lists give the full name only
			repo.Owner, _, _ = strings.Cut(r.GetFullName(), "/")
		}
		out = append(out, repo)
	}
	return out
}

func senderOf(u *gh.User) Sender {
	return Sender{Login: u.GetLogin(), Bot: u.GetType() == "Bot"}
}

func pushOf(p payload) *Push {
	branch, isBranch := strings.CutPrefix(p.Ref, "refs/heads/")
	if !isBranch {
		branch = ""
	}
	out := &Push{Branch: branch, Before: p.Before, After: p.After, Created: p.Created, Deleted: p.Deleted, Forced: p.Forced}
	files, silent := 0, false
	for _, c := range p.Commits {
		n := len(c.Added) + len(c.Modified) + len(c.Removed)
		files, silent = max(files, n), silent || n == 0
		out.Paths = append(append(append(out.Paths, c.Added...), c.Modified...), c.Removed...)
	}
	// A commit that lists nothing is empty, or a merge of which we know no more.
	out.Complete = !silent && !p.Created && !p.Forced && len(p.Commits) > 0 && len(p.Commits) < maxPushCommits && files < maxPushFiles
	if h := p.HeadCommit; h != nil {
		out.Tree, out.At = h.GetTreeID(), h.GetTimestamp().Time
		out.Author = h.GetAuthor().GetLogin()
		if out.Author == "" {
			out.Author = h.GetAuthor().GetName()
		}
	}
	if out.Author == "" && p.Pusher != nil {
		out.Author = p.Pusher.Name
	}
	return out
}
