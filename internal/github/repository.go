package github

import (
	"context"
	"fmt"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Repository is what we keep of a repository. ID outlives renames and
// transfers; everything else may change.
type Repository struct {
	ID            int64
	NodeID        string
	Owner         string
	Name          string
	Private       bool
	Visibility    string // public, private, internal
	Archived      bool
	Fork          bool
	HasIssues     bool
	Empty         bool // no commits; known only after looking at the tree
	DefaultBranch string
	Topics        []string
	Language      string
	At            time.Time // when GitHub last changed something of it, a push included, to the second; zero: not told
}

// FullName is owner/name.
func (r Repository) FullName() string { return r.Owner + "/" + r.Name }

// RepositoryOf turns GitHub's object into ours. It serves webhooks, too.
func RepositoryOf(r *gh.Repository) Repository {
	out := Repository{
		ID: r.GetID(), NodeID: r.GetNodeID(), Owner: r.GetOwner().GetLogin(), Name: r.GetName(),
		Private: r.GetPrivate(), Visibility: r.GetVisibility(), Archived: r.GetArchived(), Fork: r.GetFork(),
		HasIssues: r.GetHasIssues(), DefaultBranch: r.GetDefaultBranch(), Topics: r.Topics, Language: r.GetLanguage(),
		At: latest(r.GetUpdatedAt().Time, r.GetPushedAt().Time),
	}
	if out.Visibility == "" {
		out.Visibility = visibility(out.Private)
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func visibility(private bool) string {
	if private {
		return "private"
	}
	return "public"
}

// Installation is what we keep of an installation of the App.
type Installation struct {
	ID          int64
	AccountID   int64
	Account     string
	AccountType string // Organization or User
	Selection   string // all or selected
	Permissions map[string]string
	SuspendedAt time.Time
}

// InstallationOf turns GitHub's object into ours.
func InstallationOf(i *gh.Installation) Installation {
	return Installation{
		ID: i.GetID(), AccountID: i.GetAccount().GetID(), Account: i.GetAccount().GetLogin(),
		AccountType: i.GetAccount().GetType(), Selection: i.GetRepositorySelection(),
		Permissions: permissionsOf(i.GetPermissions()), SuspendedAt: i.GetSuspendedAt().Time,
	}
}

// Installations lists every installation of the App.
func (a *App) Installations(ctx context.Context) ([]Installation, error) {
	var out []Installation
	opts := &gh.ListOptions{PerPage: 100}
	for {
		page, resp, err := a.jwt.Apps.ListInstallations(ctx, opts)
		if err != nil {
			return nil, fmt.Errorf("list installations: %w", translate(err))
		}
		for _, i := range page {
			out = append(out, InstallationOf(i))
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		opts.Page = resp.NextPage
	}
}

// Repositories hands over every repository of the installation, a page at a
// time, so that ten thousand are never held at once.
func (c *Client) Repositories(ctx context.Context, page func([]Repository, int) error) error {
	opts := &gh.ListOptions{PerPage: 100}
	for {
		list, resp, err := c.api.Apps.ListRepos(ctx, opts)
		if err != nil {
			return fmt.Errorf("list repositories of installation %d: %w", c.Installation, translate(err))
		}
		out := make([]Repository, 0, len(list.Repositories))
		for _, r := range list.Repositories {
			out = append(out, RepositoryOf(r))
		}
		if err := page(out, list.GetTotalCount()); err != nil || resp.NextPage == 0 {
			return err
		}
		opts.Page = resp.NextPage
	}
}

// Repository looks a repository up by its id, under whatever name it now has.
func (c *Client) Repository(ctx context.Context, id int64) (Repository, error) {
	r, _, err := c.api.Repositories.GetByID(ctx, id)
	if err != nil {
		return Repository{}, fmt.Errorf("repository %d: %w", id, translate(err))
	}
	return RepositoryOf(r), nil
}

// RepositoryNamed looks a repository up by owner and name.
func (c *Client) RepositoryNamed(ctx context.Context, owner, name string) (Repository, error) {
	r, _, err := c.api.Repositories.Get(ctx, owner, name)
	if err != nil {
		return Repository{}, fmt.Errorf("repository %s/%s: %w", owner, name, translate(err))
	}
	return RepositoryOf(r), nil
}

// Permission is what a person may do in a repository: admin, write, read or
// none, with maintain counted as write and triage as read.
func (c *Client) Permission(ctx context.Context, r Repository, login string) (string, error) {
	level, _, err := c.api.Repositories.GetPermissionLevel(ctx, r.Owner, r.Name, login)
	if err != nil {
		return "", fmt.Errorf("permission of %s in %s: %w", login, r.FullName(), translate(err))
	}
	return level.GetPermission(), nil
}
