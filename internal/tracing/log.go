package tracing

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// about is what the log lines of a context are about.
type about struct{}

// With is ctx whose log lines carry attributes as well.
func With(ctx context.Context, attributes ...slog.Attr) context.Context {
	before, _ := ctx.Value(about{}).([]slog.Attr)
	return context.WithValue(ctx, about{}, append(before[:len(before):len(before)], attributes...))
}

// Log adds to every line what With said of its context, and the trace it
// belongs to.
func Log(h slog.Handler) slog.Handler { return &logged{h} }

type logged struct{ slog.Handler }

// Handle leaves alone what a line says itself, and takes the last word of
// several on one thing.
func (l *logged) Handle(ctx context.Context, r slog.Record) error {
	known := map[string]bool{}
	r.Attrs(func(a slog.Attr) bool {
		known[a.Key] = true
		return true
	})
	said, _ := ctx.Value(about{}).([]slog.Attr)
	var more []slog.Attr
	for i := len(said) - 1; i >= 0; i-- {
		if a := said[i]; !known[a.Key] {
			known[a.Key] = true
			more = append(more, a)
		}
	}
	if s := trace.SpanContextFromContext(ctx); s.IsValid() && !known["trace"] {
		more = append([]slog.Attr{slog.String("trace", s.TraceID().String())}, more...)
	}
	if len(more) == 0 {
		return l.Handler.Handle(ctx, r)
	}
	r = r.Clone()
	for i := len(more) - 1; i >= 0; i-- {
		r.AddAttrs(more[i])
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs keeps what lines carry.
func (l *logged) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logged{l.Handler.WithAttrs(attrs)}
}

// WithGroup keeps what lines carry.
func (l *logged) WithGroup(name string) slog.Handler { return &logged{l.Handler.WithGroup(name)} }

// Said is the string that With said last under a key; empty: nothing.
func Said(ctx context.Context, key string) string {
	said, _ := ctx.Value(about{}).([]slog.Attr)
	for i := len(said) - 1; i >= 0; i-- {
		if said[i].Key == key {
			return said[i].Value.String()
		}
	}
	return ""
}
