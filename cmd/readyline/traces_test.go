package main

import (
	"compress/gzip"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collect "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// collector takes traces as any collector does: OTLP over HTTP.
type collector struct {
	t      *testing.T
	server *httptest.Server

	mu  sync.Mutex
	got []*spans.Span
	raw strings.Builder // everything that was sent, headers included
}

func newCollector(t *testing.T) *collector {
	c := &collector{t: t}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.server.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(r.Body); err != nil {
			c.t.Errorf("collector: %v", err)
		}
	}
	text, err := io.ReadAll(body)
	var request collect.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(text, &request)
	}
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		c.t.Errorf("collector: %s %s %s: %v", r.Method, r.URL, r.Header.Get("Content-Type"), err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.WriteString(protojson.Format(&request))
	for _, of := range request.ResourceSpans {
		for _, scope := range of.ScopeSpans {
			c.got = append(c.got, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func (c *collector) all() []*spans.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.got)
}

// text is all that was sent, as JSON.
func (c *collector) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.raw.String()
}

// One trace leads from the webhook through the inbox and the queue, through
// queries and requests, to the writing of the issue; log lines and the stored
// delivery name it; nothing in it names the repository or shows what is in it.
func TestOneTraceFromTheWebhookToTheIssue(t *testing.T) {
	c := newCollector(t)
	w := newWorld(t)
	w.stop()
	log := &journal{}
	w.config.LogLevel = "debug"
	w.startLogging(log)
	r := w.repository("payments-of-nobody", readme+dockerfile)
	w.install()
	r.issue()
	w.settled()
	r.commit("A message of nobody", buildAndPush)
	r.boxes(map[string]bool{"build-docker-images": true})
	w.settled()
	var parents []string
	rows, err := w.process.store.Pool().Query(context.Background(), `select trace_parent from deliveries where event = 'push'`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var p string
		if err := rows.Scan(&p); err != nil {
			t.Fatal(err)
		}
		parents = append(parents, p)
	}
	w.stop() // hands over the rest
	byID := map[string]*spans.Span{}
	var write *spans.Span
	for _, s := range c.all() {
		byID[string(s.SpanId)] = s
		if s.Name == "PATCH /api/v3/repos/{}/{}/issues/{}" {
			write = s
		}
	}
	if write == nil {
		t.Fatal("no span of the writing of the issue")
	}
	trace := hex.EncodeToString(write.TraceId)
	var way []string
	for s := write; s != nil; s = byID[string(s.ParentSpanId)] {
		way = append(way, s.Name)
		if string(s.TraceId) != string(write.TraceId) {
			t.Errorf("%s is in another trace", s.Name)
		}
	}
	want := []string{"PATCH /api/v3/repos/{}/{}/issues/{}", "publish issue", "job look", "job inbox", "POST /webhooks/github"}
	if !slices.Equal(way, want) {
		t.Errorf("the way to the issue is %q, want %q", way, want)
	}
	kinds := map[string]int{}
	for _, s := range c.all() {
		if string(s.TraceId) == string(write.TraceId) {
			name, _, _ := strings.Cut(s.Name, " ")
			kinds[name]++
		}
		if len(s.ParentSpanId) == 0 && !strings.HasPrefix(s.Name, "job ") && !strings.Contains(s.Name, " /") {
			t.Errorf("a trace that begins with %q", s.Name)
		}
	}
	if kinds["SQL"] < 10 || kinds["GET"]+kinds["POST"] < 2 {
		t.Errorf("the trace has %v", kinds)
	}
	if !slices.ContainsFunc(parents, func(p string) bool { return strings.Contains(p, trace) }) {
		t.Errorf("deliveries of pushes were stored with %q, none with %s", parents, trace)
	}
	for _, line := range []string{"delivery stored", "issue up to date"} {
		if !slices.ContainsFunc(strings.Split(log.String(), "\n"), func(l string) bool {
			return strings.Contains(l, line) && strings.Contains(l, "trace="+trace) && strings.Contains(l, "delivery=") &&
				strings.Contains(l, "repository=") && (line == "delivery stored" || strings.Contains(l, "job="))
		}) {
			t.Errorf("no line %q with the ids of the trace in\n%s", line, log.String())
		}
	}
	for _, private := range []string{"payments-of-nobody", "message of nobody", "ghs_", "eyJ", w.config.WebhookSecret, w.config.ClientSecret, "Bearer", "BEGIN RSA"} {
		if i := strings.Index(c.text(), private); i >= 0 {
			t.Errorf("%q is in the traces: …%s…", private, c.text()[max(0, i-200):i])
		}
	}
}

// A collector that nobody answers for changes nothing.
func TestCollectorIsDown(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", down.URL)
	w := newWorld(t)
	r := w.repository("payments", readme+dockerfile)
	w.install()
	r.issue()
	w.settled()
}
