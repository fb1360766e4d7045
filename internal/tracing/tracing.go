// Package tracing follows one delivery from the webhook through its jobs,
// queries and requests to the writing of the issue: as OpenTelemetry spans,
// where somebody collects them, and as attributes of log lines, always.
//
// A span says what was done, to which numbers, and how it ended. It holds no
// value of a query, no address as it was asked for, no payload and no text of
// an error: those may tell of private repositories. The log line of an error
// has the same trace id.
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Tracing makes spans. A nil one makes none, and costs nothing.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// Open is the tracing that the standard OTEL_… variables ask for: nil when
// they name no collector. Which share is traced, how it is sent and what the
// service is called are theirs to say as well.
func Open(ctx context.Context, getenv func(string) string, version string, log *slog.Logger) (*Tracing, error) {
	if !wanted(getenv) {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("trace collector: %w", err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "readyline"), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("trace resource: %w", err)
	}
	// The library has one place for what goes wrong in the background.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces not handed over", "error", err) }))
	p := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return &Tracing{provider: p, tracer: p.Tracer("github.com/readyline/readyline")}, nil
}

// closing is how long a collector that does not answer holds up the end.
const closing = 5 * time.Second

// Close hands over what is left.
func (t *Tracing) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, closing)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("hand over the last traces: %w", err)
	}
	return nil
}

// Attribute is what a span says about itself.
type Attribute = attribute.KeyValue

// String is an attribute.
func String(key, value string) Attribute { return attribute.String(key, value) }

// Int is an attribute.
func Int(key string, value int64) Attribute { return attribute.Int64(key, value) }

// Span is one thing that is done. A nil one notes nothing.
type Span struct{ span trace.Span }

// Begin starts a span, as part of the one in ctx if there is one.
func (t *Tracing) Begin(ctx context.Context, name string, attributes ...Attribute) (context.Context, *Span) {
	return t.begin(ctx, name, trace.SpanKindInternal, attributes)
}

// Answer starts the span of a request from outside. Whoever asks does not
// decide what is traced: the trace is a new one, with a link to theirs.
func (t *Tracing) Answer(ctx context.Context, name, theirs string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	o := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer)}
	if from := trace.SpanContextFromContext(Continue(context.Background(), theirs)); from.IsValid() {
		o = append(o, trace.WithLinks(trace.Link{SpanContext: from}))
	}
	ctx, s := t.tracer.Start(ctx, name, o...)
	return ctx, &Span{s}
}

func (t *Tracing) begin(ctx context.Context, name string, kind trace.SpanKind, attributes []Attribute) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx, s := t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
	return ctx, &Span{s}
}

// Name gives the span the name that was not known when it began.
func (s *Span) Name(name string) {
	if s != nil {
		s.span.SetName(name)
	}
}

// Note adds attributes.
func (s *Span) Note(attributes ...Attribute) {
	if s != nil {
		s.span.SetAttributes(attributes...)
	}
}

// Event notes that something happened meanwhile.
func (s *Span) Event(name string, attributes ...Attribute) {
	if s != nil {
		s.span.AddEvent(name, trace.WithAttributes(attributes...))
	}
}

// Fail notes that it went wrong, and the kind of what did.
func (s *Span) Fail(kind string) {
	if s != nil {
		s.span.SetStatus(codes.Error, "")
		s.span.SetAttributes(attribute.String("error.type", kind))
	}
}

// End ends the span; err nil: it went well.
func (s *Span) End(err error) {
	if s == nil {
		return
	}
	if err != nil {
		s.Fail(kind(err))
	}
	s.span.End()
}

// kind is the type of the innermost error.
func kind(err error) string {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || u.Unwrap() == nil {
			return fmt.Sprintf("%T", err)
		}
		err = u.Unwrap()
	}
}

// Of is the span in ctx.
func Of(ctx context.Context) *Span {
	if s := trace.SpanFromContext(ctx); s.IsRecording() {
		return &Span{s}
	}
	return nil
}

// Parent is what continues the trace of ctx elsewhere, in the form of W3C's
// traceparent; empty without a trace.
func Parent(ctx context.Context) string {
	c := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, c)
	return c["traceparent"]
}

// Continue is ctx within the trace that Parent told of. What is none changes
// nothing.
func Continue(ctx context.Context, parent string) context.Context {
	if parent == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": parent})
}
