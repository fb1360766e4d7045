package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// Recovery is what has been taken over from GitHub.
type Recovery struct {
	Installations int
	Gone          int // installations that we knew and GitHub does not
	Repositories  int
	Replayed      int     // deliveries whose words had been lost with the database
	Faults        []error // of single installations and repositories; the others went on
}

// Recover rebuilds from GitHub what a lost, or an old, database does not know:
// installations, repositories, heads, settings, what people ticked and said.
// settled is called when what was set off so far has to be done first; it
// returns once the queue is empty.
//
// The order matters. What people did since a backup is in deliveries, which
// name who it was, and in the bodies of the issues, which don't. Deliveries are
// about issues that we know. So unknown issues are taken over first, then
// deliveries are replayed, then every issue is read against what the rules say.
func (w *Worker) Recover(ctx context.Context, settled func(context.Context) error) (Recovery, error) {
	var r Recovery
	app, err := w.App()
	if err != nil {
		return r, err
	}
	if err := w.recoverInstallations(ctx, app, &r); err != nil {
		return r, err
	}
	known, err := w.Store.Installations(ctx)
	if err != nil {
		return r, err
	}
	var old []store.Repository
	for _, in := range known {
		if in.SuspendedAt != nil {
			continue
		}
		repos, err := w.recoverInstallation(ctx, in, &r)
		if err != nil {
			r.Faults = append(r.Faults, fmt.Errorf("installation on %s: %w", in.AccountLogin, err))
		}
		old = append(old, repos...)
	}
	if err := settled(ctx); err != nil {
		return r, err
	}
	if err := w.replay(ctx, app, &r); err != nil {
		r.Faults = append(r.Faults, err)
	}
	if err := settled(ctx); err != nil {
		return r, err
	}
	for _, repo := range old {
		if err := w.reread(ctx, repo); err != nil {
			r.Faults = append(r.Faults, fmt.Errorf("%s: %w", repo.FullName(), err))
		}
	}
	return r, settled(ctx)
}

// recoverInstallations takes over GitHub's list, and drops what is not on it.
func (w *Worker) recoverInstallations(ctx context.Context, app *github.App, r *Recovery) error {
	list, err := app.Installations(ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		if err := w.Store.PutInstallation(ctx, storedInstallation(i)); err != nil {
			return err
		}
		app.Forget(i.ID)
	}
	r.Installations = len(list)
	known, err := w.Store.Installations(ctx)
	if err != nil {
		return err
	}
	for _, in := range known {
		if !slices.ContainsFunc(list, func(i github.Installation) bool { return i.ID == in.ID }) {
			if err := w.Store.RemoveInstallation(ctx, in.ID); err != nil {
				return err
			}
			r.Gone++
		}
	}
	return nil
}

// recoverInstallation takes over an installation's repositories. Those whose
// issues we don't know are looked at; the others are returned.
func (w *Worker) recoverInstallation(ctx context.Context, in store.Installation, r *Recovery) ([]store.Repository, error) {
	client, err := w.client(in.ID)
	if err != nil {
		return nil, err
	}
	never := func(store.Repository) bool { return false }
	if err := w.list(ctx, client, never); err != nil {
		return nil, err
	}
	repos, err := w.Store.RepositoriesOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var old []store.Repository
	for _, repo := range repos {
		r.Repositories++
		issues, err := w.Store.Issues(ctx, repo.ID)
		if err != nil {
			return old, err
		}
		if err := w.renew(ctx, client, repo); err != nil {
			r.Faults = append(r.Faults, fmt.Errorf("%s: %w", repo.FullName(), err))
			continue
		}
		if len(issues) > 0 {
			old = append(old, repo)
		} else if err := w.TouchNow(ctx, repo.ID); err != nil {
			return old, err
		}
	}
	return old, nil
}

// renew notes a repository's head, and forgets what its settings were.
func (w *Worker) renew(ctx context.Context, client *github.Client, repo store.Repository) error {
	if repo.Archived || repo.Fork || repo.DefaultBranch == "" {
		return nil
	}
	head, err := client.Head(ctx, asked(repo), repo.DefaultBranch)
	switch {
	case errors.Is(err, github.ErrEmpty), errors.Is(err, github.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	if _, err := w.Store.Want(ctx, repo.ID, head.SHA); err != nil {
		return err
	}
	return w.Store.DropAnswers(ctx, repo.ID)
}

// reread has a repository's issues found and read anew.
func (w *Worker) reread(ctx context.Context, repo store.Repository) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error {
		if err := w.Store.With(tx).ForgetIssues(ctx, repo.ID); err != nil {
			return err
		}
		return w.Touch(ctx, tx, repo.ID)
	})
}

// replay takes what people wrote from deliveries that we do not have, oldest
// first. GitHub keeps them for three days, those that had arrived included.
func (w *Worker) replay(ctx context.Context, app *github.App, r *Recovery) error {
	since := w.Now().Add(-lookBack)
	var found []github.Delivery
	var guids []string
	err := app.Deliveries(ctx, func(d github.Delivery) bool {
		if d.At.Before(since) {
			return false
		}
		words := d.Event == "issues" && d.Action == "edited" || d.Event == "issue_comment" && d.Action == "created"
		if words && !slices.Contains(guids, d.GUID) {
			found, guids = append(found, d), append(guids, d.GUID)
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("replay deliveries: %w", err)
	}
	known, err := w.Store.KnownDeliveries(ctx, guids)
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(found) {
		if known[d.GUID] {
			continue
		}
		if err := w.replayOne(ctx, app, d); err != nil {
			return fmt.Errorf("replay delivery %s: %w", d.GUID, err)
		}
		r.Replayed++
	}
	return nil
}

func (w *Worker) replayOne(ctx context.Context, app *github.App, d github.Delivery) error {
	payload, err := app.Payload(ctx, d.ID)
	if err != nil {
		return err
	}
	var about struct {
		Installation struct{ ID int64 } `json:"installation"`
		Repository   struct{ ID int64 } `json:"repository"`
	}
	if err := json.Unmarshal(payload, &about); err != nil {
		return err
	}
	_, err = w.Store.Accept(ctx, []store.Delivery{{
		GUID: d.GUID, Event: d.Event, Action: d.Action, Payload: payload,
		InstallationID: about.Installation.ID, RepositoryID: about.Repository.ID,
	}}, w.Enqueue)
	return err
}
