package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/tracing"
)

// lookJob looks at one repository: snapshot, findings, assessment, history,
// issue. There is one such job for a repository at a time; whatever happens
// while it runs makes it look once more before it ends.
type lookJob struct {
	river.WorkerDefaults[lookArgs]
	w *Worker
}

func (j *lookJob) Work(ctx context.Context, job *river.Job[lookArgs]) error {
	id := job.Args.Repository
	ctx = waited(ctx, job.Priority)
	for range looksAtOnce {
		work, err := j.w.Store.Work(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return river.JobCancel(err)
		}
		if err != nil {
			return err
		}
		installation, err := j.w.look(ctx, id)
		if err != nil {
			return j.failed(ctx, job, installation, err)
		}
		done, err := j.finish(ctx, job, id, work)
		if err != nil || done {
			return err
		}
	}
	return river.JobSnooze(0) // others wait, too
}

// looksAtOnce is how often a repository to which something happens during each
// look is looked at before others have their turn.
const looksAtOnce = 3

// Timeout bounds what one repository may take of the time of all.
func (j *lookJob) Timeout(*river.Job[lookArgs]) time.Duration { return 5 * time.Minute }

// finish completes the job unless something has happened meanwhile. The lock
// on the repository's row orders it with every touch.
func (j *lookJob) finish(ctx context.Context, job *river.Job[lookArgs], id, work int64) (done bool, err error) {
	err = j.w.Store.Tx(ctx, func(tx pgx.Tx) error {
		now, err := j.w.Store.With(tx).WorkLocked(ctx, id)
		if err != nil || now != work {
			return err
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		done = err == nil
		return err
	})
	return done, err
}

func (j *lookJob) failed(ctx context.Context, job *river.Job[lookArgs], installation int64, err error) error {
	var limited *github.Limited
	if errors.As(err, &limited) { // no fault of the repository's
		hastened, e := j.w.Store.Hastened(ctx, job.ID, job.Priority)
		switch {
		case e != nil:
			return e
		case hastened: // somebody came to wait for it, and may use the reserve
			return river.JobSnooze(0)
		}
		return j.w.patience(installation, err)
	}
	if errors.Is(err, errOrganisationFirst) {
		return river.JobSnooze(2 * time.Second)
	}
	if e := j.w.Store.Failed(context.WithoutCancel(ctx), job.Args.Repository, err.Error()); e != nil {
		return errors.Join(err, e)
	}
	return j.w.patience(installation, err)
}

// NextRetry backs off from seconds to an hour.
func (j *lookJob) NextRetry(job *river.Job[lookArgs]) time.Time {
	return time.Now().Add(min(time.Duration(1<<min(job.Attempt, 12))*time.Second, time.Hour))
}

// subject is one repository while it is looked at.
type subject struct {
	w      *Worker
	client *github.Client
	row    store.Repository
	repo   github.Repository
	at     github.Repository // where the issue is that is published: here, unless somebody moved it
	config effective
	above  json.RawMessage // the organisation's configuration
	head   github.Commit
	tree   string
	found  []readiness.Finding
	author string          // of the push that is looked at
	why    store.ActorKind // what made the rules look; empty: nothing, what they found before holds
	first  bool

	elsewhere bool // the push that is looked at was one to a linked repository
}

// look brings everything about a repository up to date. It returns the
// installation whose limits an error is about.
func (w *Worker) look(ctx context.Context, id int64) (installation int64, err error) {
	row, err := w.Store.Repository(ctx, id)
	if err != nil || row.RemovedAt != nil {
		return row.InstallationID, err
	}
	in, err := w.Store.Installation(ctx, row.InstallationID)
	if err != nil || in.RemovedAt != nil || in.SuspendedAt != nil {
		return row.InstallationID, err
	}
	client, err := w.client(in.ID)
	if err != nil {
		return in.ID, err
	}
	s := &subject{w: w, client: client, row: row, repo: asked(row), first: row.AssessedAt == nil}
	ctx = tracing.With(ctx, slog.String("repository", s.repo.FullName()))
	tracing.Of(ctx).Note(tracing.Int("readyline.repository", row.ID), tracing.Int("readyline.installation", in.ID))
	return in.ID, s.look(ctx, in)
}

func (s *subject) look(ctx context.Context, in store.Installation) error {
	if s.repo.DefaultBranch == "" || s.row.Unsure { // known by name only, or from events that overtook each other
		if err := s.refresh(ctx); err != nil {
			return err
		}
	}
	if s.row.Archived || s.row.Fork {
		return s.w.Store.Skip(ctx, s.row.ID, skipReason(s.row))
	}
	if err := s.atHead(ctx); err != nil {
		return err
	}
	if err := s.w.Store.Skip(ctx, s.row.ID, skipReason(s.row)); err != nil || s.row.Empty {
		return err
	}
	if err := s.judge(ctx); err != nil {
		return err
	}
	mode := s.config.mode(in)
	if mode == store.ModeOff {
		if err := s.w.Store.Skip(ctx, s.row.ID, "switched off by configuration"); err != nil {
			return err
		}
		return s.rest(ctx, mode, nil)
	}
	assessments, err := s.record(ctx, "", "")
	if err != nil {
		return err
	}
	if skipReason(s.row) != "" {
		return s.w.Store.DropOpening(ctx, s.row.ID, "")
	}
	if mode != store.ModeIssue {
		if err := s.w.Store.DropOpening(ctx, s.row.ID, ""); err != nil {
			return err
		}
		return s.rest(ctx, mode, nil)
	}
	if err := s.publish(ctx, in, assessments); err != nil {
		return err
	}
	return s.rest(ctx, mode, assessments)
}

// refresh reads what GitHub says of the repository itself.
func (s *subject) refresh(ctx context.Context) error {
	r, err := s.client.Repository(ctx, s.row.ID)
	if err != nil {
		return err
	}
	n := stored(s.row.InstallationID, r)
	n.Properties = s.row.Properties
	if err := s.w.Store.PutRepository(ctx, n); err != nil {
		return err
	}
	s.row, err = s.w.Store.Repository(ctx, s.row.ID)
	s.repo = asked(s.row)
	return err
}

// atHead finds the commit to look at: the one that the last push told of, or
// the tip of the default branch when there was none, or when that commit has
// been pushed away meanwhile.
func (s *subject) atHead(ctx context.Context) error {
	if s.row.WantedSHA != "" {
		s.head = github.Commit{SHA: s.row.WantedSHA}
		author, err := s.w.Store.Pusher(ctx, s.row.ID)
		s.author = author
		return err
	}
	return s.atTip(ctx, "")
}

// atTip asks for the tip of the default branch. It is noted instead of the
// commit that was wanted; a push while we ask has it asked for again.
func (s *subject) atTip(ctx context.Context, instead string) error {
	work, err := s.w.Store.Work(ctx, s.row.ID)
	if err != nil {
		return err
	}
	head, answer, err := s.client.DefaultHead(ctx, s.repo)
	empty := errors.Is(err, github.ErrEmpty) || errors.Is(err, github.ErrNotFound)
	if err != nil && !empty {
		return err
	}
	if empty != s.row.Empty {
		s.row.Empty = empty
		if err := s.w.Store.SetEmpty(ctx, s.row.ID, empty); err != nil {
			return err
		}
	}
	if empty {
		return nil
	}
	s.head, s.author = head, head.Author
	if s.w.wantedSettings()("branch") {
		if err := s.w.keepAnswers(ctx, s.repo, snapshot.Settings{"branch": answer}, s.w.Now()); err != nil {
			return err
		}
	}
	return s.w.Store.FoundTip(ctx, s.row.ID, head.SHA, instead, work)
}

// judge has the rules look at the head. When the same rules have looked at the
// same commit before, configured and linked as now, and no setting is to be
// asked again, what they found then holds.
func (s *subject) judge(ctx context.Context) error {
	before, err := s.w.Store.Findings(ctx, s.row.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	s.why = store.ByPush
	if err == nil && before.Commit == s.head.SHA {
		s.why = store.ByCatalogue
		if before.CatalogueVersion == s.w.Version {
			if s.why, err = s.reason(ctx, before); err != nil || s.why == "" {
				return err
			}
		}
	}
	snap, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	if err := s.configured(ctx, snap); err != nil {
		return err
	}
	if err := s.hold(ctx, snap); err != nil {
		return err
	}
	links, err := s.links(ctx)
	if err != nil {
		return err
	}
	if snap.Settings, err = s.w.settings(ctx, s.client, s.repo, s.w.Now()); err != nil {
		return err
	}
	if s.found, err = s.findings(ctx, snap, links); err != nil {
		return fmt.Errorf("assess %s@%.7s: %w", s.repo.FullName(), s.head.SHA, err)
	}
	if err := s.watch(ctx); err != nil {
		return err
	}
	nominated, err := s.nominatedAt(ctx)
	if err != nil {
		return err
	}
	return s.w.Store.PutFindings(ctx, s.row.ID, store.Findings{
		Commit: s.head.SHA, Tree: s.tree, CatalogueVersion: s.w.Version, Config: s.under(links, nominated), Found: s.found,
	})
}

// reason tells what makes the rules look again at a commit that they have
// looked at. Nothing, when all that their findings depend on is as it was: these
// are taken over.
func (s *subject) reason(ctx context.Context, before store.Findings) (store.ActorKind, error) {
	complete, err := s.answersComplete(ctx)
	if err != nil || !complete {
		return store.BySettings, err
	}
	if err := s.configured(ctx, nil); err != nil {
		return "", err
	}
	links, err := s.links(ctx)
	if err != nil {
		return "", err
	}
	nominated, err := s.nominatedAt(ctx)
	if err != nil {
		return "", err
	}
	why, err := s.changed(ctx, before.Config, links, nominated)
	if err != nil || why != "" {
		return why, err
	}
	s.found, s.tree = before.Found, before.Tree
	return "", nil
}

// snapshot reads the tree of the head. A head that was pushed away before we
// came is replaced by the tip: a push that is still on its way will be told.
func (s *subject) snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	snap, tree, err := s.w.tree(ctx, s.client, s.repo, s.head)
	if errors.Is(err, github.ErrNotFound) && s.row.WantedSHA != "" {
		gone := s.row.WantedSHA
		s.row.WantedSHA = ""
		if err := s.atTip(ctx, gone); err != nil {
			return nil, err
		}
		snap, tree, err = s.w.tree(ctx, s.client, s.repo, s.head)
	}
	s.tree = tree
	return snap, err
}

// answersComplete tells whether every question that rules ask has its answer.
func (s *subject) answersComplete(ctx context.Context) (bool, error) {
	kept, err := s.w.Store.Answers(ctx, s.row.ID)
	if err != nil {
		return false, err
	}
	have := map[string]bool{}
	for _, a := range kept {
		have[a.Name] = true
	}
	for _, name := range s.w.asks {
		if !have[name] {
			return false, nil
		}
	}
	return true, nil
}
