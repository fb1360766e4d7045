package server

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

type apiFault struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

type apiIssue struct {
	Checklist string           `json:"checklist"`
	Number    int              `json:"number"`
	State     store.IssueState `json:"state"`
	URL       string           `json:"url"`
}

type apiSetting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

type apiRepositoryDetail struct {
	ID            int64         `json:"id"`
	Owner         string        `json:"owner"`
	Name          string        `json:"name"`
	Visibility    string        `json:"visibility"`
	Archived      bool          `json:"archived"`
	Language      string        `json:"language"`
	Topics        []string      `json:"topics"`
	DefaultBranch string        `json:"default_branch"`
	SkipReason    string        `json:"skip_reason"`
	Behind        bool          `json:"behind"`
	AssessedAt    *time.Time    `json:"assessed_at"`
	Commit        string        `json:"commit"`
	LastError     string        `json:"last_error"`
	At            *time.Time    `json:"at"` // of a look back
	Checklists    []apiStanding `json:"checklists"`
	Issues        []apiIssue    `json:"issues"`
	Settings      []apiSetting  `json:"settings"`
	Faults        []apiFault    `json:"faults"`
	URL           string        `json:"url"`
	GitHubURL     string        `json:"github_url"`
}

func (s *Server) apiRepo(w http.ResponseWriter, r *http.Request) {
	out, err := s.detail(r)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) detail(r *http.Request) (apiRepositoryDetail, error) {
	repo, err := s.visible(r)
	if err != nil {
		return apiRepositoryDetail{}, err
	}
	at, err := s.pastOf(r)
	if err != nil {
		return apiRepositoryDetail{}, err
	}
	out := apiRepositoryDetail{
		ID: repo.ID, Owner: repo.Owner, Name: repo.Name, Visibility: repo.Visibility, Archived: repo.Archived, Language: repo.Language,
		Topics: orEmpty(repo.Topics), DefaultBranch: repo.DefaultBranch, SkipReason: repo.SkipReason,
		Behind: repo.WantedSHA != "" && repo.WantedSHA != repo.AssessedSHA, AssessedAt: repo.AssessedAt, Commit: repo.AssessedSHA,
		LastError: repo.LastError, Checklists: []apiStanding{}, Issues: []apiIssue{}, Settings: []apiSetting{}, Faults: []apiFault{},
		URL: s.PublicURL + repoLink(repo.Owner, repo.Name), GitHubURL: s.githubURL() + "/" + escaped(repo.FullName()),
	}
	if !at.IsZero() {
		out.At = &at
	}
	lists, err := s.listsOf(r.Context(), repo, at)
	if err != nil {
		return out, err
	}
	for _, l := range lists {
		changed := l.At
		out.Checklists = append(out.Checklists, standingOf(l.Checklist, l.Title, l.Standing, &changed))
	}
	issues, err := s.Store.Issues(r.Context(), repo.ID)
	if err != nil {
		return out, err
	}
	for _, i := range issues {
		link, err := s.issueLink(r.Context(), visitorOf(r).sight, repo, i)
		if err != nil {
			return out, err
		}
		if link != "" {
			out.Issues = append(out.Issues, apiIssue{i.Checklist, i.Number, i.State, link})
		}
	}
	e, err := s.effective(r.Context(), visitorOf(r).sight, repo)
	for _, c := range slices.Concat(e.Settings, e.Decisions) {
		out.Settings = append(out.Settings, apiSetting(c))
	}
	for _, f := range e.Faults {
		out.Faults = append(out.Faults, apiFault(f))
	}
	return out, err
}

// apiEvidence is a piece of evidence with its permalink.
type apiEvidence struct {
	Strength   readiness.Strength `json:"strength"`
	Repository string             `json:"repository"`
	Commit     string             `json:"commit"`
	Path       string             `json:"path"`
	StartLine  int                `json:"start_line"`
	EndLine    int                `json:"end_line"`
	Rule       string             `json:"rule"`
	Summary    string             `json:"summary"`
	URL        string             `json:"url"`
}

type apiItem struct {
	Checklist string          `json:"checklist"`
	Item      string          `json:"item"`
	Title     string          `json:"title"`
	Section   string          `json:"section"`
	Controls  []string        `json:"controls"`
	Required  bool            `json:"required"`
	State     readiness.State `json:"state"`
	Disputed  bool            `json:"disputed"`
	Reason    string          `json:"reason"`
	Progress  [2]int          `json:"progress"`
	Evidence  []apiEvidence   `json:"evidence"`
	Commit    string          `json:"commit"`
	Since     time.Time       `json:"since"`
	By        string          `json:"by"`
	SaidAt    *time.Time      `json:"said_at"`
	Until     *time.Time      `json:"until"`
}

func (p permalinks) api(all []readiness.Evidence) []apiEvidence {
	out := []apiEvidence{}
	for _, e := range all {
		one := apiEvidence{e.Strength, e.Repository, e.Commit, e.Path, e.StartLine, e.EndLine, e.Rule, e.Summary, p.of(e).Link}
		if one.Repository == "" {
			one.Repository = p.repository
		}
		if one.Commit == "" {
			one.Commit = p.commit
		}
		out = append(out, one)
	}
	return out
}

