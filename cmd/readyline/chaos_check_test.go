//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// witness remembers what the App showed: every body that it wrote, as GitHub
// told of it.
type witness struct {
	mu     sync.Mutex
	bodies map[int64]map[string]shown // by repository and delivery
}

// shown is a body that the App wrote.
type shown struct {
	at    time.Time // to the second
	boxes map[string]bool
}

// look takes note of a webhook.
func (w *witness) look(header http.Header, body []byte) {
	if header.Get("X-GitHub-Event") != "issues" {
		return
	}
	var e struct {
		Sender     struct{ Type string }
		Repository struct{ ID int64 }
		Issue      struct {
			Body      string
			UpdatedAt time.Time `json:"updated_at"`
		}
	}
	if err := json.Unmarshal(body, &e); err != nil || e.Sender.Type != "Bot" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	of := w.bodies[e.Repository.ID]
	if of == nil {
		of = map[string]shown{}
		w.bodies[e.Repository.ID] = of
	}
	of[header.Get("X-GitHub-Delivery")] = shown{e.Issue.UpdatedAt, issue.Boxes(e.Issue.Body)}
}

// fresh assesses every repository anew: another App with a database of its own
// that observes, and writes nothing.
func (c *chaos) fresh() *store.Store {
	t := c.t
	if _, err := c.pool.Exec(context.Background(), `create database fresh`); err != nil {
		t.Fatal(err)
	}
	listen, err := freeAddress("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := serverConfig{Listen: listen, LogLevel: "error", LogFormat: "text", DataDir: t.TempDir(),
		DatabaseURL: strings.Replace(c.fleet.db.URL(), "/readyline?", "/fresh?", 1)}
	spec := &demo{}
	app, err := spec.registerAs("Fresh", c.em, &config)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{config: config, role: "all", pace: githubSpeed, log: newLogger(testLog{t}, &config)}
	ctx, cancel := context.WithCancel(context.Background())
	if err := p.start(ctx); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
		if err := p.stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	if _, err := p.store.Pool().Exec(ctx, `alter table installations alter column mode set default 'observe';
		create function quietly() returns trigger language plpgsql as $$ begin new.mode = 'observe'; return new; end $$;
		create trigger quietly before insert on installations for each row execute function quietly()`); err != nil {
		t.Fatal(err)
	}
	if _, err := c.em.Install(app, demoOwner); err != nil {
		t.Fatal(err)
	}
	c.until("a fresh assessment of every repository", func() bool {
		var n int
		err := p.store.Pool().QueryRow(ctx, `select count(*) from repositories where assessed_at is not null`).Scan(&n)
		return err == nil && n >= len(c.all)
	})
	return p.store
}

// check holds what is there in the end against what should be.
func (c *chaos) check() {
	close(c.fleet.faults)
	for f := range c.fleet.faults {
		c.t.Errorf("seed %d: %s", c.seed, f)
	}
	c.jobs()
	if broken := c.em.Broken(); len(broken) > 0 {
		c.t.Errorf("seed %d: limits of GitHub's that were broken: %v\n%+v", c.seed, broken, c.em.Breaks())
	}
	s, err := store.Open(context.Background(), c.fleet.db.URL())
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close()
	fresh := c.fresh()
	for _, r := range c.all {
		wrong := c.wrong(s, fresh, r)
		if len(wrong) > 0 {
			c.t.Errorf("seed %d: %s:\n  %s\n%s\n%s", c.seed, r.name, strings.Join(wrong, "\n  "), c.deliveries(r), c.trace(r))
		}
	}
	if n := c.number(`select count(*) from river_job where kind = 'look'`); n > 0 {
		c.t.Logf("%d events, %d deliveries, %d looks in the last day, %d writes, %d changes in history", c.events,
			c.number(`select count(*) from deliveries`), n, c.number(`select count(*) from issue_writes`), c.number(`select count(*) from history`))
	}
}

// jobs tells of everything that was given up.
func (c *chaos) jobs() {
	if n := c.number(`select count(*) from river_job where state in ('discarded', 'cancelled') and max_attempts > 1`); n != 0 {
		c.t.Errorf("seed %d: %d jobs were given up", c.seed, n)
		c.report()
	}
	if n := c.number(`select count(*) from deliveries where state = 'failed'`); n != 0 {
		c.t.Errorf("seed %d: %d deliveries failed", c.seed, n)
	}
}

