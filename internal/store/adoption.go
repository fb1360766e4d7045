package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
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
	type spelled struct{ Layout, Letters string }
	found, err := rows(ctx, s, "count the controls of "+owner, pgx.RowToStructByPos[spelled], `
		select v.layout, v.letters
		from verdict_letters v join repositories r on r.id = v.repository_id
		where`+seen+`and ($5 = '' or lower(r.owner) = $5)`, sight.args(strings.ToLower(owner))...)
	if err != nil {
		return nil, err
	}
	hashes := map[string]bool{}
	for _, f := range found {
		hashes[f.Layout] = true
	}
	layouts, err := s.layouts(ctx, hashes)
	words := make([]word, len(found))
	for i, f := range found {
		words[i] = word{layouts[f.Layout], f.Letters}
	}
	t := count(words)
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

// Count is how many repositories had an item ticked at the end of a day.
type Count struct {
	Day    time.Time
	Ticked int
	Of     int // repositories in which it applied
}

// ItemTrend returns the days from a day on at which an item changed in any of
// a survey's repositories, after one for the first day itself.
func (s *Store) ItemTrend(ctx context.Context, of Survey, checklist, item string, from time.Time) ([]Count, error) {
	changes := `history h where ` + amongThem + ` and`
	if len(of.Rows) <= few {
		changes = `history h join unnest($1::bigint[]) as seen (id) on seen.id = h.repository_id where`
	}
	return rows(ctx, s, "read the trend of "+item, pgx.RowToStructByName[Count], `
		with changes as (
			select (h.at at time zone 'UTC')::date as day, h.from_state, h.to_state, count(*) as n
			from `+changes+` h.checklist = $2 and h.item = $3
			group by 1, 2, 3
		), steps as (
			select greatest(day, $4) as day,
				sum(n * ((to_state in ('met', 'attested', 'waived'))::int - (from_state in ('met', 'attested', 'waived'))::int)) as ticked,
				sum(n * ((to_state not in ('removed', 'not_applicable'))::int - (from_state not in ('', 'not_applicable'))::int)) as of
			from changes
			group by 1
		)
		select day, (sum(ticked) over w)::int as ticked, (sum("of") over w)::int as of
		from steps window w as (order by day) order by day`,
		planned, of.ids(), checklist, item, from.UTC())
}
