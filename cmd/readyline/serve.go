package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/tracing"
)

// serveCommand runs the server.
type serveCommand struct {
	serverConfig
	Pace int    `name:"github-pace" env:"READYLINE_GITHUB_PACE" default:"1" hidden:"" help:"How many of GitHub's hours pass in one of ours: for rehearsals against an emulator whose limits fill up faster."`
	Role string `env:"READYLINE_ROLE" default:"all" help:"all, web (webhooks and pages) or worker (jobs), so that replicas scale apart."`
}

// Help shows an example.
func (serveCommand) Help() string {
	return `Example, with the App's values from the environment and a Postgres of your own:

  export READYLINE_DATABASE_URL=postgres://readyline@db/readyline
  export READYLINE_PUBLIC_URL=https://readyline.example.com
  export READYLINE_GITHUB_APP_ID=12345
  export READYLINE_GITHUB_PRIVATE_KEY_FILE=/run/secrets/app.pem
  export READYLINE_GITHUB_WEBHOOK_SECRET_FILE=/run/secrets/webhook
  readyline serve --listen 0.0.0.0:8080`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, at console, vars variables) error {
	c.settle()
	c.Role = cmp.Or(c.Role, "all")
	if err := faulty(vars.with(slices.Concat(c.faults(), c.roleFaults(), tracing.Faults(os.Getenv)))); err != nil {
		return err
	}
	p := &process{config: c.serverConfig, role: c.Role, pace: c.Pace, log: newLogger(at.err, &c.serverConfig)}
	if err := p.start(ctx); err != nil {
		return outside(err)
	}
	p.log.Info("serving", "address", "http://"+p.listener.Addr().String(), "role", c.Role)
	err := p.serve(ctx)
	p.log.Info("stopping")
	if err := errors.Join(err, p.stop(context.WithoutCancel(ctx))); err != nil {
		return outside(fmt.Errorf("serve: %w", err))
	}
	return nil
}

// roleFaults are what is wrong with the role.
func (c *serveCommand) roleFaults() []string {
	switch {
	case c.Role != "all" && c.Role != "web" && c.Role != "worker":
		return []string{fmt.Sprintf("READYLINE_ROLE: %q is none of all, web, worker", c.Role)}
	case c.Role != "all" && c.DatabaseURL == "":
		return []string{"READYLINE_DATABASE_URL: missing; a server with the role " + c.Role + " shares a database with others"}
	case c.Role != "all" && c.Key == "":
		return []string{"READYLINE_KEY: missing; servers that share a database share the key that its secrets are encrypted with"}
	}
	return nil
}

// faulty is an error with one line for each fault; nil without any.
func faulty(faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(faults, "\n"))
}
