//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/emulator"
)

// TestChaos lets everything go wrong at once: people and pushes change many
// repositories, webhooks are dropped, doubled, late and out of order, GitHub
// answers with faults, replicas are killed at random and Postgres crashes. In
// the end nothing may be lost and nothing may have been done twice.
//
// `make chaos` is the long form; READYLINE_CHAOS_… set every number. In the short
// one a box changes once: that people change their minds faster than webhooks
// come is what TestNothingOfPeoplesIsEverLost is about.
func TestChaos(t *testing.T) {
	seed := number("READYLINE_CHAOS_SEED", 1)
	c := &chaos{
		t: t, seed: seed, people: 4,
		pace:         time.Duration(number("READYLINE_CHAOS_PACE", 100)) * time.Millisecond,
		repositories: number("READYLINE_CHAOS_REPOSITORIES", 10), events: number("READYLINE_CHAOS_EVENTS", 120),
		kills: number("READYLINE_CHAOS_KILLS", 2), outages: number("READYLINE_CHAOS_OUTAGES", 1),
		hands: number("READYLINE_CHAOS_HANDS", 1),
		seen:  &witness{bodies: map[int64]map[string]shown{}},
	}
	c.begin(number("READYLINE_CHAOS_REPLICAS", 2))
	c.onboard()
	c.storm()
	c.calm()
	c.check()
}

// chaos is one run.
type chaos struct {
	t       *testing.T
	seed    int
	people  int           // who act at the same time, each on repositories of their own
	pace    time.Duration // between two acts of one person, in the middle
	hands   int           // how often a box may change; 0: as often as people like
	kills   int
	outages int

	repositories int
	events       int

	em    *emulator.Server
	app   *emulator.App
	fleet *fleet
	pool  *pgxpool.Pool
	seen  *witness
	count atomic.Int64 // events so far
	at    map[int64]func(*rand.Rand)

	all []*subjected
}

// subjected is a repository with what people did to it.
type subjected struct {
	*emulator.Repository
	name    string
	dir     string
	built   bool
	release int
	hands   map[string]int
	last    map[string]bool // what people last did to a box
	said    map[string]bool // items attested by a command
	asked   []int64         // comments with a command
	why     int             // of them, those answered in words
	words   []string
}

func (c *chaos) random(stream int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(c.seed), uint64(stream)))
}

