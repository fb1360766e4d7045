package tracing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// Nothing is made, wrapped or started unless a collector is named.
func TestOff(t *testing.T) {
	for _, env := range []map[string]string{
		{}, {"OTEL_SERVICE_NAME": "x"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"},
	} {
		off, err := Open(context.Background(), func(v string) string { return env[v] }, "1", slog.New(slog.DiscardHandler))
		if off != nil || err != nil {
			t.Errorf("%v: %v, %v", env, off, err)
		}
	}
	var off *Tracing
	if off.Queries() != nil || off.Transport(http.DefaultTransport) != http.DefaultTransport || off.Close(context.Background()) != nil {
		t.Error("something is there without tracing")
	}
	ctx := context.Background()
	got, span := off.Begin(ctx, "x")
	span.Name("y")
	span.Note(String("k", "v"))
	span.Event("e")
	span.End(io.EOF)
	if got != ctx || Parent(ctx) != "" || Continue(ctx, "") != ctx || Of(ctx) != nil {
		t.Error("a context changed")
	}
}

func TestContinue(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	if got := Parent(Continue(context.Background(), parent)); got != parent {
		t.Errorf("continued %q", got)
	}
	for _, bad := range []string{"x", "00-00000000000000000000000000000000-b7ad6b7169203331-01", strings.Repeat("0", 5000)} {
		if got := Parent(Continue(context.Background(), bad)); got != "" {
			t.Errorf("%.20q continues as %q", bad, got)
		}
	}
}

func TestShape(t *testing.T) {
	for path, want := range map[string]string{
		"/repos/acme/api/issues/7":                             "/repos/{}/{}/issues/{}",
		"/api/v3/repos/issues/comments/issues/7/comments":      "/api/v3/repos/{}/{}/issues/{}/comments",
		"/repos/acme/api/contents/private/plan.md":             "/repos/{}/{}/contents/{}/{}",
		"/app/installations/12/access_tokens":                  "/app/installations/{}/access_tokens",
		"/orgs/acme/properties/values":                         "/orgs/{}/properties/values",
		"/graphql":                                             "/graphql",
		"/app-manifests/a-code-that-is-a-secret/conversions":   "/{}/{}/conversions",
		"/repos/acme/api/commits/1f2e3d/check-runs":            "/repos/{}/{}/commits/{}/check-runs",
		"/repos/acme/api/collaborators/alice/permission":       "/repos/{}/{}/collaborators/{}/permission",
		"/applications/Iv1.client/token":                       "/applications/{}/token",
		"/repositories/77/git/trees/heads":                     "/repositories/{}/git/trees/{}",
		"/repos/acme/api/branches/release%2Fsecret/protection": "/repos/{}/{}/branches/{}/protection",
	} {
		if got := Shape(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(Log(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})))
	ctx := With(context.Background(), slog.String("delivery", "d1"), slog.String("repository", "7"))
	ctx = With(ctx, slog.String("repository", "acme/api"))
	ctx = Continue(ctx, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	log.With("role", "all").InfoContext(ctx, "one")
	log.InfoContext(ctx, "two", "delivery", "d2")
	log.Info("three")
	want := `level=INFO msg=one role=all delivery=d1 repository=acme/api trace=0af7651916cd43dd8448eb211c80319c
level=INFO msg=two delivery=d2 repository=acme/api trace=0af7651916cd43dd8448eb211c80319c
level=INFO msg=three
`
	if out.String() != want {
		t.Errorf("logged\n%swant\n%s", out.String(), want)
	}
}

func TestKindOfAnErrorSaysNothingOfItsText(t *testing.T) {
	err := fmt.Errorf("snapshot acme/private: %w", &http.MaxBytesError{Limit: 1})
	if got := kind(err); got != "*http.MaxBytesError" {
		t.Error(got)
	}
	if got := kind(errors.New("secret")); got != "*errors.errorString" {
		t.Error(got)
	}
}
