package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	gh "github.com/google/go-github/v60/github"
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

// mostPullFiles is how many changed files GitHub tells of.
const mostPullFiles = 3000

// PullRequestFiles are the paths that a pull request changes, those that it moves
// files away from among them; all is false where GitHub may know of more.
func (c *Client) PullRequestFiles(ctx context.Context, r Repository, number int) (paths []string, all bool, err error) {
	opts := &gh.ListOptions{PerPage: 100}
	for {
		page, resp, err := c.api.PullRequests.ListFiles(ctx, r.Owner, r.Name, number, opts)
		if err != nil {
			return nil, false, fmt.Errorf("files of pull request %d of %s: %w", number, r.FullName(), translate(err))
		}
		for _, f := range page {
			paths = append(paths, f.GetFilename())
			if was := f.GetPreviousFilename(); was != "" && f.GetStatus() == "renamed" {
				paths = append(paths, was)
			}
		}
		if resp.NextPage == 0 {
			return paths, len(paths) < mostPullFiles, nil
		}
		opts.Page = resp.NextPage
	}
}

// File reads a file of at most a megabyte at a ref; ErrNotFound when there is
// none.
func (c *Client) File(ctx context.Context, r Repository, path, ref string) ([]byte, error) {
	file, _, _, err := c.api.Repositories.GetContents(ctx, r.Owner, r.Name, path, &gh.RepositoryContentGetOptions{Ref: ref})
	if err == nil && file == nil {
		err = fmt.Errorf("a folder: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("file %s:%s: %w", r.FullName(), path, translate(err))
	}
	text, err := file.GetContent()
	if err != nil {
		return nil, fmt.Errorf("file %s:%s: %w", r.FullName(), path, err)
	}
	return []byte(text), nil
}
