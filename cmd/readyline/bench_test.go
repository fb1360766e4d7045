package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/emulator/check"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
)

// How benchmarks against a floor ask: over so many connections, in so many
// turns, each of so many requests.
const (
	benchConnections = 32
	benchTurns       = 4
	benchRequests    = 6000
)

// webOnly is a server that takes deliveries, on a Postgres that keeps what it
// has committed over a power cut.
func webOnly(b *testing.B) (*process, *emulator.App) {
	b.Helper()
	em, err := emulator.New(emulator.Options{WatchEvery: -1})
	if err != nil {
		b.Fatal(err)
	}
	em.AddOrganization(demoOwner, emulator.DefaultOwner)
	em.Start()
	listen, err := freeAddress("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "readyline-bench-") // open to others, as Postgres does not run as root
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // holds made-up deliveries alone
		b.Fatal(err)
	}
	c := serverConfig{Listen: listen, LogLevel: "error", LogFormat: "text", DataDir: dir}
	app, err := (&demo{}).register(em, &c)
	if err != nil {
		b.Fatal(err)
	}
	p := &process{config: c, role: "web", log: slog.New(slog.DiscardHandler)}
	p.config.Key = hex.EncodeToString(make([]byte, 32))
	ctx, cancel := context.WithCancel(context.Background())
	if err := p.start(ctx); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.serve(ctx) }()
	b.Cleanup(func() {
		cancel()
		<-ended
		_ = p.stop(context.Background())
		_ = em.Close(context.Background())
	})
	return p, app
}

// load posts or gets over benchConnections connections, and returns how many
// requests a second were answered.
func load(b *testing.B, request func(n int64) *http.Request) float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchConnections, MaxConnsPerHost: benchConnections}}
	defer client.CloseIdleConnections()
	var n atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range benchConnections {
		wg.Go(func() {
			for i := n.Add(1); i <= benchRequests; i = n.Add(1) {
				resp, err := client.Do(request(i))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode >= 300 {
					b.Errorf("status %s", resp.Status)
				}
			}
		})
	}
	wg.Wait()
	return benchRequests / time.Since(start).Seconds()
}

