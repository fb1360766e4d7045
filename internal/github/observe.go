package github

import (
	"net/http"
	"strconv"
	"time"
)

// Exchange is one request to GitHub as seen from outside: nothing of what was
// asked or answered.
type Exchange struct {
	Method    string
	Status    int    // 0: no answer came
	Resource  string // whose limit it counts against; empty when GitHub did not say
	Limit     int
	Remaining int
	Took      time.Duration
}

// Observed is the transport for NewApp that tells of every request.
func Observed(tell func(Exchange)) http.RoundTripper {
	return &observed{base: defaultTransport(), tell: tell}
}

type observed struct {
	base http.RoundTripper
	tell func(Exchange)
}

// RoundTrip passes the request on.
func (o *observed) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := o.base.RoundTrip(req)
	e := Exchange{Method: req.Method, Took: time.Since(start)}
	if err == nil {
		e.Status = resp.StatusCode
		e.Resource = resp.Header.Get("X-RateLimit-Resource")
		e.Limit, _ = strconv.Atoi(resp.Header.Get("X-RateLimit-Limit"))
		e.Remaining, _ = strconv.Atoi(resp.Header.Get("X-RateLimit-Remaining"))
	}
	o.tell(e)
	return resp, err
}
