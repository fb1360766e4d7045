package server

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/readyline/readyline/internal/store"
)

// fleetSize is how many repositories a page lists.
const fleetSize = 50

type fleetRow struct {
	store.Row
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
	v.Del("after")
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

// filter is what the address asks for of a survey.
func (f fleetQuery) filter() store.FleetFilter {
	order, down := strings.CutPrefix(f.Sort, "-")
	return store.FleetFilter{
		Search: f.Search, Team: f.Team, Topic: f.Topic, Language: f.Language, State: store.FleetState(f.State),
		Order: store.Order(order), Down: down, After: f.values.Get("after"), Limit: fleetSize,
	}
}

// list fills the table of repositories and what it can be filtered by.
func (p *organisationPage) list(s *Server) {
	listing, over := p.fleet.List(p.Filter.filter()), lastDays(s.Now(), 90)
	for _, row := range listing.Rows {
		p.Rows = append(p.Rows, fleetRow{row, repoLink(row.Owner, row.Name), sparkline(row.Sparks(over.from), over)})
	}
	p.Total = listing.Total
	p.Pages = pager{From: listing.From, To: listing.From + len(listing.Rows) - 1, Total: listing.Total}
	if !listing.First {
		p.Pages.Previous = p.Filter.with("after", listing.Previous) + "#fleet"
	}
	if listing.Next != "" {
		p.Pages.Next = p.Filter.with("after", listing.Next) + "#fleet"
	}
	p.Columns = p.Filter.columns()
	for _, o := range []option{
		{Label: "Ready", Value: "ready"}, {Label: "Not ready", Value: "not_ready"}, {Label: "Pending", Value: "pending"},
		{Label: "Skipped", Value: "skipped"}, {Label: "Failing", Value: "failing"},
	} {
		o.Current = o.Value == p.Filter.State
		p.States = append(p.States, o)
	}
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
