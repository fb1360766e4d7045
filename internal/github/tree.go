package github

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// Commit is the head of a branch.
type Commit struct {
	SHA    string
	Tree   string
	At     time.Time
	Author string // login, or the name in the commit
	By     Sender // the author as GitHub knows them; empty when it does not
}

// Head is the commit at the tip of a branch. An empty repository is ErrEmpty.
func (c *Client) Head(ctx context.Context, r Repository, branch string) (Commit, error) {
	return c.Commit(ctx, r, "heads/"+branch)
}

// DefaultHead is the commit at the tip of the default branch, with the answer to
// the question "branch": one request tells both. A repository without commits is
// ErrNotFound.
func (c *Client) DefaultHead(ctx context.Context, r Repository) (Commit, snapshot.Answer, error) {
	var raw any
	if err := c.get(ctx, fmt.Sprintf("repos/%s/%s/branches/%s", r.Owner, r.Name, url.PathEscape(r.DefaultBranch)), &raw); err != nil {
		return Commit{}, snapshot.Answer{}, fmt.Errorf("head of %s: %w", r.FullName(), err)
	}
	v := facts.FromJSON(raw)
	tip := v.Get("commit")
	out := Commit{SHA: tip.Get("sha").Text, Tree: tip.Get("commit").Get("tree").Get("sha").Text, Author: tip.Get("author").Get("login").Text}
	if out.Author == "" {
		out.Author = tip.Get("commit").Get("author").Get("name").Text
	}
	out.At, _ = time.Parse(time.RFC3339, tip.Get("commit").Get("committer").Get("date").Text) // for show: zero says nothing
	if out.SHA == "" {
		return out, snapshot.Answer{}, fmt.Errorf("head of %s: the answer names no commit", r.FullName())
	}
	return out, snapshot.Answer{Facts: []facts.Value{v}}, nil
}

// Commit looks a commit up by SHA or by heads/BRANCH.
func (c *Client) Commit(ctx context.Context, r Repository, ref string) (Commit, error) {
	rc, resp, err := c.api.Repositories.GetCommit(ctx, r.Owner, r.Name, ref, &gh.ListOptions{PerPage: 1})
	if err != nil {
		if resp != nil && resp.StatusCode == http.StatusUnprocessableEntity { // "No commit found for SHA"
			return Commit{}, fmt.Errorf("commit %s@%s: %w", r.FullName(), ref, ErrNotFound)
		}
		return Commit{}, fmt.Errorf("commit %s@%s: %w", r.FullName(), ref, translate(err))
	}
	author := rc.GetAuthor().GetLogin()
	if author == "" {
		author = rc.GetCommit().GetAuthor().GetName()
	}
	return Commit{
		SHA: rc.GetSHA(), Tree: rc.GetCommit().GetTree().GetSHA(), At: rc.GetCommit().GetCommitter().GetDate().Time,
		Author: author, By: senderOf(rc.GetAuthor()),
	}, nil
}

// TreeEntry is one file of a tree.
type TreeEntry struct {
	Path string
	SHA  string
	Mode string // 100644, 100755, 120000, 160000
	Size int64
}

// Tree is every file of a commit. Truncated means that GitHub gave only the
// first part of it.
type Tree struct {
	SHA       string
	Entries   []TreeEntry
	Truncated bool
}

// Tree reads the whole tree of a commit or tree in one request.
func (c *Client) Tree(ctx context.Context, r Repository, sha string) (Tree, error) {
	return c.tree(ctx, r, sha, true)
}

// Folder reads one level of a tree.
func (c *Client) Folder(ctx context.Context, r Repository, sha string) (Tree, error) {
	return c.tree(ctx, r, sha, false)
}

