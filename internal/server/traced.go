package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/readyline/readyline/internal/tracing"
)

// traced makes a span of each request, named by its route: addresses name
// private repositories, and some hold codes and tokens.
func (s *Server) traced(next http.Handler) http.Handler {
	if s.Tracing == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if untraced(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, span := s.Tracing.Answer(r.Context(), r.Method, r.Header.Get("Traceparent"))
		defer span.End(nil)
		// Routing fills what the context has, so that the route is known after.
		route := chi.RouteContext(ctx)
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r.WithContext(ctx))
		if route != nil && route.RoutePattern() != "" {
			span.Name(r.Method + " " + route.RoutePattern())
			span.Note(tracing.String("http.route", route.RoutePattern()))
		}
		status := ww.Status()
		if status == 0 { // nothing was written
			status = http.StatusOK
		}
		span.Note(tracing.String("http.request.method", r.Method), tracing.Int("http.response.status_code", int64(status)))
		if status >= 500 {
			span.Fail(strconv.Itoa(status))
		}
	})
}

// untraced are the requests of probes, of whoever collects numbers, and for
// what pages look like.
func untraced(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/favicon.ico" || strings.HasPrefix(path, "/assets/")
}
