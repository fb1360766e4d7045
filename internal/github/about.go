package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// About is what GitHub says of the App itself.
type About struct {
	Slug        string
	Owner       string
	URL         string
	Permissions map[string]string
	Events      []string
	At          time.Time // GitHub's clock; zero when the answer did not tell
}

// About asks for the App. ErrBadToken: GitHub does not take its key, or this
// machine's clock is off by more than a minute.
func (a *App) About(ctx context.Context) (About, error) {
	app, resp, err := a.jwt.Apps.Get(ctx, "")
	if err != nil {
		return About{At: dateOf(resp)}, fmt.Errorf("read the App: %w", translate(err))
	}
	return About{
		Slug: app.GetSlug(), Owner: app.GetOwner().GetLogin(), URL: app.GetHTMLURL(),
		Permissions: permissionsOf(app.Permissions), Events: app.Events, At: dateOf(resp),
	}, nil
}

func dateOf(resp *gh.Response) time.Time {
	if resp == nil || resp.Response == nil {
		return time.Time{}
	}
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// WebhookURL is where GitHub delivers to; empty when it delivers nowhere.
func (a *App) WebhookURL(ctx context.Context) (string, error) {
	c, _, err := a.jwt.Apps.GetHookConfig(ctx)
	if err != nil {
		return "", fmt.Errorf("read the App's webhook: %w", translate(err))
	}
	return c.GetURL(), nil
}

// SetWebhookSecret tells GitHub what to sign deliveries with from now on.
func (a *App) SetWebhookSecret(ctx context.Context, secret string) error {
	if _, _, err := a.jwt.Apps.UpdateHookConfig(ctx, &gh.HookConfig{Secret: &secret}); err != nil {
		return fmt.Errorf("set the App's webhook secret: %w", translate(err))
	}
	return nil
}

// Payload is what a delivery delivered.
func (a *App) Payload(ctx context.Context, id int64) (json.RawMessage, error) {
	d, _, err := a.jwt.Apps.GetHookDelivery(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read delivery %d: %w", id, translate(err))
	}
	if d.Request == nil || d.Request.RawPayload == nil {
		return nil, fmt.Errorf("read delivery %d: it has no payload", id)
	}
	return *d.Request.RawPayload, nil
}

// Rate is what an installation may still ask in the present hour.
type Rate struct {
	Limit     int
	Remaining int
	Reset     time.Time
}

// Rate asks for the REST limit. Asking costs nothing.
func (c *Client) Rate(ctx context.Context) (Rate, error) {
	r, _, err := c.api.RateLimit.Get(ctx)
	if err != nil {
		return Rate{}, fmt.Errorf("read the limits of installation %d: %w", c.Installation, translate(err))
	}
	core := r.GetCore()
	if core == nil {
		return Rate{}, nil
	}
	return Rate{Limit: core.Limit, Remaining: core.Remaining, Reset: core.Reset.Time}, nil
}
