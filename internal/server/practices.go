package server

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// mapWidth is how many repositories a heat map shows side by side.
const mapWidth = 40

type practicesPage struct {
	orgHead
	By       string // repository, or what they are grouped by
	Bys      []option
	Sections []practiceSection
	Columns  []mapColumn
	Pages    pager
	Wins     []winRow
	Rules    string // link to what the rules say; empty: it is shown
	Controls []controlRow
	Chosen   *practice
}

// mapColumn is a repository, or a group of them.
type mapColumn struct {
	Name, Link string
	Of         int // repositories; 0: it is one
	Score      int
}

// mapCell is the state of one repository or, in a group, how many percent of
// it have what applies to them.
type mapCell struct {
	State readiness.State // empty: not asked for there
	Share int
	Depth int // of the colour, from 0 to 4
	Words string
}

// mapCells are a row's cells as a table has them: six thousand of them on a
// page, which a template would take longer for than for all the rest.
func mapCells(cells []mapCell) template.HTML {
	var b strings.Builder
	for _, c := range cells {
		words := template.HTMLEscapeString(c.Words)
		switch {
		case c.State == "":
			b.WriteString(`<td class="c"><i>–</i></td>`)
		case c.Words == "":
			b.WriteString(`<td class="c ` + tone(c.State) + `"><i>` + stateWords(c.State) + `</i></td>`)
		case c.State == readiness.Met:
			b.WriteString(`<td class="c d` + itoa(c.Depth) + `" title="` + words + `">` + itoa(c.Share) + `</td>`)
		default:
			b.WriteString(`<td class="c ` + tone(c.State) + `" title="` + words + `"><i>` + words + `</i></td>`)
		}
	}
	return template.HTML(b.String()) //nolint:gosec // of our own words, escaped
}

// practiceSection is a section of the checklist with its practices.
type practiceSection struct {
	Name string
	Rows []practiceRow
}

// practiceRow is an item over all repositories.
type practiceRow struct {
	store.ItemAdoption
	Title string
	Link  string
	Share int       // percent of repositories to which it applies
	Cells []mapCell // as the columns
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
	Whos     []option
	Bearers  []store.Bearer
	Pages    pager
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
	p, q := practicesPage{orgHead: head}, readFleetQuery(r)
	sight, fleet := visitorOf(r).sight, p.fleet
	p.fill(s, fleet, q)
	err = s.fillRules(r.Context(), sight, &p, q)
	if item := q.values.Get("item"); item != "" && err == nil {
		err = s.fillChosen(r.Context(), fleet, q, &p, item)
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "practices", "Practices of "+p.Owner, "home", p)
}

// fill lays the survey out as a table.
func (p *practicesPage) fill(s *Server, fleet store.Survey, q fleetQuery) {
	items := fleet.Items()
	p.Wins = s.wins(p.orgHead, items, 6)
	p.By = q.values.Get("by")
	for _, kind := range []store.Kind{store.ByTeam, store.ByTopic, store.ByLanguage} {
		if len(fleet.Choices(kind, 1)) > 0 {
			p.Bys = append(p.Bys, option{Label: "by " + string(kind), Link: q.with("by", string(kind)) + "#map", Current: p.By == string(kind)})
		}
	}
	var cells map[string][]mapCell
	if slices.ContainsFunc(p.Bys, func(o option) bool { return o.Current }) {
		cells = p.groups(fleet, store.Kind(p.By), q)
	} else {
		p.By = "repository"
		cells = p.repositories(fleet, q)
	}
	if p.Bys != nil {
		p.Bys = slices.Insert(p.Bys, 0, option{Label: "by repository", Link: q.with("by", "") + "#map", Current: p.By == "repository"})
	}
	for _, a := range items {
		row := practiceRow{ItemAdoption: a, Title: p.names.item(p.Checklist, a.Item), Link: practiceLink(p.Owner, p.Checklist, a.Item)}
		row.Share, row.Cells = percent(a.Have(), a.Applies()), cells[a.Item]
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Name != a.Section {
			p.Sections = append(p.Sections, practiceSection{Name: a.Section})
		}
		last := &p.Sections[len(p.Sections)-1]
		last.Rows = append(last.Rows, row)
	}
}

// repositories makes them the columns, the best first, and returns each item's
// cells.
func (p *practicesPage) repositories(fleet store.Survey, q fleetQuery) map[string][]mapCell {
	all := fleet.Best()
	shown := page(all, q.Page, mapWidth)
	p.Pages = q.pager(mapWidth, len(shown), len(all))
	cells := map[string][]mapCell{}
	for i, r := range shown {
		p.Columns = append(p.Columns, mapColumn{Name: r.Name, Link: repoLink(p.Owner, r.Name), Score: r.On.Score})
		for _, c := range r.Cells() {
			if cells[c.Item] == nil {
				cells[c.Item] = make([]mapCell, len(shown))
			}
			cells[c.Item][i] = mapCell{State: c.State}
		}
	}
	return cells
}

