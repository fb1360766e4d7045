package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
)

// awaitApp is how often a server without an App looks whether another replica
// has registered one.
const awaitApp = 3 * time.Second

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
	if err != nil || found {
		return err
	}
	if s := p.server; s != nil && s.Setup != nil {
		p.log.Warn("no GitHub App yet: open the page and enter the code, or set READYLINE_GITHUB_APP_ID and its companions",
			"page", s.PublicURL+"/setup", "code", s.Setup.Code)
	}
	p.awaited = make(chan struct{})
	go p.await(ctx)
	return nil
}

// storedApp takes the App that /setup has stored, if it has.
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
	r, err := server.Unseal(p.key, row)
	if err != nil {
		return false, err
	}
	return true, p.setApp(r.Host, r.Credentials)
}

// await looks for an App that another replica registers.
func (p *process) await(ctx context.Context) {
	defer close(p.awaited)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(awaitApp):
		}
		if _, err := p.worker.App(); err == nil {
			return // ours registered it
		}
		found, err := p.storedApp(ctx)
		if err != nil && ctx.Err() == nil {
			p.log.Error("App not taken", "error", err)
		}
		if found {
			p.log.Info("App registered by another replica")
			return
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

// operate opens what a command that operates the server works on: its database
// and, where one is registered, its App. The caller stops p.
func (c *serverConfig) operate(ctx context.Context, at console, work bool) (p *process, err error) {
	p = &process{config: *c, role: "worker", log: newLogger(at.err, c), join: true}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.stop(context.WithoutCancel(ctx)))
		}
	}()
	if p.key, err = c.secretKey(false); err != nil {
		return p, err
	}
	if err := p.openStore(ctx); err != nil {
		return p, outside(err)
	}
	if err := p.store.SchemaCurrent(ctx); err != nil {
		return p, failed("%v", err)
	}
	if _, err := p.newWorker(strings.TrimSuffix(c.PublicURL, "/"), work); err != nil {
		return p, err
	}
	if c.hasApp() {
		host, err := c.host()
		if err != nil {
			return p, err
		}
		return p, p.setApp(host, c.credentials())
	}
	_, err = p.storedApp(ctx)
	return p, err
}
