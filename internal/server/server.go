// Package server is what the outside sees over HTTP: webhooks in, badges and
// pages out. It shows what is stored and decides nothing.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/tracing"
	"github.com/readyline/readyline/web"
)

// Options is what a Server needs.
type Options struct {
	Store     *store.Store
	Inbox     *store.Inbox
	Catalogue *catalogue.Catalogue
	PublicURL string // without a slash at its end
	Version   string
	Log       *slog.Logger
	Metrics   *prometheus.Registry
	Now       func() time.Time // nil: time.Now
	Tracing   *tracing.Tracing // nil: none

	// Key seals what is kept for viewers and signs evidence packs; replicas
	// share it. Empty: one for the life of the process, after which people
	// sign in again.
	Key []byte

	// PreviousKey still opens what was sealed with it, while keys are changed.
	PreviousKey []byte

	// MetricsApart keeps /metrics off the address that the public reaches; see
	// Server.Operations.
	MetricsApart bool

	// Clock is how fast new issues are opened.
	Clock store.Clock

	// Setup registers an App while there is none; nil: an App is configured.
	Setup *Setup

	// Resend has a dead outgoing event sent anew; store.ErrNotFound where it is
	// not dead.
	Resend func(ctx context.Context, id int64) error

	// Anonymous lets visitors who are not signed in see public repositories.
	Anonymous bool

	// DemoViewer is the login that local visitors without a session are signed
	// in as. Only an emulator takes it for a token.
	DemoViewer string
}

// Server answers HTTP.
type Server struct {
	Options
	app     atomic.Pointer[github.App]
	inbox   *inboxMetrics
	sealer  *sealer
	demoID  atomic.Int64       // of the demo's viewer, once GitHub told it
	listing singleflight.Group // of what viewers may see
	looks   *looks             // how pages look
	badges  *badges            // asked for lately
	unknown *keptBadge         // what a badge says to whom it says nothing
}

// New prepares a server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	return &Server{Options: o, inbox: newInboxMetrics(o.Metrics), sealer: newSealer(o.Key, o.PreviousKey), looks: newLooks(web.FS),
		badges: newBadges(o.Store), unknown: &keptBadge{face: unknownBadge}}
}

// SetApp gives the server its App, at start or once /setup has registered one.
func (s *Server) SetApp(a *github.App) { s.app.Store(a) }

// Handler is every route. Fixed first segments keep account names from
// colliding with pages.
func (s *Server) Handler() http.Handler {
	r := chi.NewRouter()
	r.Use(s.quick, middleware.GetHead, s.traced, s.recovered, s.secured, wellFormed)
	r.Post("/webhooks/github", s.webhook)
	r.Get("/badge/{owner}/{file}", s.badge)
	r.Head("/badge/{owner}/{file}", s.badge)
	s.operations(r, !s.MetricsApart)
	s.mountSetup(r)
	s.pages(r)
	return r
}

// Watch keeps badges in memory as long as Postgres tells of their changes, until
// ctx ends. Without it each is read when it is asked for.
func (s *Server) Watch(ctx context.Context) {
	s.badges.watch(ctx, func(err error) { s.Log.Warn("badges are read from the database each time", "error", err) })
}

// Operations is what those who run the server ask for, on an address of their
// own: numbers and probes.
func (s *Server) Operations() http.Handler {
	r := chi.NewRouter()
	r.Use(s.recovered, s.secured)
	s.operations(r, true)
	return r
}

func (s *Server) operations(r chi.Router, metrics bool) {
	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)
	if metrics {
		r.Method(http.MethodGet, "/metrics", s.metrics())
	}
}

// Serve listens until ctx ends, then lets requests in flight finish.
func (s *Server) Serve(ctx context.Context, hs *http.Server, listen func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- listen() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return hs.Shutdown(drain)
}

// HTTP is a server with time limits everywhere, so that a slow client holds
// nothing for long.
func HTTP(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
}

// recovered turns a panic into a 500 and a line in the log.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil && p != any(http.ErrAbortHandler) {
				s.Log.ErrorContext(r.Context(), "request panicked", "method", r.Method, "path", r.URL.Path, "panic", p)
				http.Error(w, "internal error; the server's log tells more", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// secured sets the headers that every answer has. Pages bring no script or
// style of anybody else's, and are framed by nobody.
func (s *Server) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		next.ServeHTTP(w, r)
	})
}

// The values of what secure sets; nobody changes them.
var (
	contentPolicy  = []string{"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}
	typePolicy     = []string{"nosniff"}
	referrerPolicy = []string{"same-origin"}
	openerPolicy   = []string{"same-origin"}
)

func secure(h http.Header) {
	h["Content-Security-Policy"], h["X-Content-Type-Options"] = contentPolicy, typePolicy
	h["Referrer-Policy"], h["Cross-Origin-Opener-Policy"] = referrerPolicy, openerPolicy
}
