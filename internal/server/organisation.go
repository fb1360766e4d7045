package server

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/readyline/readyline/internal/store"
)

// fleetSize is how many repositories a page lists.
const fleetSize = 50

type organisationPage struct {
	orgHead
	Coverage store.Coverage

	Onboarding onboarding
	LookedAt   int // percent of repositories
	Histogram  chart
	Trend      chart
	Span       int
	Spans      []option
	Moved      []movedRow
	Wins       []winRow
	Rows       []fleetRow
	Total      int
	Filter     fleetQuery
	Columns    []column
	Topics     []store.Choice
	Languages  []store.Choice
	States     []option
	Pages      pager
}

// orgHead is what all pages of an organisation share.
type orgHead struct {
	Owner      string
	Tab        string
	Checklist  string // chosen; empty where nothing was assessed yet
	Title      string
	Checklists []option
	GitHub     string
}

// option is something to choose.
type option struct {
	Label   string
	Value   string
	Link    string
	Current bool
}

type movedRow struct {
	store.Moved
	Title string
	Link  string
}

// winRow is what an organisation lacks. Hinted counts repositories in which
// something hints at it already.
type winRow struct {
	store.Win
	Hinted int
	Title  string
	Link   string
}

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
	Search, Topic, Language, State, Sort string
	Page                                 int
	values                               url.Values
}

func readFleetQuery(r *http.Request) fleetQuery {
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	return fleetQuery{
		Search: q.Get("q"), Topic: q.Get("topic"), Language: q.Get("language"), State: q.Get("state"),
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
	return f.Search != "" || f.Topic != "" || f.Language != "" || f.State != ""
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
		Owner: owner, Checklist: checklist, Search: f.Search, Topic: f.Topic, Language: f.Language,
		State: store.FleetState(f.State), Order: store.Order(order), Down: down,
		Limit: fleetSize, Offset: (f.Page - 1) * fleetSize,
	}
}

// head finds an organisation that the visitor sees something of, and the
// checklist that its page is about.
func (s *Server) head(r *http.Request, tab string) (orgHead, error) {
	ctx, v := r.Context(), visitorOf(r)
	owner, err := s.Store.SeesOwner(ctx, v.sight, unescaped(r, "owner"))
	if err != nil {
		return orgHead{}, err
	}
	h := orgHead{Owner: owner, Tab: tab, GitHub: s.githubURL() + "/" + url.PathEscape(owner)}
	uses, err := s.Store.ChecklistUses(ctx, v.sight, owner)
	if err != nil {
		return h, err
	}
	wanted := r.URL.Query().Get("checklist")
	if !slices.ContainsFunc(uses, func(u store.ChecklistUse) bool { return u.Checklist == wanted }) {
		wanted = ""
	}
	filter := fleetQuery{values: r.URL.Query()}
	for _, u := range uses {
		if wanted == "" {
			wanted = u.Checklist
		}
		current := u.Checklist == wanted
		if current {
			h.Checklist, h.Title = u.Checklist, cmp.Or(u.Title, u.Checklist)
		}
		h.Checklists = append(h.Checklists, option{
			Label: cmp.Or(u.Title, u.Checklist), Value: u.Checklist, Link: filter.with("checklist", u.Checklist, "item", ""), Current: current,
		})
	}
	return h, nil
}

// organisation shows where a fleet stands, where it moves and what blocks it.
func (s *Server) organisation(w http.ResponseWriter, r *http.Request) {
	head, err := s.head(r, "overview")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	p := organisationPage{orgHead: head, Filter: readFleetQuery(r)}
	// Each fills fields of its own, side by side.
	g, ctx := errgroup.WithContext(r.Context())
	for _, fill := range []func(context.Context, store.Sight) error{p.sums(s), p.trend(s), p.movement(s), p.list(s), p.waiting(s)} {
		g.Go(func() error { return fill(ctx, visitorOf(r).sight) })
	}
	if err := g.Wait(); err != nil {
		s.failed(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "organisation", p.Owner, "home", p)
}

// sums fills what is counted: coverage and distribution.
func (p *organisationPage) sums(s *Server) func(context.Context, store.Sight) error {
	return func(ctx context.Context, sight store.Sight) (err error) {
		if p.Coverage, err = s.Store.Coverage(ctx, sight, p.Owner, p.Checklist); err != nil {
			return err
		}
		p.LookedAt = percent(p.Coverage.Assessed+p.Coverage.Skipped, p.Coverage.Repositories)
		p.Histogram = histogram(p.Coverage.Scores)
		return nil
	}
}

// trend fills how it came to be there.
func (p *organisationPage) trend(s *Server) func(context.Context, store.Sight) error {
	return func(ctx context.Context, sight store.Sight) error {
		p.Span = 90
		for _, days := range []int{30, 90, 365} {
			if p.Filter.values.Get("days") == strconv.Itoa(days) {
				p.Span = days
			}
		}
		for _, days := range []int{30, 90, 365} {
			p.Spans = append(p.Spans, option{
				Label: strconv.Itoa(days) + " days", Link: p.Filter.with("days", strconv.Itoa(days)), Current: days == p.Span,
			})
		}
		over := lastDays(s.Now(), p.Span)
		points, err := s.Store.Trend(ctx, sight, p.Owner, p.Checklist, over.from, over.to)
		if len(points) > 0 {
			over = over.since(points[0].Day)
		}
		p.Trend = trendChart(points, over)
		return err
	}
}

// lastDays is a span that begins n whole days ago and ends now.
func lastDays(now time.Time, n int) span {
	return span{now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -n), now.UTC()}
}

