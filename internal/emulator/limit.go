package emulator

import (
	"bytes"
	"context"
	"net/http"
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
		if exhausted {
			s.breakLocked(r, c, "primary", time.Time{})
		}
		s.mu.Unlock()
		if exhausted {
			s.setRate(w.Header(), resource, c)
			writeExhausted(w, resource, c)
			return
		}
		m, wait, message := s.admit(r, resource, c)
		if wait > 0 {
			s.setRate(w.Header(), resource, c)
			w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
			writeJSON(w, http.StatusForbidden, object{"message": message, "documentation_url": secondaryURL})
			return
		}
		defer s.leave(m)
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
			if covered == 170 { // more changes nothing
				break
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
		b = &rate{Reset: now.Add(s.lasts(time.Hour)).Truncate(time.Second)}
		s.rates[key] = b
	}
	return b
}

// writeExhausted answers that the hour's requests are used up: GraphQL does so
// with 200 and an error in the body.
func writeExhausted(w http.ResponseWriter, resource string, c caller) {
	message := "API rate limit exceeded for " + c.bucket + "."
	if resource == "graphql" {
		writeJSON(w, http.StatusOK, object{"errors": []any{object{"type": "RATE_LIMITED", "message": message}}})
		return
	}
	writeError(w, http.StatusForbidden, message)
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
