package server

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// listState is a checklist with its items, at one time.
type listState struct {
	store.Assessment
	Items []store.Item
}

// listsOf reads a repository's checklists as they are, or, at a time, rebuilds
// them from history.
func (s *Server) listsOf(ctx context.Context, repo store.Repository, at time.Time) ([]listState, error) {
	if !at.IsZero() {
		return s.listsAsOf(ctx, repo, at)
	}
	assessments, err := s.Store.Assessments(ctx, repo.ID)
	if err != nil {
		return nil, err
	}
	items, err := s.Store.Items(ctx, repo.ID, "")
	if err != nil {
		return nil, err
	}
	of := map[string][]store.Item{}
	for _, i := range items {
		of[i.Checklist] = append(of[i.Checklist], i)
	}
	out := make([]listState, 0, len(assessments))
	for _, a := range assessments {
		a.Title = cmp.Or(a.Title, a.Checklist)
		out = append(out, listState{a, of[a.Checklist]})
	}
	return out, nil
}

func (s *Server) listsAsOf(ctx context.Context, repo store.Repository, at time.Time) ([]listState, error) {
	ids, err := s.Store.ChecklistsAsOf(ctx, repo.ID, at)
	if err != nil {
		return nil, err
	}
	var out []listState
	for _, id := range ids {
		then, err := s.Store.ItemsAsOf(ctx, repo.ID, id, at)
		if err != nil {
			return nil, err
		}
		if len(then) == 0 {
			continue
		}
		l := listState{Assessment: store.Assessment{RepositoryID: repo.ID, Checklist: id, Title: s.names().checklist(id)}}
		for n, i := range then {
			item := store.Item{
				Checklist: id, Item: i.Item, Section: i.Section, Position: n, Required: i.Required, State: i.State, Reason: i.Reason,
				Evidence: i.Evidence, Commit: i.Commit, Since: i.Since,
			}
			if i.ActorKind == store.ByPerson {
				item.By = i.Actor
			}
			l.Items = append(l.Items, item)
			if i.Since.After(l.At) {
				l.At, l.Commit = i.Since, i.Commit
			}
		}
		l.Standing = standing(l.Items)
		out = append(out, l)
	}
	return out, nil
}

// standing counts items as an assessment would have.
func standing(items []store.Item) store.Standing {
	var t store.Standing
	t.Items = len(items)
	for _, i := range items {
		switch i.State {
		case readiness.Met:
			t.Met++
		case readiness.Attested:
			t.Attested++
		case readiness.Waived:
			t.Waived++
		case readiness.StateNA:
			t.NotApplicable++
		case readiness.StateUnsure:
			t.Unknown++
		default:
			t.Unmet++
		}
		if i.Required {
			t.Required++
			if !i.State.Ticked() && i.State != readiness.StateNA {
				t.RequiredLeft++
			}
		}
	}
	t.Score = readiness.Totals{
		Items: t.Items, Met: t.Met, Attested: t.Attested, Waived: t.Waived, NotApplicable: t.NotApplicable,
	}.Score()
	t.Ready = t.RequiredLeft == 0 && (t.Required > 0 || t.Score == 100)
	return t
}

// eventRow is a change of an item's state as pages show it.
type eventRow struct {
	store.Event
	Title      string
	Repository string
	Link       string // of the repository as it was then
	CommitLink string
	Who        string
	Proofs     []proof
	Gained     bool
	Lost       bool
}

// timelineSize is how many changes a page lists.
const timelineSize = 50

// fillPast reads the burn-up of the first checklist and the newest changes.
func (s *Server) fillPast(ctx context.Context, p *repositoryPage) error {
	if len(p.Lists) > 0 {
		first := p.Lists[0]
		over := lastDays(s.Now(), 365)
		days, err := s.Store.Days(ctx, p.Repo.ID, first.Checklist, over.from)
		if err != nil {
			return err
		}
		if len(days) > 0 {
			over = over.since(days[0].Day)
		}
		p.Burn, p.BurnOf = burnUp("burn", days, over), first.Title
	}
	events, err := s.Store.History(ctx, store.HistoryFilter{Repositories: []int64{p.Repo.ID}, Changes: true, Limit: 8})
	if err != nil {
		return err
	}
	p.Events = s.eventRows(events, map[int64]string{p.Repo.ID: p.Repo.FullName()}, p.Config)
	query := url.Values{}
	p.Badge.Private = p.Repo.Visibility != "public"
	if p.Badge.Private {
		query.Set("token", "TOKEN")
	}
	p.Badge.Image = "/badge/" + url.PathEscape(p.Repo.Owner) + "/" + url.PathEscape(p.Repo.Name) + ".svg"
	image := s.PublicURL + p.Badge.Image
	if len(query) > 0 {
		image += "?" + query.Encode()
	}
	p.Badge.Markdown = "[![production readiness](" + image + ")](" + s.PublicURL + p.Link + ")"
	return nil
}

