package tracing

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.opentelemetry.io/otel/trace"
)

// Queries is the tracer of a pool of connections: nil without tracing.
func (t *Tracing) Queries() pgx.QueryTracer {
	if t == nil {
		return nil
	}
	return &queries{t}
}

// queries makes a span of each query that is asked for within a trace. The
// queue's own, which come several times a second, belong to none.
type queries struct{ t *Tracing }

// querySpan is where a query's span waits for its end.
type querySpan struct{}

func (q *queries) begin(ctx context.Context, name string, attributes ...Attribute) context.Context {
	if Of(ctx) == nil {
		return ctx
	}
	ctx, s := q.t.begin(ctx, name, trace.SpanKindClient, append(attributes, String("db.system.name", "postgresql")))
	return context.WithValue(ctx, querySpan{}, s)
}

func (q *queries) end(ctx context.Context, rows int64, err error) {
	s, _ := ctx.Value(querySpan{}).(*Span)
	if s == nil {
		return
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		s.Note(String("db.response.status_code", refused.Code))
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	s.Note(Int("db.response.returned_rows", rows))
	s.End(err)
}

// TraceQueryStart is for pgx.
func (q *queries) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	text := oneLine(d.SQL)
	name, _, _ := strings.Cut(text, " ")
	return q.begin(ctx, "SQL "+strings.ToLower(name), String("db.query.text", text))
}

// TraceQueryEnd is for pgx.
func (q *queries) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryEndData) {
	q.end(ctx, d.CommandTag.RowsAffected(), d.Err)
}

// TraceBatchStart is for pgx.
func (q *queries) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	return q.begin(ctx, "SQL batch", Int("db.operation.batch.size", int64(d.Batch.Len())))
}

// TraceBatchQuery is for pgx; the batch has one span.
func (q *queries) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd is for pgx.
func (q *queries) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchEndData) {
	q.end(ctx, 0, d.Err)
}

// TraceCopyFromStart is for pgx.
func (q *queries) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceCopyFromStartData) context.Context {
	return q.begin(ctx, "SQL copy", String("db.collection.name", strings.Join(d.TableName, ".")))
}

// TraceCopyFromEnd is for pgx.
func (q *queries) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceCopyFromEndData) {
	q.end(ctx, d.CommandTag.RowsAffected(), d.Err)
}

// longestQuery is how much of a query's text a span keeps, in bytes.
const longestQuery = 1000

// oneLine is a query without its layout. Values are not in it: ours are
// parameters, all of them.
func oneLine(sql string) string {
	text := strings.Join(strings.Fields(sql), " ")
	if len(text) > longestQuery {
		text = strings.ToValidUTF8(text[:longestQuery], "") + " …"
	}
	return text
}
