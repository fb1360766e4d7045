package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// installed notes an installation and has all its repositories listed.
func (t told) installed(ctx context.Context) error {
	i := t.event.Installation
	if i == nil {
		return fmt.Errorf("event installation.%s without an installation", t.event.Action)
	}
	if err := t.store.PutInstallation(ctx, storedInstallation(*i)); err != nil {
		return err
	}
	if err := t.store.DoubtAccess(ctx); err != nil {
		return err
	}
	if t.event.Action == "new_permissions_accepted" {
		// What was out of sight may be in sight now.
		repos, err := t.store.RepositoriesOf(ctx, i.ID)
		if err != nil {
			return err
		}
		for _, r := range repos {
			if err := t.store.DropAnswers(ctx, r.ID); err != nil {
				return err
			}
			if err := t.w.Touch(ctx, t.tx, r.ID, someday); err != nil {
				return err
			}
		}
	}
	if app, err := t.w.App(); err == nil {
		app.Forget(i.ID) // a token made before knows the old permissions
	}
	t.w.Told(fmt.Sprintf("installed on %s", i.Account))
	_, err := t.w.queue(ctx, t.tx, onboardArgs{Installation: i.ID}, nil)
	return err
}

func storedInstallation(i github.Installation) store.Installation {
	out := store.Installation{
		ID: i.ID, AccountID: i.AccountID, AccountLogin: i.Account, AccountType: i.AccountType,
		Permissions: i.Permissions, Selection: i.Selection,
	}
	if !i.SuspendedAt.IsZero() {
		out.SuspendedAt = &i.SuspendedAt
	}
	return out
}

func (t told) uninstalled(ctx context.Context) error {
	if app, err := t.w.App(); err == nil {
		app.Forget(t.event.Installation.ID)
	}
	t.w.Told(fmt.Sprintf("uninstalled from %s", t.event.Installation.Account))
	return t.store.RemoveInstallation(ctx, t.event.Installation.ID)
}

func (t told) suspended(ctx context.Context) error {
	now := t.w.Now()
	return t.store.SuspendInstallation(ctx, t.event.Installation.ID, &now)
}

func (t told) accountRenamed(ctx context.Context) error {
	if t.event.Installation == nil || t.event.Account == "" {
		return nil
	}
	return t.store.RenameAccount(ctx, t.event.Installation.ID, t.event.Account)
}

// coverage notes repositories that were added to an installation or taken away.
func (t told) coverage(ctx context.Context) error {
	i := t.event.Installation
	if err := t.store.PutInstallation(ctx, storedInstallation(*i)); err != nil {
		return err
	}
	if len(t.event.Removed) > 0 {
		var ids []int64
		for _, r := range t.event.Removed {
			known, err := t.store.Repository(ctx, r.ID)
			if errors.Is(err, store.ErrNotFound) || err == nil && known.InstallationID != i.ID {
				continue // moved to another account: that one has told already
			}
			if err != nil {
				return err
			}
			ids = append(ids, r.ID)
		}
		if err := t.store.RemoveRepositories(ctx, ids); err != nil {
			return err
		}
	}
	if len(t.event.Added) == 0 {
		return nil
	}
	if err := t.store.DoubtAccess(ctx); err != nil {
		return err
	}
	names := make([]store.RepositoryName, len(t.event.Added))
	for n, r := range t.event.Added {
		names[n] = store.RepositoryName{ID: r.ID, NodeID: r.NodeID, Owner: r.Owner, Name: r.Name, Private: r.Private}
	}
	if err := t.store.PutRepositoryNames(ctx, i.ID, names); err != nil {
		return err
	}
	for _, r := range t.event.Added { // the look asks for what the event leaves out
		if err := t.w.Touch(ctx, t.tx, r.ID, someday); err != nil {
			return err
		}
	}
	return nil
}

// onboardJob lists the repositories of an installation and has each looked at
// that was not yet. Doing it twice does nothing twice.
type onboardJob struct {
	river.WorkerDefaults[onboardArgs]
	w *Worker
}

func (j *onboardJob) Work(ctx context.Context, job *river.Job[onboardArgs]) error {
	client, err := j.w.client(job.Args.Installation)
	if err == nil {
		err = j.w.list(ctx, client, j.w.fresh)
	}
	return j.w.patience(job.Args.Installation, err)
}

// Timeout allows for the hundred pages of a very large organisation.
func (j *onboardJob) Timeout(*river.Job[onboardArgs]) time.Duration { return time.Hour }

// list brings what we know of an installation's repositories up to date, and
// touches those of which need says so.
func (w *Worker) list(ctx context.Context, client *github.Client, need func(store.Repository) bool) error {
	seen := map[int64]bool{}
	var look []int64 // once all are known, the organisation's configuration among them
	err := client.Repositories(ctx, func(page []github.Repository, of int) error {
		for _, r := range page {
			seen[r.ID] = true
			wanted, err := w.listed(ctx, client.Installation, r, need)
			if err != nil {
				return err
			}
			if wanted {
				look = append(look, r.ID)
			}
		}
		if of > len(page) {
			w.Log.InfoContext(ctx, "listing repositories", "installation", client.Installation, "done", len(seen), "of", of)
		}
		return nil
	})
	for _, id := range look { // those listed before a fault, too
		if err := w.TouchNow(ctx, id, someday); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return w.dropUnlisted(ctx, client.Installation, seen)
}

// fresh tells whether a repository has never been looked at by these rules.
func (w *Worker) fresh(r store.Repository) bool {
	return r.AssessedAt == nil || r.CatalogueVersion != w.Version
}

// listed takes over what GitHub says of one repository of an installation, and
// tells whether it is to be looked at.
func (w *Worker) listed(ctx context.Context, installation int64, r github.Repository, need func(store.Repository) bool) (look bool, err error) {
	err = w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := w.Store.With(tx)
		old, err := in.Repository(ctx, r.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		n := stored(installation, r)
		n.Properties, n.Empty = old.Properties, old.Empty
		changed := old.Archived != n.Archived || old.HasIssues != n.HasIssues || old.DefaultBranch != n.DefaultBranch
		look = changed || need(old)
		return in.PutRepository(ctx, n)
	})
	return look, err
}

// dropUnlisted notes repositories that GitHub lists no more: deleted,
// transferred away, or taken out of the installation while nobody told us.
func (w *Worker) dropUnlisted(ctx context.Context, installation int64, seen map[int64]bool) error {
	ours, err := w.Store.RepositoriesOf(ctx, installation)
	if err != nil {
		return err
	}
	var gone []int64
	for _, r := range ours {
		if !seen[r.ID] {
			gone = append(gone, r.ID)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	w.Log.InfoContext(ctx, "repositories no longer listed", "installation", installation, "count", len(gone))
	return w.Store.RemoveRepositories(ctx, gone)
}
