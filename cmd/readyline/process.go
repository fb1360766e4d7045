package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/devdb"
	"github.com/readyline/readyline/internal/events"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/tracing"
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
	wave   int              // new issues an hour; 0: the default
	rules  string           // their version; empty: of those that ship
	pace   int              // of GitHub's hours, see worker.Options; 0: 1
	now    func() time.Time // of the workers; nil: time.Now
	viewer string           // a login that local visitors are signed in as; for the demo
	look   time.Duration    // how often the database is asked for the App; 0: watchApp
	quick  bool             // a private Postgres that need not survive a power cut
	join   bool             // a command beside a server: shares its private Postgres, leaves its schema alone

	db        *devdb.DB
	store     *store.Store
	inbox     *store.Inbox
	worker    *worker.Worker
	server    *server.Server
	listener  net.Listener
	numbers   net.Listener // of /metrics, where it has an address of its own
	metrics   *metrics
	tracing   *tracing.Tracing   // nil: nobody collects traces
	key       []byte             // seals secrets; nil: there is none
	taken     []byte             // the App of the database that is in use, sealed
	watched   chan struct{}      // closed when nobody looks for an App any more
	unwatch   context.CancelFunc // ends that
	unobserve func()
}

func newLogger(out io.Writer, c *serverConfig) *slog.Logger {
	level, _ := c.level() // checked by faults
	o := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(tracing.Log(slog.NewJSONHandler(out, o)))
	}
	return slog.New(tracing.Log(slog.NewTextHandler(out, o)))
}

// start brings everything up, in the order in which it depends on each other.
// What was started is stopped again when a later step fails.
func (p *process) start(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, p.stop(context.WithoutCancel(ctx)))
		}
	}()
	if p.tracing, err = tracing.Open(ctx, os.Getenv, version, p.log); err != nil {
		return err
	}
	if p.listener, err = net.Listen("tcp", p.config.Listen); err != nil {
		return fmt.Errorf("listen: %w; choose another address with --listen", err)
	}
	if p.config.MetricsListen != "" {
		if p.numbers, err = net.Listen("tcp", p.config.MetricsListen); err != nil {
			return fmt.Errorf("listen for /metrics: %w; choose another address with --metrics-listen", err)
		}
	}
	if err := p.openStore(ctx); err != nil {
		return err
	}
	if p.key, err = p.config.secretKey(true); err != nil {
		if p.role != "all" { // replicas must not each make up their own
			return err
		}
		p.log.Warn("without a key, people sign in again after a restart and /setup can't store an App", "error", err)
	}
	public := strings.TrimSuffix(p.config.PublicURL, "/")
	if public == "" {
		public = "http://" + p.listener.Addr().String()
	}
	cat, err := p.newWorker(public, p.role != "web")
	if err != nil {
		return err
	}
	p.inbox = store.NewInbox(p.store, worker.InboxQueue, p.worker.InboxJob)
	p.metrics = newMetrics()
	p.metrics.registry.MustRegister(&stored{store: p.store})
	p.server = server.New(server.Options{
		Store: p.store, Inbox: p.inbox, Catalogue: cat, PublicURL: public, Version: version, Log: p.log, Metrics: p.metrics.registry,
		MetricsApart: p.numbers != nil, Tracing: p.tracing, Key: p.key, PreviousKey: []byte(p.config.PreviousKey),
		Setup: p.setup(public), DemoViewer: p.viewer, Anonymous: p.config.Anonymous > 0, Resend: p.worker.Resend,
		Clock: store.Clock{PerHour: p.wave, Pace: p.pace},
	})
	if err := p.findApp(ctx); err != nil {
		return err
	}
	p.unobserve = p.worker.Observe(p.metrics.job)
	return p.worker.Start(context.WithoutCancel(ctx))
}

// newWorker makes the worker, which work is for. It returns the catalogue that
// ships.
func (p *process) newWorker(public string, work bool) (*catalogue.Catalogue, error) {
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		return nil, fmt.Errorf("the catalogue that ships is at fault:\n%w", err)
	}
	sender, err := events.NewSender(p.config.EventsURL, p.config.EventsSecret)
	if err != nil {
		return nil, fmt.Errorf("READYLINE_EVENTS_URL and READYLINE_EVENTS_SECRET: %w", err)
	}
	p.worker, err = worker.New(worker.Options{
		Store: p.store, Catalogue: cat, Version: cmp.Or(p.rules, templates.Version()), PublicURL: public, Log: p.log,
		Tracing: p.tracing, Work: work, Events: sender, IssuesPerHour: p.wave, Pace: p.pace, HistoryMonths: int(p.config.HistoryMonths), Told: p.told, Now: p.now,
	})
	return cat, err
}

// openStore opens the configured database, or starts the private one, and
// brings its schema up to date.
func (p *process) openStore(ctx context.Context) error {
	url := p.config.DatabaseURL
	if url == "" {
		var err error
		if p.db, err = p.config.privateDatabase(ctx, devdb.Options{Logger: p.log, NoFsync: p.quick, Reuse: p.join}); err != nil {
			return err
		}
		url = p.db.URL()
	}
	if !p.join {
		if err := store.Migrate(ctx, url); err != nil {
			return err
		}
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("database URL: %w", err)
	}
	config.ConnConfig.Tracer = p.tracing.Queries()
	p.store, err = store.OpenConfig(ctx, config)
	return err
}

// privateDatabase starts the Postgres in the data directory.
func (c *serverConfig) privateDatabase(ctx context.Context, o devdb.Options) (*devdb.DB, error) {
	dir, err := c.dataDir()
	if err != nil {
		return nil, err
	}
	o.DataDir = dir
	db, err := devdb.Start(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("private Postgres: %w", err)
	}
	return db, nil
}

// serve answers HTTP until ctx ends, or an address fails.
func (p *process) serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	on := func(l net.Listener, h http.Handler) {
		hs := server.HTTP(h)
		g.Go(func() error {
			if err := p.server.Serve(ctx, hs, func() error { return hs.Serve(l) }); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
	}
	g.Go(func() error {
		p.server.Watch(ctx)
		return nil
	})
	on(p.listener, p.server.Handler())
	if p.numbers != nil {
		on(p.numbers, p.server.Operations())
	}
	return g.Wait()
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
	if p.numbers != nil {
		_ = p.numbers.Close()
	}
	if p.watched != nil {
		p.unwatch()
		<-p.watched
	}
	if p.inbox != nil {
		p.inbox.Close()
	}
	if p.worker != nil {
		drain, cancel := context.WithTimeout(ctx, 25*time.Second)
		defer cancel()
		errs = append(errs, p.worker.Stop(drain))
	}
	if p.unobserve != nil {
		p.unobserve()
	}
	if p.store != nil {
		p.store.Close()
	}
	if p.db != nil {
		errs = append(errs, p.db.Stop(ctx))
	}
	if err := p.tracing.Close(ctx); err != nil { // a collector that is down is no reason to end with an error
		p.log.Warn("traces lost", "error", err)
	}
	return errors.Join(errs...)
}
