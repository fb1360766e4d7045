package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Ask is one request of an installation as GitHub's limits count it.
type Ask struct {
	Installation int64
	Resource     string // core or graphql
	Points       int    // 1 for a read or a query, 5 for a write
	Content      bool   // it makes or changes what people read: issues, comments, checks
	Urgent       bool   // somebody waits for it
}

// Told is what an answer said of limits. What it did not say is zero.
type Told struct {
	Limit     int
	Remaining int
	Reset     time.Time
	Wait      time.Duration // no request before that; negative: GitHub wants a pause and does not say how long
	Reason    string        // of the pause, in GitHub's words
}

// Gate lets a request of an installation pass, or returns *Limited when limits
// have no room for it. leave is called once, with what the answer said; nil:
// there was none.
type Gate func(ctx context.Context, a Ask) (leave func(*Told), err error)

type urgent struct{}

// Urgent marks what is asked under a context as what a person waits for: it may
// use what is kept in reserve.
func Urgent(ctx context.Context) context.Context { return context.WithValue(ctx, urgent{}, true) }

// IsUrgent tells whether somebody waits.
func IsUrgent(ctx context.Context) bool { return ctx.Value(urgent{}) != nil }

// gated is the transport of an installation.
type gated struct {
	base         http.RoundTripper
	app          *App
	installation int64
}

// RoundTrip asks the gate first and tells it what came of the request.
func (g *gated) RoundTrip(req *http.Request) (*http.Response, error) {
	if g.app.gate == nil || strings.HasSuffix(req.URL.Path, "/rate_limit") { // which is free
		return g.base.RoundTrip(req)
	}
	leave, err := g.app.gate(req.Context(), askOf(req, g.installation))
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as a transport has to
		}
		return nil, err
	}
	resp, err := g.base.RoundTrip(req)
	if err != nil {
		leave(nil)
		return nil, err
	}
	t := toldBy(resp)
	leave(&t)
	return resp, nil
}

func askOf(req *http.Request, installation int64) Ask {
	a := Ask{Installation: installation, Resource: "core", Points: 5, Urgent: IsUrgent(req.Context())}
	switch {
	case strings.HasSuffix(req.URL.Path, "/graphql"):
		a.Resource, a.Points = "graphql", 1
	case req.Method == http.MethodGet || req.Method == http.MethodHead:
		a.Points = 1
	default:
		a.Content = req.Method != http.MethodDelete
	}
	return a
}

// maxRefusal is how much of a refusal is read to find out what it is, in bytes.
const maxRefusal = 64 << 10

// toldBy reads GitHub's headers and, of a refusal, the words.
func toldBy(resp *http.Response) Told {
	var t Told
	h := resp.Header
	t.Limit, _ = strconv.Atoi(h.Get("X-RateLimit-Limit"))
	t.Remaining, _ = strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if s, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		t.Reset = time.Unix(s, 0)
	}
	if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusTooManyRequests {
		return t
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	resp.Body = readAgain{io.MultiReader(bytes.NewReader(text), resp.Body), resp.Body}
	var refusal struct{ Message string }
	if err != nil || json.Unmarshal(text, &refusal) != nil {
		refusal.Message = ""
	}
	after, noAfter := strconv.Atoi(h.Get("Retry-After"))
	switch {
	case noAfter == nil && after > 0:
		t.Wait = time.Duration(after) * time.Second
	case t.Limit > 0 && t.Remaining == 0: // of the hour: Reset says it all
		return t
	case resp.StatusCode == http.StatusTooManyRequests || isSecondary(refusal.Message):
		t.Wait = -1
	}
	t.Reason = refusal.Message
	return t
}

// readAgain is a body of which the beginning has been read.
type readAgain struct {
	io.Reader
	io.Closer
}

// isSecondary tells a refusal for asking too fast from one for want of a
// permission: both are 403.
func isSecondary(message string) bool {
	m := strings.ToLower(message)
	return strings.Contains(m, "secondary rate limit") || strings.Contains(m, "abuse detection")
}

// HeldBack makes the error of a request that a limit has no room for.
func HeldBack(until time.Time, why string) error {
	return &Limited{Until: until, Cause: errors.New(why)}
}