// begin starts GitHub, Postgres and the replicas.
func (c *chaos) begin(replicas int) {
	t := c.t
	var err error
	c.em, err = emulator.New(emulator.Options{Speed: githubSpeed, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.em.Close(context.Background()); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	c.em.AddOrganization(demoOwner, emulator.DefaultOwner)
	c.em.AddUser("ann")
	c.world(t.TempDir())
	c.em.Start()
	c.fleet = newFleet(t, replicas)
	c.fleet.tell = c.seen.look
	config := serverConfig{Listen: c.fleet.listen}
	if c.app, err = (&demo{}).register(c.em, &config); err != nil {
		t.Fatal(err)
	}
	c.fleet.environment(config)
	c.fleet.start()
	if c.pool, err = pgxpool.New(context.Background(), c.fleet.db.URL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.pool.Close)
}

// world makes the repositories, all with the same beginning.
func (c *chaos) world(dir string) {
	ctx := context.Background()
	seedDir := filepath.Join(dir, "seed")
	if err := os.MkdirAll(seedDir, 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := git(ctx, seedDir, "init", "-q", "-b", "main"); err != nil {
		c.t.Fatal(err)
	}
	begin := txtar.Parse([]byte(readme + dockerfile + buildAndPush)).Files
	if err := commitFiles(ctx, seedDir, "Begin", begin); err != nil {
		c.t.Fatal(err)
	}
	for i := range c.repositories {
		s := &subjected{name: fmt.Sprintf("service-%04d", i), hands: map[string]int{}, last: map[string]bool{}, said: map[string]bool{}}
		s.dir = filepath.Join(dir, s.name)
		if err := os.CopyFS(s.dir, os.DirFS(seedDir)); err != nil {
			c.t.Fatal(err)
		}
		var err error
		if s.Repository, err = c.em.AddRepository(emulator.RepoSpec{Owner: demoOwner, Name: s.name, GitDir: s.dir}); err != nil {
			c.t.Fatal(err)
		}
		c.em.SetRole(s.Repository, "ann", "write")
		c.all = append(c.all, s)
	}
}

// onboard installs the App and waits for every issue, with a kill in between.
func (c *chaos) onboard() {
	random := c.random(1000)
	if _, err := c.em.Install(c.app, demoOwner); err != nil {
		c.t.Fatal(err)
	}
	killed := false
	c.until("every repository has an issue", func() bool {
		n := c.number(`select count(*) from issues`)
		if c.kills > 0 && !killed && n >= c.repositories/3 {
			killed = true
			c.t.Logf("%d issues are open, killing %s", n, c.fleet.kill(random))
		}
		return n >= c.repositories
	})
}

// storm is the time in which everything happens at once. Each person has
// repositories of their own, so that what they did last is known.
func (c *chaos) storm() {
	c.schedule()
	var people sync.WaitGroup
	for p := range c.people {
		people.Go(func() {
			random := c.random(p)
			for {
				n := c.count.Add(1)
				if n > int64(c.events) {
					return
				}
				if do := c.at[n]; do != nil {
					do(random)
				}
				mine := p + c.people*random.IntN((len(c.all)-p+c.people-1)/c.people)
				c.act(random, c.all[mine], n)
				time.Sleep(rand.N(2 * c.pace))
			}
		})
	}
	people.Wait()
}

// schedule spreads kills, outages and troubles over the events.
func (c *chaos) schedule() {
	random := c.random(2000)
	c.at = map[int64]func(*rand.Rand){}
	some := func(n int, do func(*rand.Rand)) {
		for range n {
			c.at[int64(1+random.IntN(c.events))] = do
		}
	}
	some(c.events/12, func(r *rand.Rand) { c.trouble(r) })
	some(c.kills, func(r *rand.Rand) { c.t.Logf("event %d: killed %s", c.count.Load(), c.fleet.kill(r)) })
	var once sync.Mutex
	some(c.outages, func(r *rand.Rand) {
		once.Lock()
		defer once.Unlock()
		c.t.Logf("event %d: Postgres crashes", c.count.Load())
		c.fleet.restartPostgres(time.Duration(200+r.IntN(2000)) * time.Millisecond)
	})
}

// until waits for something to come true. The limit is only there for a test
// that would wait for ever.
func (c *chaos) until(what string, ok func() bool) {
	c.t.Helper()
	limit := time.Duration(number("READYLINE_CHAOS_PATIENCE", 300)) * time.Second
	for began := time.Now(); time.Since(began) < limit; time.Sleep(100 * time.Millisecond) {
		if ok() {
			return
		}
	}
	c.t.Errorf("seed %d: waited in vain for %s", c.seed, what)
	c.report()
	c.t.FailNow()
}

// number asks the replicas' database for one number; -1 while it is away.
func (c *chaos) number(sql string, args ...any) int {
	n := -1
	_ = c.pool.QueryRow(context.Background(), sql, args...).Scan(&n)
	return n
}

// calm ends the troubles, has every replica started anew, so that what was lost
// on the way is asked for again, and waits until all is done.
func (c *chaos) calm() {
	c.faults()
	if err := c.em.Settle(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	c.fleet.stop()
	began := time.Now()
	// A week later: the sweep sees what was lost without a trace, and asks again
	// what no webhook tells of, such as environments.
	c.exec(`update repositories set swept_at = swept_at - interval '8 days'`)
	c.exec(`update answers set fetched_at = fetched_at - interval '8 days'`)
	c.fleet.start()
	for _, kind := range []string{"redeliver", "sweep"} {
		c.until("a round of "+kind, func() bool {
			return c.number(`select count(*) from river_job where kind = $1 and state = 'completed' and attempted_at > $2`, kind, began) > 0
		})
	}
	if err := c.em.Settle(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	c.settled()
}

// settled waits until every delivery is processed and every job done. Jobs that
// back off after a fault are let go at once; those that a limit holds are not.
func (c *chaos) settled() {
	quiet := 0
	c.until("quiet", func() bool {
		c.exec(`update river_job set scheduled_at = now() where state = 'retryable' and scheduled_at > now()`)
		busy := c.number(`
			select (select count(*) from deliveries where state = 'received')
				+ (select count(*) from openings o join repositories r on r.id = o.repository_id where r.removed_at is null)
				+ (select count(*) from river_job where state in ('available', 'running', 'retryable', 'scheduled') and kind <> 'wave')`)
		if busy != 0 {
			quiet = 0
			return false
		}
		quiet++
		return quiet > 8 // deliveries may still be on their way to us
	})
}

func (c *chaos) exec(sql string, args ...any) {
	c.t.Helper()
	if _, err := c.pool.Exec(context.Background(), sql, args...); err != nil {
		c.t.Fatal(err)
	}
}

// report tells where things stand when a wait was in vain.
func (c *chaos) report() {
	rows, err := c.pool.Query(context.Background(), `
		select kind || ' ' || state::text || ' ' || count(*) || ' ' || coalesce(max(errors[cardinality(errors)] ->> 'error'), '') from river_job
		where state <> 'completed' group by kind, state
		union all select 'deliveries ' || state || ' ' || count(*) || ' ' || coalesce(max(error), '') from deliveries group by state
		union all select format('waiting: %s %s.%s received %s, jobs: %s', guid, event, action, received_at,
			(select string_agg(format('%s %s, attempt %s at %s, ended %s', id, state, attempt, attempted_at, finalized_at), '; ')
				from river_job where args ->> 'guid' = guid)) from deliveries where state in ('received', 'failed')
		union all select 'repositories: ' || count(*) || ' ' || last_error from repositories group by last_error`)
	if err != nil {
		c.t.Logf("report: %v", err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err == nil {
			c.t.Log(line)
		}
	}
}

// get asks the emulator something as a person, again when a fault answers.
func (c *chaos) as(login, method, path string, body, out any) {
	c.t.Helper()
	for range 100 {
		status := c.once(login, method, path, body, out)
		if status < 300 {
			return
		}
		if status < 500 && status != http.StatusForbidden && status != http.StatusTooManyRequests {
			c.t.Errorf("seed %d: %s %s as %s: %d", c.seed, method, path, login, status)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.t.Errorf("seed %d: %s %s as %s: always a fault", c.seed, method, path, login)
}
