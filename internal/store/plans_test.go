package store_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/readyline/readyline/internal/store"
)

// asked is a query as a page sent it.
type asked struct {
	sql  string
	args []any
}

// listener notes queries.
type listener struct {
	mu  sync.Mutex
	all []asked
}

func (l *listener) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, asked{q.SQL, q.Args})
	return ctx
}

func (l *listener) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// plan is a node of what EXPLAIN answers as JSON.
type plan struct {
	Node     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Plans    []plan `json:"Plans"`
}

// scanned adds the tables that a plan reads from end to end.
func (p plan) scanned(all []string) []string {
	if strings.HasSuffix(p.Node, "Seq Scan") {
		all = append(all, p.Relation)
	}
	for _, sub := range p.Plans {
		all = sub.scanned(all)
	}
	return all
}

// TestPlans asks Postgres how it would answer each page's questions over a
// fleet whose tables are analysed: none reads all items, days or history. The
// fleet is small; what is by index there is so in a large one.
func TestPlans(t *testing.T) {
	pool, ctx := grow(t, 1500).Pool(), context.Background()
	heard := &listener{}
	config := pool.Config()
	config.ConnConfig.Tracer = heard
	s := must[*store.Store](t)(store.OpenConfig(ctx, config))
	t.Cleanup(s.Close)
	// Months to come are empty, and those within a span are what is asked for.
	found, err := pool.Query(ctx, `select relname from pg_class
		where relkind = 'r' and reltuples > 1000 and (relname in ('items', 'daily', 'verdicts') or relname like 'history_%')`)
	ok(t, err)
	large := must[[]string](t)(pgx.CollectRows(found, pgx.RowTo[string]))
	for _, wanted := range []string{"items", "daily", "verdicts"} {
		if !slices.Contains(large, wanted) {
			t.Errorf("%s is not large: %v", wanted, large)
		}
	}
	for _, sight := range []store.Sight{store.Everything, {Viewer: 7}} {
		for _, q := range questions(t, s, sight) {
			heard.all = nil
			ok(t, q.ask(ctx))
			if len(heard.all) == 0 {
				t.Errorf("%s asked nothing", q.name)
			}
			for _, a := range heard.all {
				for _, table := range explain(t, pool, a).scanned(nil) {
					if asked := strings.HasPrefix(table, "history") && q.since != "" && table >= q.since; !asked && slices.Contains(large, table) {
						t.Errorf("%s reads all of %s: %s", q.name, table, a.sql)
					}
				}
			}
		}
	}
}

func explain(t *testing.T, pool *pgxpool.Pool, a asked) plan {
	t.Helper()
	var out []byte
	ok(t, pool.QueryRow(context.Background(), `explain (format json) `+a.sql, a.args...).Scan(&out))
	var plans []struct{ Plan plan }
	ok(t, json.Unmarshal(out, &plans))
	return plans[0].Plan
}

// question is one of a page's. Since is the history's partition that its span
// begins in, if it is about one.
type question struct {
	name  string
	ask   func(context.Context) error
	since string
}

func (q question) from(at time.Time) question {
	q.since = at.Format("history_2006_01")
	return q
}

func asks[T any](name string, ask func(context.Context) (T, error)) question {
	return question{name: name, ask: func(ctx context.Context) error { _, err := ask(ctx); return err }}
}

// questions are those of all pages, in the spans that pages ask for by
// themselves.
func questions(t *testing.T, s *store.Store, sight store.Sight) []question {
	survey := must[store.Survey](t)(s.Survey(context.Background(), sight, "acme"))
	now := time.Now().UTC()
	week, quarter := now.AddDate(0, 0, -7), now.AddDate(0, 0, -90)
	ids := []int64{10, 20, 30, 40, 50}
	type c = context.Context
	return []question{
		asks("owners", func(ctx c) ([]store.Owner, error) { return s.Owners(ctx, sight) }),
		asks("fleet", func(ctx c) ([]store.FleetRow, error) { return s.FleetAfter(ctx, sight, "acme", "list", 10, 50) }),
		asks("survey", func(ctx c) (store.Survey, error) { return s.Survey(ctx, sight, "acme") }).from(week),
		asks("events", func(ctx c) ([]store.Event, error) { return s.Events(ctx, survey, week, store.Cursor{}, 50) }).from(week),
		asks("controls", func(ctx c) ([]store.ControlAdoption, error) { return s.ControlAdoption(ctx, sight, "acme") }),
		asks("item trend", func(ctx c) ([]store.Count, error) {
			return s.ItemTrend(ctx, survey, "list", "item-7", now.AddDate(-1, 0, 0))
		}),
		asks("bearers", func(ctx c) ([]store.Bearer, error) {
			return s.Bearers(ctx, []store.Cell{{RepositoryID: 10}, {RepositoryID: 20}}, "list", "item-7")
		}),
		asks("items", func(ctx c) ([]store.Item, error) { return s.Items(ctx, 10, "list") }),
		asks("days", func(ctx c) ([]store.Day, error) { return s.Days(ctx, 10, "list", quarter) }),
		asks("items as of", func(ctx c) ([]store.ItemThen, error) { return s.ItemsAsOf(ctx, 10, "list", quarter) }),
		asks("former checklists", func(ctx c) ([]string, error) { return s.ChecklistsAsOf(ctx, 10, quarter) }),
		asks("history", func(ctx c) ([]store.Event, error) {
			return s.History(ctx, store.HistoryFilter{Repositories: ids[:1], Limit: 50})
		}),
		asks("badge", func(ctx c) (store.Badge, error) { return s.Badge(ctx, "acme", "service-10", "") }),
	}
}
