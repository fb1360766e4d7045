package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// wavesCommand shows how far the opening of new issues is, and changes it.
type wavesCommand struct {
	serverConfig
	Account string `arg:"" optional:"" help:"The organisation or user; all of them when left out."`
	Pause   bool   `xor:"pause" help:"Open no new issue until --resume."`
	Resume  bool   `xor:"pause" help:"Go on."`
	PerHour *int   `placeholder:"N" help:"New issues an hour, 390 at most; 0: the server's own number."`
	PerDay  *int   `placeholder:"N" help:"New issues in 24 hours; 0: the server's own number."`
	Pace    int    `name:"github-pace" env:"READYLINE_GITHUB_PACE" default:"1" hidden:"" help:"As for serve."`
}

// Help shows examples.
func (wavesCommand) Help() string {
	return `What is changed holds for all replicas at once. Examples:
  readyline waves
  readyline waves acme --pause
  readyline waves acme --resume --per-hour 200 --per-day 2000`
}

// Run lists or changes.
func (c *wavesCommand) Run(ctx context.Context, at console, vars variables) error {
	if c.Account == "" && c.changes() {
		return failed("name the account whose waves are to change: readyline waves ACCOUNT --pause")
	}
	for flag, n := range map[string]*int{"--per-hour": c.PerHour, "--per-day": c.PerDay} {
		if n != nil && *n < 0 {
			return failed("%s %d: a number from 0 on is wanted", flag, *n)
		}
	}
	return c.operate(ctx, at, vars, false, func(p *process) error {
		all, err := p.store.Installations(ctx)
		if err != nil {
			return outside(err)
		}
		var list []store.Installation
		for _, in := range all {
			if c.Account == "" || strings.EqualFold(in.AccountLogin, c.Account) {
				list = append(list, in)
			}
		}
		if len(list) == 0 && c.Account != "" {
			return failed("the App is not installed on %s, as far as this server knows", c.Account)
		}
		if c.changes() {
			for i := range list {
				if err := c.change(ctx, p.store, &list[i]); err != nil {
					return outside(err)
				}
			}
		}
		return c.list(ctx, at, p.store, list)
	})
}

func (c *wavesCommand) changes() bool {
	return c.Pause || c.Resume || c.PerHour != nil || c.PerDay != nil
}

func (c *wavesCommand) change(ctx context.Context, s *store.Store, in *store.Installation) error {
	in.WavePaused = c.Pause || in.WavePaused && !c.Resume
	if c.PerHour != nil {
		in.IssuesPerHour = *c.PerHour
	}
	if c.PerDay != nil {
		in.IssuesPerDay = *c.PerDay
	}
	return s.SetWave(ctx, in.ID, in.Mode, in.IssuesPerHour, in.IssuesPerDay, in.WavePaused)
}

// list prints how far each account is. When the last issue comes is told as if
// every repository that was not looked at yet wanted one.
func (c *wavesCommand) list(ctx context.Context, at console, s *store.Store, list []store.Installation) error {
	clock := store.Clock{Pace: c.Pace}
	w := tabwriter.NewWriter(at.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACCOUNT\tOPEN\tWAITING\tFIRST LOOKS\tPER HOUR\tPER DAY\tDONE BY")
	for _, in := range list {
		p, err := s.Progress(ctx, in, time.Now(), clock)
		if err != nil {
			return outside(err)
		}
		done := "-"
		switch {
		case p.Paused:
			done = "paused"
		case !p.By.IsZero():
			done = p.By.UTC().Format(time.RFC3339)
		}
		perHour, perDay := in.Wave(clock)
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", in.AccountLogin, p.Issues, p.Waiting, p.FirstLooks, perHour, perDay, done)
	}
	return w.Flush()
}