// wrong is everything about a repository that is not as it should be.
func (c *chaos) wrong(s, fresh *store.Store, r *subjected) []string {
	var out []string
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	var all []post
	c.as("ann", "GET", fmt.Sprintf("/repos/%s/%s/issues?state=all&per_page=100", demoOwner, r.name), nil, &all)
	ours := slices.DeleteFunc(all, func(p post) bool { return issue.ChecklistOf(p.Body) == "" })
	if len(ours) != 1 {
		bad("%d issues", len(ours))
		return out
	}
	body := ours[0].Body
	boxes := issue.Boxes(body)
	ctx := context.Background()
	items, err := s.Items(ctx, r.ID, "")
	if err != nil {
		c.t.Fatal(err)
	}
	want, err := fresh.Items(ctx, r.ID, "")
	if err != nil {
		c.t.Fatal(err)
	}
	out = append(out, c.states(r, items, want)...)
	for _, it := range items {
		if boxes[it.Item] != it.State.Ticked() {
			bad("%s is %s, its box says %v", it.Item, it.State, boxes[it.Item])
		}
	}
	if len(items) != len(boxes) {
		bad("%d items, %d boxes", len(items), len(boxes))
	}
	for _, word := range r.words {
		if n := strings.Count(strings.ReplaceAll(body, "\r", "")+"\n", word+"\n"); n != 1 {
			bad("%q stands %d times in the issue", word, n)
		}
	}
	out = append(out, c.answered(r, ours[0].Number)...)
	return append(out, c.past(s, r, items)...)
}

// states holds the items against a fresh assessment and what people said.
func (c *chaos) states(r *subjected, have, want []store.Item) []string {
	var out []string
	expected := map[string]store.Item{}
	for _, it := range want {
		expected[it.Item] = it
	}
	if len(have) != len(want) {
		out = append(out, fmt.Sprintf("%d items, a fresh assessment has %d", len(have), len(want)))
	}
	for _, it := range have {
		w := expected[it.Item]
		state := w.State
		ticked, touched := r.last[it.Item]
		switch {
		case r.said[it.Item]:
			state = readiness.Attested
		case touched && ticked && !state.Ticked():
			state = readiness.Attested
		case touched && !ticked && state.Ticked():
			state = readiness.Unmet // disputed
		}
		if it.State != state {
			out = append(out, fmt.Sprintf("%s is %s, not %s (fresh: %s; people left it ticked=%v, touched=%v; by %q)", it.Item, it.State, state, w.State, ticked, touched, it.By))
		}
		if a, b := places(it), places(w); a != b {
			out = append(out, fmt.Sprintf("%s has the evidence %s, not %s", it.Item, a, b))
		}
	}
	return out
}

// places is an item's evidence in one line.
func places(it store.Item) string {
	var out []string
	for _, e := range it.Evidence {
		out = append(out, fmt.Sprintf("%s %s:%d-%d %s", e.Strength, e.Path, e.StartLine, e.EndLine, e.Rule))
	}
	return strings.Join(out, ", ")
}

// answered tells which commands have no answer, or more than one.
func (c *chaos) answered(r *subjected, number int) []string {
	var out []string
	var comments []struct {
		ID        int64
		User      struct{ Type string }
		Body      string
		Reactions map[string]any
	}
	c.as("ann", "GET", fmt.Sprintf("/repos/%s/%s/issues/%d/comments?per_page=100", demoOwner, r.name, number), nil, &comments)
	var answers []string
	for _, k := range comments {
		if k.User.Type == "Bot" && len(issue.RemarksIn(k.Body)) == 0 {
			answers = append(answers, k.Body)
		}
		if slices.Contains(r.asked, k.ID) && fmt.Sprint(k.Reactions["+1"]) != "1" {
			out = append(out, fmt.Sprintf("the command in comment %d has no answer: %v", k.ID, k.Reactions))
		}
	}
	if len(answers) != r.why && len(comments) < 100 {
		out = append(out, fmt.Sprintf("%d questions, %d answers: %.300q", r.why, len(answers), answers))
	}
	return out
}

