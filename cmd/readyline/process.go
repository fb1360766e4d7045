package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/devdb"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/worker"
	"github.com/readyline/readyline/templates"
)

// process is a running server: database, workers, HTTP. serve, demo and the
// end-to-end tests start the same one.
type process struct {
	config serverConfig
	role   string // all, web or worker
	log    *slog.Logger
	told   func(line string)
	wave   int  // new issues an hour; 0: the default
	quick  bool // a private Postgres that need not survive a power cut

	db       *devdb.DB
	store    *store.Store
	inbox    *store.Inbox
	worker   *worker.Worker
	server   *server.Server
	listener net.Listener
}

func newLogger(out io.Writer, c *serverConfig) *slog.Logger {
	level, _ := c.level() // checked by faults
	o := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, o))
	}
	return slog.New(slog.NewTextHandler(out, o))
}

// start brings everything up, in the order in which it depends on each other.
// What was started is stopped again when a later step fails.
func (p *process) start(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, p.stop(context.WithoutCancel(ctx)))
		}
	}()
	if p.listener, err = net.Listen("tcp", p.config.Listen); err != nil {
		return fmt.Errorf("listen: %w; choose another address with --listen", err)
	}
	if err := p.openStore(ctx); err != nil {
		return err
	}
	cat, err := catalogue.Load(templates.FS)
	if err != nil {
		return fmt.Errorf("the catalogue that ships is at fault:\n%w", err)
	}
	public := strings.TrimSuffix(p.config.PublicURL, "/")
	if public == "" {
		public = "http://" + p.listener.Addr().String()
	}
	p.worker, err = worker.New(worker.Options{
		Store: p.store, Catalogue: cat, Version: templates.Version(), PublicURL: public, Log: p.log,
		Work: p.role != "web", IssuesPerHour: p.wave, Told: p.told,
	})
	if err != nil {
		return err
	}
	p.inbox = store.NewInbox(p.store, p.worker.Enqueue)
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	p.server = server.New(server.Options{
		Store: p.store, Inbox: p.inbox, Catalogue: cat, PublicURL: public, Version: version, Log: p.log, Metrics: metrics,
	})
	if p.config.hasApp() {
		if err := p.setApp(p.config.credentials()); err != nil {
			return err
		}
	}
	return p.worker.Start(context.WithoutCancel(ctx))
}

// openStore opens the configured database, or starts the private one, and
// brings its schema up to date.
func (p *process) openStore(ctx context.Context) error {
	url := p.config.DatabaseURL
	if url == "" {
		dir := p.config.DataDir
		if dir == "" {
			var err error
			if dir, err = devdb.DefaultDir(); err != nil {
				return err
			}
		}
		db, err := devdb.Start(ctx, devdb.Options{DataDir: dir, Logger: p.log, NoFsync: p.quick})
		if err != nil {
			return fmt.Errorf("private Postgres: %w", err)
		}
		p.db, url = db, db.URL()
	}
	if err := store.Migrate(ctx, url); err != nil {
		return err
	}
	var err error
	p.store, err = store.Open(ctx, url)
	return err
}

// setApp gives workers and server the App.
func (p *process) setApp(c github.Credentials) error {
	host, err := p.config.host()
	if err != nil {
		return err
	}
	app, err := github.NewApp(host, c, nil)
	if err != nil {
		return err
	}
	p.worker.SetApp(app)
	p.server.SetApp(app)
	return nil
}

// serve answers HTTP until ctx ends.
func (p *process) serve(ctx context.Context) error {
	hs := server.HTTP(p.server.Handler())
	err := p.server.Serve(ctx, hs, func() error { return hs.Serve(p.listener) })
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// stop ends everything in the opposite order: nothing new comes in, what runs
// ends, then the database goes.
func (p *process) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	var errs []error
	if p.listener != nil {
		_ = p.listener.Close() // closed already when it has served
	}
	if p.inbox != nil {
		p.inbox.Close()
	}
	if p.worker != nil {
		drain, cancel := context.WithTimeout(ctx, 25*time.Second)
		defer cancel()
		errs = append(errs, p.worker.Stop(drain))
	}
	if p.store != nil {
		p.store.Close()
	}
	if p.db != nil {
		errs = append(errs, p.db.Stop(ctx))
	}
	return errors.Join(errs...)
}
