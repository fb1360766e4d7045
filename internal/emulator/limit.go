package emulator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rate counts one caller's requests against one hourly limit.
type rate struct {
	Used  int
	Reset time.Time
}

// entry is one request in the log.
type entry struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"` // with the query
	Status int       `json:"status"`
	By     string    `json:"by"` // login, app slug, or empty
	Points int       `json:"points"`
	Millis float64   `json:"ms"`
}

// capture keeps an answer back until its headers are complete.
type capture struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (c *capture) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *capture) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(p)
}

// points is what GitHub's secondary limits charge a request.
func points(r *http.Request) int {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions || strings.HasSuffix(r.URL.Path, "/graphql") {
		return 1
	}
	return 5
}

// keepRequests is how many requests the log remembers; the totals go on counting.
const keepRequests = 100_000

// recorded writes every request down.
func (s *Server) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &entry{At: s.now().UTC(), Method: r.Method, Path: r.URL.RequestURI(), Points: points(r)}
		start := time.Now()
		seen := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), entryKey, e)))
		s.mu.Lock()
		defer s.mu.Unlock()
		e.Status, e.Millis = seen.status, float64(time.Since(start).Microseconds())/1000
		if e.Status == http.StatusNotModified {
			e.Points = 0
		}
		if len(s.entries) >= keepRequests {
			s.entries = slices.Clone(s.entries[keepRequests/2:])
		}
		s.entries = append(s.entries, e)
		s.asked++
		s.charged += e.Points
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// limited counts requests, sets GitHub's rate limit headers and entity tags, and answers
// 304 to those who have the present version, which costs nothing.
func (s *Server) limited(resource string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.caller(r)
		s.mu.Lock()
		limit := s.limitLocked(c)
		bucket := s.bucketLocked(resource, c)
		exhausted := bucket.Used >= limit && r.URL.Path != "/api/v3/rate_limit"
		s.mu.Unlock()
		if exhausted {
			s.setRate(w.Header(), resource, c)
			writeError(w, http.StatusForbidden, "API rate limit exceeded for "+c.bucket+".")
			return
		}
		held := &capture{ResponseWriter: w}
		next.ServeHTTP(held, r)
		held.WriteHeader(http.StatusOK)
		if r.Method == http.MethodGet && held.status == http.StatusOK {
			// Entity tags depend on the token: a new one gets the whole answer again.
			tag := `W/"` + signedBy(c.token, held.body.String()) + `"`
			w.Header().Set("ETag", tag)
			w.Header().Set("Cache-Control", "private, max-age=60, s-maxage=60")
			w.Header().Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
			if strings.Contains(r.Header.Get("If-None-Match"), tag[2:]) {
				held.status = http.StatusNotModified
				held.body.Reset()
				w.Header().Del("Content-Type")
			}
		}
		if held.status != http.StatusNotModified && r.URL.Path != "/api/v3/rate_limit" {
			s.mu.Lock()
			bucket.Used++
			s.mu.Unlock()
		}
		s.setRate(w.Header(), resource, c)
		w.WriteHeader(held.status)
		w.Write(held.body.Bytes())
	})
}

// limitLocked is the hourly number of requests that GitHub allows a caller.
func (s *Server) limitLocked(c caller) int {
	switch {
	case s.options.CoreLimit > 0:
		return s.options.CoreLimit
	case c.installation != nil:
		covered := 0
		for _, repo := range s.state.Repositories {
			if c.installation.covers(repo) {
				covered++
			}
		}
		return min(5000+50*max(covered-20, 0), 12500)
	case c.bucket == "anonymous":
		return 60
	}
	return 5000
}

func (s *Server) bucketLocked(resource string, c caller) *rate {
	key := resource + " " + c.bucket
	b := s.rates[key]
	if now := s.now().UTC(); b == nil || !now.Before(b.Reset) {
		b = &rate{Reset: now.Add(time.Hour).Truncate(time.Second)}
		s.rates[key] = b
	}
	return b
}

