package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// exportCommand writes what is kept of an organisation.
type exportCommand struct {
	serverConfig
	Owner string `arg:"" help:"The organisation or user."`
}

// Help shows an example.
func (exportCommand) Help() string {
	return `Example:
  readyline export acme > acme.jsonl

Each line is a row: {"table": "history", "row": {…}}. Compressed columns are left
out: findings, which other rows tell, and payloads of webhooks, which GitHub sent
and which are deleted after fourteen days.`
}

// Run exports. It reads one state of the database, whatever happens meanwhile.
func (c *exportCommand) Run(ctx context.Context, at console, vars variables) error {
	return c.operate(ctx, at, vars, false, func(p *process) error {
		out := bufio.NewWriter(at.out)
		n, err := p.store.Export(ctx, c.Owner, out)
		if err := errors.Join(err, out.Flush()); err != nil {
			return outside(err)
		}
		if n == 0 {
			return failed("nothing is kept of %s", c.Owner)
		}
		return nil
	})
}

// forgetCommand deletes what is kept of an organisation.
type forgetCommand struct {
	serverConfig
	Owner string `arg:"" help:"The organisation or user."`
	Yes   bool   `help:"Really. Without it, what would go is only counted."`
}

// Help shows examples.
func (forgetCommand) Help() string {
	return `Uninstall the App there first, or it comes back. Examples:

  readyline forget acme          # counts
  readyline forget acme --yes    # deletes, at once and for good

Texts of files are shared by all repositories that hold the same file: those that
nobody uses any more go ninety days after they were last seen. Backups keep what
they have.`
}

// Run counts, or deletes all or nothing.
func (c *forgetCommand) Run(ctx context.Context, at console, vars variables) error {
	return c.operate(ctx, at, vars, false, func(p *process) error {
		gone, err := p.store.Forget(ctx, c.Owner, c.Yes)
		if err != nil {
			return outside(err)
		}
		if len(gone) == 0 {
			return failed("nothing is kept of %s", c.Owner)
		}
		verb := "Would delete, with --yes"
		if c.Yes {
			verb = "Deleted"
		}
		var counts []string
		for _, table := range slices.Sorted(maps.Keys(gone)) {
			counts = append(counts, fmt.Sprintf("%s %d", table, gone[table]))
		}
		_, err = fmt.Fprintf(at.out, "%s: %s\n", verb, strings.Join(counts, ", "))
		return err
	})
}