func (s *Server) apiItems(r *http.Request) (answer, error) {
	repo, err := s.visible(r)
	if err != nil {
		return answer{}, err
	}
	at, err := s.pastOf(r)
	if err != nil {
		return answer{}, err
	}
	lists, err := s.listsOf(r.Context(), repo, at)
	if err != nil {
		return answer{}, err
	}
	e, err := s.effective(r.Context(), visitorOf(r).sight, repo)
	if err != nil {
		return answer{}, err
	}
	items := []apiItem{}
	wanted := r.URL.Query().Get("checklist")
	for _, l := range lists {
		if wanted == "" || wanted == l.Checklist {
			items = append(items, s.itemsOf(repo, e, l)...)
		}
	}
	return answer{value: map[string]any{"items": items}, table: itemTable(items)}, nil
}

func (s *Server) itemsOf(repo store.Repository, e effective, l listState) []apiItem {
	titles := map[string]string{}
	for _, i := range e.lists[l.Checklist].Items {
		titles[i.ID] = i.Title
	}
	out := make([]apiItem, 0, len(l.Items))
	for _, i := range l.Items {
		title := titles[i.Item]
		if title == "" {
			title = i.Item
		}
		out = append(out, apiItem{
			l.Checklist, i.Item, title, i.Section, orEmpty(i.Controls), i.Required, i.State, i.Disputed, i.Reason, [2]int{i.Done, i.Total},
			permalinks{s.githubURL(), repo.FullName(), i.Commit}.api(i.Evidence), i.Commit, i.Since, i.By, i.SaidAt, i.Until,
		})
	}
	return out
}

func itemTable(items []apiItem) *table {
	t := &table{name: "items", head: []string{
		"checklist", "section", "item", "title", "required", "state", "disputed", "reason", "done", "of", "proofs", "contradictions", "hints",
		"commit", "since", "by", "said_at", "until",
	}}
	for _, i := range items {
		links := map[readiness.Strength][]string{}
		for _, e := range i.Evidence {
			where := e.URL
			if where == "" {
				where = e.Path
			}
			links[e.Strength] = append(links[e.Strength], where)
		}
		t.add(i.Checklist, i.Section, i.Item, i.Title, i.Required, string(i.State), i.Disputed, i.Reason, i.Progress[0], i.Progress[1],
			strings.Join(links[readiness.Proves], " "), strings.Join(links[readiness.Contradicts], " "), strings.Join(links[readiness.Suggests], " "),
			i.Commit, i.Since, i.By, i.SaidAt, i.Until)
	}
	return t
}

type apiEvent struct {
	ID        int64           `json:"id"`
	At        time.Time       `json:"at"`
	Checklist string          `json:"checklist"`
	Item      string          `json:"item"`
	From      readiness.State `json:"from"`
	To        readiness.State `json:"to"`
	Required  bool            `json:"required"`
	Commit    string          `json:"commit"`
	Actor     string          `json:"actor"`
	ActorKind store.ActorKind `json:"actor_kind"`
	Reason    string          `json:"reason"`
	Evidence  []apiEvidence   `json:"evidence"`
	Catalogue string          `json:"catalogue_version"`
}

func (s *Server) apiHistory(r *http.Request) (answer, error) {
	repo, err := s.visible(r)
	if err != nil {
		return answer{}, err
	}
	n, err := limit(r)
	if err != nil {
		return answer{}, err
	}
	q := r.URL.Query()
	f := store.HistoryFilter{Repositories: []int64{repo.ID}, Checklist: q.Get("checklist"), Item: q.Get("item"), Limit: n}
	var known bool
	if f.After, known = readCursor(q.Get("after")); !known {
		return answer{}, badRequest("after: what the page before gave as next is wanted")
	}
	if text := q.Get("since"); text != "" {
		if f.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return answer{}, badRequest("since: a time like 2026-11-01T12:00:00Z is wanted")
		}
	}
	events, err := s.Store.History(r.Context(), f)
	if err != nil {
		return answer{}, err
	}
	out := []apiEvent{}
	t := &table{name: "history", head: []string{"at", "checklist", "item", "from", "to", "required", "commit", "actor", "actor_kind", "reason", "catalogue_version"}}
	for _, e := range events {
		links := permalinks{s.githubURL(), repo.FullName(), e.Commit}
		out = append(out, apiEvent{
			e.ID, e.At, e.Checklist, e.Item, e.FromState, e.ToState, e.Required, e.Commit, e.Actor, e.ActorKind, e.Reason, links.api(e.Evidence), e.CatalogueVersion,
		})
		t.add(e.At, e.Checklist, e.Item, string(e.FromState), string(e.ToState), e.Required, e.Commit, e.Actor, string(e.ActorKind), e.Reason, e.CatalogueVersion)
	}
	next := ""
	if len(events) == n {
		next = cursorText(events[n-1].Cursor())
	}
	return answer{map[string]any{"events": out, "next": next}, t, next}, nil
}
