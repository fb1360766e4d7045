package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

type repositoryPage struct {
	Repo     store.Repository
	Link     string
	GitHub   string
	Behind   bool
	At       time.Time // of a look back; zero: now
	AtDay    string
	BadDay   bool
	Today    string
	Show     string
	Shows    []option
	Lists    []listView
	Burn     chart
	BurnOf   string
	Events   []eventRow
	Badge    badgeView
	Config   effective
	Advice   string // what to do about the last error
	HasLists bool
}

// listView is a checklist of a repository, as it is or as it was.
type listView struct {
	store.Assessment
	Intro    string
	Issue    string // link
	Number   int
	IssueIs  store.IssueState
	Sections []sectionView
	Away     []itemView // what does not apply
	Hidden   int        // left out by the filter
	About    string     // the page on it; empty: there is none
}

type sectionView struct {
	Name  string
	Done  int
	Of    int
	Items []itemView
}

// itemView is an item as pages show it.
type itemView struct {
	ID        string
	Checklist string
	Section   string
	Title     string
	Guidance  string
	Because   string // why it is required
	Required  bool
	State     readiness.State
	Disputed  bool
	Reason    string
	By        string
	Since     time.Time
	SaidAt    *time.Time
	Until     *time.Time
	Done      int
	Total     int
	Proofs    []proof
	Against   []proof
	Hints     []proof
	Controls  []controlLink
}

type controlLink struct{ ID, Title, Link string }

type badgeView struct {
	Image    string
	Markdown string
	Private  bool
}

// repositoryOf is the repository that a request names, if its visitor may see
// it. A former name, or another spelling, leads to the present one.
func (s *Server) repositoryOf(w http.ResponseWriter, r *http.Request) (store.Repository, bool) {
	owner, name := unescaped(r, "owner"), unescaped(r, "repo")
	repo, err := s.Store.Sees(r.Context(), visitorOf(r).sight, owner, name)
	if err != nil {
		s.failed(w, r, err)
		return repo, false
	}
	if !strings.EqualFold(repo.Owner, owner) || !strings.EqualFold(repo.Name, name) {
		to := strings.Replace(r.URL.EscapedPath(), "/"+url.PathEscape(owner)+"/"+url.PathEscape(name),
			"/"+url.PathEscape(repo.Owner)+"/"+url.PathEscape(repo.Name), 1)
		if to != r.URL.EscapedPath() {
			if r.URL.RawQuery != "" {
				to += "?" + r.URL.RawQuery
			}
			http.Redirect(w, r, to, http.StatusMovedPermanently)
			return repo, false
		}
	}
	return repo, true
}

// repository shows a repository's checklists, now or as of a day, and how it
// came to be there.
func (s *Server) repository(w http.ResponseWriter, r *http.Request) {
	repo, ok := s.repositoryOf(w, r)
	if !ok {
		return
	}
	p := repositoryPage{
		Repo: repo, Link: repoLink(repo.Owner, repo.Name), GitHub: s.githubURL() + "/" + escaped(repo.FullName()),
		Behind: repo.WantedSHA != "" && repo.WantedSHA != repo.AssessedSHA, Show: r.URL.Query().Get("show"),
		Advice: advice(repo.LastError), Today: s.Now().UTC().Format(time.DateOnly),
	}
	p.At, p.BadDay = moment(r.URL.Query().Get("at"), s.Now())
	if !p.At.IsZero() {
		p.AtDay = p.At.Format(time.DateOnly)
	}
	for _, o := range []option{{Label: "All items"}, {Label: "Open", Value: "open"}, {Label: "Required", Value: "required"}} {
		q := url.Values{}
		if !p.At.IsZero() {
			q.Set("at", r.URL.Query().Get("at"))
		}
		if o.Value != "" {
			q.Set("show", o.Value)
		}
		o.Link, o.Current = p.Link+"?"+q.Encode(), o.Value == p.Show
		p.Shows = append(p.Shows, o)
	}
	var err error
	if p.Config, err = s.effective(r.Context(), visitorOf(r).sight, repo); err == nil {
		err = s.fillLists(r.Context(), visitorOf(r).sight, &p)
	}
	if err == nil {
		err = s.fillPast(r.Context(), &p)
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "repository", repo.FullName(), "home", p)
}

