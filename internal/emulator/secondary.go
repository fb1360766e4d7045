package emulator

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// Limits are GitHub's secondary ones, for each installation. No answer tells
// how much of them is left.
type Limits struct {
	Concurrent    int // requests at a time, REST and GraphQL together
	RESTPoints    int // a minute: 1 for a read, 5 for a write
	GraphQLPoints int // a minute
	ContentMinute int // issues, comments, edits, checks, reactions
	ContentHour   int
}

// githubLimits are those that GitHub documents.
func githubLimits() Limits {
	return Limits{Concurrent: 100, RESTPoints: 900, GraphQLPoints: 2000, ContentMinute: 80, ContentHour: 500}
}

// orGitHub fills in what is left open.
func (l Limits) orGitHub() Limits {
	std := githubLimits()
	return Limits{
		Concurrent: orDefault(l.Concurrent, std.Concurrent), RESTPoints: orDefault(l.RESTPoints, std.RESTPoints),
		GraphQLPoints: orDefault(l.GraphQLPoints, std.GraphQLPoints),
		ContentMinute: orDefault(l.ContentMinute, std.ContentMinute), ContentHour: orDefault(l.ContentHour, std.ContentHour),
	}
}

const (
	secondaryURL     = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
	secondaryMessage = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
	contentMessage   = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later."

	// grace is how long requests that were under way already are no impatience.
	grace = time.Second
)

