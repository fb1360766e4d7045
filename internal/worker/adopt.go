package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// adopt looks for issues of the App's with the checklist's marker. The oldest
// open one is taken over, else the oldest; further open ones are closed and
// point to it.
func (s *subject) adopt(ctx context.Context, a readiness.Assessment) (bool, error) {
	found, err := s.marked(ctx, a.Checklist.ID)
	if errors.Is(err, github.ErrGone) {
		return true, s.w.Store.Skip(ctx, s.row.ID, "issues are switched off")
	}
	if err != nil || len(found) == 0 {
		return false, err
	}
	kept := found[0]
	if i := slices.IndexFunc(found, func(i github.Issue) bool { return i.State == "open" }); i >= 0 {
		kept = found[i]
	}
	if err := s.takeOver(ctx, kept, a); err != nil {
		return true, err
	}
	for _, other := range found {
		if other.Number != kept.Number && other.State == "open" && kept.State == "open" {
			if err := s.point(ctx, other, kept.URL); err != nil {
				return true, err
			}
		}
	}
	return true, nil
}

// marked are the App's issues with a checklist's marker, oldest first.
func (s *subject) marked(ctx context.Context, checklist string) ([]github.Issue, error) {
	bot, err := s.w.bot(ctx)
	if err != nil {
		return nil, err
	}
	var found []github.Issue
	err = s.client.OwnIssues(ctx, s.repo, bot, func(i github.Issue) error {
		if issue.ChecklistOf(i.Body) == checklist && issue.About(i.Body, s.row.ID) {
			found = append(found, i)
		}
		return nil
	})
	slices.SortFunc(found, func(a, b github.Issue) int { return a.Number - b.Number })
	return found, err
}

// bot is the login under which the App writes.
func (w *Worker) bot(ctx context.Context) (string, error) {
	app, err := w.App()
	if err != nil {
		return "", err
	}
	slug, err := app.Slug(ctx)
	return slug + "[bot]", err
}

// takeOver makes an issue of the App's ours that we know nothing of. What its
// lines say that people said is taken up, and what people did to its boxes
// since.
func (s *subject) takeOver(ctx context.Context, found github.Issue, a readiness.Assessment) error {
	state := store.IssueOpen
	switch {
	case found.State == "closed" && issue.Resting(found.Body):
		if _, err := s.client.SetState(ctx, s.repo, found.Number, "open"); err != nil {
			return err
		}
	case found.State == "closed":
		state = store.IssueClosedByPerson
	}
	s.w.Told(fmt.Sprintf("found %s again", found.URL))
	row := store.Issue{
		RepositoryID: s.row.ID, Checklist: a.Checklist.ID, Number: found.Number, GitHubID: found.ID, NodeID: found.NodeID, State: state,
	}
	if err := s.w.Store.PutIssue(ctx, row); err != nil {
		return err
	}
	var said []issue.Said
	row.BodyWritten, said = issue.Claims(found.Body)
	again, err := s.remember(ctx, a, said)
	if err != nil || state != store.IssueOpen {
		return err
	}
	return s.merge(ctx, row, again, found, true)
}

// remember stores what an issue says that people had said, where nothing is
// known of it, and assesses again if there was any.
func (s *subject) remember(ctx context.Context, a readiness.Assessment, said []issue.Said) (readiness.Assessment, error) {
	standing, err := s.w.Store.Statements(ctx, s.row.ID, a.Checklist.ID)
	if err != nil {
		return a, err
	}
	now := s.w.Now()
	var who []string
	for _, n := range said {
		r, ok := recalled(n, a, now)
		known := slices.ContainsFunc(standing, func(o store.Statement) bool { return o.Item == r.Item && o.Kind == r.Kind })
		if !ok || known {
			continue
		}
		r.RepositoryID = s.row.ID
		if _, err := s.w.Store.Say(ctx, r); err != nil {
			return a, err
		}
		if r.By != "" && !slices.Contains(who, r.By) {
			who = append(who, r.By)
		}
	}
	if len(said) == 0 {
		return a, nil
	}
	all, err := s.record(ctx, store.ByPerson, strings.Join(who, ", "))
	for _, x := range all {
		if x.Checklist.ID == a.Checklist.ID {
			a = x
		}
	}
	return a, err
}

// recalled is what a line says that a person said as a statement. What a file
// says is read from there; a dispute needs the evidence that it is about.
func recalled(n issue.Said, a readiness.Assessment, now time.Time) (store.Statement, bool) {
	r := store.Statement{Checklist: a.Checklist.ID, Item: n.Item, By: n.By, At: now, Note: n.Note, Via: store.ViaCommand}
	if !n.Until.IsZero() {
		r.Until = &n.Until
	}
	i := slices.IndexFunc(a.Items, func(it readiness.ItemState) bool { return it.Item.ID == n.Item })
	if i < 0 || strings.Contains(n.By, "/") {
		return r, false
	}
	switch n.Kind {
	case issue.SaidAttested:
		r.Kind = store.Attested
		if n.Note == "" {
			r.Via = store.ViaTick
		}
	case issue.SaidWaived:
		r.Kind = store.Waived
	case issue.SaidExempt:
		r.Kind = store.Exempted
	case issue.SaidDisputed:
		r.Kind, r.Via, r.Fingerprint = store.Contested, store.ViaTick, a.Items[i].Fingerprint
		return r, provenByRules(a.Items[i])
	}
	return r, true
}

