package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/readyline/readyline/internal/devdb"
	"github.com/readyline/readyline/internal/store"
)

// migrateCommand brings a database's schema up to date.
type migrateCommand struct {
	DatabaseURL string `name:"database-url" env:"READYLINE_DATABASE_URL" placeholder:"URL" help:"Postgres. Unset: the private Postgres in the data directory."`
	DataDir     string `env:"READYLINE_DATA_DIR" placeholder:"DIR" help:"Where the private Postgres lives."`
	To          int64  `placeholder:"VERSION" help:"Take the schema back to this version, which the changelog names for each release: before a release starts that is older by more than one."`
}

// Help shows an example.
func (migrateCommand) Help() string {
	return `Examples:
  readyline migrate --database-url postgres://readyline@db/readyline
  readyline migrate --to 10     # with every server stopped, and a backup made`
}

// Run migrates. Doing it twice, or from several places at once, is safe.
func (c *migrateCommand) Run(ctx context.Context, at console, vars variables) (err error) {
	if err := faulty(vars.faults); err != nil {
		return err
	}
	url, of := c.DatabaseURL, ""
	if url == "" {
		config := serverConfig{DataDir: c.DataDir}
		// Its server, if one runs, has migrated it, and must not find it taken back.
		db, err := config.privateDatabase(ctx, devdb.Options{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return outside(err)
		}
		defer func() { err = errors.Join(err, db.Stop(context.WithoutCancel(ctx))) }()
		dir, _ := config.dataDir() // which has just been found
		url, of = db.URL(), " of the private Postgres in "+dir
	}
	if c.To > 0 {
		if err := store.MigrateBack(ctx, url, c.To); err != nil {
			return outside(err)
		}
		_, err := fmt.Fprintf(at.out, "The schema%s is at version %d.\n", of, c.To)
		return err
	}
	if err := store.Migrate(ctx, url); err != nil {
		return outside(err)
	}
	_, err = fmt.Fprintf(at.out, "The schema%s is up to date.\n", of)
	return err
}