// Break is one request that broke a limit.
type Break struct {
	At     time.Time `json:"at"`
	Limit  string    `json:"limit"` // primary, concurrent, points, content-minute, content-hour, impatient
	By     string    `json:"by"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Since  time.Time `json:"since,omitzero"` // of impatience: since when to wait
}

// keepBreaks is how many are remembered one by one; all are counted.
const keepBreaks = 1000

// meter counts one installation's requests against the secondary limits.
type meter struct {
	running int
	points  map[string]*window // a minute, by resource
	content map[string]*window // by limit
	told    []telling          // that it has to wait
	until   time.Time          // the last of them
	message string
}

// telling is one answer that asks to wait.
type telling struct{ at, until time.Time }

// asked notes that the caller was told to wait.
func (m *meter) asked(now time.Time, wait time.Duration) {
	m.told = slices.DeleteFunc(m.told, func(t telling) bool { return !now.Before(t.until) })
	t := telling{now, now.Add(wait)}
	m.told = append(m.told, t)
	if t.until.After(m.until) {
		m.until = t.until
	}
}

// ignored is since when a request ignores what the caller was told; zero when
// it was under way already, as far as anybody can tell.
func (m *meter) ignored(now time.Time) time.Time {
	for _, t := range m.told {
		if now.Sub(t.at) > grace && now.Before(t.until) {
			return t.at
		}
	}
	return time.Time{}
}

// window is what was used within a span that slides, exactly.
type window struct {
	spans []spent
	sum   int
}

type spent struct {
	at   time.Time
	cost int
}

// slide forgets what is older than a span.
func (w *window) slide(now time.Time, span time.Duration) {
	n := 0
	for n < len(w.spans) && now.Sub(w.spans[n].at) >= span {
		w.sum -= w.spans[n].cost
		n++
	}
	w.spans = w.spans[n:]
}

func (w *window) add(now time.Time, cost int) {
	w.spans = append(w.spans, spent{now, cost})
	w.sum += cost
}

// lasts is how long one of GitHub's spans takes here.
func (s *Server) lasts(span time.Duration) time.Duration {
	return span / time.Duration(s.options.Speed)
}

func (s *Server) meterLocked(bucket string) *meter {
	m := s.meters[bucket]
	if m == nil {
		m = &meter{points: map[string]*window{"core": {}, "graphql": {}}, content: map[string]*window{"content-minute": {}, "content-hour": {}}}
		s.meters[bucket] = m
	}
	return m
}

// contentPath are the writes that GitHub counts as making content; whether
// edits count is not documented, so they do.
var contentPath = regexp.MustCompile(`/(issues|pulls|check-runs|statuses)(/|$)`)

func makesContent(r *http.Request) bool {
	return (r.Method == http.MethodPost || r.Method == http.MethodPatch || r.Method == http.MethodPut) && contentPath.MatchString(r.URL.Path)
}

// admit lets an installation's request in, or tells how long to wait and why.
func (s *Server) admit(r *http.Request, resource string, c caller) (m *meter, wait time.Duration, message string) {
	if c.installation == nil {
		return nil, 0, ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m = s.meterLocked(c.bucket)
	now := s.now()
	if now.Before(m.until) {
		if since := m.ignored(now); !since.IsZero() {
			s.breakLocked(r, c, "impatient", since)
		}
		return nil, m.until.Sub(now), cmp.Or(m.message, secondaryMessage)
	}
	m.message = secondaryMessage
	limit := s.overLocked(m, now, resource, points(r), makesContent(r))
	if limit != "" {
		s.breakLocked(r, c, limit, time.Time{})
		span := time.Minute
		if limit == "content-minute" || limit == "content-hour" {
			m.message = contentMessage
		}
		if limit == "content-hour" {
			span = 10 * time.Minute
		}
		m.asked(now, s.lasts(span))
		return nil, m.until.Sub(now), cmp.Or(m.message, secondaryMessage)
	}
	m.running++
	return m, 0, ""
}

// overLocked names the limit that a request would break; if none, the request
// is counted.
func (s *Server) overLocked(m *meter, now time.Time, resource string, cost int, content bool) string {
	l := s.options.Limits
	used := m.points[resource]
	used.slide(now, s.lasts(time.Minute))
	if m.running >= l.Concurrent {
		return "concurrent"
	}
	most := l.RESTPoints
	if resource == "graphql" {
		most = l.GraphQLPoints
	}
	if used.sum+cost > most {
		return "points"
	}
	if content {
		minute, hour := m.content["content-minute"], m.content["content-hour"]
		minute.slide(now, s.lasts(time.Minute))
		hour.slide(now, s.lasts(time.Hour))
		if minute.sum+1 > l.ContentMinute {
			return "content-minute"
		}
		if hour.sum+1 > l.ContentHour {
			return "content-hour"
		}
		minute.add(now, 1)
		hour.add(now, 1)
	}
	used.add(now, cost)
	return ""
}

// leave ends a request that was let in.
func (s *Server) leave(m *meter) {
	if m == nil {
		return
	}
	s.mu.Lock()
	m.running--
	s.mu.Unlock()
}

func (s *Server) breakLocked(r *http.Request, c caller, limit string, since time.Time) {
	if c.installation == nil {
		return
	}
	s.broken[limit]++
	if len(s.breaks) < keepBreaks {
		s.breaks = append(s.breaks, Break{s.now().UTC(), limit, c.bucket, r.Method, r.URL.RequestURI(), since})
	}
}

// Broken counts the requests of installations that broke a limit, by limit.
func (s *Server) Broken() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.broken)
}

// Breaks are those requests one by one, the first thousand of them.
func (s *Server) Breaks() []Break {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.breaks)
}

// getLimits shows the limits and who broke them.
func (s *Server) getLimits(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.options.Limits
	writeJSON(w, http.StatusOK, object{
		"speed": s.options.Speed, "concurrent": l.Concurrent, "rest_points": l.RESTPoints, "graphql_points": l.GraphQLPoints,
		"content_minute": l.ContentMinute, "content_hour": l.ContentHour, "core": s.options.CoreLimit, "tree": s.options.TreeLimit,
		"broken": s.broken, "breaks": slices.Clone(s.breaks),
	})
}

// putLimits changes the limits that the body names, and forgets what was counted.
func (s *Server) putLimits(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Speed, Concurrent, Core, Tree *int
		RESTPoints                    *int `json:"rest_points"`
		GraphQLPoints                 *int `json:"graphql_points"`
		ContentMinute                 *int `json:"content_minute"`
		ContentHour                   *int `json:"content_hour"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	if in.Speed != nil && *in.Speed < 1 {
		writeError(w, http.StatusUnprocessableEntity, "speed: want 1 or more")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := &s.options
	for _, set := range []struct{ from, to *int }{
		{in.Speed, &o.Speed}, {in.Core, &o.CoreLimit}, {in.Tree, &o.TreeLimit}, {in.Concurrent, &o.Limits.Concurrent},
		{in.RESTPoints, &o.Limits.RESTPoints}, {in.GraphQLPoints, &o.Limits.GraphQLPoints},
		{in.ContentMinute, &o.Limits.ContentMinute}, {in.ContentHour, &o.Limits.ContentHour},
	} {
		if set.from != nil {
			*set.to = *set.from
		}
	}
	s.rates, s.meters, s.broken, s.breaks = map[string]*rate{}, map[string]*meter{}, map[string]int{}, nil
	w.WriteHeader(http.StatusNoContent)
}