// moment reads a look back: a day, whose end counts, or an exact time. What is
// not in the past is now.
func moment(text string, now time.Time) (at time.Time, bad bool) {
	if text == "" {
		return time.Time{}, false
	}
	at, err := time.Parse(time.DateOnly, text)
	if err == nil {
		at = at.AddDate(0, 0, 1).Add(-time.Microsecond)
	} else if at, err = time.Parse(time.RFC3339Nano, text); err != nil {
		return time.Time{}, true
	}
	if !at.Before(now) {
		return time.Time{}, false
	}
	return at.UTC(), false
}

// fillLists reads the checklists as they are, or as they were.
func (s *Server) fillLists(ctx context.Context, sight store.Sight, p *repositoryPage) error {
	lists, err := s.listsOf(ctx, p.Repo, p.At)
	if err != nil {
		return err
	}
	issues, err := s.Store.Issues(ctx, p.Repo.ID)
	if err != nil {
		return err
	}
	for _, l := range lists {
		v := listView{Assessment: l.Assessment, Intro: p.Config.lists[l.Checklist].About}
		v.About = p.Config.names.checklistLink(l.Checklist)
		for _, i := range issues {
			if i.Checklist == l.Checklist && i.Number > 0 && i.State != store.IssueDeleted {
				v.Number, v.IssueIs = i.Number, i.State
				if v.Issue, err = s.issueLink(ctx, sight, p.Repo, i); err != nil {
					return err
				}
			}
		}
		v.group(s.itemViews(p.Repo, p.Config, l), p.Show)
		p.Lists = append(p.Lists, v)
	}
	p.HasLists = len(p.Lists) > 0
	return nil
}

// issueLink is the address of an issue; empty where the visitor may not see the
// repository into which somebody moved it.
func (s *Server) issueLink(ctx context.Context, sight store.Sight, repo store.Repository, i store.Issue) (string, error) {
	if i.HomeID != 0 {
		home, err := s.Store.Repository(ctx, i.HomeID)
		if err == nil {
			home, err = s.Store.Sees(ctx, sight, home.Owner, home.Name)
		}
		if errors.Is(err, store.ErrNotFound) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		repo = home
	}
	return s.githubURL() + "/" + escaped(repo.FullName()) + "/issues/" + itoa(i.Number), nil
}

// group puts items into sections, those that do not apply apart.
func (v *listView) group(items []itemView, show string) {
	for _, i := range items {
		if i.State == readiness.StateNA {
			v.Away = append(v.Away, i)
			continue
		}
		if show == "open" && i.State.Ticked() || show == "required" && !i.Required {
			v.Hidden++
			continue
		}
		if n := len(v.Sections); n == 0 || v.Sections[n-1].Name != i.Section {
			v.Sections = append(v.Sections, sectionView{Name: i.Section})
		}
		last := &v.Sections[len(v.Sections)-1]
		last.Items = append(last.Items, i)
		last.Of++
		if i.State.Ticked() {
			last.Done++
		}
	}
}

// itemViews joins what is stored of items with what their checklist says.
func (s *Server) itemViews(repo store.Repository, e effective, l listState) []itemView {
	known := map[string]readiness.Item{}
	for _, i := range e.lists[l.Checklist].Items {
		known[i.ID] = i
	}
	out := make([]itemView, 0, len(l.Items))
	for _, i := range l.Items {
		about := known[i.Item]
		links := permalinks{s.githubURL(), repo.FullName(), i.Commit}
		v := itemView{
			ID: i.Item, Checklist: l.Checklist, Section: i.Section, Title: cmp.Or(about.Title, i.Item), Guidance: about.Guidance,
			Because: about.RequiredBecause, Required: i.Required, State: i.State, Disputed: i.Disputed, Reason: i.Reason,
			By: i.By, Since: i.Since, SaidAt: i.SaidAt, Until: i.Until, Done: i.Done, Total: i.Total,
			Proofs: links.all(i.Evidence, readiness.Proves), Against: links.all(i.Evidence, readiness.Contradicts),
			Hints: links.all(i.Evidence, readiness.Suggests),
		}
		if told(i.Evidence, i.Reason) {
			v.Reason = ""
		}
		for _, id := range i.Controls {
			link := e.names.controlLink(id)
			if c := e.controls.Control(id); c != nil && c.Title != "" {
				link.Title = c.Title
			}
			v.Controls = append(v.Controls, link)
		}
		out = append(out, v)
	}
	return out
}

// told tells whether evidence beside it says what a reason says.
func told(evidence []readiness.Evidence, reason string) bool {
	return slices.ContainsFunc(evidence, func(e readiness.Evidence) bool {
		return e.Strength != readiness.Proves && e.Summary != "" && strings.HasPrefix(reason, e.Summary)
	})
}