// past rebuilds what was shown from the history: every body that the App wrote
// says what the history says of that moment, and no change is told twice.
func (c *chaos) past(s *store.Store, r *subjected, now []store.Item) []string {
	ctx := context.Background()
	var out []string
	var events []store.Event
	f := store.HistoryFilter{Repositories: []int64{r.ID}, Limit: 1000}
	for {
		page, err := s.History(ctx, f)
		if err != nil {
			c.t.Fatal(err)
		}
		events = append(events, page...)
		if len(page) < f.Limit {
			break
		}
		f.After = page[len(page)-1].Cursor()
	}
	slices.Reverse(events)
	last, times := map[string]store.Event{}, []time.Time{}
	for _, e := range events {
		if was := last[e.Item].ToState; was != e.FromState && (was != store.Removed || e.FromState != "") {
			out = append(out, fmt.Sprintf("history: %s goes from %q to %q at %s, but was %q", e.Item, e.FromState, e.ToState, e.At, was))
		}
		if e.FromState == e.ToState && last[e.Item].Required == e.Required {
			out = append(out, fmt.Sprintf("history: %s became %q twice", e.Item, e.ToState))
		}
		last[e.Item] = e
		if len(times) == 0 || !times[len(times)-1].Equal(e.At) {
			times = append(times, e.At)
		}
	}
	for _, it := range now {
		if last[it.Item].ToState != it.State {
			out = append(out, fmt.Sprintf("%s is %s, its history ends with %s", it.Item, it.State, last[it.Item].ToState))
		}
	}
	return append(out, c.rebuilt(s, r, times)...)
}

// rebuilt holds each body that was shown against the items rebuilt for its time.
func (c *chaos) rebuilt(s *store.Store, r *subjected, times []time.Time) []string {
	var out []string
	then := make([]map[string]bool, len(times))
	for i, at := range times {
		items, err := s.ItemsAsOf(context.Background(), r.ID, "gruntwork-aws", at)
		if err != nil {
			c.t.Fatal(err)
		}
		then[i] = map[string]bool{}
		for _, it := range items {
			then[i][it.Item] = it.State.Ticked()
		}
	}
	c.seen.mu.Lock()
	defer c.seen.mu.Unlock()
	for guid, b := range c.seen.bodies[r.ID] {
		found, nearest := false, map[string]bool{}
		for i, at := range times {
			over := i+1 < len(times) && times[i+1].Before(b.at) // another state held before this second began
			if at.After(b.at.Add(time.Second)) || over {
				continue
			}
			nearest = then[i]
			found = found || maps.Equal(then[i], b.boxes)
		}
		if !found {
			var differ []string
			for id := range b.boxes {
				if b.boxes[id] != nearest[id] {
					differ = append(differ, fmt.Sprintf("%s=%v", id, b.boxes[id]))
				}
			}
			slices.Sort(differ)
			out = append(out, fmt.Sprintf("the body of delivery %s, shown at %s, is not in the history: %v", guid, b.at.Format(time.TimeOnly), differ))
		}
	}
	return out
}

// trace is what is kept of what people did to a repository's boxes.
func (c *chaos) trace(r *subjected) string {
	rows, err := c.pool.Query(context.Background(), `
		select format('  told %s %s=%s by %s at %s, overwritten %s, taken %s', id, item, ticked, by, at, overwritten, taken_at)
		from box_edits where repository_id = $1 and item = any($2)
		union all
		select format('  said %s %s %s at %s, withdrawn %s', id, item, kind, at, withdrawn_at)
		from statements where repository_id = $1 and item = any($2)
		union all
		select format('  item %s from %s to %s at %s', item, from_state, to_state, at)
		from history where repository_id = $1 and item = any($2)
		order by 1`, r.ID, slices.Collect(maps.Keys(r.last)))
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err == nil {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// deliveries lists what GitHub told of a repository and what became of it.
func (c *chaos) deliveries(r *subjected) string {
	var out struct {
		Deliveries []struct {
			GUID         string
			Event        string
			Action       *string
			RepositoryID int64     `json:"repository_id"`
			StatusCode   int       `json:"status_code"`
			DeliveredAt  time.Time `json:"delivered_at"`
		}
	}
	resp, err := http.Get(c.em.URL() + "/_emulator/deliveries")
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return err.Error()
	}
	var lines []string
	for _, d := range out.Deliveries {
		if d.RepositoryID != r.ID {
			continue
		}
		var state, processed string
		_ = c.pool.QueryRow(context.Background(), `select state, coalesce(processed_at::text, '') from deliveries where guid = $1`, d.GUID).Scan(&state, &processed)
		action := ""
		if d.Action != nil {
			action = *d.Action
		}
		lines = append(lines, fmt.Sprintf("  %s %s %s.%s answered %d, %s %s", d.DeliveredAt.Format("15:04:05"), d.GUID, d.Event, action, d.StatusCode, state, processed))
	}
	return strings.Join(lines, "\n")
}
