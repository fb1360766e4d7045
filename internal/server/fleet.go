package server

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"github.com/readyline/readyline/internal/store"
)

// fleetSize is how many repositories a page lists.
const fleetSize = 50

type fleetRow struct {
	store.FleetRow
	Link  string
	Spark template.HTML
}

// column is a heading that sorts.
type column struct {
	Label string
	Class string
	Link  string // empty: it doesn't
	Sort  string // ascending, descending, none
}

// pager leads to other pages of a list.
type pager struct {
	Previous, Next string
	From, To       int
	Total          int
}

// fleetQuery is the filter as the address has it.
type fleetQuery struct {
	Search, Team, Topic, Language, State, Sort string
	Page                                       int
	values                                     url.Values
}

func readFleetQuery(r *http.Request) fleetQuery {
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	return fleetQuery{
		Search: q.Get("q"), Team: q.Get("team"), Topic: q.Get("topic"), Language: q.Get("language"), State: q.Get("state"),
		Sort: q.Get("sort"), Page: min(max(page, 1), 100_000), values: q,
	}
}

// with is the same address with other values; empty ones are dropped.
func (f fleetQuery) with(pairs ...string) string {
	v := url.Values{}
	for k, all := range f.values {
		if len(all) > 0 && all[0] != "" {
			v.Set(k, all[0])
		}
	}
	v.Del("page")
	for i := 0; i+1 < len(pairs); i += 2 {
		if v.Del(pairs[i]); pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return "?" + v.Encode()
}

// Filtered tells whether anything narrows the list.
func (f fleetQuery) Filtered() bool {
	return f.Search != "" || f.Team != "" || f.Topic != "" || f.Language != "" || f.State != ""
}

// SkippedLink leads to the repositories that are skipped.
func (f fleetQuery) SkippedLink() string { return f.with("state", "skipped") + "#fleet" }

// PendingLink leads to the repositories that wait for a look.
func (f fleetQuery) PendingLink() string { return f.with("state", "pending") + "#fleet" }

// FailingLink leads to the repositories whose last look ended in an error.
func (f fleetQuery) FailingLink() string { return f.with("state", "failing") + "#fleet" }

func (f fleetQuery) store(owner, checklist string) store.FleetFilter {
	order, down := f.Sort, false
	if len(order) > 0 && order[0] == '-' {
		order, down = order[1:], true
	}
	return store.FleetFilter{
		Owner: owner, Checklist: checklist, Search: f.Search, Team: f.Team, Topic: f.Topic, Language: f.Language,
		State: store.FleetState(f.State), Order: store.Order(order), Down: down,
		Limit: fleetSize, Offset: (f.Page - 1) * fleetSize,
	}
}

// list fills the table of repositories and what it can be filtered by.
func (p *organisationPage) list(s *Server) func(context.Context, store.Sight) error {
	return func(ctx context.Context, sight store.Sight) error {
		rows, err := s.Store.Fleet(ctx, sight, p.Filter.store(p.Owner, p.Checklist))
		if err != nil {
			return err
		}
		if p.Rows, err = s.fleetRows(ctx, rows, p.Checklist); err != nil {
			return err
		}
		if len(rows) > 0 {
			p.Total = rows[0].Total
		}
		p.Pages = p.Filter.pager(fleetSize, len(rows), p.Total)
		p.Columns = p.Filter.columns()
		for _, o := range []option{
			{Label: "Ready", Value: "ready"}, {Label: "Not ready", Value: "not_ready"}, {Label: "Pending", Value: "pending"},
			{Label: "Skipped", Value: "skipped"}, {Label: "Failing", Value: "failing"},
		} {
			o.Current = o.Value == p.Filter.State
			p.States = append(p.States, o)
		}
		return nil
	}
}

// fleetRows adds to rows what a table shows beside their numbers.
func (s *Server) fleetRows(ctx context.Context, rows []store.FleetRow, checklist string) ([]fleetRow, error) {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	over := lastDays(s.Now(), 90)
	sparks, err := s.Store.Sparks(ctx, ids, checklist, over.from)
	if err != nil {
		return nil, err
	}
	days := map[int64][]store.Spark{}
	for _, d := range sparks {
		days[d.RepositoryID] = append(days[d.RepositoryID], d)
	}
	out := make([]fleetRow, 0, len(rows))
	for _, row := range rows {
		out = append(out, fleetRow{row, repoLink(row.Owner, row.Name), sparkline(days[row.ID], over)})
	}
	return out, nil
}

// pager leads to the pages before and after one of so many rows.
func (f fleetQuery) pager(size, shown, total int) pager {
	p := pager{From: (f.Page-1)*size + 1, To: (f.Page-1)*size + shown, Total: total}
	if f.Page > 1 {
		p.Previous = f.with("page", strconv.Itoa(f.Page-1))
	}
	if p.To < total {
		p.Next = f.with("page", strconv.Itoa(f.Page+1))
	}
	return p
}

// columns are the table's headings; a click on the current one turns it round.
func (f fleetQuery) columns() []column {
	columns := []column{
		{Label: "Repository", Sort: "name"}, {Label: "Score", Sort: "score"}, {Label: "90 days", Class: "wide"},
		{Label: "Required left", Sort: "required", Class: "num"}, {Label: "State"}, {Label: "Last look", Sort: "looked", Class: "wide"},
	}
	for i, c := range columns {
		if c.Sort == "" {
			continue
		}
		key := c.Sort
		columns[i].Link, columns[i].Sort = f.with("sort", key), "none"
		switch f.Sort {
		case key:
			columns[i].Link, columns[i].Sort = f.with("sort", "-"+key), "ascending"
		case "-" + key:
			columns[i].Sort = "descending"
		}
	}
	return columns
}