// groups makes teams, topics or languages the columns, the largest first.
func (p *practicesPage) groups(fleet store.Survey, kind store.Kind, q fleetQuery) map[string][]mapCell {
	all := fleet.Choices(kind, len(fleet.Rows))
	shown := page(all, q.Page, mapWidth)
	p.Pages = q.pager(mapWidth, len(shown), len(all))
	names := make([]string, len(shown))
	for i, c := range shown {
		names[i] = c.Value
	}
	cells := map[string][]mapCell{}
	for i, g := range fleet.Groups(kind, names) {
		link := orgLink(p.Owner) + "?" + url.Values{"checklist": {p.Checklist}, string(kind): {g.Name}}.Encode() + "#fleet"
		p.Columns = append(p.Columns, mapColumn{g.Name, link, g.Repositories, g.Score})
		for _, a := range g.Items {
			if cells[a.Item] == nil {
				cells[a.Item] = make([]mapCell, len(shown))
			}
			c := mapCell{State: readiness.StateNA, Words: "applies to none"}
			if a.Applies() > 0 {
				c = mapCell{State: readiness.Met, Share: percent(a.Have(), a.Applies())}
				c.Depth, c.Words = c.Share/25, fmt.Sprintf("%d of %d", a.Have(), a.Applies())
			}
			cells[a.Item][i] = c
		}
	}
	return cells
}

// page is the part of a list that a page shows.
func page[T any](all []T, number, size int) []T {
	from := min((number-1)*size, len(all))
	return all[from:min(from+size, len(all))]
}

// fillRules shows what the rules say, where that is asked for.
func (s *Server) fillRules(ctx context.Context, sight store.Sight, p *practicesPage, q fleetQuery) error {
	if q.values.Get("rules") == "" {
		p.Rules = q.with("rules", "1", "item", "") + "#rules"
		return nil
	}
	controls, err := s.Store.ControlAdoption(ctx, sight, p.Owner)
	for _, c := range controls {
		link := p.names.controlLink(c.Control)
		p.Controls = append(p.Controls, controlRow{c, link.Title, link.Link, c.Proven + c.Suggested + c.Contradicted + c.None + c.Unknown})
	}
	return err
}

// fillChosen reads all about one practice. One that nobody has is nothing.
func (s *Server) fillChosen(ctx context.Context, fleet store.Survey, q fleetQuery, p *practicesPage, item string) error {
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
	counts, err := s.Store.ItemTrend(ctx, fleet, p.Checklist, item, over.from)
	if err != nil {
		return err
	}
	if len(counts) > 0 {
		over = over.since(counts[0].Day)
	}
	p.Chosen.Trend = itemChart(counts, over)
	list, _ := p.names.Checklist(p.Checklist)
	for _, i := range list.Items {
		if i.ID != item {
			continue
		}
		p.Chosen.Guide = p.names.checklistLink(p.Checklist) + "#" + url.PathEscape(item)
		for _, id := range i.Controls {
			p.Chosen.Controls = append(p.Chosen.Controls, p.names.controlLink(id))
		}
	}
	return s.fillBearers(ctx, fleet, q, p)
}

// whoSize is how many repositories a page lists beside a practice.
const whoSize = 100

// fillBearers lists who lacks the chosen practice, or who has it.
func (s *Server) fillBearers(ctx context.Context, fleet store.Survey, q fleetQuery, p *practicesPage) (err error) {
	c, wanted := p.Chosen, q.values.Get("who")
	var chosen []store.Cell
	for _, who := range []struct {
		name, label string
		count       int
		is          []readiness.State
	}{
		{"lacks", "Lack it", c.Unmet + c.Unknown, []readiness.State{readiness.Unmet, readiness.StateUnsure}},
		{"has", "Have it", c.Have(), []readiness.State{readiness.Met, readiness.Attested, readiness.Waived}},
		{"exempt", "Does not apply", c.NotApplicable, []readiness.State{readiness.StateNA}},
	} {
		current := wanted == who.name || wanted == "" && who.name == "lacks"
		if current {
			chosen = fleet.Standings(c.Item, who.is...)
		}
		p.Chosen.Whos = append(p.Chosen.Whos, option{
			Label: fmt.Sprintf("%s (%d)", who.label, who.count), Link: q.with("who", who.name, "at", "") + "#practice", Current: current,
		})
	}
	at, _ := strconv.Atoi(q.values.Get("at"))
	at = min(max(at, 1), 100_000)
	shown := page(chosen, at, whoSize)
	p.Chosen.Pages = pager{From: (at-1)*whoSize + 1, To: (at-1)*whoSize + len(shown), Total: len(chosen)}
	if at > 1 {
		p.Chosen.Pages.Previous = q.with("at", strconv.Itoa(at-1)) + "#practice"
	}
	if p.Chosen.Pages.To < len(chosen) {
		p.Chosen.Pages.Next = q.with("at", strconv.Itoa(at+1)) + "#practice"
	}
	p.Chosen.Bearers, err = s.Store.Bearers(ctx, shown, p.Checklist, p.Chosen.Item)
	return err
}
