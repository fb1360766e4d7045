package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// ControlAdoption counts repositories by what the rules say of a control.
type ControlAdoption struct {
	Control       string
	Proven        int
	Suggested     int
	Contradicted  int
	None          int
	Unknown       int
	NotApplicable int
}

// ControlAdoption counts over an owner, or all when it is empty, by control.
func (s *Store) ControlAdoption(ctx context.Context, sight Sight, owner string) ([]ControlAdoption, error) {
	words, err := rows(ctx, s, "count the controls of "+owner, pgx.RowToStructByName[word], `
		select v.repository_id, v.layout, v.letters
		from verdict_letters v join repositories r on r.id = v.repository_id
		where`+seen+`and ($5 = '' or lower(r.owner) = $5)`, sight.args(strings.ToLower(owner))...)
	if err != nil {
		return nil, err
	}
	layouts, err := s.layouts(ctx, words)
	t := count(layouts, words)
	slices.Sort(t.names)
	all := make([]ControlAdoption, 0, len(t.names))
	for _, name := range t.names {
		n := t.counts[name]
		all = append(all, ControlAdoption{
			Control: name, Proven: n['p'], Suggested: n['s'], Contradicted: n['c'], None: n['-'], Unknown: n['k'], NotApplicable: n['n'],
		})
	}
	return all, err
}

// Holder is a repository with what the rules say there of a control.
type Holder struct {
	ID      int64
	Owner   string
	Name    string
	Verdict readiness.Verdict
	Reason  string
	Since   time.Time
	Total   int // of all pages
}

// Holders lists the repositories of an owner, or all, by what the rules say of
// a control: with one verdict, or with any when it is empty.
func (s *Store) Holders(ctx context.Context, sight Sight, owner, control string, verdict readiness.Verdict, limit, offset int) ([]Holder, error) {
	return rows(ctx, s, "list who has "+control, pgx.RowToStructByName[Holder], `
		select r.id, r.owner, r.name, v.verdict, v.reason, v.since, count(*) over () as total
		from verdicts v join repositories r on r.id = v.repository_id
		where`+seen+`and v.control = $5 and ($6 = '' or v.verdict = $6) and ($7 = '' or lower(r.owner) = $7)
		order by v.verdict, lower(r.owner), lower(r.name), r.id limit $8 offset $9`,
		sight.args(control, verdict, strings.ToLower(owner), limit, offset)...)
}

// Count is how many repositories had an item ticked at the end of a day.
type Count struct {
	Day    time.Time
	Ticked int
	Of     int // repositories in which it applied
}

// ItemTrend returns the days from a day on at which an item changed anywhere
// in an owner, or in all, after one for the first day itself.
func (s *Store) ItemTrend(ctx context.Context, sight Sight, owner, checklist, item string, from time.Time) ([]Count, error) {
	return rows(ctx, s, "read the trend of "+item, pgx.RowToStructByName[Count], `
		with steps as (
			select greatest((h.at at time zone 'UTC')::date, $8) as day,
				sum((h.to_state in ('met', 'attested', 'waived'))::int
					- (h.from_state in ('met', 'attested', 'waived'))::int) as ticked,
				sum((h.to_state not in ('removed', 'not_applicable'))::int
					- (h.from_state not in ('', 'not_applicable'))::int) as of
			from history h join repositories r on r.id = h.repository_id
			where`+seen+`and h.checklist = $5 and h.item = $6 and ($7 = '' or lower(r.owner) = $7)
			group by 1
		)
		select day, (sum(ticked) over w)::int as ticked, (sum("of") over w)::int as of
		from steps window w as (order by day) order by day`,
		sight.args(checklist, item, strings.ToLower(owner), from.UTC())...)
}
