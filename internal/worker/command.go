package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
)

// commented takes commands in comments on our issues.
func (t told) commented(ctx context.Context) error {
	c, r, i := t.event.Comment, t.event.Repository, t.event.Issue
	if c == nil || r == nil || i == nil || c.Author.Bot {
		return nil
	}
	if _, ok, _ := issue.ParseCommand(c.Body); !ok {
		return nil
	}
	ours, err := t.store.IssueByNumber(ctx, r.ID, i.Number)
	if errors.Is(err, store.ErrNotFound) || err == nil && ours.State == store.IssueDeleted && ours.HomeID != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = t.w.queue(ctx, t.tx, commandArgs{GUID: t.delivery.GUID}, nil)
	return err
}

// commandJob carries out one command and answers it.
type commandJob struct {
	river.WorkerDefaults[commandArgs]
	w *Worker
}

func (j *commandJob) Work(ctx context.Context, job *river.Job[commandArgs]) error {
	ctx = github.Urgent(ctx)
	d, err := j.w.Store.Delivery(ctx, job.Args.GUID)
	if err != nil {
		return err
	}
	e, err := github.ParseEvent(d.Event, d.Payload)
	if err != nil {
		return river.JobCancel(err)
	}
	row, err := j.w.Store.Repository(ctx, e.Repository.ID) // where the issue is
	if err != nil {
		return err
	}
	client, err := j.w.client(row.InstallationID)
	if err != nil {
		return j.w.patience(row.InstallationID, err)
	}
	// A snooze counts as no attempt, but every time it was taken up is noted.
	again := len(job.AttemptedBy) > 1
	return j.w.patience(row.InstallationID, j.w.command(ctx, client, row, e, again))
}

// reply is how a command is answered: a reaction, and a comment where it needs
// words.
type reply struct {
	done bool
	text string
}

// sorry is a command that was not carried out, and why.
func sorry(format string, args ...any) reply { return reply{text: fmt.Sprintf(format, args...)} }

// command carries out the command in a comment. Carrying it out twice, after a
// crash between doing and answering, does nothing twice: again has it looked
// whether the answer is there already.
func (w *Worker) command(ctx context.Context, client *github.Client, row store.Repository, e github.Event, again bool) error {
	ours, err := w.Store.IssueByNumber(ctx, row.ID, e.Issue.Number)
	if err != nil {
		return err
	}
	repo := asked(row)
	reacted, err := w.reacted(ctx, client, repo, e, again)
	if errors.Is(err, github.ErrNotFound) {
		return nil // the comment is gone
	}
	if err != nil {
		return err
	}
	c, _, _ := issue.ParseCommand(e.Comment.Body)
	if reacted == "confused" || reacted != "" && !c.States() {
		return nil
	}
	answer, err := w.answer(ctx, client, repo, ours, e)
	if err != nil || reacted != "" {
		return err // what was carried out before a database was lost is carried out again, and not answered again
	}
	reaction := "confused"
	if answer.done {
		reaction = "+1"
	}
	// The reaction first: it may be given twice, the words may not.
	if err := client.React(ctx, repo, e.Comment.ID, reaction); err != nil || answer.text == "" {
		return err
	}
	answered := false
	if again {
		err := client.Comments(ctx, repo, ours.Number, func(body string) {
			answered = answered || issue.Answers(body, e.Comment.ID)
		})
		if err != nil || answered {
			return err
		}
	}
	return client.Comment(ctx, repo, ours.Number, issue.Answer(answer.text, e.Comment.ID))
}

// reacted is how we reacted to a command before: with a database that is lost.
// One that is carried out again after a crash may have been reacted to just now.
func (w *Worker) reacted(ctx context.Context, client *github.Client, repo github.Repository, e github.Event, again bool) (string, error) {
	if again {
		return "", nil
	}
	bot, err := w.bot(ctx)
	if err != nil {
		return "", err
	}
	return client.Reaction(ctx, repo, e.Comment.ID, bot)
}

