package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
)

// Options configure a Server. The zero value is a usable one.
type Options struct {
	// Listen is a loopback address, "127.0.0.1:0" when empty.
	Listen string
	// Now is the clock, time.Now when nil.
	Now func() time.Time
	// Logger receives what goes wrong and, at debug level, every delivery.
	Logger *slog.Logger
	// Check wraps the REST handler, to hold requests and answers against GitHub's published description.
	Check func(http.Handler) http.Handler
	// TreeLimit is the number of entries after which a recursive tree is truncated, 100,000 when 0.
	TreeLimit int
	// TextLimit is the number of bytes after which GraphQL truncates a blob's text, 512,000 when 0.
	TextLimit int
	// CoreLimit is the hourly number of REST requests of a token's owner; GitHub's formula when 0.
	CoreLimit int
	// Limits are the secondary limits of installations, GitHub's where 0.
	Limits Limits
	// Speed is how many of GitHub's hours and minutes pass in one of ours as far as limits go, 1 when 0.
	Speed int
	// WatchEvery is the pause between two looks for new commits, 150 ms when 0. Negative: only Poll looks.
	WatchEvery time.Duration
	// StateFile keeps the emulator's memory over restarts. Empty: it starts fresh.
	StateFile string
}

// Server is a GitHub on one machine.
type Server struct {
	options  Options
	now      func() time.Time
	log      *slog.Logger
	router   chi.Router
	handler  http.Handler
	listener net.Listener
	http     *http.Server
	ctx      context.Context
	stop     context.CancelFunc
	running  sync.WaitGroup

	polling sync.Mutex // held during Poll, taken before mu

	mu      sync.Mutex
	state   *state
	sorted  []*Repository       // by full name; nil: to be sorted again
	names   map[string]int64    // repository ids by "owner/name" in lower case; nil: to be rebuilt
	gits    map[string]*gitRepo // by git directory
	seen    map[string]string   // fingerprint of the refs by git directory
	queues  map[int64]*hookQueue
	rates   map[string]*rate
	meters  map[string]*meter // by bucket
	broken  map[string]int    // limits, how often
	breaks  []Break           // the first of them
	faults  []*fault
	entries []*entry
	asked   int // requests since the log was cleared
	charged int // and their points
	codes   map[string]*grant
	forms   map[string]*manifestForm
	saved   []byte // the state as last written
}

// New prepares a server and takes its port; Start begins to serve it.
func New(options Options) (*Server, error) {
	if options.Listen == "" {
		options.Listen = "127.0.0.1:0"
	}
	if err := loopbackOnly(options.Listen); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", options.Listen)
	if err != nil {
		return nil, fmt.Errorf("emulator: listen on %s: %w", options.Listen, err)
	}
	s := &Server{
		options: options, now: options.Now, log: options.Logger, listener: listener, state: newState(),
		gits: map[string]*gitRepo{}, seen: map[string]string{}, queues: map[int64]*hookQueue{},
		rates: map[string]*rate{}, meters: map[string]*meter{}, broken: map[string]int{}, codes: map[string]*grant{}, forms: map[string]*manifestForm{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	s.options.TreeLimit = orDefault(options.TreeLimit, 100_000)
	s.options.TextLimit = orDefault(options.TextLimit, 512_000)
	s.options.Speed = orDefault(options.Speed, 1)
	s.options.Limits = options.Limits.orGitHub()
	s.ctx, s.stop = context.WithCancel(context.Background())
	if err := s.load(); err != nil {
		listener.Close()
		return nil, err
	}
	s.addDefaultAccounts()
	s.handler = s.routes()
	s.http = &http.Server{Handler: s.handler, ReadHeaderTimeout: 10 * time.Second}
	return s, nil
}

// Start serves requests and watches the git repositories until Close.
func (s *Server) Start() {
	s.running.Go(func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("emulator: serve", "error", err)
		}
	})
	if s.options.WatchEvery >= 0 {
		s.running.Go(s.watch)
	}
	if s.options.StateFile != "" {
		s.running.Go(s.keepSaved)
	}
}

// Close stops serving, delivering and watching, and saves the state where Options ask for it.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	err := s.http.Shutdown(ctx)
	s.listener.Close()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.gits {
		g.close()
	}
	return errors.Join(err, s.saveLocked())
}

// Settle waits until every webhook delivery queued so far has been answered.
func (s *Server) Settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		waiting := 0
		for _, d := range s.state.Deliveries {
			if !d.Done {
				waiting++
			}
		}
		s.mu.Unlock()
		if waiting == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("emulator: %d deliveries still under way: %w", waiting, ctx.Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// URL is the address of the web pages, without a final slash.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// APIURL is the address of the REST API, without a final slash.
func (s *Server) APIURL() string { return s.URL() + "/api/v3" }

// Handler serves the whole emulator.
func (s *Server) Handler() http.Handler { return s.handler }

func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("emulator: listen address %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("emulator: listen address %q: only a loopback address is served", address)
	}
	return nil
}

func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
