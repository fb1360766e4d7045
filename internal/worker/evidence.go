package worker

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
)

// nomination is an address on our GitHub, taken apart. It is never fetched as
// it stands: what it names is asked of the API.
type nomination struct {
	owner, name string
	ref, path   string // of a file
	pull        string // number of a pull request
	url         string // as it will be shown
}

var (
	filePath  = regexp.MustCompile(`^/([\w.-]+)/([\w.-]+)/blob/([\w.-]+)/(.+)$`)
	pullPath  = regexp.MustCompile(`^/([\w.-]+)/([\w.-]+)/pull/([0-9]+)(?:/.*)?$`)
	lineRange = regexp.MustCompile(`^L[0-9]+(C[0-9]+)?(-L[0-9]+(C[0-9]+)?)?$`)
)

// nominate reads an address: a file, a line of one, or a pull request.
func nominate(web *url.URL, address string) (nomination, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != web.Scheme || !strings.EqualFold(u.Host, web.Host) || u.User != nil {
		return nomination{}, false
	}
	at := strings.TrimPrefix(u.Path, strings.TrimSuffix(web.Path, "/"))
	base := strings.TrimSuffix(web.String(), "/")
	if m := filePath.FindStringSubmatch(at); m != nil {
		n := nomination{owner: m[1], name: m[2], ref: m[3], path: m[4]}
		segs := strings.Split(n.path, "/")
		for i, s := range segs {
			if s == "" || s == "." || s == ".." {
				return nomination{}, false
			}
			segs[i] = url.PathEscape(s)
		}
		n.url = fmt.Sprintf("%s/%s/%s/blob/%s/%s", base, n.owner, n.name, n.ref, strings.Join(segs, "/"))
		if lineRange.MatchString(u.Fragment) {
			n.url += "#" + u.Fragment
		}
		return n, true
	}
	if m := pullPath.FindStringSubmatch(at); m != nil {
		return nomination{owner: m[1], name: m[2], pull: m[3], url: fmt.Sprintf("%s/%s/%s/pull/%s", base, m[1], m[2], m[3])}, true
	}
	return nomination{}, false
}

// nominated takes a person's word for an item together with the place that
// shows it, once the place is seen to exist. A file is watched: when it goes,
// so does the tick.
func (w *Worker) nominated(ctx context.Context, here github.Repository, c issue.Command, say store.Statement) (reply, error) {
	app, err := w.App()
	if err != nil {
		return reply{}, err
	}
	n, ok := nominate(app.Host.Web, c.URL)
	if !ok {
		return sorry("%s is not the address of a file, a line or a pull request on %s.", issue.Code(c.URL), issue.Code(app.Host.Web.Host)), nil
	}
	row, err := w.Store.RepositoryByName(ctx, n.owner, n.name)
	// One answer for all that may not be named here: what is private stays unknown.
	unseen := sorry("%s is not in a repository of this account that the App reads and that everybody who sees this issue may see.", issue.Code(c.URL))
	if errors.Is(err, store.ErrNotFound) {
		return unseen, nil
	}
	if err != nil {
		return reply{}, err
	}
	if row.RemovedAt != nil || !strings.EqualFold(row.Owner, here.Owner) || audience(row.Visibility) < audience(here.Visibility) {
		return unseen, nil
	}
	if there, err := w.there(ctx, row, n); err != nil || !there {
		return sorry("There is nothing at %s.", issue.Code(c.URL)), err
	}
	say.Kind, say.Note = store.Attested, n.url
	err = w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := w.Store.With(tx)
		late, err := in.Overtaken(ctx, say)
		if err != nil || late {
			return err
		}
		if _, err := in.Say(ctx, say); err != nil || n.path == "" {
			return err
		}
		return in.AddLink(ctx, store.Link{
			RepositoryID: say.RepositoryID, LinkedName: row.FullName(), LinkedRepositoryID: row.ID, PathPrefix: n.path,
			Checklist: say.Checklist, Item: say.Item, URL: n.url, Via: store.ViaCommand, By: say.By,
		})
	})
	if err != nil {
		return reply{}, err
	}
	return reply{done: true}, w.TouchNow(ctx, say.RepositoryID, forPeople)
}

// there tells whether what is nominated exists.
func (w *Worker) there(ctx context.Context, row store.Repository, n nomination) (bool, error) {
	client, err := w.client(row.InstallationID)
	if err != nil {
		return false, err
	}
	if n.pull != "" {
		err = client.PullRequestExists(ctx, asked(row), n.pull)
	} else {
		err = client.FileExists(ctx, asked(row), n.path, n.ref)
	}
	if errors.Is(err, github.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// watch takes back what a file showed that has gone from its default branch.
func (s *subject) watch(ctx context.Context) error {
	links, err := s.w.Store.Links(ctx, s.row.ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Via != store.ViaCommand || l.Item == "" {
			continue
		}
		row, err := s.w.Store.Repository(ctx, l.LinkedRepositoryID)
		if err != nil {
			return err
		}
		there := row.RemovedAt == nil
		if there {
			there, err = s.w.there(ctx, row, nomination{path: l.PathPrefix, ref: row.DefaultBranch})
		}
		if err != nil || there {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := s.w.Store.Withdraw(ctx, s.row.ID, l.Checklist, l.Item, store.Attested, "the nominated file is gone"); err != nil {
			return err
		}
		if _, err := s.w.Store.RemoveLinks(ctx, s.row.ID, l.Checklist, l.Item); err != nil {
			return err
		}
		if s.why == store.ByPerson { // it was not by one: the file went with a push
			s.why, s.author, s.elsewhere = store.ByPush, "", true
		}
	}
	return nil
}

// nominatedAt are the heads of the repositories that hold nominated files.
func (s *subject) nominatedAt(ctx context.Context) ([]string, error) {
	links, err := s.w.Store.Links(ctx, s.row.ID)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range links {
		if l.Via != store.ViaCommand || l.Item == "" {
			continue
		}
		row, err := s.w.Store.Repository(ctx, l.LinkedRepositoryID)
		if err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprintf("%s %s %s", l.Item, l.PathPrefix, row.WantedSHA))
	}
	return out, nil
}
