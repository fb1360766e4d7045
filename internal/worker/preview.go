package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/internal/store"
)

// previewArgs asks for a check run that says what a pull request would change.
type previewArgs struct {
	Repository int64  `json:"repository"`
	SHA        string `json:"sha"`
	Number     int    `json:"number"`
	Branch     string `json:"branch"`
}

func (previewArgs) Kind() string { return "preview" }

func (previewArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueLooks, MaxAttempts: 12, Priority: int(asTold), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()}}
}

// proposed has a pull request to the default branch previewed.
func (t told) proposed(ctx context.Context) error {
	pr, r := t.event.PullRequest, t.event.Repository
	if pr == nil || r == nil || pr.BaseRef != r.DefaultBranch {
		return nil
	}
	known, err := t.known(ctx)
	if err != nil || !known {
		return err
	}
	if _, err = t.w.queue(ctx, t.tx, previewArgs{Repository: r.ID, SHA: pr.HeadSHA, Number: pr.Number, Branch: pr.BaseRef}, nil); err != nil || r.Name != ".github" {
		return err
	}
	_, err = t.w.queue(ctx, t.tx, policyArgs{Repository: r.ID, SHA: pr.HeadSHA}, nil)
	return err
}

// previewJob compares a pull request's head with what was found on the default
// branch, and says in a check run which boxes would change.
type previewJob struct {
	river.WorkerDefaults[previewArgs]
	w *Worker
}

func (j *previewJob) Work(ctx context.Context, job *river.Job[previewArgs]) error {
	row, err := j.w.Store.Repository(ctx, job.Args.Repository)
	if err != nil || row.RemovedAt != nil || row.Archived || row.Fork {
		return err
	}
	in, err := j.w.Store.Installation(ctx, row.InstallationID)
	if err != nil || in.RemovedAt != nil || in.SuspendedAt != nil {
		return err
	}
	client, err := j.w.client(in.ID)
	if err == nil {
		err = j.w.preview(ctx, client, in, row, job.Args)
	}
	if errors.Is(err, github.ErrNotFound) || errors.Is(err, github.ErrForbidden) {
		return nil // the head is gone, or checks were not granted
	}
	return j.w.patience(in.ID, err)
}

func (w *Worker) preview(ctx context.Context, client *github.Client, in store.Installation, row store.Repository, args previewArgs) error {
	s := &subject{w: w, client: client, row: row, repo: asked(row), head: github.Commit{SHA: args.SHA}}
	before, err := w.Store.Findings(ctx, row.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // the default branch was not looked at yet: nothing to compare with
	}
	if err != nil {
		return err
	}
	if err := s.configured(ctx, nil); err != nil || s.config.mode(in) == store.ModeOff {
		return err
	}
	snap, err := s.merged(ctx, before.Commit, args.Number)
	if err != nil {
		return err
	}
	links, err := s.links(ctx)
	if err != nil {
		return err
	}
	if snap.Settings, err = w.settings(ctx, client, s.repo, w.Now()); err != nil {
		return err
	}
	after, err := s.findings(ctx, snap, links)
	if err != nil {
		return err
	}
	check, err := s.check(ctx, snap, before.Found, after)
	if err != nil {
		return err
	}
	return client.CreateCheck(ctx, s.repo, check)
}

// check compares two sets of findings under what people said.
func (s *subject) check(ctx context.Context, snap *snapshot.Snapshot, before, after []readiness.Finding) (github.Check, error) {
	var diffs []issue.Difference
	for _, c := range s.config.checklists {
		people, err := s.wouldSay(ctx, s.config, c)
		if err != nil {
			return github.Check{}, err
		}
		now := s.w.Now()
		diffs = append(diffs, issue.Compare(readiness.Assess(c, byControl(before), people, now), readiness.Assess(c, byControl(after), people, now)))
	}
	page := issue.Page{Repository: s.repo.FullName(), Commit: s.head.SHA, WebURL: s.webURL(), PublicURL: s.w.PublicURL}
	k := github.Check{Name: "Readiness", SHA: s.head.SHA, Conclusion: "neutral", Title: issue.PreviewTitle(diffs), Summary: issue.PreviewSummary(diffs, page)}
	if s.w.PublicURL != "" {
		k.DetailsURL = s.w.PublicURL + "/repos/" + s.repo.FullName()
	}
	blocks := s.config.ChecksBlock != nil && *s.config.ChecksBlock
	for _, d := range diffs {
		if d.RequiredLost() > 0 && blocks {
			k.Conclusion = "failure"
		}
		for _, c := range d.Gained {
			k.Annotations = append(k.Annotations, annotations(snap, c, readiness.Proves, "notice", "would tick “%s”")...)
		}
		for _, c := range d.Lost {
			k.Annotations = append(k.Annotations, annotations(snap, c, readiness.Contradicts, "warning", "keeps “%s” from ticking")...)
		}
	}
	if blocks && k.Conclusion == "neutral" {
		k.Conclusion = "success"
	}
	return k, nil
}

// annotations mark the lines of evidence that lie in the pull request's own tree.
func annotations(snap *snapshot.Snapshot, c issue.BoxChange, strength readiness.Strength, level, says string) []github.Annotation {
	var out []github.Annotation
	for _, e := range c.After.Evidence {
		if _, here := snap.Entry(e.Path); e.Strength != strength || e.Repository != "" || e.Path == "" || !here || len(out) == 3 {
			continue
		}
		start := max(e.StartLine, 1)
		out = append(out, github.Annotation{
			Path: e.Path, Start: start, End: max(e.EndLine, start), Level: level,
			Title: "Readiness", Message: strings.TrimSpace(fmt.Sprintf(says, c.After.Item.Title) + ": " + e.Summary),
		})
	}
	return out
}

func byControl(found []readiness.Finding) map[string]readiness.Finding {
	out := make(map[string]readiness.Finding, len(found))
	for _, f := range found {
		out[f.Control] = f
	}
	return out
}