// since is the part of a span from when there is something to show, but two
// days at least.
func (s span) since(first time.Time) span {
	if least := s.to.AddDate(0, 0, -2); first.After(least) {
		first = least
	}
	if first.After(s.from) {
		s.from = first
	}
	return s
}

// movement fills what changed this week, and what would bring the most.
func (p *organisationPage) movement(s *Server) func(context.Context, store.Sight) error {
	return func(ctx context.Context, sight store.Sight) error {
		names := s.names()
		moved, err := s.Store.Moved(ctx, sight, p.Owner, s.Now().AddDate(0, 0, -7), 8)
		if err != nil {
			return err
		}
		for _, m := range moved {
			p.Moved = append(p.Moved, movedRow{m, names.item(m.Checklist, m.Item), practiceLink(p.Owner, m.Checklist, m.Item)})
		}
		lacking, err := s.Store.Wins(ctx, sight, p.Owner, p.Checklist)
		if err != nil {
			return err
		}
		controls, err := s.Store.ControlAdoption(ctx, sight, p.Owner)
		p.Wins = s.wins(p.orgHead, lacking, controls, 5)
		return err
	}
}

// wins are the items that would bring an organisation the most: those required
// in most places first, then those that most repositories nearly have.
func (s *Server) wins(head orgHead, lacking []store.Win, controls []store.ControlAdoption, most int) []winRow {
	hints := map[string]int{}
	for _, c := range controls {
		hints[c.Control] = c.Suggested
	}
	asks := map[string][]string{}
	list, _ := s.Catalogue.Checklist(head.Checklist)
	for _, i := range list.Items {
		asks[i.ID] = i.Controls
	}
	var out []winRow
	for _, l := range lacking {
		w := winRow{Win: l, Title: s.names().item(head.Checklist, l.Item), Link: practiceLink(head.Owner, head.Checklist, l.Item)}
		for _, c := range asks[l.Item] {
			w.Hinted = min(max(w.Hinted, hints[c]), l.Lacking)
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b winRow) int {
		return cmp.Or(cmp.Compare(b.Required, a.Required), cmp.Compare(b.Hinted, a.Hinted), cmp.Compare(b.Lacking, a.Lacking))
	})
	return out[:min(len(out), most)]
}

func practiceLink(owner, checklist, item string) string {
	return orgLink(owner) + "/controls?" + url.Values{"checklist": {checklist}, "item": {item}}.Encode() + "#practice"
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
		p.Pages = p.Filter.pager(len(rows), p.Total)
		p.Columns = p.Filter.columns()
		choices, err := s.Store.Choices(ctx, sight, p.Owner, 40)
		for _, c := range choices {
			if c.Kind == "topic" {
				p.Topics = append(p.Topics, c)
			} else {
				p.Languages = append(p.Languages, c)
			}
		}
		for _, o := range []option{
			{Label: "Ready", Value: "ready"}, {Label: "Not ready", Value: "not_ready"}, {Label: "Pending", Value: "pending"},
			{Label: "Skipped", Value: "skipped"}, {Label: "Failing", Value: "failing"},
		} {
			o.Current = o.Value == p.Filter.State
			p.States = append(p.States, o)
		}
		return err
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

func (f fleetQuery) pager(shown, total int) pager {
	p := pager{From: (f.Page-1)*fleetSize + 1, To: (f.Page-1)*fleetSize + shown, Total: total}
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
