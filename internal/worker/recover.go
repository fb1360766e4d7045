package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
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
// The order matters. What people did since a backup is in the bodies of the
// issues, and in deliveries, which name who it was. So first deliveries tell who
// changed which box, then issues that we don't know are found, then commands are
// replayed on them, then those that we knew are read against what the rules say.
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
	var all []store.Repository
	for _, in := range known {
		if in.SuspendedAt != nil {
			continue
		}
		repos, err := w.recoverInstallation(ctx, in, &r)
		if err != nil {
			r.Faults = append(r.Faults, fmt.Errorf("installation on %s: %w", in.AccountLogin, err))
		}
		all = append(all, repos...)
	}
	lost, err := w.lostWords(ctx, app)
	if err != nil {
		r.Faults = append(r.Faults, err)
	}
	w.replay(ctx, app, lost, "issues", w.replayEdit, &r)
	old, err := w.touchUnknown(ctx, all)
	if err != nil {
		return r, err
	}
	if err := settled(ctx); err != nil {
		return r, err
	}
	w.replay(ctx, app, lost, "issue_comment", w.replayComment, &r)
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

// recoverInstallation takes over an installation's repositories and returns
// them.
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
	var all []store.Repository
	for _, repo := range repos {
		if err := w.renew(ctx, client, repo); err != nil {
			r.Faults = append(r.Faults, fmt.Errorf("%s: %w", repo.FullName(), err))
			continue
		}
		r.Repositories++
		all = append(all, repo)
	}
	return all, nil
}

// touchUnknown has those repositories looked at whose issues we don't know. It
// returns the others.
func (w *Worker) touchUnknown(ctx context.Context, all []store.Repository) (old []store.Repository, err error) {
	for _, repo := range all {
		issues, err := w.Store.Issues(ctx, repo.ID)
		if err != nil {
			return old, err
		}
		if len(issues) > 0 {
			old = append(old, repo)
		} else if err := w.TouchNow(ctx, repo.ID, someday); err != nil {
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
		return w.Touch(ctx, tx, repo.ID, someday)
	})
}

// lostWords lists deliveries that tell what people wrote and that we do not
// have, oldest first. GitHub keeps them for three days, those that had arrived
// included.
func (w *Worker) lostWords(ctx context.Context, app *github.App) ([]github.Delivery, error) {
	since := w.Now().Add(-lookBack)
	seen := map[string]bool{}
	var found []github.Delivery
	var guids []string
	err := app.Deliveries(ctx, func(d github.Delivery) bool {
		words := d.Event == "issues" && d.Action == "edited" || d.Event == "issue_comment" && d.Action == "created"
		if words && !seen[d.GUID] {
			seen[d.GUID] = true
			found, guids = append(found, d), append(guids, d.GUID)
		}
		return !d.At.Before(since)
	})
	if err != nil {
		return nil, fmt.Errorf("replay deliveries: %w", err)
	}
	known, err := w.Store.KnownDeliveries(ctx, guids)
	if err != nil {
		return nil, err
	}
	slices.Reverse(found)
	return slices.DeleteFunc(found, func(d github.Delivery) bool { return known[d.GUID] }), nil
}

// replay does again what deliveries of an event told. One that can't be read
// does not keep the others.
func (w *Worker) replay(ctx context.Context, app *github.App, lost []github.Delivery, event string,
	do func(context.Context, github.Delivery, github.Event, []byte) error, r *Recovery) {
	for _, d := range lost {
		if d.Event != event {
			continue
		}
		payload, err := app.Payload(ctx, d.ID)
		if err == nil {
			var e github.Event
			if e, err = github.ParseEvent(d.Event, payload); err == nil {
				err = do(ctx, d, e, payload)
			}
		}
		if err != nil {
			r.Faults = append(r.Faults, fmt.Errorf("replay delivery %s: %w", d.GUID, err))
			var limited *github.Limited
			if errors.As(err, &limited) || ctx.Err() != nil {
				return
			}
			continue
		}
		r.Replayed++
	}
}

// replayEdit keeps who changed which boxes, for when the body is read.
func (w *Worker) replayEdit(ctx context.Context, _ github.Delivery, e github.Event, _ []byte) error {
	if e.Sender.Bot || e.BodyBefore == nil || e.Issue == nil || e.Repository == nil {
		return nil
	}
	checklist := issue.ChecklistOf(e.Issue.Body)
	_, err := w.Store.Repository(ctx, e.Repository.ID)
	if checklist == "" || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	edits := boxEdits(issue.Edits(*e.BodyBefore, e.Issue.Body), e.Sender.Login, e.Issue.UpdatedAt, false)
	return w.Store.PutBoxEdits(ctx, e.Repository.ID, checklist, edits)
}

// replayComment stores the delivery as if it had just arrived.
func (w *Worker) replayComment(ctx context.Context, d github.Delivery, e github.Event, payload []byte) error {
	stored := store.Delivery{GUID: d.GUID, Event: d.Event, Action: d.Action, Payload: payload}
	if e.Installation != nil {
		stored.InstallationID = e.Installation.ID
	}
	if e.Repository != nil {
		stored.RepositoryID = e.Repository.ID
	}
	if _, err := w.Store.Accept(ctx, []store.Delivery{stored}, w.InboxJob); err != nil {
		return err
	}
	return w.Store.Wake(ctx, queueInbox)
}
