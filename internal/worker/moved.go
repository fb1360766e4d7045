package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
)

// issueTransferred follows an issue of ours that somebody moved.
func (t told) issueTransferred(ctx context.Context, ours store.Issue) error {
	to := t.event.Transferred
	if to == nil {
		return t.store.SetIssueState(ctx, ours.RepositoryID, ours.Checklist, store.IssueDeleted)
	}
	return t.w.rehome(ctx, t.tx, ours, to.Repository.ID, to.Issue)
}

// rehome notes where somebody moved an issue of ours. It goes on there. Out of
// our sight, or where more people look than may see what it is about, it counts
// as deleted; so it does where there is an issue of that checklist already, and
// then it says so.
func (w *Worker) rehome(ctx context.Context, tx pgx.Tx, ours store.Issue, to int64, i github.Issue) error {
	in := w.Store.With(tx)
	row, err := in.Repository(ctx, ours.RepositoryID)
	if err != nil {
		return err
	}
	home, err := in.Repository(ctx, to)
	if errors.Is(err, store.ErrNotFound) || err == nil && !hosts(home, row) {
		return in.SetIssueState(ctx, ours.RepositoryID, ours.Checklist, store.IssueDeleted)
	}
	if err != nil {
		return err
	}
	taken := false
	if home.ID != row.ID {
		own, err := in.Issue(ctx, home.ID, ours.Checklist)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		taken = err == nil && own.State != store.IssueDeleted && own.HomeID == 0
	}
	now := store.Issue{
		RepositoryID: row.ID, Checklist: ours.Checklist, HomeID: home.ID, Number: i.Number, GitHubID: i.ID, NodeID: i.NodeID, State: store.IssueOpen,
	}
	switch {
	case taken:
		now.State = store.IssueDeleted
	case i.State == "closed" && ours.State == store.IssueClosedByApp:
		now.State = store.IssueClosedByApp
	case i.State == "closed":
		now.State = store.IssueClosedByPerson
	}
	if home.ID == row.ID {
		now.HomeID = 0
	}
	if err := in.MoveIssue(ctx, now); err != nil {
		return err
	}
	w.Told(fmt.Sprintf("the %s issue of %s moved to %s#%d", ours.Checklist, row.FullName(), home.FullName(), i.Number))
	if taken {
		_, err := w.queue(ctx, tx, leaveArgs{Repository: row.ID, Checklist: ours.Checklist, Home: home.ID, Number: i.Number}, nil)
		return err
	}
	// An edit of no box: the body is to be read, and written for where it now is.
	if err := in.PutBoxEdits(ctx, row.ID, ours.Checklist, []store.BoxEdit{{At: i.UpdatedAt}}); err != nil {
		return err
	}
	return w.Touch(ctx, tx, row.ID, forPeople)
}

// hosts tells whether a repository may hold the issue of another one's checklist:
// we may write there, and no more people look.
func hosts(home, of store.Repository) bool {
	return home.RemovedAt == nil && home.InstallationID == of.InstallationID && audience(home.Visibility) <= audience(of.Visibility)
}

// leaveArgs asks for a word in an issue that was moved to where there is one of
// its checklist already.
type leaveArgs struct {
	Repository int64  `json:"repository"`
	Checklist  string `json:"checklist"`
	Home       int64  `json:"home"`
	Number     int    `json:"number"`
}

func (leaveArgs) Kind() string { return "leave" }

func (leaveArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueLooks, MaxAttempts: 8, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()}}
}

type leaveJob struct {
	river.WorkerDefaults[leaveArgs]
	w *Worker
}

func (j *leaveJob) Work(ctx context.Context, job *river.Job[leaveArgs]) error {
	ours, err := j.w.Store.Issue(ctx, job.Args.Repository, job.Args.Checklist)
	if err != nil || ours.HomeID != job.Args.Home || ours.Number != job.Args.Number || ours.State != store.IssueDeleted {
		return err // it was moved on
	}
	home, err := j.w.Store.Repository(ctx, ours.HomeID)
	if err != nil {
		return err
	}
	client, err := j.w.client(home.InstallationID)
	if err == nil {
		err = j.w.leave(ctx, client, ours, home)
	}
	if errors.Is(err, github.ErrNotFound) || errors.Is(err, github.ErrGone) {
		return nil
	}
	return j.w.patience(home.InstallationID, err)
}

func (w *Worker) leave(ctx context.Context, client *github.Client, ours store.Issue, home store.Repository) error {
	row, err := w.Store.Repository(ctx, ours.RepositoryID)
	if err != nil {
		return err
	}
	own, err := w.Store.Issue(ctx, home.ID, ours.Checklist)
	if err != nil {
		return err
	}
	kept, err := client.Issue(ctx, asked(home), own.Number)
	if err != nil {
		return err
	}
	now, err := client.Issue(ctx, asked(home), ours.Number)
	if err != nil {
		return err
	}
	if body := issue.LeftAlone(now.Body, row.FullName(), kept.URL); !issue.Equal(body, now.Body) {
		_, err = client.EditBody(ctx, asked(home), ours.Number, body)
	}
	return err
}

// visit turns to where an issue is. It tells whether it may be written there:
// one that is out of sight for now, or where more people look than here, rests.
func (s *subject) visit(ctx context.Context, row store.Issue) (bool, error) {
	if s.at = s.repo; row.HomeID == 0 {
		return true, nil
	}
	home, err := s.w.Store.Repository(ctx, row.HomeID)
	if err != nil {
		return false, ifKnown(err)
	}
	s.at = asked(home)
	return hosts(home, s.row) && !home.Archived, nil
}

// ifKnown takes not knowing something for no fault.
func ifKnown(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// revisit reads the name anew of the repository in which the issue is.
func (s *subject) revisit(ctx context.Context) error {
	if s.away() == 0 {
		err := s.refresh(ctx)
		s.at = s.repo
		return err
	}
	home, err := s.client.Repository(ctx, s.at.ID)
	s.at = home
	return err
}

// away is the repository in which the issue is, when it is not here.
func (s *subject) away() int64 {
	if s.at.ID == s.repo.ID {
		return 0
	}
	return s.at.ID
}

// here tells whether an issue is where it was.
func (s *subject) here(i github.Issue) bool {
	return i.URL == "" || strings.Contains(strings.ToLower(i.URL), "/"+strings.ToLower(s.at.FullName())+"/issues/")
}

// redirected follows an issue to where GitHub's redirect has led; nobody told us
// that it was moved. Another one in its place means that it is gone.
func (s *subject) redirected(ctx context.Context, row store.Issue, now github.Issue) error {
	gone := func() error { return s.w.Store.SetIssueState(ctx, s.row.ID, row.Checklist, store.IssueDeleted) }
	at := strings.Split(strings.TrimPrefix(now.URL, strings.TrimSuffix(s.webURL(), "/")+"/"), "/")
	if len(at) != 4 || s.here(now) {
		return gone()
	}
	home, err := s.w.Store.RepositoryByName(ctx, at[0], at[1])
	if errors.Is(err, store.ErrNotFound) {
		return gone()
	}
	if err != nil {
		return err
	}
	return s.w.Store.Tx(ctx, func(tx pgx.Tx) error { return s.w.rehome(ctx, tx, row, home.ID, now) })
}
