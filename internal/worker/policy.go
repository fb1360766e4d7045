package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// policyArgs asks for a check run that says what a pull request to an
// organisation's configuration would change, and where.
type policyArgs struct {
	Repository int64  `json:"repository"`
	SHA        string `json:"sha"`
}

func (policyArgs) Kind() string { return "policy" }

func (policyArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueLooks, MaxAttempts: 25, Priority: int(asTold), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()}}
}

// policyJob compares the organisation's repositories under its configuration
// and under the proposed one, by what was last found in them. Of GitHub it asks
// the proposed files only.
type policyJob struct {
	river.WorkerDefaults[policyArgs]
	w *Worker
}

func (j *policyJob) Work(ctx context.Context, job *river.Job[policyArgs]) error {
	row, err := j.w.Store.Repository(ctx, job.Args.Repository)
	if err != nil || row.RemovedAt != nil || row.Archived {
		return err
	}
	in, err := j.w.Store.Installation(ctx, row.InstallationID)
	if err != nil || in.RemovedAt != nil || in.SuspendedAt != nil {
		return err
	}
	client, err := j.w.client(in.ID)
	if err == nil {
		err = j.w.policy(ctx, client, in, row, job.Args.SHA)
	}
	if errors.Is(err, github.ErrNotFound) || errors.Is(err, github.ErrForbidden) {
		return nil // the head is gone, or checks were not granted
	}
	return j.w.patience(in.ID, err)
}

func (w *Worker) policy(ctx context.Context, client *github.Client, in store.Installation, row store.Repository, sha string) error {
	next, faults, err := w.proposedPolicy(ctx, client, row, sha)
	if err != nil {
		return err
	}
	if len(faults) == 0 && bytes.Equal(canonical(row.Config), canonicalOf(next)) {
		return nil // not what the pull request is about
	}
	before, filesBefore := catalogue.OpenBundle(row.Config)
	after, filesAfter := next.Open()
	k := github.Check{Name: "Readiness policy", SHA: sha, Conclusion: "neutral"}
	blocks := before != nil && before.ChecksBlock != nil && *before.ChecksBlock
	if blocks {
		k.Conclusion = "success"
	}
	if len(faults) > 0 {
		if blocks {
			k.Conclusion = "failure"
		}
		k.Title = issue.FaultsTitle(len(faults))
		k.Summary = k.Title + ".\n"
		for _, f := range faults {
			k.Annotations = append(k.Annotations, github.Annotation{
				Path: f.Path, Start: max(f.Line, 1), End: max(f.Line, 1), Level: "failure", Title: "Readiness policy", Message: f.Message,
			})
		}
		return client.CreateCheck(ctx, asked(row), k)
	}
	changes, of, err := w.policyChanges(ctx, in, row, policySide{before, filesBefore}, policySide{after, filesAfter})
	if err != nil {
		return err
	}
	k.Title, k.Summary = issue.PolicyTitle(changes), issue.PolicySummary(changes, of)
	return client.CreateCheck(ctx, asked(row), k)
}

// proposedPolicy reads the configuration at a commit with the files it names;
// nil when it has none there.
func (w *Worker) proposedPolicy(ctx context.Context, client *github.Client, row store.Repository, sha string) (*catalogue.Bundle, []store.Fault, error) {
	text, err := client.File(ctx, asked(row), catalogue.ConfigurationPath, sha)
	if errors.Is(err, github.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	b := &catalogue.Bundle{Text: string(text), Files: map[string]string{}}
	var failed error
	faults := w.gather(b, func(path string) ([]byte, error) {
		text, err := client.File(ctx, asked(row), path, sha)
		if err != nil && !errors.Is(err, github.ErrNotFound) {
			failed = err
		}
		return text, err
	})
	return b, faults, failed
}

// canonicalOf is a bundle in the form that canonical has.
func canonicalOf(b *catalogue.Bundle) []byte {
	if b == nil {
		return nil
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return nil // strings and maps of strings always marshal
	}
	return canonical(raw)
}

// policySide is an organisation's configuration with the files that it names.
type policySide struct {
	config *catalogue.Configuration
	files  map[string]string
}

// policyChanges are the repositories that would notice, by name, and how many
// were compared.
func (w *Worker) policyChanges(ctx context.Context, in store.Installation, org store.Repository, before, after policySide) ([]issue.PolicyChange, int, error) {
	all, err := w.Store.RepositoriesOf(ctx, in.ID)
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(all, func(a, b store.Repository) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	var out []issue.PolicyChange
	of := 0
	for _, r := range all {
		if r.ID == org.ID || r.Owner != org.Owner || r.Archived || r.Fork {
			continue
		}
		found, err := w.Store.Findings(ctx, r.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue // never looked at
		}
		if err != nil {
			return nil, of, err
		}
		of++
		c, err := w.policyChange(ctx, in, r, byControl(found.Found), before, after)
		if err != nil {
			return nil, of, fmt.Errorf("policy of %s: %w", r.FullName(), err)
		}
		if !c.Changes() {
			continue
		}
		if audience(r.Visibility) < audience(org.Visibility) {
			c.Repository = ""
		}
		out = append(out, c)
	}
	return out, of, nil
}

// policyChange assesses one repository under both.
func (w *Worker) policyChange(ctx context.Context, in store.Installation, r store.Repository, found map[string]readiness.Finding, before, after policySide) (issue.PolicyChange, error) {
	s := &subject{w: w, row: r, repo: asked(r)}
	own, ownFiles := catalogue.OpenBundle(r.Config)
	c := issue.PolicyChange{Repository: r.FullName()}
	var held [2]effective
	for i, side := range []policySide{before, after} {
		held[i] = s.effective(own, ownFiles, side.config, side.files)
		mode := held[i].mode(in)
		c.Mode[i] = string(mode)
		if mode == store.ModeOff {
			continue
		}
		var list []readiness.Assessment
		for _, checklist := range held[i].checklists {
			people, err := s.wouldSay(ctx, held[i], checklist)
			if err != nil {
				return c, err
			}
			list = append(list, readiness.Assess(checklist, found, people, w.Now()))
		}
		if i == 0 {
			c.Before = list
		} else {
			c.After = list
		}
	}
	c.Relook = held[1].mode(in) != store.ModeOff && looksInto(held[0]) != looksInto(held[1])
	return c, nil
}

// looksInto is what decides, beside the commit, what rules can find.
func looksInto(e effective) string {
	return fmt.Sprint(linkNames(e.EvidenceFrom), e.Ignore, referenceNames(e.Controls))
}

func linkNames(list []catalogue.Link) (out []string) {
	for _, l := range list {
		out = append(out, l.String())
	}
	return out
}

func referenceNames(list []catalogue.Reference) (out []string) {
	for _, r := range list {
		out = append(out, r.Path)
	}
	return out
}
