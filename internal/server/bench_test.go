package server_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/store"
)

var fleetSize = flag.Int("fleet", 10_000, "how many repositories the benchmark of pages makes up")

// BenchmarkPages times every page and list over a large fleet with a year of
// history, as a viewer who may read all of it. It reports the median and the
// 99th percentile of its runs by the clock, the mean of the processor time that
// this process and Postgres took (which a busy machine changes least), and the
// compressed size.
//
//	go test ./internal/server -run - -bench Pages -benchtime 100x -fleet 10000
func BenchmarkPages(b *testing.B) {
	w := newWorld(b)
	start := time.Now()
	w.flood(*fleetSize)
	b.Logf("%d repositories made in %s", *fleetSize, time.Since(start).Round(time.Second))
	cookie := w.signIn(1, "ada", nil)
	_, err := w.store.Pool().Exec(context.Background(), `
		insert into viewer_repositories (viewer_id, repository_id, permission, checked_at)
		select 1, r.id, 'read', v.checked_at from repositories r, viewer_repositories v where v.viewer_id = 1 and v.repository_id = 0`)
	ok(b, err)
	_, err = w.store.Pool().Exec(context.Background(), `vacuum analyze`)
	ok(b, err)
	for _, path := range []string{
		"/", "/orgs/acme", "/orgs/acme?days=365&sort=score", "/orgs/acme?q=77&state=not_ready", "/orgs/acme/controls", "/orgs/acme/controls?item=item-7", "/orgs/acme/controls?by=topic",
		"/orgs/acme/changes", "/repos/acme/r77", "/repos/acme/r77?at=" + w.now.AddDate(0, -6, 0).Format(time.DateOnly), "/repos/acme/r77/history",
		"/api/v1/orgs/acme", "/api/v1/orgs/acme/repositories", "/api/v1/repos/acme/r77/items", "/badge/acme/r77.svg",
	} {
		b.Run(path, func(b *testing.B) {
			var took []time.Duration
			size, before := 0, w.processor()
			for b.Loop() {
				at := time.Now()
				got := w.get(path, cookie, "Accept-Encoding", "gzip")
				took = append(took, time.Since(at))
				if size = len(got.body); got.status != 200 {
					b.Fatalf("status %d", got.status)
				}
			}
			used := w.processor() - before
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ms/median")
			b.ReportMetric(float64(took[(len(took)*99-1)/100].Milliseconds()), "ms/p99")
			b.ReportMetric(float64(used.Milliseconds())/float64(len(took)), "ms-processor/page")
			b.ReportMetric(float64(size)/1024, "KB/page")
		})
	}
}

// processor is the processor time that this process and the database's
// connections have taken; 0 where that can't be read.
func (w *world) processor() time.Duration {
	w.Helper()
	rows, err := w.store.Pool().Query(context.Background(), `select pid from pg_stat_activity where datname = current_database()`)
	ok(w, err)
	pids := must[[]int](w)(pgx.CollectRows(rows, pgx.RowTo[int]))
	var ticks int64
	for _, pid := range append(pids, os.Getpid()) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat), ") ") // of the name, which may hold blanks
		if fields := strings.Fields(after); len(fields) > 12 {
			user, _ := strconv.ParseInt(fields[11], 10, 64)
			system, _ := strconv.ParseInt(fields[12], 10, 64)
			ticks += user + system
		}
	}
	return time.Duration(ticks) * (time.Second / 100)
}