func (c *Client) tree(ctx context.Context, r Repository, sha string, recursive bool) (Tree, error) {
	t, _, err := c.api.Git.GetTree(ctx, r.Owner, r.Name, sha, recursive)
	if err != nil {
		return Tree{}, fmt.Errorf("tree %s@%.7s: %w", r.FullName(), sha, translate(err))
	}
	out := Tree{SHA: t.GetSHA(), Truncated: t.GetTruncated(), Entries: make([]TreeEntry, 0, len(t.Entries))}
	for _, e := range t.Entries {
		if e.GetType() == "tree" && recursive {
			continue
		}
		out.Entries = append(out.Entries, TreeEntry{Path: e.GetPath(), SHA: e.GetSHA(), Mode: e.GetMode(), Size: int64(e.GetSize())})
	}
	return out, nil
}

// Blob is the text of one blob. Text is nil when the blob is binary or larger
// than the limit, and Why says which.
type Blob struct {
	SHA  string
	Size int64
	Text []byte
	Why  string
}

// BlobsPerQuery is how many blobs one GraphQL query asks for. More make
// queries that GitHub ends for taking too long.
const BlobsPerQuery = 50

// MaxText is the largest file whose text is read, in bytes.
const MaxText = 1 << 20

// Blobs reads up to BlobsPerQuery blobs in one query.
func (c *Client) Blobs(ctx context.Context, r Repository, shas []string) ([]Blob, error) {
	if len(shas) > BlobsPerQuery {
		return nil, fmt.Errorf("blobs of %s: %d in one query, at most %d", r.FullName(), len(shas), BlobsPerQuery)
	}
	var q strings.Builder
	q.WriteString("query($owner:String!,$name:String!){repository(owner:$owner,name:$name){")
	for i, sha := range shas {
		fmt.Fprintf(&q, "b%d:object(oid:%q){...on Blob{oid text isBinary isTruncated byteSize}}", i, sha)
	}
	q.WriteString("}}")
	var data struct {
		Repository map[string]*struct {
			OID         string
			Text        *string
			IsBinary    *bool
			IsTruncated bool
			ByteSize    int64
		}
	}
	if err := c.graphql(ctx, q.String(), map[string]any{"owner": r.Owner, "name": r.Name}, &data); err != nil {
		return nil, fmt.Errorf("blobs of %s: %w", r.FullName(), err)
	}
	out := make([]Blob, 0, len(shas))
	for i, sha := range shas {
		b := data.Repository[fmt.Sprintf("b%d", i)]
		switch {
		case b == nil:
			out = append(out, Blob{SHA: sha, Why: "no longer in the repository"})
		case b.ByteSize > MaxText:
			out = append(out, Blob{SHA: sha, Size: b.ByteSize, Why: "larger than 1 MiB"})
		case b.IsBinary != nil && *b.IsBinary:
			out = append(out, Blob{SHA: sha, Size: b.ByteSize, Why: "binary"})
		case b.Text == nil || b.IsTruncated:
			whole, err := c.blob(ctx, r, sha)
			if err != nil {
				return nil, err
			}
			out = append(out, whole)
		default:
			out = append(out, Blob{SHA: sha, Size: b.ByteSize, Text: []byte(*b.Text)})
		}
	}
	return out, nil
}

// blob reads one blob whole, by REST: GraphQL cuts long texts.
func (c *Client) blob(ctx context.Context, r Repository, sha string) (Blob, error) {
	b, _, err := c.api.Git.GetBlob(ctx, r.Owner, r.Name, sha)
	if err != nil {
		return Blob{}, fmt.Errorf("blob %.7s of %s: %w", sha, r.FullName(), translate(err))
	}
	text := []byte(b.GetContent())
	if b.GetEncoding() == "base64" {
		text, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(b.GetContent(), "\n", ""))
		if err != nil {
			return Blob{}, fmt.Errorf("blob %.7s of %s: %w", sha, r.FullName(), err)
		}
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return Blob{SHA: sha, Size: int64(len(text)), Why: "binary"}, nil
	}
	return Blob{SHA: sha, Size: int64(len(text)), Text: text}, nil
}