// processorTime is what this process and the database's connections have taken.
func processorTime(b *testing.B, pool *pgxpool.Pool) time.Duration {
	b.Helper()
	rows, err := pool.Query(context.Background(), `select pid from pg_stat_activity where pid is not null`)
	if err != nil {
		b.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		b.Fatal(err)
	}
	var ticks int64
	for _, pid := range append(pids, os.Getpid()) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(after)
		user, _ := strconv.ParseInt(fields[11], 10, 64)
		system, _ := strconv.ParseInt(fields[12], 10, 64)
		ticks += user + system
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// BenchmarkAcknowledge holds a delivery that is checked, stored and queued
// against a floor: a server that does nothing but one plain INSERT of the same
// payload for each request. Both answer once Postgres has it on disk. The turns
// alternate, and the best of each counts.
//
//	go test ./cmd/readyline -run - -bench Acknowledge -benchtime 1x
func BenchmarkAcknowledge(b *testing.B) {
	p, app := webOnly(b)
	ctx := context.Background()
	pool := p.store.Pool()
	floorPool, err := pgxpool.New(ctx, pool.Config().ConnString()+"&pool_max_conns=32")
	if err != nil {
		b.Fatal(err)
	}
	defer floorPool.Close()
	if _, err := floorPool.Exec(ctx, `create table plain (guid text primary key, event text, payload bytea)`); err != nil {
		b.Fatal(err)
	}
	floor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			_, err = floorPool.Exec(r.Context(), `insert into plain values ($1, $2, $3)`, r.Header.Get("X-GitHub-Delivery"), r.Header.Get("X-GitHub-Event"), body)
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer floor.Close()

	body := fmt.Appendf(nil, `{"ref": "refs/heads/main", "installation": {"id": 1}, "repository": {"id": 1, "full_name": "demo/api"}, "commits": [%q]}`,
		strings.Repeat("a payload of some kilobytes, as those of pushes are. ", 120))
	mac := hmac.New(sha256.New, []byte(app.WebhookSecret))
	mac.Write(body)
	signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	turn := 0
	to := func(url string) func(int64) *http.Request {
		return func(n int64) *http.Request {
			r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
			if err != nil {
				b.Error(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-GitHub-Event", "push")
			r.Header.Set("X-GitHub-Delivery", fmt.Sprintf("%d-%d", turn, n))
			r.Header.Set("X-Hub-Signature-256", signature)
			return r
		}
	}
	for b.Loop() {
		var ours, floors float64
		var used, usedByFloor []time.Duration
		for range benchTurns {
			turn++
			at := processorTime(b, pool)
			floors = max(floors, load(b, to(floor.URL)))
			mid := processorTime(b, pool)
			ours = max(ours, load(b, to("http://"+p.listener.Addr().String()+"/webhooks/github")))
			used, usedByFloor = append(used, processorTime(b, pool)-mid), append(usedByFloor, mid-at)
		}
		b.ReportMetric(ours, "deliveries/s")
		b.ReportMetric(floors, "inserts/s")
		b.ReportMetric(ours/floors, "times-the-floor")
		b.ReportMetric(float64(slices.Min(used))/float64(slices.Min(usedByFloor)), "processor-of-the-floor")
	}
}

// BenchmarkBadge holds the badge against a bare chi handler that serves the same
// bytes.
func BenchmarkBadge(b *testing.B) {
	p, _ := webOnly(b)
	ctx := context.Background()
	if err := p.store.PutInstallation(ctx, store.Installation{ID: 1, AccountLogin: demoOwner}); err != nil {
		b.Fatal(err)
	}
	if err := p.store.PutRepository(ctx, store.Repository{ID: 1, InstallationID: 1, Owner: demoOwner, Name: "api", Visibility: "public"}); err != nil {
		b.Fatal(err)
	}
	path := "/badge/" + demoOwner + "/api.svg"
	url := "http://" + p.listener.Addr().String() + path
	resp, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	bytesOfBadge, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		b.Fatal(err)
	}
	router := chi.NewRouter()
	router.Get("/badge/{owner}/{file}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
		_, _ = w.Write(bytesOfBadge)
	})
	bare := httptest.NewServer(router)
	defer bare.Close()
	get := func(url string) func(int64) *http.Request {
		return func(int64) *http.Request {
			r, err := http.NewRequest(http.MethodGet, url, nil)
			if err != nil {
				b.Error(err)
			}
			return r
		}
	}
	for b.Loop() {
		var ours, floor float64
		var used, usedByFloor time.Duration
		for range benchTurns {
			at := processorTime(b, p.store.Pool())
			floor = max(floor, load(b, get(bare.URL+path)))
			mid := processorTime(b, p.store.Pool())
			ours = max(ours, load(b, get(url)))
			used, usedByFloor = used+processorTime(b, p.store.Pool())-mid, usedByFloor+mid-at
		}
		b.ReportMetric(ours, "badges/s")
		b.ReportMetric(floor, "bare/s")
		b.ReportMetric(ours/floor, "times-the-floor")
		b.ReportMetric(float64(used)/float64(usedByFloor), "processor-of-the-floor")
	}
}

// BenchmarkPushToIssue times a push until GitHub has written the changed issue,
// with nothing else going on and a GitHub that answers at once: one that holds
// every request and answer against GitHub's description, and one that does not.
func BenchmarkPushToIssue(b *testing.B) {
	b.Run("checked", func(b *testing.B) {
		checker, err := check.New(func(v check.Violation) { b.Errorf("GitHub's description: %s", v) })
		if err != nil {
			b.Fatal(err)
		}
		pushToIssue(b, checker.Middleware)
	})
	b.Run("bare", func(b *testing.B) {
		pushToIssue(b, func(h http.Handler) http.Handler { return h })
	})
}

func pushToIssue(b *testing.B, front func(http.Handler) http.Handler) {
	b.Helper()
	written := make(chan struct{}, 1)
	w := newWorldBehind(b, func(h http.Handler) http.Handler {
		h = front(h)
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(rw, r)
			if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/issues/") {
				select {
				case written <- struct{}{}:
				default:
				}
			}
		})
	})
	r := w.repository("payments", readme)
	w.install()
	w.settled()
	number := r.issue().Number
	pool := w.process.store.Pool()
	var took []time.Duration
	var used time.Duration
	for n := 0; b.Loop(); n++ {
		files, want := multiAZ, true
		if n%2 == 1 {
			files, want = "\n-- infra/main.tf --\n-- NOTES.md --\nGone.\n", false
		}
		b.StopTimer()
		w.settled()
		select {
		case <-written: // the first issue's
		default:
		}
		r.commit(fmt.Sprintf("Change %d", n), files)
		before := processorTime(b, pool)
		b.StartTimer()
		start := time.Now()
		w.em.Poll(b.Context())
		<-written
		took = append(took, time.Since(start))
		b.StopTimer()
		used += processorTime(b, pool) - before
		var p post
		w.as("alice", "GET", r.path("/issues/%d", number), nil, &p)
		if issue.Boxes(p.Body)["use-multiple-availability-zones"] != want {
			b.Fatalf("push %d: the box is not %t", n, want)
		}
		b.StartTimer()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[0].Microseconds())/1000, "ms/fastest")
	b.ReportMetric(float64(used.Milliseconds())/float64(len(took)), "processor-ms/push")
}
