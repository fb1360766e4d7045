package tracing

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// Transport makes a span of each request that is sent within a trace. GitHub is
// not told of the trace.
func (t *Tracing) Transport(base http.RoundTripper) http.RoundTripper {
	if t == nil {
		return base
	}
	return &transport{t, base}
}

type transport struct {
	t    *Tracing
	base http.RoundTripper
}

// RoundTrip passes the request on.
func (x *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if Of(req.Context()) == nil {
		return x.base.RoundTrip(req)
	}
	shape := Shape(req.URL.Path)
	ctx, s := x.t.begin(req.Context(), req.Method+" "+shape, trace.SpanKindClient, []Attribute{
		String("http.request.method", req.Method), String("url.template", shape),
		String("server.address", req.URL.Hostname()),
	})
	resp, err := x.base.RoundTrip(req.WithContext(ctx))
	if err == nil {
		s.Note(Int("http.response.status_code", int64(resp.StatusCode)))
		if resp.StatusCode >= 400 {
			s.Fail(strconv.Itoa(resp.StatusCode))
		}
		if id := resp.Header.Get("X-GitHub-Request-Id"); id != "" {
			s.Note(String("github.request_id", id))
		}
	}
	s.End(err)
	return resp, err
}

// words are the parts of GitHub's addresses that say what is asked, and not of
// whom.
const words = `access_tokens actions alerts api app applications automated-security-fixes blobs branches check-runs code-scanning collaborators
	comments commits compare config contents conversions dependabot deliveries deployments attempts environments files git graphql hook
	installation installations issues labels login memberships oauth orgs permission properties protection pulls reactions ref refs
	releases repos repositories reviews rules rulesets runs search secret-scanning statuses tags teams timeline token topics trees user
	users v3 values vulnerability-alerts workflows`

// Shape is a path of GitHub's API without what tells one repository, person or
// thing from another: "/repos/acme/api/issues/7" is "/repos/{}/{}/issues/{}".
func Shape(path string) string {
	parts, known := strings.Split(path, "/"), strings.Fields(words)
	for i, p := range parts {
		named := i > 0 && (parts[i-1] == "repos" || parts[i-1] == "orgs" || parts[i-1] == "users") || i > 1 && parts[i-2] == "repos"
		if p != "" && (named || !slices.Contains(known, p)) {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}
