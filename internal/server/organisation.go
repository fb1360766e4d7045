package server

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/readyline/readyline/internal/store"
)

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
	Teams      []store.Choice
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
	names      library
	fleet      store.Survey // on the checklist
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

// winRow is an item that some repositories lack.
type winRow struct {
	store.ItemAdoption
	Title string
	Link  string
}

// organisation shows where a fleet stands, where it moves and what blocks it.
func (s *Server) organisation(w http.ResponseWriter, r *http.Request) {
	head, err := s.head(r, "overview")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	p := organisationPage{orgHead: head, Filter: readFleetQuery(r)}
	p.Span = spanOf(p.Filter.values.Get("days"))
	over := lastDays(s.Now(), p.Span)
	p.list(s)
	if err := p.sums(r.Context(), s, over); err != nil {
		s.failed(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "organisation", p.Owner, "home", p)
}

// sums fills what is counted: coverage and distribution, how it came to be
// there, what is still to come, what would bring the most.
func (p *organisationPage) sums(ctx context.Context, s *Server, over span) error {
	p.Coverage = p.fleet.Coverage()
	p.Histogram = histogram(p.Coverage.Scores)
	p.Teams, p.Topics = p.fleet.Choices(store.ByTeam, mostChoices), p.fleet.Choices(store.ByTopic, mostChoices)
	p.Languages = p.fleet.Choices(store.ByLanguage, mostChoices)
	p.Wins = s.wins(p.orgHead, p.fleet.Items(), 5)
	p.trend(p.fleet.Trend(over.from, over.to), over)
	for _, m := range p.fleet.Moved(s.Now().AddDate(0, 0, -7), 8) {
		p.Moved = append(p.Moved, movedRow{m, p.names.item(m.Checklist, m.Item), practiceLink(p.Owner, m.Checklist, m.Item)})
	}
	var err error
	p.Onboarding, err = s.waiting(ctx, p.Owner, p.fleet)
	p.LookedAt = percent(p.Coverage.Repositories-p.Onboarding.FirstLooks, p.Coverage.Repositories)
	return err
}

// mostChoices is how many teams, topics or languages a filter offers.
const mostChoices = 40

// spans are what a trend may be about, in days.
var spans = [...]int{30, 90, 365}

func spanOf(wanted string) int {
	for _, days := range spans {
		if wanted == strconv.Itoa(days) {
			return days
		}
	}
	return 90
}

// trend fills how it came to be there.
func (p *organisationPage) trend(points []store.Point, over span) {
	for _, days := range spans {
		p.Spans = append(p.Spans, option{
			Label: strconv.Itoa(days) + " days", Link: p.Filter.with("days", strconv.Itoa(days)), Current: days == p.Span,
		})
	}
	if len(points) > 0 {
		over = over.since(points[0].Day)
	}
	p.Trend = trendChart(points, over)
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

// wins are the items that would bring an organisation the most: those required
// in most places first, then those that most repositories nearly have.
func (s *Server) wins(head orgHead, items []store.ItemAdoption, most int) []winRow {
	var out []winRow
	for _, i := range items {
		if i.Unmet > 0 {
			out = append(out, winRow{i, head.names.item(head.Checklist, i.Item), practiceLink(head.Owner, head.Checklist, i.Item)})
		}
	}
	slices.SortStableFunc(out, func(a, b winRow) int {
		return cmp.Or(cmp.Compare(b.RequiredUnmet, a.RequiredUnmet), cmp.Compare(b.Hinted, a.Hinted), cmp.Compare(b.Unmet, a.Unmet))
	})
	return out[:min(len(out), most)]
}

func practiceLink(owner, checklist, item string) string {
	return orgLink(owner) + "/controls?" + url.Values{"checklist": {checklist}, "item": {item}}.Encode() + "#practice"
}