func (w *Worker) answer(ctx context.Context, client *github.Client, repo github.Repository, ours store.Issue, e github.Event) (reply, error) {
	c, _, err := issue.ParseCommand(e.Comment.Body)
	var bad *issue.BadCommand
	if errors.As(err, &bad) {
		return sorry("%s", bad.Problem), nil
	}
	login := e.Comment.Author.Login
	at := w.Now().Add(-time.Since(e.Comment.At)).Round(time.Second) // when it was said, however late it is heard
	row, err := w.Store.Repository(ctx, ours.RepositoryID)          // whose checklist it is
	if err != nil {
		return reply{}, err
	}
	level, err := client.Permission(ctx, asked(row), login)
	if err != nil {
		return reply{}, err
	}
	if !writes(level) {
		return sorry("Commands are for people with write access to this repository."), nil
	}
	w.Told(fmt.Sprintf("%s asks: %s %s", login, c.Verb, c.Item))
	switch c.Verb {
	case "help":
		return reply{true, issue.Help()}, nil
	case "rescan":
		return w.rescan(ctx, client, repo, ours)
	}
	it, err := w.item(ctx, ours, c.Item)
	if err != nil {
		return reply{}, err
	}
	if it.Item == "" {
		return sorry("There is no item %s in this checklist. An item's id usually is its title in lower case with dashes.", issue.Code(c.Item)), nil
	}
	if c.Verb == "why" {
		return w.why(ctx, ours, it)
	}
	said := store.Statement{
		RepositoryID: ours.RepositoryID, Checklist: ours.Checklist, Item: it.Item, By: login, At: at, Note: c.Text,
		Via: store.ViaCommand, CommentID: e.Comment.ID,
	}
	if c.Verb == "evidence" {
		return w.nominated(ctx, asked(row), c, said)
	}
	return w.say(ctx, c, said)
}

// writes tells whether somebody of a permission may write.
func writes(level string) bool { return level == "admin" || level == "write" || level == "maintain" }

// item finds an item of the issue's checklist by its id.
func (w *Worker) item(ctx context.Context, ours store.Issue, id string) (store.Item, error) {
	items, err := w.Store.Items(ctx, ours.RepositoryID, ours.Checklist)
	for _, it := range items {
		if it.Item == id {
			return it, err
		}
	}
	return store.Item{}, err
}

// rescan looks at the repository again, settings included, and opens a snoozed
// issue.
func (w *Worker) rescan(ctx context.Context, client *github.Client, repo github.Repository, ours store.Issue) (reply, error) {
	if err := w.Store.DropAnswers(ctx, ours.RepositoryID); err != nil {
		return reply{}, err
	}
	if ours.State == store.IssueClosedByPerson {
		if _, err := client.SetState(ctx, repo, ours.Number, "open"); err != nil {
			return reply{}, err
		}
		if err := w.Store.SetIssueState(ctx, ours.RepositoryID, ours.Checklist, store.IssueOpen); err != nil {
			return reply{}, err
		}
	}
	return reply{done: true}, w.TouchNow(ctx, ours.RepositoryID, forPeople)
}

// say stores what a person states about an item and has the issue show it.
func (w *Worker) say(ctx context.Context, c issue.Command, n store.Statement) (reply, error) {
	switch c.Verb {
	case "attest":
		n.Kind = store.Attested
	case "na":
		n.Kind = store.Exempted
	case "waive":
		n.Kind = store.Waived
		if !c.Until.IsZero() {
			if !c.Until.Add(24 * time.Hour).After(w.Now()) {
				return sorry("%s is over already.", c.Until.Format("2006-01-02")), nil
			}
			n.Until = &c.Until
		}
	case "restore":
		if err := w.restore(ctx, n); err != nil {
			return reply{}, err
		}
		return reply{done: true}, w.TouchNow(ctx, n.RepositoryID, forPeople)
	}
	if err := w.repeat(ctx, n); err != nil {
		return reply{}, err
	}
	return reply{done: true}, w.TouchNow(ctx, n.RepositoryID, forPeople)
}

// restore takes back what was said of an item, and what was nominated for it.
func (w *Worker) restore(ctx context.Context, n store.Statement) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := w.Store.With(tx)
		if err := in.Restore(ctx, n); err != nil {
			return err
		}
		standing, err := in.Statements(ctx, n.RepositoryID, n.Checklist)
		if err != nil || slices.ContainsFunc(standing, func(o store.Statement) bool { return o.Item == n.Item && o.Kind == store.Attested }) {
			return err // said since
		}
		_, err = in.RemoveLinks(ctx, n.RepositoryID, n.Checklist, n.Item)
		return err
	})
}

// renewAfter is how old an attestation must be for the same words to be said
// anew: a command that is carried out twice is not.
const renewAfter = time.Hour

// repeat stores a statement, unless it was overtaken. An attestation that has an end counts from the day
// on which it is said again.
func (w *Worker) repeat(ctx context.Context, n store.Statement) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := w.Store.With(tx)
		late, err := in.Overtaken(ctx, n)
		if err != nil || late {
			return err
		}
		standing, err := in.Statements(ctx, n.RepositoryID, n.Checklist)
		if err != nil {
			return err
		}
		for _, o := range standing {
			if n.Kind == store.Attested && o.Kind == n.Kind && o.Item == n.Item && n.At.Sub(o.At) > renewAfter {
				if _, err := in.Withdraw(ctx, n.RepositoryID, n.Checklist, n.Item, n.Kind, n.By); err != nil {
					return err
				}
			}
		}
		_, err = in.Say(ctx, n)
		return err
	})
}
