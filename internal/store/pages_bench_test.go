package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

// grow fills a store with an owner's repositories, each with a checklist of
// 150 items and a year of history: a first look, then a change a week. A
// viewer, 7, may read every tenth.
func grow(b testing.TB, repositories int) *store.Store {
	b.Helper()
	s, ctx := testdb.Open(b), context.Background()
	ok(b, s.PutInstallation(ctx, store.Installation{ID: 1, AccountLogin: "acme", AccountType: "Organization"}))
	ok(b, s.PutViewer(ctx, store.Viewer{ID: 7, Login: "ada", Sealed: []byte{}}))
	now := time.Now().UTC()
	ok(b, s.EnsurePartitions(ctx, now.AddDate(-1, 0, 0), now))
	for _, sql := range []string{
		`insert into repositories (id, installation_id, owner, name, visibility, assessed_at, assessed_sha, topics)
			select n, 1, 'acme', 'service-' || n, 'private', now(), 'c', array['service', 'tier-' || n % 4]
			from generate_series(1, $1) n`,
		`insert into items (repository_id, checklist, item, section, position, controls, required, state, held, reason,
				evidence, fingerprint, done, total, commit, since, by, disputed)
			select n, 'list', 'item-' || i, 'Section ' || i / 15, i, array['c-' || i], i % 20 = 0,
				case when (n * 7 + i * 13) % 10 < 5 then 'met' else 'unmet' end, '', '',
				'[{"strength": "proves", "path": "infra/main.tf", "start_line": 3, "end_line": 9, "rule": "rule", "summary": "defined in"}]',
				'f', 1, 1, repeat('c', 40), now(), '', false
			from generate_series(1, $1) n, generate_series(1, 150) i`,
		`insert into verdicts (repository_id, control, verdict, reason, since)
			select repository_id, 'c-' || position, case state when 'met' then 'proven' else 'none' end, '', since
			from items where $1 > 0`,
		`insert into history (at, repository_id, checklist, item, from_state, to_state, required, commit, evidence, actor,
				actor_kind, reason, catalogue_version, delivery)
			select now() - interval '364 days', repository_id, checklist, item, '', state, required, commit, evidence, '',
				'install', '', 'v1', ''
			from items where $1 > 0`,
		`insert into history (at, repository_id, checklist, item, from_state, to_state, required, commit, evidence, actor,
				actor_kind, reason, catalogue_version, delivery)
			select now() - make_interval(days => 7 * w, mins => n % 1440), n, 'list', 'item-' || (n + w) % 150 + 1,
				case w % 2 when 0 then 'unmet' else 'met' end, case w % 2 when 0 then 'met' else 'unmet' end, false,
				repeat('c', 40), '[]', 'ada', 'push', '', 'v1', ''
			from generate_series(1, $1) n, generate_series(1, 51) w`,
		`insert into assessments (repository_id, checklist, position, title, score, ready, items, met, attested, waived,
				not_applicable, unmet, unknown, required, required_left, commit, at, layout, letters)
			select n, 'list', 0, 'The list', n % 101, n % 101 = 100, 150, n % 101, 0, 0, 0, 150 - n % 101, 0, 7, n % 7, 'c',
				now() - make_interval(mins => n % 1440), 'items', substr(repeat('muUmuwan', 20), n % 8 + 1, 150)
			from generate_series(1, $1) n`,
		`insert into layouts (hash, names, heads)
			select kind, array_agg(kind || '-' || i order by i), array_agg('Section ' || i / 15 order by i)
			from generate_series(1, 150) i, (values ('items'), ('controls')) as k (kind) where $1 > 0 group by kind`,
		`insert into verdict_letters (repository_id, layout, letters)
			select n, 'controls', substr(repeat('p-spp-ck', 20), n % 8 + 1, 150) from generate_series(1, $1) n`,
		`insert into daily (repository_id, checklist, day, score, ready, items, met, attested, waived, not_applicable,
				unmet, unknown, required, required_left)
			select n, 'list', current_date - 7 * w, (n + w) % 101, false, 150, (n + w) % 101, 0, 0, 0, 150 - (n + w) % 101,
				0, 7, n % 7
			from generate_series(1, $1) n, generate_series(0, 52) w`,
		`insert into curves (repository_id, checklist, steps)
			select repository_id, checklist,
				string_agg(curve_step(day, score, ready, items, met + attested + waived, items - not_applicable), ''::bytea order by day)
			from daily where $1 > 0 group by repository_id, checklist`,
		`insert into viewer_repositories (viewer_id, repository_id, permission, checked_at)
			select 7, n, 'read', now() from generate_series(10, $1, 10) n`,
	} {
		if _, err := s.Pool().Exec(ctx, sql, repositories); err != nil {
			b.Fatalf("%s: %v", sql[:40], err)
		}
	}
	_, err := s.Pool().Exec(ctx, `vacuum analyze`)
	ok(b, err)
	return s
}

// BenchmarkPages is the time in the database of every page's questions, over
// 10,000 repositories with 150 items and a year of history each.
func BenchmarkPages(b *testing.B) {
	s, ctx := grow(b, 10_000), context.Background()
	now := time.Now().UTC()
	year, week := now.AddDate(-1, 0, 0), now.AddDate(0, 0, -7)
	for _, sight := range []struct {
		name string
		store.Sight
	}{{"all", store.Everything}, {"tenth", store.Sight{Viewer: 7}}} {
		survey := must[store.Survey](b)(s.Survey(ctx, sight.Sight, "acme"))
		questions := []struct {
			name string
			ask  func() error
		}{
			{"owners", func() error { _, err := s.Owners(ctx, sight.Sight); return err }},
			{"survey", func() error { _, err := s.Survey(ctx, sight.Sight, "acme"); return err }},
			{"events", func() error {
				_, err := s.Events(ctx, survey, week, store.Cursor{}, 50)
				return err
			}},
			{"control adoption", func() error { _, err := s.ControlAdoption(ctx, sight.Sight, "acme"); return err }},
			{"item trend", func() error {
				_, err := s.ItemTrend(ctx, survey, "list", "item-77", year)
				return err
			}},
			{"items", func() error { _, err := s.Items(ctx, 77, "list"); return err }},
			{"items half a year ago", func() error {
				_, err := s.ItemsAsOf(ctx, 77, "list", now.AddDate(0, -6, 0))
				return err
			}},
			{"history", func() error {
				_, err := s.History(ctx, store.HistoryFilter{Repositories: []int64{77}, Limit: 50})
				return err
			}},
			{"badge", func() error { _, err := s.Badge(ctx, "acme", "service-77", ""); return err }},
			{"counts", func() error { _, err := s.Counts(ctx); return err }},
		}
		for _, q := range questions {
			b.Run(fmt.Sprintf("%s/%s", sight.name, q.name), func(b *testing.B) {
				for b.Loop() {
					ok(b, q.ask())
				}
			})
		}
	}
}
