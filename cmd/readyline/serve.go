package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/readyline/readyline/internal/store"
)

// serveCommand runs the server.
type serveCommand struct {
	serverConfig
	Role string `env:"READYLINE_ROLE" enum:"all,web,worker" default:"all" help:"all, web (webhooks and pages) or worker (jobs), so that replicas scale apart."`
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
func (c *serveCommand) Run(ctx context.Context, at console) error {
	if faults := c.faults(); len(faults) > 0 {
		return errors.New(strings.Join(faults, "\n"))
	}
	p := &process{config: c.serverConfig, role: c.Role, log: newLogger(at.err, &c.serverConfig)}
	if err := p.start(ctx); err != nil {
		return outside(err)
	}
	p.log.Info("serving", "address", "http://"+p.listener.Addr().String(), "role", c.Role)
	if !c.hasApp() {
		p.log.Warn("no GitHub App is configured; set READYLINE_GITHUB_APP_ID and its companions")
	}
	err := p.serve(ctx)
	p.log.Info("stopping")
	if err := errors.Join(err, p.stop(context.Background())); err != nil {
		return outside(fmt.Errorf("serve: %w", err))
	}
	return nil
}

// migrateCommand brings a database's schema up to date.
type migrateCommand struct {
	DatabaseURL string `name:"database-url" env:"READYLINE_DATABASE_URL" required:"" placeholder:"URL" help:"Postgres."`
}

// Help shows an example.
func (migrateCommand) Help() string {
	return "Example:\n  readyline migrate --database-url postgres://readyline@db/readyline"
}

// Run migrates. Doing it twice, or from several places at once, is safe.
func (c *migrateCommand) Run(ctx context.Context, at console) error {
	if err := store.Migrate(ctx, c.DatabaseURL); err != nil {
		return outside(err)
	}
	_, err := fmt.Fprintln(at.out, "The schema is up to date.")
	return err
}
