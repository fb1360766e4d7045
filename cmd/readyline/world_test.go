package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/emulator/check"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

func TestMain(m *testing.M) {
	if os.Getenv("READYLINE_TEST_MAIN") == "1" { // this binary as the command itself
		main()
		return
	}
	// Else each process of a test that looks for races sleeps a second at its end.
	if err := os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0")); err != nil {
		panic(err)
	}
	testdb.Main(m)
}

// world is the running app, on a Postgres of its own, beside a GitHub whose
// every request and answer is held against GitHub's own description.
type world struct {
	t       testing.TB
	em      *emulator.Server
	app     *emulator.App
	db      string
	process *process
	ended   chan error
	cancel  context.CancelFunc
	config  serverConfig
	started time.Time     // the app, last
	version string        // of the rules; empty: of those that ship
	ahead   time.Duration // of the workers' clock; holds from the next start on
}

// githubSpeed is how many times faster than on GitHub the limits of tests fill
// up again: a test does in seconds what people do in an hour.
const githubSpeed = 100

func newWorld(t testing.TB) *world {
	t.Helper()
	checker, err := check.New(func(v check.Violation) { t.Errorf("GitHub's description: %s", v) })
	if err != nil {
		t.Fatal(err)
	}
	return newWorldBehind(t, checker.Middleware)
}

