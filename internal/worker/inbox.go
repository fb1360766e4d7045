package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// inboxJob processes one stored delivery: it writes down what GitHub told and
// has the repositories concerned looked at. It asks GitHub nothing.
type inboxJob struct {
	river.WorkerDefaults[inboxArgs]
	w *Worker
}

func (j *inboxJob) Work(ctx context.Context, job *river.Job[inboxArgs]) error {
	d, err := j.w.Store.Delivery(ctx, job.Args.GUID)
	if errors.Is(err, store.ErrNotFound) {
		return river.JobCancel(err) // pruned
	}
	if err != nil {
		return err
	}
	if d.State == store.Processed || d.State == store.Ignored {
		return nil
	}
	state, err := j.w.process(ctx, d)
	if err != nil {
		last := job.Attempt >= job.MaxAttempts
		if e := j.w.Store.FailDelivery(context.WithoutCancel(ctx), d.GUID, err.Error(), last); e != nil {
			return errors.Join(err, e)
		}
		return fmt.Errorf("delivery %s (%s.%s): %w", d.GUID, d.Event, d.Action, err)
	}
	if state == store.Ignored {
		return j.w.Store.FinishDelivery(ctx, d.GUID, state)
	}
	return nil
}

// process handles a delivery and marks it processed in one transaction, so
// that what it causes happens exactly once.
func (w *Worker) process(ctx context.Context, d store.Delivery) (store.DeliveryState, error) {
	e, err := github.ParseEvent(d.Event, d.Payload)
	if err != nil {
		return "", err
	}
	h := w.handler(e)
	if h == nil {
		return store.Ignored, nil
	}
	seen, err := w.skim(ctx, e)
	if err != nil {
		return "", err
	}
	return store.Processed, w.Store.Tx(ctx, func(tx pgx.Tx) error {
		if err := h(told{w: w, tx: tx, store: w.Store.With(tx), event: e, delivery: d, skimmed: seen}, ctx); err != nil {
			return err
		}
		return w.Store.With(tx).FinishDelivery(ctx, d.GUID, store.Processed)
	})
}

// told is one event with the transaction in which it is handled.
type told struct {
	w        *Worker
	tx       pgx.Tx
	store    *store.Store
	event    github.Event
	delivery store.Delivery
	skimmed  skimmed
}

type handle func(t told, ctx context.Context) error

// handler finds what an event means to us; nil when nothing, or when it lacks
// what it should be about.
func (w *Worker) handler(e github.Event) handle {
	ofInstallation := strings.HasPrefix(e.Name, "installation")
	if ofInstallation && e.Installation == nil || !ofInstallation && e.Repository == nil {
		return nil
	}
	switch e.Name {
	case "installation":
		switch e.Action {
		case "created", "unsuspend", "new_permissions_accepted":
			return told.installed
		case "deleted":
			return told.uninstalled
		case "suspend":
			return told.suspended
		}
	case "installation_target":
		return told.accountRenamed
	case "installation_repositories":
		return told.coverage
	case "push":
		return told.pushed
	case "repository":
		return told.repositoryChanged
	case "issues":
		return told.issueChanged
	case "pull_request":
		switch e.Action {
		case "opened", "synchronize", "reopened":
			return told.proposed
		}
		return nil
	case "issue_comment":
		if e.Action == "created" {
			return told.commented
		}
	}
	if names := settingsOf(e); len(names) > 0 && e.Repository != nil {
		return func(t told, ctx context.Context) error { return t.settingsChanged(ctx, names) }
	}
	return nil
}

// settingsOf are the questions whose answers an event makes old.
func settingsOf(e github.Event) []string {
	switch e.Name {
	case "branch_protection_rule", "branch_protection_configuration":
		return []string{"branch", "branch_protection"}
	case "repository_ruleset":
		return []string{"branch_rules", "rulesets"}
	case "security_and_analysis":
		return []string{"repository", "secret_scanning", "code_scanning", "dependabot_alerts", "vulnerability_alerts", "automated_security_fixes"}
	case "code_scanning_alert":
		return []string{"code_scanning"}
	case "secret_scanning_alert":
		return []string{"secret_scanning"}
	case "dependabot_alert":
		return []string{"dependabot_alerts"}
	case "custom_property_values":
		return []string{"custom_properties"}
	case "deployment_status":
		return []string{"deployment"}
	case "release":
		return []string{"release", "tag"}
	case "create":
		return []string{"tag"}
	case "workflow_run":
		if e.Action == "completed" {
			return []string{"workflow_run"}
		}
	}
	return nil
}

