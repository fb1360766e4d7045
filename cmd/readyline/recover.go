package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/readyline/readyline/internal/github"
)

// recoverCommand rebuilds what the database should know from GitHub.
type recoverCommand struct {
	serverConfig
	Patience time.Duration `default:"1h" help:"How long to wait for the work that this sets off."`
}

// Help shows an example.
func (recoverCommand) Help() string {
	return `After a backup was restored, or with an empty database, beside a server or alone:

  readyline migrate && readyline recover

It takes over installations and repositories, finds the App's issues again, and
reads what people ticked and said since the backup. Doing it twice does no harm.`
}

// Run recovers, with workers of its own beside those of any server.
func (c *recoverCommand) Run(ctx context.Context, at console, vars variables) error {
	if c.PublicURL == "" {
		return errors.New("READYLINE_PUBLIC_URL: missing; issues link to it, so recover must know it")
	}
	ctx, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	return c.operate(ctx, at, vars, true, func(p *process) error {
		if _, err := p.worker.App(); err != nil {
			return failed("no GitHub App: set READYLINE_GITHUB_APP_ID and its companions; the secrets of one that /setup registered are lost with the database, so make new ones on the App's page on GitHub")
		}
		if err := p.worker.Start(context.WithoutCancel(ctx)); err != nil {
			return outside(err)
		}
		r, err := p.worker.Recover(ctx, func(ctx context.Context) error { return p.settled(ctx, at) })
		fmt.Fprintf(at.out, "%d installations (%d gone), %d repositories, %d deliveries replayed\n", r.Installations, r.Gone, r.Repositories, r.Replayed)
		for _, fault := range r.Faults {
			fmt.Fprintf(at.err, "readyline: recover: %v\n", fault)
		}
		var limited *github.Limited
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return failed("recover: not done after %s; the server goes on with what is queued: look at readyline doctor, then run it again", c.Patience)
		case errors.As(err, &limited):
			return outside(fmt.Errorf("recover: %w; run it again then", err))
		case err != nil:
			return outside(fmt.Errorf("recover: %w", err))
		case len(r.Faults) > 0:
			return outside(fmt.Errorf("recover: %d faults; run it again once they are gone", len(r.Faults)))
		}
		counts, err := p.store.Counts(ctx)
		if err != nil {
			return outside(err)
		}
		fmt.Fprintf(at.out, "%d open issues, %d of %d repositories assessed, %d failing\n", counts.IssuesOpen, counts.Assessed, counts.Repositories, counts.Failing)
		if counts.Failing > 0 {
			return failed("recover: %d repositories fail; readyline doctor says why", counts.Failing)
		}
		return nil
	})
}

// settled waits until the queue has nothing to do.
func (p *process) settled(ctx context.Context, at console) error {
	last, quiet := -1, 0
	for quiet < 4 {
		b, err := p.store.Backlog(ctx)
		if err != nil {
			return err
		}
		waiting := b.Deliveries + b.Jobs
		quiet++
		if waiting > 0 {
			quiet = 0
		}
		if waiting > 0 && (last < 0 || waiting < last-99) {
			fmt.Fprintf(at.out, "%d jobs to do\n", waiting)
			last = waiting
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
	return nil
}