// eventRows puts changes into words. names are the repositories' full names.
func (s *Server) eventRows(events []store.Event, names map[int64]string, e effective) []eventRow {
	out := make([]eventRow, 0, len(events))
	for _, ev := range events {
		row := eventRow{Event: ev, Title: s.names().item(ev.Checklist, ev.Item), Repository: names[ev.RepositoryID], Who: who(ev)}
		for _, i := range e.lists[ev.Checklist].Items {
			if i.ID == ev.Item {
				row.Title = cmp.Or(i.Title, row.Title)
			}
		}
		owner, name, _ := cut(row.Repository)
		row.Link = repoLink(owner, name) + "?at=" + url.QueryEscape(ev.At.UTC().Format(time.RFC3339Nano))
		if ev.Commit != "" {
			row.CommitLink = s.githubURL() + "/" + escaped(row.Repository) + "/commit/" + url.PathEscape(ev.Commit)
		}
		row.Proofs = permalinks{s.githubURL(), row.Repository, ev.Commit}.all(ev.Evidence, readiness.Proves)
		row.Gained, row.Lost = ev.ToState.Ticked() && !ev.FromState.Ticked(), ev.FromState.Ticked() && !ev.ToState.Ticked()
		out = append(out, row)
	}
	return out
}

// who made a change, in words.
func who(e store.Event) string {
	switch e.ActorKind {
	case store.ByPush:
		return cmp.Or(e.Actor, "a push")
	case store.ByPerson:
		return cmp.Or(e.Actor, "a person")
	case store.ByConfig:
		return "the configuration"
	case store.ByClock:
		return "the calendar"
	case store.ByCatalogue:
		return "new rules"
	case store.BySettings:
		return "settings on GitHub"
	case store.ByInstall:
		return "the first look"
	}
	return e.Actor
}

type timelinePage struct {
	Repo   store.Repository
	Link   string
	Item   string
	Title  string
	Events []eventRow
	More   string
}

// timeline shows every change of a repository, newest first.
func (s *Server) timeline(w http.ResponseWriter, r *http.Request) {
	repo, ok := s.repositoryOf(w, r)
	if !ok {
		return
	}
	q := r.URL.Query()
	after, _ := readCursor(q.Get("after"))
	p := timelinePage{Repo: repo, Link: repoLink(repo.Owner, repo.Name), Item: q.Get("item")}
	e, err := s.effective(r.Context(), visitorOf(r).sight, repo)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	events, err := s.Store.History(r.Context(), store.HistoryFilter{
		Repositories: []int64{repo.ID}, Checklist: q.Get("checklist"), Item: p.Item, After: after, Limit: timelineSize,
	})
	if err != nil {
		s.failed(w, r, err)
		return
	}
	p.Events = s.eventRows(events, map[int64]string{repo.ID: repo.FullName()}, e)
	if len(events) == timelineSize {
		next := url.Values{"after": {cursorText(events[len(events)-1].Cursor())}}
		for _, k := range []string{"item", "checklist"} {
			if v := q.Get(k); v != "" {
				next.Set(k, v)
			}
		}
		p.More = "?" + next.Encode()
	}
	if p.Item != "" && len(p.Events) > 0 {
		p.Title = p.Events[0].Title
	}
	s.page(w, r, http.StatusOK, "timeline", "History of "+repo.FullName(), "home", p)
}

type changesPage struct {
	orgHead
	Events []eventRow
	More   string
}

// changes shows every change of an organisation, newest first.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) {
	head, err := s.head(r, "changes")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	after, _ := readCursor(r.URL.Query().Get("after"))
	events, err := s.Store.Events(r.Context(), head.fleet, s.Now().AddDate(-1, 0, 0), after, timelineSize)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	ids := make([]int64, 0, len(events))
	for _, e := range events {
		ids = append(ids, e.RepositoryID)
	}
	names, err := s.Store.RepositoryNames(r.Context(), ids)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	p := changesPage{orgHead: head, Events: s.eventRows(events, names, effective{})}
	if len(events) == timelineSize {
		p.More = "?after=" + url.QueryEscape(cursorText(events[len(events)-1].Cursor()))
	}
	s.page(w, r, http.StatusOK, "changes", "Changes in "+head.Owner, "home", p)
}