// settingsChanged forgets the answers, so that the next look asks again.
func (t told) settingsChanged(ctx context.Context, names []string) error {
	known, err := t.known(ctx)
	if err != nil || !known {
		return err
	}
	wanted := t.w.wantedSettings()
	relevant := names[:0:0]
	for _, n := range names {
		if wanted(n) {
			relevant = append(relevant, n)
		}
	}
	if len(relevant) == 0 {
		return nil
	}
	if err := t.store.DropAnswers(ctx, t.event.Repository.ID, relevant...); err != nil {
		return err
	}
	return t.w.Touch(ctx, t.tx, t.event.Repository.ID, t.hurry())
}

// known tells whether the event's repository is one of ours. Events of others
// arrive when an installation was changed while they were on their way.
func (t told) known(ctx context.Context) (bool, error) {
	r, err := t.store.Repository(ctx, t.event.Repository.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && r.RemovedAt == nil, err
}

// zero is the SHA of no commit.
const zero = "0000000000000000000000000000000000000000"

// pushed notes the new head of the default branch. It is what the push says only
// when the push follows on what was the head before; pushes overtake each other,
// and one that was lost comes late. Otherwise GitHub is asked for the tip.
func (t told) pushed(ctx context.Context) error {
	p, r := t.event.Push, t.event.Repository
	known, err := t.known(ctx)
	if err != nil || !known || r == nil || p.Branch == "" || p.Branch != r.DefaultBranch || p.Deleted || p.After == zero {
		return err
	}
	newest, err := t.putRepository(ctx, *r) // holds the row, so that pushes come one after the other
	if err != nil {
		return err
	}
	before, err := t.store.Repository(ctx, r.ID)
	if err != nil || before.WantedSHA == p.After {
		return err
	}
	follows := newest && before.WantedSHA == p.Before
	if follows && before.AssessedSHA == p.Before {
		if done, err := t.takeOver(ctx); err != nil || done {
			return err
		}
	}
	if follows {
		_, err = t.store.Want(ctx, r.ID, p.After)
	} else {
		err = t.store.WantTip(ctx, r.ID)
	}
	if err != nil {
		return err
	}
	t.w.Told(fmt.Sprintf("push to %s: %.7s by %s", r.FullName(), p.After, p.Author))
	if err := t.store.WantedBy(ctx, r.ID, p.Author); err != nil {
		return err
	}
	if err := t.leaning(ctx, r.ID, r.FullName()); err != nil {
		return err
	}
	return t.w.Touch(ctx, t.tx, r.ID, t.hurry())
}

// putRepository writes what the event says of its repository, unless a newer one
// has been here before.
func (t told) putRepository(ctx context.Context, r github.Repository) (newest bool, err error) {
	var installation int64
	if t.event.Installation != nil {
		installation = t.event.Installation.ID
	}
	old, err := t.store.Repository(ctx, r.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	if installation == 0 {
		installation = old.InstallationID
	}
	n := stored(installation, r)
	n.Properties, n.Empty = old.Properties, old.Empty
	if t.event.Name == "push" { // tells less of the repository than other events
		n.Topics, n.Language = old.Topics, old.Language
	}
	newest, err = t.store.TellRepository(ctx, n)
	if err == nil && newest && old.DefaultBranch != "" && old.DefaultBranch != n.DefaultBranch {
		err = t.store.WantTip(ctx, r.ID) // the head of another branch
	}
	return newest, err
}

// stored is a repository of GitHub's as the store keeps it.
func stored(installation int64, r github.Repository) store.Repository {
	var told *time.Time
	if !r.At.IsZero() {
		told = &r.At
	}
	return store.Repository{
		ID: r.ID, NodeID: r.NodeID, InstallationID: installation, Owner: r.Owner, Name: r.Name, Visibility: r.Visibility,
		Archived: r.Archived, Fork: r.Fork, HasIssues: r.HasIssues, DefaultBranch: r.DefaultBranch, Topics: r.Topics, Language: r.Language,
		ToldAt: told,
	}
}

// asked is a repository of the store's as GitHub is asked about it.
func asked(r store.Repository) github.Repository {
	return github.Repository{
		ID: r.ID, NodeID: r.NodeID, Owner: r.Owner, Name: r.Name, Private: r.Visibility != "public", Visibility: r.Visibility,
		Archived: r.Archived, Fork: r.Fork, HasIssues: r.HasIssues, DefaultBranch: r.DefaultBranch, Topics: r.Topics, Language: r.Language,
	}
}

// NextAttempt backs off from seconds to minutes: a delivery fails only because
// our own database does.
func (j *inboxJob) NextRetry(job *river.Job[inboxArgs]) time.Time {
	return time.Now().Add(min(time.Duration(1<<min(job.Attempt, 10))*time.Second, 10*time.Minute))
}
