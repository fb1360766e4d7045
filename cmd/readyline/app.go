package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
)

// watchApp is how often a server looks whether another replica has registered
// an App, or its secrets have been rotated.
const watchApp = 3 * time.Second

// setup is what /setup needs; nil when an App is configured.
func (p *process) setup(public string) *server.Setup {
	if p.config.hasApp() || p.role == "worker" {
		return nil
	}
	host, err := p.config.host()
	if err != nil { // checked by faults
		return nil
	}
	return server.NewSetup(host, basePermissions(), baseEvents(), p.key != nil, func(r server.Registration) error {
		p.log.Info("App registered", "app", r.Credentials.AppID, "github", r.Host.Web.String(), "public", public)
		return p.setApp(r.Host, r.Credentials)
	})
}

// findApp takes the configured App, or the one that /setup has stored. Without
// either, the server waits for one.
func (p *process) findApp(ctx context.Context) error {
	if p.config.hasApp() {
		host, err := p.config.host()
		if err != nil {
			return err
		}
		return p.setApp(host, p.config.credentials())
	}
	found, err := p.storedApp(ctx)
	if err != nil {
		return err
	}
	if s := p.server; !found && s != nil && s.Setup != nil {
		p.log.Warn("no GitHub App yet: open the page and enter the code, or set READYLINE_GITHUB_APP_ID and its companions",
			"page", s.PublicURL+"/setup", "code", s.Setup.Code)
	}
	ctx, p.unwatch = context.WithCancel(ctx)
	p.watched = make(chan struct{})
	go p.watch(ctx)
	return nil
}

// storedApp takes the App that /setup has stored, if it has, unless it was taken
// before. An address of GitHub's that is configured counts more than the one at
// which the App was registered: servers get new names.
func (p *process) storedApp(ctx context.Context) (bool, error) {
	row, err := p.store.App(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if p.key == nil {
		return false, fmt.Errorf("App %s is stored encrypted, and there is no key to open it: set READYLINE_KEY, or READYLINE_DATA_DIR to the directory with %s", row.Slug, keyFile)
	}
	if bytes.Equal(row.Sealed, p.taken) {
		return true, nil
	}
	r, err := server.Unseal(p.key, []byte(p.config.PreviousKey), row)
	if err != nil {
		return false, err
	}
	if p.config.GitHubURL != defaultGitHub {
		if r.Host, err = p.config.host(); err != nil {
			return false, err
		}
	}
	if err := p.setApp(r.Host, r.Credentials); err != nil {
		return false, err
	}
	p.taken = row.Sealed
	p.log.Info("App taken from the database", "app", row.Slug, "github", r.Host.Web.String())
	return true, nil
}

// watch takes the App that another replica registers, and secrets that are
// rotated.
func (p *process) watch(ctx context.Context) {
	defer close(p.watched)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(cmp.Or(p.look, watchApp)):
		}
		if _, err := p.storedApp(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("App not taken", "error", err)
		}
	}
}

// setApp gives workers and server the App.
func (p *process) setApp(host github.Host, c github.Credentials) error {
	tell := func(github.Exchange) {}
	if p.metrics != nil {
		tell = p.metrics.request
	}
	app, err := github.NewApp(host, c, p.tracing.Transport(github.Observed(tell)))
	if err != nil {
		return err
	}
	p.worker.SetApp(app)
	if p.server != nil {
		p.server.SetApp(app)
	}
	return nil
}

// operate runs what a command that operates the server does, on the server's
// database and, where one is registered, its App.
func (c *serverConfig) operate(ctx context.Context, at console, vars variables, work bool, do func(p *process) error) error {
	c.settle()
	if err := faulty(vars.with(c.faults())); err != nil {
		return err
	}
	p := &process{config: *c, role: "worker", log: newLogger(at.err, c), join: true}
	err := p.open(ctx, work)
	if err == nil {
		err = do(p)
	}
	return errors.Join(err, p.stop(context.WithoutCancel(ctx)))
}

// open opens what a command works on; with work, it may start workers.
func (p *process) open(ctx context.Context, work bool) (err error) {
	c := &p.config
	if p.key, err = c.secretKey(false); err != nil {
		return err
	}
	if err := p.openStore(ctx); err != nil {
		return outside(err)
	}
	if err := p.store.SchemaCurrent(ctx); err != nil {
		return failed("%v", err)
	}
	if _, err := p.newWorker(strings.TrimSuffix(c.PublicURL, "/"), work); err != nil {
		return err
	}
	if c.hasApp() {
		host, err := c.host()
		if err != nil {
			return err
		}
		return p.setApp(host, c.credentials())
	}
	_, err = p.storedApp(ctx)
	return err
}
