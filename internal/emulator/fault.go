package emulator

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

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
	// Webhook is drop (logged as failed), lose (not even logged), double, delay
	// (by LatencyMS) or reorder (held back until the next has gone), for events
	// that match Event.
	Webhook string `json:"webhook"`
	Event   string `json:"event"`
	// Chance is how likely it happens to what matches, by a generator of its own
	// that starts at Seed; 0 is always.
	Chance float64 `json:"chance"`
	Seed   uint64  `json:"seed"`

	method, path, event *regexp.Regexp
	random              *rand.Rand
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
	if f.Chance < 0 || f.Chance > 1 {
		return fmt.Errorf("fault: chance %v: want 0 to 1", f.Chance)
	}
	f.random = rand.New(rand.NewPCG(f.Seed, 0))
	switch f.Webhook {
	case "", "drop", "lose", "double", "delay", "reorder":
		return nil
	}
	return fmt.Errorf("fault: webhook %q: want drop, lose, double, delay or reorder", f.Webhook)
}

// strikes tells whether it happens this time.
func (f *fault) strikes() bool {
	return !f.spent && (f.Chance == 0 || f.random.Float64() < f.Chance)
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
		if f.Webhook != "" && (f.event.MatchString(d.Event) || f.event.MatchString(d.Event+"."+d.Action)) && f.strikes() {
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
			if f.Webhook == "" && f.method.MatchString(r.Method) && f.path.MatchString(path) && f.strikes() {
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
			s.askedToWait(r, hit)
			s.writeFaultAnswer(w, hit)
		}
	})
}

// askedToWait notes that a fault tells a caller to come back later: who comes
// sooner breaks a limit.
func (s *Server) askedToWait(r *http.Request, f *fault) {
	seconds, err := strconv.Atoi(f.Headers["Retry-After"])
	if err != nil || f.Status != http.StatusForbidden && f.Status != http.StatusTooManyRequests {
		return
	}
	c, err := s.identify(r)
	if err != nil || c.installation == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meterLocked(c.bucket).asked(s.now(), time.Duration(seconds)*time.Second)
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