// newWorldBehind is newWorld with something else before GitHub's API.
func newWorldBehind(t testing.TB, front func(http.Handler) http.Handler) *world {
	t.Helper()
	w := &world{t: t, db: testdb.New(t)}
	var err error
	w.em, err = emulator.New(emulator.Options{Check: front, Speed: githubSpeed, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	w.em.AddOrganization(demoOwner, emulator.DefaultOwner)
	w.em.Start()
	listen, err := freeAddress("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.config = serverConfig{Listen: listen, LogLevel: "warn", LogFormat: "text", DatabaseURL: w.db, DataDir: t.TempDir()}
	d := &demo{}
	if w.app, err = d.register(w.em, &w.config); err != nil {
		t.Fatal(err)
	}
	w.start()
	t.Cleanup(func() {
		w.stop()
		if broken := w.em.Broken(); len(broken) > 0 {
			t.Errorf("limits of GitHub's that were broken: %v", broken)
		}
		if err := w.em.Close(context.Background()); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	return w
}

// start starts the app; it may be called again after stop.
func (w *world) start() {
	w.t.Helper()
	w.startLogging(testLog{w.t})
}

// startLogging is start with a log of the test's own.
func (w *world) startLogging(log io.Writer) {
	w.t.Helper()
	var ctx context.Context
	ctx, w.cancel = context.WithCancel(context.Background())
	w.started = time.Now()
	ahead := w.ahead
	w.process = &process{
		config: w.config, role: "all", log: newLogger(log, &w.config), pace: githubSpeed, rules: w.version,
		now: func() time.Time { return time.Now().Add(ahead) }, look: 50 * time.Millisecond,
	}
	if err := w.process.start(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.ended = make(chan error, 1)
	go func() { w.ended <- w.process.serve(ctx) }()
}

func (w *world) stop() {
	w.t.Helper()
	if w.process == nil {
		return
	}
	w.cancel()
	if err := <-w.ended; err != nil {
		w.t.Errorf("serve: %v", err)
	}
	if err := w.process.stop(context.Background()); err != nil {
		w.t.Errorf("stop: %v", err)
	}
	w.process = nil
}

type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// repository is a repository of the world with its git directory.
type repository struct {
	*emulator.Repository
	w     *world
	owner string // demoOwner when empty
	name  string
	dir   string
}

// repository serves a new git repository with the files of a txtar archive;
// without files it is empty.
func (w *world) repository(name, files string, with ...func(*emulator.RepoSpec)) *repository {
	w.t.Helper()
	dir := filepath.Join(w.t.TempDir(), name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := git(context.Background(), dir, "init", "-q", "-b", "main"); err != nil {
		w.t.Fatal(err)
	}
	r := &repository{w: w, name: name, dir: dir}
	if files != "" {
		r.commit("Begin", files)
	}
	spec := emulator.RepoSpec{Owner: demoOwner, Name: name, GitDir: dir}
	for _, f := range with {
		f(&spec)
	}
	var err error
	if r.Repository, err = w.em.AddRepository(spec); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// commit writes the files of a txtar archive, removing empty ones.
func (r *repository) commit(message, files string) {
	r.w.t.Helper()
	if err := commitFiles(context.Background(), r.dir, message, txtar.Parse([]byte(files)).Files); err != nil {
		r.w.t.Fatal(err)
	}
}

func (w *world) install(repos ...*emulator.Repository) *emulator.Installation {
	w.t.Helper()
	in, err := w.em.Install(w.app, demoOwner, repos...)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

// as asks the emulator's API as a person.
func (w *world) as(login, method, path string, body, out any) {
	w.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			w.t.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, w.em.APIURL()+path, &b)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+login)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s as %s: %s %s", method, path, login, resp.Status, text)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			w.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
}

// post is an issue as a person reads it.
type post struct {
	Number   int
	Title    string
	Body     string
	State    string
	Comments int

	PullRequest *struct{ URL string } `json:"pull_request"`
}

func (r *repository) path(format string, args ...any) string {
	return fmt.Sprintf("/repos/%s/%s", cmp.Or(r.owner, demoOwner), r.name) + fmt.Sprintf(format, args...)
}

func (r *repository) issues() []post {
	r.w.t.Helper()
	var out []post
	r.w.as("alice", "GET", r.path("/issues?state=all&per_page=100"), nil, &out)
	return slices.DeleteFunc(out, func(p post) bool { return p.PullRequest != nil })
}

// issue waits for the repository's one issue and returns it.
func (r *repository) issue() post {
	r.w.t.Helper()
	var p post
	r.w.until("an issue in "+r.name, func() bool {
		all := r.issues()
		if len(all) > 0 {
			p = all[0]
		}
		return len(all) > 0
	})
	return p
}

// boxes waits until the issue has these boxes as said, and returns its body.
func (r *repository) boxes(want map[string]bool) string {
	r.w.t.Helper()
	var body string
	r.w.until(fmt.Sprintf("boxes %v in %s", want, r.name), func() bool {
		body = r.issue().Body
		have := issue.Boxes(body)
		for item, ticked := range want {
			if have[item] != ticked {
				return false
			}
		}
		return true
	})
	return body
}

// edit changes the body of the issue as a person.
func (r *repository) edit(login string, change func(body string) string) {
	r.w.t.Helper()
	p := r.issue()
	next := change(p.Body)
	if next == p.Body {
		r.w.t.Fatalf("the edit changes nothing in\n%s", p.Body)
	}
	r.w.as(login, "PATCH", r.path("/issues/%d", p.Number), map[string]any{"body": next}, nil)
}

// tick sets the box of an item in a body.
func tick(item string, to bool) func(string) string {
	return func(body string) string {
		lines := strings.Split(body, "\n")
		for i, l := range lines {
			if strings.Contains(l, fmt.Sprintf("item=%q", item)) {
				if to {
					lines[i] = strings.Replace(l, "- [ ]", "- [x]", 1)
				} else {
					lines[i] = strings.Replace(l, "- [x]", "- [ ]", 1)
				}
			}
		}
		return strings.Join(lines, "\n")
	}
}

// lineOf is the line of an item in a body.
func lineOf(body, item string) string {
	for _, l := range strings.Split(body, "\n") {
		if strings.Contains(l, fmt.Sprintf("item=%q", item)) {
			return l
		}
	}
	return ""
}

// until waits for something to come true. The limit is only there for a test
// that would wait for ever.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for range 1200 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("waited in vain for %s", what)
}

// calm waits until GitHub has handed over all that it has to tell, and the app
// has nothing left to do.
func (w *world) calm() {
	w.t.Helper()
	began := time.Now()
	for quiet := 0; quiet < 3; quiet++ {
		if time.Since(began) > time.Minute {
			w.t.Fatal("the app does not come to rest")
		}
		if err := w.em.Settle(context.Background()); err != nil {
			w.t.Fatal(err)
		}
		if w.busy() {
			quiet = -1
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// settled waits until every delivery is processed and every job done.
func (w *world) settled() {
	w.t.Helper()
	quiet := 0
	w.until("quiet", func() bool {
		if w.busy() {
			quiet = 0
			return false
		}
		quiet++
		return quiet > 8 // deliveries may still be on their way to us
	})
}

// busy tells whether a delivery waits to be processed, or a job to be done.
func (w *world) busy() bool {
	w.t.Helper()
	var busy int
	err := w.process.store.Pool().QueryRow(context.Background(), `
		select (select count(*) from deliveries where state = 'received')
			+ (select count(*) from river_job where kind <> 'wave' and (state in ('available', 'running', 'retryable')
				or state = 'scheduled' and scheduled_at < now() + interval '1 minute'))`).Scan(&busy)
	if err != nil {
		w.t.Fatal(err)
	}
	return busy > 0
}

// history are the changes of an item's state, oldest first.
func (r *repository) history(item string) []store.Event {
	r.w.t.Helper()
	events, err := r.w.process.store.History(context.Background(), store.HistoryFilter{
		Repositories: []int64{r.ID}, Item: item, Changes: true,
	})
	if err != nil {
		r.w.t.Fatal(err)
	}
	for i, j := 0, len(events)-1; i < j; i, j = i+1, j-1 {
		events[i], events[j] = events[j], events[i]
	}
	return events
}

// redeliverAll has GitHub hand over every delivery once more.
func (w *world) redeliverAll() {
	w.t.Helper()
	app, err := w.process.worker.App()
	if err != nil {
		w.t.Fatal(err)
	}
	seen := map[string]bool{}
	var ids []int64
	err = app.Deliveries(context.Background(), func(d github.Delivery) bool {
		if !seen[d.GUID] {
			seen[d.GUID] = true
			ids = append(ids, d.ID)
		}
		return true
	})
	if err != nil || len(ids) == 0 {
		w.t.Fatalf("%d deliveries: %v", len(ids), err)
	}
	for _, id := range ids {
		if err := app.Redeliver(context.Background(), id); err != nil {
			w.t.Fatal(err)
		}
	}
}

// later stops the app and starts it again with a clock that is ahead.
func (w *world) later(ahead time.Duration) {
	w.t.Helper()
	w.stop()
	w.ahead = ahead
	began := time.Now()
	w.start()
	w.until("the job that looks for ends", func() bool {
		var done int
		err := w.process.store.Pool().QueryRow(context.Background(),
			`select count(*) from river_job where kind = 'endings' and state = 'completed' and finalized_at > $1`, began).Scan(&done)
		return err == nil && done > 0
	})
	w.settled()
}
