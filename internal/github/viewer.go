package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
	"golang.org/x/oauth2"
	"golang.org/x/sync/errgroup"
)

// Person is somebody with a GitHub account.
type Person struct {
	ID        int64
	Login     string
	Name      string
	AvatarURL string
}

// Viewer asks GitHub in the name of a person who signed in.
type Viewer struct {
	app *App
	api *gh.Client
}

// Seen is a repository that both a person and the App may read. Permission is
// read, triage, write, maintain or admin.
type Seen struct {
	ID         int64
	Permission string
}

// SignIn is how people sign in to the App. callback is our own address.
func (a *App) SignIn(callback string) *oauth2.Config {
	web := strings.TrimSuffix(a.Host.Web.String(), "/")
	return &oauth2.Config{
		ClientID: a.Credentials.ClientID, ClientSecret: a.Credentials.ClientSecret, RedirectURL: callback,
		Endpoint: oauth2.Endpoint{
			AuthURL: web + "/login/oauth/authorize", TokenURL: web + "/login/oauth/access_token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// SignInContext makes the exchange of tokens use the App's transport, with its
// time limits.
func (a *App) SignInContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: a.base, Timeout: tokenTimeout})
}

// Viewer is the client of a person's token. It makes no request.
func (a *App) Viewer(token string) *Viewer {
	tr := &oauth2.Transport{Base: a.base, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})}
	return &Viewer{app: a, api: a.restClient(shortly(tr))}
}

// Who is the person whose token it is.
func (v *Viewer) Who(ctx context.Context) (Person, error) {
	u, _, err := v.api.Users.Get(ctx, "")
	if err != nil {
		return Person{}, fmt.Errorf("who signed in: %w", translate(err))
	}
	return Person{ID: u.GetID(), Login: u.GetLogin(), Name: u.GetName(), AvatarURL: u.GetAvatarURL()}, nil
}

// Repositories lists all that the person and the App both see, over all
// installations.
func (v *Viewer) Repositories(ctx context.Context) ([]Seen, error) {
	var out []Seen
	opts := &gh.ListOptions{PerPage: 100}
	for {
		page, resp, err := v.api.Apps.ListUserInstallations(ctx, opts)
		if err != nil {
			return nil, fmt.Errorf("list installations for a viewer: %w", translate(err))
		}
		for _, in := range page {
			if in.SuspendedAt != nil {
				continue // GitHub answers nothing for it
			}
			seen, err := v.installation(ctx, in.GetID())
			if err != nil {
				return nil, err
			}
			out = append(out, seen...)
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		opts.Page = resp.NextPage
	}
}

// installation lists what the person sees of one installation. The first page
// tells how many there are; the others come side by side.
func (v *Viewer) installation(ctx context.Context, id int64) ([]Seen, error) {
	first, total, err := v.page(ctx, id, 1)
	if err != nil {
		return nil, err
	}
	pages := make([][]Seen, (total+pageSize-1)/pageSize)
	if len(pages) < 2 {
		return first, nil
	}
	pages[0] = first
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for n := 1; n < len(pages); n++ {
		g.Go(func() (err error) {
			pages[n], _, err = v.page(ctx, id, n+1)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out []Seen
	for _, p := range pages {
		out = append(out, p...)
	}
	return out, nil
}

func (v *Viewer) page(ctx context.Context, installation int64, n int) ([]Seen, int, error) {
	list, _, err := v.api.Apps.ListUserRepos(ctx, installation, &gh.ListOptions{PerPage: pageSize, Page: n})
	if err != nil {
		return nil, 0, fmt.Errorf("list repositories of installation %d for a viewer: %w", installation, translate(err))
	}
	out := make([]Seen, 0, len(list.Repositories))
	for _, r := range list.Repositories {
		out = append(out, Seen{ID: r.GetID(), Permission: permissionOf(r.GetPermissions())})
	}
	return out, list.GetTotalCount(), nil
}

// permissionOf is the highest of the permissions that GitHub lists.
func permissionOf(granted map[string]bool) string {
	for _, p := range []struct{ github, ours string }{
		{"admin", "admin"}, {"maintain", "maintain"}, {"push", "write"}, {"triage", "triage"},
	} {
		if granted[p.github] {
			return p.ours
		}
	}
	return "read"
}

const (
	pageSize     = 100
	tokenTimeout = 15 * time.Second
)