// flood makes up repositories with 150 items each and a year of history, in the
// database itself: a recording at a time would take hours.
func (w *world) flood(repositories int) {
	w.Helper()
	ctx := context.Background()
	ok(w, w.store.PutInstallation(ctx, store.Installation{ID: 1, AccountID: 100, AccountLogin: "acme", AccountType: "Organization"}))
	for _, sql := range []string{
		`insert into repositories (id, installation_id, owner, name, visibility, default_branch, topics, language, wanted_sha, assessed_sha, assessed_at)
		select n, 1, 'acme', 'r' || n, 'private', 'main', array['t' || n % 20], (array['Go', 'Python', 'Java'])[n % 3 + 1], md5(n::text), md5(n::text), now() - n * interval '1 second'
		from generate_series(1, COUNT) n`,
		`insert into items (repository_id, checklist, item, section, position, controls, required, state, held, reason, evidence, fingerprint, done, total, commit, since, by, disputed)
		select n, 'list', 'item-' || i, 'Section ' || i / 15, i, array['control-' || i], i % 10 = 0,
			(array['met', 'met', 'unmet', 'unmet', 'attested', 'not_applicable', 'unknown', 'waived'])[(n * 7 + i * 13) % 8 + 1], '', '',
			case when (n * 7 + i * 13) % 8 < 2 then jsonb_build_array(jsonb_build_object('strength', 'proves', 'path', 'infra/main.tf', 'start_line', i, 'end_line', i + 8,
				'rule', 'rule', 'summary', 'defined for every resource of the kind')) else '[]' end,
			'', 1, 1, md5(n::text), now() - i * interval '1 day', '', false
		from generate_series(1, COUNT) n, generate_series(1, 150) i`,
		`insert into verdicts (repository_id, control, verdict, reason, since)
		select repository_id, controls[1], case state when 'met' then 'proven' when 'unknown' then 'unknown' when 'not_applicable' then 'not_applicable' else 'none' end, '', since from items`,
		`insert into assessments (repository_id, checklist, position, title, score, ready, items, met, attested, waived, not_applicable, unmet, unknown, required, required_left, commit, at,
			layout, letters)
		select n, 'list', 0, 'The list', n % 101, n % 5 = 0, 150, n % 101, 10, 5, 15, 20, 0, 15, n % 6, '', now() - n * interval '1 minute', 'items', substr(repeat('muUmuwan', 20), n % 8 + 1, 150)
		from generate_series(1, COUNT) n`,
		`insert into layouts (hash, names, heads)
		select kind, array_agg(case kind when 'items' then 'item-' else 'control-' end || i order by i), array_agg('Section ' || i / 15 order by i)
		from generate_series(1, 150) i, (values ('items'), ('controls')) as k (kind) group by kind`,
		`insert into verdict_letters (repository_id, layout, letters)
		select n, 'controls', substr(repeat('p-spp-ck', 20), n % 8 + 1, 150) from generate_series(1, COUNT) n`,
		`insert into daily (repository_id, checklist, day, score, ready, items, met, attested, waived, not_applicable, unmet, unknown, required, required_left)
		select n, 'list', current_date - d, greatest(n % 101 - d / 10, 0), false, 150, greatest(n % 101 - d / 10, 0), 10, 5, 15, 20, 0, 15, n % 6
		from generate_series(1, COUNT) n, generate_series(0, 364, 7) d`,
		`insert into curves (repository_id, checklist, steps)
			select repository_id, checklist,
				string_agg(curve_step(day, score, ready, items, met + attested + waived, items - not_applicable), ''::bytea order by day)
			from daily group by repository_id, checklist`,
		`insert into history (at, repository_id, checklist, item, from_state, to_state, required, commit, evidence, actor, actor_kind, reason, catalogue_version, delivery)
		select now() - ((e * 97 + n) % 365) * interval '1 day' - e * interval '1 second', n, 'list', 'item-' || e % 150 + 1,
			case when e <= 150 then '' else 'unmet' end, case when e % 3 = 0 then 'unmet' else 'met' end, false, md5(n::text), '[]', 'ada', 'push', '', 'v', ''
		from generate_series(1, COUNT) n, generate_series(1, 200) e`,
	} {
		_, err := w.store.Pool().Exec(ctx, strings.ReplaceAll(sql, "COUNT", strconv.Itoa(repositories)))
		ok(w, err)
	}
}
