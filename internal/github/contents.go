package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// FileExists is nil when a file is there at a ref, ErrNotFound when not.
func (c *Client) FileExists(ctx context.Context, r Repository, path, ref string) error {
	segs := strings.Split(path, "/")
	for i, s := range segs {
		segs[i] = url.PathEscape(s)
	}
	at := fmt.Sprintf("repos/%s/%s/contents/%s?ref=%s", r.Owner, r.Name, strings.Join(segs, "/"), url.QueryEscape(ref))
	req, err := c.api.NewRequest(http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/vnd.github.object+json")
	if _, err := c.api.Do(ctx, req, nil); err != nil {
		return fmt.Errorf("file %s:%s: %w", r.FullName(), path, translate(err))
	}
	return nil
}

// PullRequestExists is nil when there is a pull request of that number,
// ErrNotFound when not.
func (c *Client) PullRequestExists(ctx context.Context, r Repository, number string) error {
	if err := c.get(ctx, fmt.Sprintf("repos/%s/%s/pulls/%s", r.Owner, r.Name, number), nil); err != nil {
		return fmt.Errorf("pull request %s of %s: %w", number, r.FullName(), err)
	}
	return nil
}
