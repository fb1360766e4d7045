package github

import (
	"context"
	"fmt"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Issue is an issue as it stands on GitHub.
type Issue struct {
	ID        int64
	NodeID    string
	Number    int
	Title     string
	Body      string
	State     string // open or closed
	Author    string
	UpdatedAt time.Time
	URL       string
}

// IssueOf turns GitHub's object into ours. It serves webhooks, too.
func IssueOf(i *gh.Issue) Issue {
	return Issue{
		ID: i.GetID(), NodeID: i.GetNodeID(), Number: i.GetNumber(), Title: i.GetTitle(), Body: i.GetBody(),
		State: i.GetState(), Author: i.GetUser().GetLogin(), UpdatedAt: i.GetUpdatedAt().Time, URL: i.GetHTMLURL(),
	}
}

// CreateIssue opens an issue. It notifies whoever watches the repository.
func (c *Client) CreateIssue(ctx context.Context, r Repository, title, body string) (Issue, error) {
	i, _, err := c.api.Issues.Create(ctx, r.Owner, r.Name, &gh.IssueRequest{Title: &title, Body: &body})
	if err != nil {
		return Issue{}, fmt.Errorf("open issue in %s: %w", r.FullName(), translate(err))
	}
	return IssueOf(i), nil
}

// Issue reads an issue. A transferred one is followed by GitHub's redirect.
func (c *Client) Issue(ctx context.Context, r Repository, number int) (Issue, error) {
	i, _, err := c.api.Issues.Get(ctx, r.Owner, r.Name, number)
	if err != nil {
		return Issue{}, fmt.Errorf("issue %s#%d: %w", r.FullName(), number, translate(err))
	}
	return IssueOf(i), nil
}

// EditBody replaces the body of an issue. It notifies nobody.
func (c *Client) EditBody(ctx context.Context, r Repository, number int, body string) (Issue, error) {
	return c.edit(ctx, r, number, &gh.IssueRequest{Body: &body})
}

// SetState closes ("closed") or reopens ("open") an issue.
func (c *Client) SetState(ctx context.Context, r Repository, number int, state string) (Issue, error) {
	return c.edit(ctx, r, number, &gh.IssueRequest{State: &state})
}

func (c *Client) edit(ctx context.Context, r Repository, number int, req *gh.IssueRequest) (Issue, error) {
	i, _, err := c.api.Issues.Edit(ctx, r.Owner, r.Name, number, req)
	if err != nil {
		return Issue{}, fmt.Errorf("edit issue %s#%d: %w", r.FullName(), number, translate(err))
	}
	return IssueOf(i), nil
}

// OwnIssues hands over the issues that the App itself opened in a repository,
// in every state, oldest first: how existing ones are found again when nothing
// is known of them.
func (c *Client) OwnIssues(ctx context.Context, r Repository, botLogin string, each func(Issue) error) error {
	opts := &gh.IssueListByRepoOptions{
		State: "all", Creator: botLogin, Sort: "created", Direction: "asc", ListOptions: gh.ListOptions{PerPage: 100},
	}
	for {
		page, resp, err := c.api.Issues.ListByRepo(ctx, r.Owner, r.Name, opts)
		if err != nil {
			return fmt.Errorf("issues of %s: %w", r.FullName(), translate(err))
		}
		for _, i := range page {
			if i.IsPullRequest() {
				continue
			}
			if err := each(IssueOf(i)); err != nil {
				return err
			}
		}
		if resp.NextPage == 0 {
			return nil
		}
		opts.Page = resp.NextPage
	}
}

// Comment writes a comment. It notifies everybody who takes part.
func (c *Client) Comment(ctx context.Context, r Repository, number int, body string) error {
	_, _, err := c.api.Issues.CreateComment(ctx, r.Owner, r.Name, number, &gh.IssueComment{Body: &body})
	if err != nil {
		return fmt.Errorf("comment on %s#%d: %w", r.FullName(), number, translate(err))
	}
	return nil
}

// React puts a reaction ("+1", "confused") on a comment. Reacting twice is
// reacting once.
func (c *Client) React(ctx context.Context, r Repository, comment int64, content string) error {
	_, _, err := c.api.Reactions.CreateIssueCommentReaction(ctx, r.Owner, r.Name, comment, content)
	if err != nil {
		return fmt.Errorf("react to comment %d in %s: %w", comment, r.FullName(), translate(err))
	}
	return nil
}

// Reaction is how somebody reacted to a comment ("+1", "confused"); empty when
// they did not.
func (c *Client) Reaction(ctx context.Context, r Repository, comment int64, login string) (string, error) {
	opts := &gh.ListOptions{PerPage: 100}
	for {
		page, resp, err := c.api.Reactions.ListIssueCommentReactions(ctx, r.Owner, r.Name, comment, opts)
		if err != nil {
			return "", fmt.Errorf("reactions to comment %d in %s: %w", comment, r.FullName(), translate(err))
		}
		for _, k := range page {
			if k.GetUser().GetLogin() == login && (k.GetContent() == "+1" || k.GetContent() == "confused") {
				return k.GetContent(), nil
			}
		}
		if resp.NextPage == 0 {
			return "", nil
		}
		opts.Page = resp.NextPage
	}
}

// Comments hands over the bodies of an issue's comments, oldest first.
func (c *Client) Comments(ctx context.Context, r Repository, number int, each func(body string)) error {
	opts := &gh.IssueListCommentsOptions{ListOptions: gh.ListOptions{PerPage: 100}}
	for {
		page, resp, err := c.api.Issues.ListComments(ctx, r.Owner, r.Name, number, opts)
		if err != nil {
			return fmt.Errorf("comments of %s#%d: %w", r.FullName(), number, translate(err))
		}
		for _, k := range page {
			each(k.GetBody())
		}
		if resp.NextPage == 0 {
			return nil
		}
		opts.Page = resp.NextPage
	}
}