func (s *Server) setRate(h http.Header, resource string, c caller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit, b := s.limitLocked(c), s.bucketLocked(resource, c)
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(limit-b.Used, 0)))
	h.Set("X-RateLimit-Used", strconv.Itoa(b.Used))
	h.Set("X-RateLimit-Reset", itoa(b.Reset.Unix()))
	h.Set("X-RateLimit-Resource", resource)
	h.Set("X-GitHub-Request-Id", strings.ToUpper(randomHex(8)))
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
}

func (s *Server) getRateLimit(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	s.mu.Lock()
	one := func(resource string) object {
		limit, b := s.limitLocked(c), s.bucketLocked(resource, c)
		return object{"limit": limit, "used": b.Used, "remaining": max(limit-b.Used, 0), "reset": b.Reset.Unix(), "resource": resource}
	}
	core := one("core")
	out := object{"resources": object{"core": core, "graphql": one("graphql"), "search": one("search")}, "rate": core}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

// fault makes matching requests, or webhooks, go wrong.
type fault struct {
	Method    string            `json:"method"` // regular expression; empty: any
	Path      string            `json:"path"`   // regular expression on the path without /api/v3
	Status    int               `json:"status"` // 0: answer as usual, after LatencyMS
	Headers   map[string]string `json:"headers"`
	Body      string            `json:"body"`
	Times     int               `json:"times"` // 0: for ever
	LatencyMS int               `json:"latency_ms"`
	Drop      bool              `json:"drop"` // close the connection without an answer
	// Webhook is drop (logged as failed), lose (not even logged), double or delay, for events that match Event.
	Webhook string `json:"webhook"`
	Event   string `json:"event"`

	method, path, event *regexp.Regexp
	spent               bool
}

func (f *fault) compile() error {
	for _, one := range []struct {
		name, text string
		to         **regexp.Regexp
	}{{"method", f.Method, &f.method}, {"path", f.Path, &f.path}, {"event", f.Event, &f.event}} {
		pattern := ""
		if one.text != "" {
			pattern = "^(?:" + one.text + ")$"
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return fmt.Errorf("fault: %s %q: %w", one.name, one.text, err)
		}
		*one.to = re
	}
	switch f.Webhook {
	case "", "drop", "lose", "double", "delay":
		return nil
	}
	return fmt.Errorf("fault: webhook %q: want drop, lose, double or delay", f.Webhook)
}

// use counts one use of a fault down.
func (f *fault) use() *fault {
	if f.Times > 0 {
		f.Times--
		f.spent = f.Times == 0
	}
	return f
}

func (s *Server) webhookFaultLocked(d *delivery) *fault {
	for _, f := range s.faults {
		if f.Webhook != "" && !f.spent && (f.event.MatchString(d.Event) || f.event.MatchString(d.Event+"."+d.Action)) {
			return f.use()
		}
	}
	return nil
}

// faulty lets the faults that were asked for happen.
func (s *Server) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/api/v3")
		s.mu.Lock()
		var hit *fault
		for _, f := range s.faults {
			if f.Webhook == "" && !f.spent && f.method.MatchString(r.Method) && f.path.MatchString(path) {
				hit = f.use()
				break
			}
		}
		s.mu.Unlock()
		if hit == nil {
			next.ServeHTTP(w, r)
			return
		}
		select {
		case <-r.Context().Done():
		case <-s.ctx.Done():
		case <-time.After(time.Duration(hit.LatencyMS) * time.Millisecond):
		}
		switch {
		case hit.Drop:
			panic(http.ErrAbortHandler)
		case hit.Status == 0:
			next.ServeHTTP(w, r)
		default:
			s.writeFaultAnswer(w, hit)
		}
	})
}

func (s *Server) writeFaultAnswer(w http.ResponseWriter, f *fault) {
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	if f.Body == "" {
		writeError(w, f.Status, http.StatusText(f.Status))
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(f.Status)
	w.Write([]byte(f.Body))
}
