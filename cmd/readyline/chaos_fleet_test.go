//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/devdb"
)

// fleet is several replicas of the server, each a process of its own, over one
// Postgres and behind one address, as a cluster would run them: whoever dies is
// started again.
type fleet struct {
	t        testing.TB
	dir      string
	binary   string
	env      []string
	db       *devdb.DB
	dbDir    string
	replicas []*replica
	front    *http.Server
	listen   string
	tell     func(header http.Header, body []byte) // of each webhook that comes by
	ending   atomic.Bool
	outage   atomic.Bool // of Postgres: a replica may give up
	faults   chan string // what replicas did that nobody made them do
	pace     int         // of GitHub's hours; 0: githubSpeed
}

// replica is one process.
type replica struct {
	f      *fleet
	name   string
	role   string
	listen string
	mu     sync.Mutex
	cmd    *exec.Cmd
	killed bool // by us
	done   sync.WaitGroup
}

// newFleet starts Postgres and the front; start starts the replicas.
func newFleet(t testing.TB, replicas int) *fleet {
	t.Helper()
	f := &fleet{t: t, dir: t.TempDir(), binary: os.Getenv("READYLINE_CHAOS_BINARY"), faults: make(chan string, 1000)}
	if f.binary == "" {
		var err error
		if f.binary, err = os.Executable(); err != nil {
			t.Fatal(err)
		}
	}
	// Not within dir: Postgres does not run as root, and could not get in there.
	var err error
	if f.dbDir, err = os.MkdirTemp("", "readyline-chaos-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(f.dbDir); err != nil {
			t.Error(err)
		}
	})
	f.postgres()
	listen, err := freeAddress("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.listen = listen
	for i := range replicas {
		role := []string{"all", "web", "worker"}[i%3]
		if replicas < 3 {
			role = "all"
		}
		at, err := freeAddress("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		f.replicas = append(f.replicas, &replica{f: f, name: fmt.Sprintf("%d-%s", i, role), role: role, listen: at})
	}
	f.balance()
	t.Cleanup(f.end)
	return f
}

func (f *fleet) postgres() {
	f.t.Helper()
	var err error
	if f.db, err = devdb.Start(context.Background(), devdb.Options{DataDir: f.dbDir}); err != nil {
		f.t.Fatal(err)
	}
}

// restartPostgres ends Postgres as a crash does, and starts it again.
func (f *fleet) restartPostgres(away time.Duration) {
	f.t.Helper()
	f.outage.Store(true)
	hard, cancel := context.WithCancel(context.Background())
	cancel()
	_ = f.db.Stop(hard)
	time.Sleep(away)
	f.postgres()
	f.outage.Store(false)
}

// balance hands webhooks to the replicas that take them, in turn; while none
// is there, GitHub is told so.
func (f *fleet) balance() {
	var takers []*url.URL
	for _, r := range f.replicas {
		if r.role != "worker" {
			takers = append(takers, &url.URL{Scheme: "http", Host: r.listen})
		}
	}
	var turn atomic.Int64
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(takers[int(turn.Add(1))%len(takers)]) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.WriteHeader(http.StatusBadGateway)
		},
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	f.front = &http.Server{Addr: f.listen, ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if f.tell != nil {
			f.tell(r.Header, body)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	})}
	go func() {
		if err := f.front.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			f.faults <- "front: " + err.Error()
		}
	}()
}

// environment is what every replica is told; c has the App.
func (f *fleet) environment(c serverConfig) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "READYLINE_") {
			f.env = append(f.env, v)
		}
	}
	f.env = append(f.env, "READYLINE_TEST_MAIN=1", "READYLINE_DATABASE_URL="+f.db.URL(),
		"READYLINE_KEY="+strings.Repeat("k", minKey), "READYLINE_PUBLIC_URL="+c.PublicURL,
		"READYLINE_GITHUB_URL="+c.GitHubURL, "READYLINE_GITHUB_API_URL="+c.GitHubAPIURL,
		"READYLINE_GITHUB_APP_ID="+strconv.FormatInt(int64(c.AppID), 10), "READYLINE_GITHUB_PRIVATE_KEY="+c.PrivateKey,
		"READYLINE_GITHUB_WEBHOOK_SECRET="+c.WebhookSecret, "READYLINE_LOG_LEVEL=info", "READYLINE_GITHUB_PACE="+strconv.Itoa(cmp.Or(f.pace, githubSpeed)),
		"READYLINE_GITHUB_CLIENT_ID="+c.ClientID, "READYLINE_GITHUB_CLIENT_SECRET="+c.ClientSecret)
}

// start starts all replicas and waits until each is ready.
func (f *fleet) start() {
	f.t.Helper()
	f.ending.Store(false)
	for _, r := range f.replicas {
		r.run()
	}
	for _, r := range f.replicas {
		r.ready()
	}
}

// ready waits until the replica says that it is.
func (r *replica) ready() {
	r.f.t.Helper()
	for range 1200 {
		resp, err := http.Get("http://" + r.listen + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.f.t.Fatalf("replica %s is never ready:\n%s", r.name, r.tail(40))
}

// run keeps the replica running until the fleet ends.
func (r *replica) run() {
	r.done.Go(func() {
		for !r.f.ending.Load() {
			err := r.once()
			r.mu.Lock()
			expected := r.killed || r.f.ending.Load() || r.f.outage.Load()
			r.killed = false
			r.mu.Unlock()
			if !expected {
				r.f.faults <- fmt.Sprintf("replica %s ended by itself: %v\n%s", r.name, err, r.tail(20))
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// once runs the process to its end.
func (r *replica) once() error {
	log, err := os.OpenFile(r.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(r.f.binary, "serve", "--role", r.role, "--listen", r.listen)
	cmd.Env, cmd.Stdout, cmd.Stderr = r.f.env, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	r.mu.Lock()
	if r.f.ending.Load() {
		r.mu.Unlock()
		return nil
	}
	if err := cmd.Start(); err != nil {
		r.mu.Unlock()
		return err
	}
	r.cmd = cmd
	r.mu.Unlock()
	return cmd.Wait()
}

func (r *replica) log() string { return filepath.Join(r.f.dir, r.name+".log") }

// tail is the end of the replica's log.
func (r *replica) tail(lines int) string {
	text, err := os.ReadFile(r.log())
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// signal sends a signal to the process, which may be between two lives.
func (r *replica) signal(s syscall.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd != nil && r.cmd.Process != nil {
		r.killed = r.cmd.Process.Signal(s) == nil
	}
}

// kill ends one replica with SIGKILL. It comes back.
func (f *fleet) kill(random *rand.Rand) string {
	r := f.replicas[random.IntN(len(f.replicas))]
	r.signal(syscall.SIGKILL)
	return r.name
}

// stop ends all replicas in order, as a cluster does.
func (f *fleet) stop() {
	f.ending.Store(true)
	for _, r := range f.replicas {
		r.signal(syscall.SIGTERM)
	}
	for _, r := range f.replicas {
		r.done.Wait()
	}
}

func (f *fleet) end() {
	f.stop()
	_ = f.front.Close()
	if err := f.db.Stop(context.Background()); err != nil {
		f.t.Errorf("stop Postgres: %v", err)
	}
	if f.t.Failed() {
		for _, r := range f.replicas {
			f.t.Logf("the end of replica %s:\n%s", r.name, r.tail(30))
		}
		if keep := os.Getenv("READYLINE_CHAOS_KEEP"); keep != "" {
			_ = os.CopyFS(keep, os.DirFS(f.dir))
		}
	}
}
