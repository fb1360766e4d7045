package emulator_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/emulator"
)

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	c.at = c.at.Add(d)
	c.mu.Unlock()
}

func TestSecondaryLimits(t *testing.T) {
	c := &clock{at: time.Now()}
	w := newWorld(t, emulator.Options{Now: c.now, Speed: 6, Limits: emulator.Limits{ContentMinute: 2, ContentHour: 3, RESTPoints: 40}})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	w.installed()
	token := w.installationToken()
	open := func() answer {
		return w.call("POST", "/api/v3/repos/demo/api/issues", token, map[string]any{"title": "T"})
	}
	get := func() answer { return w.call("GET", "/api/v3/repos/demo/api", token, nil) }
	broken := func(want string) {
		t.Helper()
		if got := fmt.Sprint(w.Broken()); got != want {
			t.Fatalf("broken %s, want %s", got, want)
		}
	}
	open().want(t, 201)
	open().want(t, 201)
	if a := open().want(t, 403, "content creation", "secondary-rate-limits"); a.header.Get("Retry-After") != "10" {
		t.Fatalf("headers %v", a.header)
	}
	get().want(t, 403) // blocked altogether, and at once: that is no impatience
	broken("map[content-minute:1]")
	c.move(2 * time.Second)
	if a := get().want(t, 403); a.header.Get("Retry-After") != "8" {
		t.Fatalf("headers %v", a.header)
	}
	broken("map[content-minute:1 impatient:1]")
	c.move(8 * time.Second)
	open().want(t, 201)
	open().want(t, 403, "content creation") // the hour's
	c.move(10 * time.Minute)
	for range 40 {
		get().want(t, 200)
	}
	get().want(t, 403, "secondary rate limit")
	broken("map[content-hour:1 content-minute:1 impatient:1 points:1]")
	w.call("GET", "/_emulator/limits", "", nil).want(t, 200, `"content-hour":1`, `"limit":"points"`)
	w.call("PUT", "/_emulator/limits", "", map[string]any{"speed": 1, "core": 2}).want(t, 204)
	broken("map[]")
	get().want(t, 200)
	get().want(t, 200)
	get().want(t, 403, "API rate limit exceeded")
	broken("map[primary:1]")
}

func TestAskedToWait(t *testing.T) {
	c := &clock{at: time.Now()}
	w := newWorld(t, emulator.Options{Now: c.now})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	w.serve("api", r)
	in := w.installed().inst
	token := w.installationToken()
	w.call("PUT", "/_emulator/faults", "", map[string]any{"faults": []any{
		map[string]any{"path": "/repos/.*", "status": 429, "headers": map[string]string{"Retry-After": "30"}, "times": 1},
	}}).want(t, 204)
	get := func() answer { return w.call("GET", "/api/v3/repos/demo/api", token, nil) }
	get().want(t, 429)
	c.move(29 * time.Second)
	get().want(t, 403)
	c.move(2 * time.Second)
	get().want(t, 200)
	if got := w.Broken(); got["impatient"] != 1 || len(got) != 1 {
		t.Fatalf("broken %v", got)
	}

	// Of a longer wait that somebody was told just now, others need not know yet.
	wait := func(seconds string) {
		w.call("PUT", "/_emulator/faults", "", map[string]any{"faults": []any{
			map[string]any{"path": "/repos/.*", "status": 429, "headers": map[string]string{"Retry-After": seconds}, "times": 1},
		}}).want(t, 204)
		get().want(t, 429)
	}
	wait("2")
	c.move(900 * time.Millisecond)
	wait("5")
	c.move(900 * time.Millisecond)
	wait("1")
	c.move(300 * time.Millisecond)
	if get().want(t, 403); w.Broken()["impatient"] != 2 || !w.Breaks()[1].Since.Equal(c.now().Add(-1200*time.Millisecond)) {
		t.Fatalf("broken %+v", w.Breaks())
	}
	c.move(4 * time.Second)
	get().want(t, 200)
	w.call("POST", fmt.Sprintf("/_emulator/installations/%d/expire", in.ID), "", map[string]any{}).want(t, 204)
	get().want(t, 401)
}
