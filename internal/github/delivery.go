package github

import (
	"context"
	"errors"
	"fmt"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Delivery is one attempt of GitHub to hand over a webhook. GUID is the same
// for every attempt.
type Delivery struct {
	ID     int64
	GUID   string
	Event  string
	Action string
	At     time.Time
	Status int
}

// OK tells whether we accepted the attempt.
func (d Delivery) OK() bool { return d.Status >= 200 && d.Status < 300 }

// Deliveries hands over attempts, newest first, until each says stop or
// GitHub's log (three days, seven on a server of one's own) ends.
func (a *App) Deliveries(ctx context.Context, each func(Delivery) (more bool)) error {
	opts := &gh.ListCursorOptions{PerPage: 100}
	for {
		page, resp, err := a.jwt.Apps.ListHookDeliveries(ctx, opts)
		if err != nil {
			return fmt.Errorf("list deliveries: %w", translate(err))
		}
		for _, d := range page {
			at := d.GetDeliveredAt()
			if !each(Delivery{ID: d.GetID(), GUID: d.GetGUID(), Event: d.GetEvent(), Action: d.GetAction(), At: at.Time, Status: d.GetStatusCode()}) {
				return nil
			}
		}
		if resp.Cursor == "" {
			return nil
		}
		opts.Cursor = resp.Cursor
	}
}

// Redeliver asks GitHub to hand a delivery over once more.
func (a *App) Redeliver(ctx context.Context, id int64) error {
	_, _, err := a.jwt.Apps.RedeliverHookDelivery(ctx, id)
	// GitHub answers 202, which go-github reports as an error.
	var accepted *gh.AcceptedError
	if err != nil && !errors.As(err, &accepted) {
		return fmt.Errorf("redeliver %d: %w", id, translate(err))
	}
	return nil
}

// Slug is the App's name in addresses; its bot signs as SLUG[bot].
func (a *App) Slug(ctx context.Context) (string, error) {
	app, _, err := a.jwt.Apps.Get(ctx, "")
	if err != nil {
		return "", fmt.Errorf("read the app: %w", translate(err))
	}
	return app.GetSlug(), nil
}
