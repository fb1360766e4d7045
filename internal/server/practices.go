package server

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// mapWidth is how many repositories a heat map shows side by side.
const mapWidth = 40

type practicesPage struct {
	orgHead
	Sections []practiceSection
	Columns  []store.FleetRow
	Pages    pager
	Wins     []winRow
	Controls []controlRow
	Chosen   *practice
}

// practiceSection is a section of the checklist with its practices.
type practiceSection struct {
	Name string
	Rows []practiceRow
}

// practiceRow is an item over all repositories.
type practiceRow struct {
	store.ItemAdoption
	Title   string
	Link    string
	Share   int // percent of repositories to which it applies
	Applies int
	Have    int
	Cells   []readiness.State // as the columns; empty where it is not asked for
}

// controlRow is what the rules say of a control over all repositories.
type controlRow struct {
	store.ControlAdoption
	Title string
	Link  string
	Of    int
}

// practice is one item looked at closely.
type practice struct {
	practiceRow
	Trend    chart
	Bearers  []store.Bearer
	More     int
	Controls []controlLink
	Guide    string
}

// Standing is the row's counts as a bar shows them.
func (p practiceRow) Standing() store.Standing {
	return store.Standing{
		Items: p.Met + p.Attested + p.Waived + p.NotApplicable + p.Unmet + p.Unknown, Met: p.Met, Attested: p.Attested,
		Waived: p.Waived, NotApplicable: p.NotApplicable, Unmet: p.Unmet, Unknown: p.Unknown,
	}
}

// practices shows an organisation's practices: who has which, and who lacks it.
func (s *Server) practices(w http.ResponseWriter, r *http.Request) {
	head, err := s.head(r, "controls")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	p := practicesPage{orgHead: head}
	err = s.fillPractices(r.Context(), visitorOf(r).sight, readFleetQuery(r), &p)
	if item := r.URL.Query().Get("item"); item != "" && err == nil {
		err = s.fillChosen(r.Context(), visitorOf(r).sight, &p, item)
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "practices", "Practices of "+p.Owner, "home", p)
}

// fillPractices asks what the page needs side by side: each question fills
// variables of its own.
func (s *Server) fillPractices(ctx context.Context, sight store.Sight, q fleetQuery, p *practicesPage) error {
	var adoption []store.ItemAdoption
	var controls []store.ControlAdoption
	var cells []store.Cell
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		adoption, err = s.Store.ItemAdoption(ctx, sight, p.Owner, p.Checklist)
		return err
	})
	g.Go(func() (err error) {
		controls, err = s.Store.ControlAdoption(ctx, sight, p.Owner)
		return err
	})
	g.Go(func() (err error) {
		cells, err = p.columns(ctx, s, sight, q)
		return err
	})
	if err := g.Wait(); err != nil {
		return err
	}
	p.rows(s, adoption, cells)
	var lacking []store.Win
	for _, a := range adoption {
		if a.Unmet > 0 {
			lacking = append(lacking, store.Win{Item: a.Item, Lacking: a.Unmet, Required: a.RequiredUnmet})
		}
	}
	p.Wins = s.wins(p.orgHead, lacking, controls, 6)
	for _, c := range controls {
		link := s.controlLink(c.Control)
		p.Controls = append(p.Controls, controlRow{c, link.Title, link.Link, c.Proven + c.Suggested + c.Contradicted + c.None + c.Unknown})
	}
	return nil
}

// columns fills the repositories of the heat map and returns their cells.
func (p *practicesPage) columns(ctx context.Context, s *Server, sight store.Sight, q fleetQuery) ([]store.Cell, error) {
	offset := (q.Page - 1) * mapWidth
	fleet, err := s.Store.Fleet(ctx, sight, store.FleetFilter{
		Owner: p.Owner, Checklist: p.Checklist, Order: store.OrderScore, Down: true, Limit: mapWidth, Offset: offset,
	})
	if err != nil {
		return nil, err
	}
	total := 0
	ids := []int64{}
	for _, row := range fleet {
		total = row.Total
		if row.Checklist != "" {
			p.Columns, ids = append(p.Columns, row), append(ids, row.ID)
		}
	}
	p.Pages = pager{From: offset + 1, To: offset + len(p.Columns), Total: total}
	if q.Page > 1 {
		p.Pages.Previous = q.with("page", strconv.Itoa(q.Page-1))
	}
	if len(p.Columns) == mapWidth && offset+mapWidth < total {
		p.Pages.Next = q.with("page", strconv.Itoa(q.Page+1))
	}
	return s.Store.Cells(ctx, ids, p.Checklist)
}

// rows lays the cells out as a table.
func (p *practicesPage) rows(s *Server, adoption []store.ItemAdoption, cells []store.Cell) {
	type key struct {
		repository int64
		item       string
	}
	states := make(map[key]readiness.State, len(cells))
	for _, c := range cells {
		states[key{c.RepositoryID, c.Item}] = c.State
	}
	for _, a := range adoption {
		row := practiceRow{ItemAdoption: a, Title: s.names().item(p.Checklist, a.Item), Link: practiceLink(p.Owner, p.Checklist, a.Item)}
		row.Have = a.Met + a.Attested + a.Waived
		row.Applies = row.Have + a.Unmet + a.Unknown
		row.Share = percent(row.Have, row.Applies)
		for _, c := range p.Columns {
			row.Cells = append(row.Cells, states[key{c.ID, a.Item}])
		}
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Name != a.Section {
			p.Sections = append(p.Sections, practiceSection{Name: a.Section})
		}
		last := &p.Sections[len(p.Sections)-1]
		last.Rows = append(last.Rows, row)
	}
}

// fillChosen reads all about one practice. One that nobody has is nothing.
func (s *Server) fillChosen(ctx context.Context, sight store.Sight, p *practicesPage, item string) error {
	for _, section := range p.Sections {
		for _, row := range section.Rows {
			if row.Item == item {
				p.Chosen = &practice{practiceRow: row}
			}
		}
	}
	if p.Chosen == nil {
		return store.ErrNotFound
	}
	over := lastDays(s.Now(), 365)
	counts, err := s.Store.ItemTrend(ctx, sight, p.Owner, p.Checklist, item, over.from)
	if err != nil {
		return err
	}
	if len(counts) > 0 {
		over = over.since(counts[0].Day)
	}
	p.Chosen.Trend = itemChart(counts, over)
	if p.Chosen.Bearers, err = s.Store.Bearers(ctx, sight, p.Owner, p.Checklist, item, 100, 0); err != nil {
		return err
	}
	if n := len(p.Chosen.Bearers); n > 0 {
		p.Chosen.More = p.Chosen.Bearers[0].Total - n
	}
	if list, ok := s.Catalogue.Checklist(p.Checklist); ok {
		for _, i := range list.Items {
			if i.ID != item {
				continue
			}
			p.Chosen.Guide = "/checklists/" + url.PathEscape(p.Checklist) + "#" + url.PathEscape(item)
			for _, id := range i.Controls {
				p.Chosen.Controls = append(p.Chosen.Controls, s.controlLink(id))
			}
		}
	}
	return nil
}