// point closes an issue whose checklist goes on elsewhere. What people ticked
// there counts; what they wrote stays. It notifies nobody beyond the close.
func (s *subject) point(ctx context.Context, other github.Issue, address string) error {
	checklist := issue.ChecklistOf(other.Body)
	base, _ := issue.Claims(other.Body)
	var ticks []store.BoxEdit
	for _, e := range boxEdits(issue.Edits(base, other.Body), "", other.UpdatedAt, true) {
		if e.Ticked {
			ticks = append(ticks, e)
		}
	}
	if len(ticks) > 0 {
		err := s.w.Store.Tx(ctx, func(tx pgx.Tx) error {
			if err := s.w.Store.With(tx).PutBoxEdits(ctx, s.row.ID, checklist, ticks); err != nil {
				return err
			}
			return s.w.Touch(ctx, tx, s.row.ID, asTold)
		})
		if err != nil {
			return err
		}
	}
	// Closed first: should we end in between, the marker still finds it.
	if _, err := s.client.SetState(ctx, s.repo, other.Number, "closed"); err != nil {
		return err
	}
	_, err := s.client.EditBody(ctx, s.repo, other.Number, issue.Pointer(other.Body, address))
	s.w.Told(fmt.Sprintf("closed %s: it goes on at %s", other.URL, address))
	return err
}

// twinArgs asks whether an issue with our marker that has appeared is one too
// many.
type twinArgs struct {
	Repository int64     `json:"repository"`
	Number     int       `json:"number"`
	Checklist  string    `json:"checklist"`
	Seen       time.Time `json:"seen"`
}

func (twinArgs) Kind() string { return "twin" }

func (twinArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueLooks, MaxAttempts: 8}
}

// issueOpened follows an issue of ours that was moved here, and has one looked
// at that has our marker otherwise: one that we opened, or a copy.
func (t told) issueOpened(ctx context.Context) error {
	i := t.event.Issue
	if from := t.event.MovedFrom; from != nil {
		ours, err := t.store.IssueByNumber(ctx, from.Repository.ID, from.Issue.Number)
		if err == nil {
			return t.w.rehome(ctx, t.tx, ours, t.event.Repository.ID, *i)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if _, err := t.store.IssueByNumber(ctx, t.event.Repository.ID, i.Number); !errors.Is(err, store.ErrNotFound) {
		return err // it is known
	}
	checklist := issue.ChecklistOf(i.Body)
	if checklist == "" || !strings.HasSuffix(i.Author, "[bot]") {
		return nil
	}
	_, err := t.w.queue(ctx, t.tx, twinArgs{
		Repository: t.event.Repository.ID, Number: i.Number, Checklist: checklist, Seen: time.Now(),
	}, nil)
	return err
}

// twinJob closes an issue that another one stands for.
type twinJob struct {
	river.WorkerDefaults[twinArgs]
	w *Worker
}

// openingTakes is how long after an issue has appeared its number is stored, at
// most: before, it can't be told from a copy.
const openingTakes = time.Minute

func (j *twinJob) Work(ctx context.Context, job *river.Job[twinArgs]) error {
	row, err := j.w.Store.Repository(ctx, job.Args.Repository)
	if err != nil || row.RemovedAt != nil {
		return err
	}
	ours, err := j.w.Store.Issue(ctx, row.ID, job.Args.Checklist)
	switch {
	case errors.Is(err, store.ErrNotFound):
		if time.Since(job.Args.Seen) < openingTakes {
			return river.JobSnooze(2 * time.Second)
		}
		return nil // whoever looks for an issue to take over finds it
	case err != nil, ours.Number == job.Args.Number:
		return err
	}
	client, err := j.w.client(row.InstallationID)
	if err == nil {
		err = j.w.twin(ctx, client, row, ours, job.Args.Number)
	}
	if errors.Is(err, github.ErrNotFound) || errors.Is(err, github.ErrGone) {
		return nil
	}
	return j.w.patience(row.InstallationID, err)
}

func (w *Worker) twin(ctx context.Context, client *github.Client, row store.Repository, ours store.Issue, number int) error {
	s := &subject{w: w, client: client, row: row, repo: asked(row)}
	other, err := client.Issue(ctx, s.repo, number)
	if err != nil {
		return err
	}
	bot, err := w.bot(ctx)
	if err != nil || other.Author != bot || other.State != "open" || issue.ChecklistOf(other.Body) != ours.Checklist || !issue.About(other.Body, row.ID) {
		return err
	}
	switch {
	case ours.State == store.IssueDeleted, ours.State == store.IssueOpen && number < ours.Number:
		// Ours is gone and has come back, or is the younger one: choose anew.
		if err := w.Store.DropIssue(ctx, row.ID, ours.Checklist); err != nil {
			return err
		}
		return w.TouchNow(ctx, row.ID, asTold)
	case ours.State != store.IssueOpen:
		return nil
	}
	kept, err := client.Issue(ctx, s.repo, ours.Number)
	if err != nil {
		return err
	}
	return s.point(ctx, other, kept.URL)
}
