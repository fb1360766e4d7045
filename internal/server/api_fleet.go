package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/store"
)

type apiTotals struct {
	Items         int `json:"items"`
	Met           int `json:"met"`
	Attested      int `json:"attested"`
	Waived        int `json:"waived"`
	NotApplicable int `json:"not_applicable"`
	Unmet         int `json:"unmet"`
	Unknown       int `json:"unknown"`
}

// apiStanding is how a repository stands on one checklist.
type apiStanding struct {
	Checklist    string     `json:"checklist"`
	Title        string     `json:"title"`
	Score        int        `json:"score"`
	Ready        bool       `json:"ready"`
	Totals       apiTotals  `json:"totals"`
	Required     int        `json:"required"`
	RequiredLeft int        `json:"required_left"`
	ChangedAt    *time.Time `json:"changed_at"`
}

func standingOf(checklist, title string, t store.Standing, at *time.Time) apiStanding {
	return apiStanding{
		checklist, title, t.Score, t.Ready,
		apiTotals{t.Items, t.Met, t.Attested, t.Waived, t.NotApplicable, t.Unmet, t.Unknown}, t.Required, t.RequiredLeft, at,
	}
}

// apiRepository is a repository in a list.
type apiRepository struct {
	ID         int64        `json:"id"`
	Owner      string       `json:"owner"`
	Name       string       `json:"name"`
	Visibility string       `json:"visibility"`
	Archived   bool         `json:"archived"`
	Language   string       `json:"language"`
	Topics     []string     `json:"topics"`
	Teams      []string     `json:"teams"`
	SkipReason string       `json:"skip_reason"`
	Behind     bool         `json:"behind"`
	AssessedAt *time.Time   `json:"assessed_at"`
	LastError  string       `json:"last_error"`
	Standing   *apiStanding `json:"standing"` // null: not assessed
	URL        string       `json:"url"`
}

func (s *Server) repositoryRow(row store.FleetRow) apiRepository {
	out := apiRepository{
		row.ID, row.Owner, row.Name, row.Visibility, row.Archived, row.Language, orEmpty(row.Topics), orEmpty(row.Teams), row.SkipReason, row.Behind,
		row.AssessedAt, row.LastError, nil, s.PublicURL + repoLink(row.Owner, row.Name),
	}
	if row.Checklist != "" {
		st := standingOf(row.Checklist, row.Title, row.Standing, row.ChangedAt)
		out.Standing = &st
	}
	return out
}

// orEmpty is a list that is never null in JSON.
func orEmpty[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func (s *Server) apiUser(w http.ResponseWriter, r *http.Request) {
	v := visitorOf(r)
	if v.viewer.ID == 0 {
		s.notFound(w, r)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"id": v.viewer.ID, "login": v.viewer.Login, "name": v.viewer.Name})
}

type apiOwner struct {
	Owner        string `json:"owner"`
	Repositories int    `json:"repositories"`
	Assessed     int    `json:"assessed"`
	Ready        int    `json:"ready"`
	Score        int    `json:"score"`
}

func (s *Server) apiOrgs(w http.ResponseWriter, r *http.Request) {
	owners, err := s.Store.Owners(r.Context(), visitorOf(r).sight)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	out := []apiOwner{}
	for _, o := range owners {
		out = append(out, apiOwner(o))
	}
	writeJSON(w, http.StatusOK, map[string]any{"organisations": out})
}

type apiChecklistUse struct {
	ID           string `json:"id"`
	Title        string `json:"title"`
	Repositories int    `json:"repositories"`
}

type apiCoverage struct {
	Repositories int        `json:"repositories"`
	Assessed     int        `json:"assessed"`
	Pending      int        `json:"pending"`
	Skipped      int        `json:"skipped"`
	Failing      int        `json:"failing"`
	Ready        int        `json:"ready"`
	Score        int        `json:"score"`
	OldestLook   *time.Time `json:"oldest_look"`
	Scores       []int      `json:"scores"`
}

type apiPoint struct {
	Day          string `json:"day"`
	Repositories int    `json:"repositories"`
	Ready        int    `json:"ready"`
	Score        int    `json:"score"`
	Ticked       int    `json:"ticked"`
	Applicable   int    `json:"applicable"`
}

type apiOrganisation struct {
	Owner      string            `json:"owner"`
	Checklist  string            `json:"checklist"`
	Checklists []apiChecklistUse `json:"checklists"`
	Coverage   apiCoverage       `json:"coverage"`
	Trend      []apiPoint        `json:"trend"`
	Onboarding apiOnboarding     `json:"onboarding"`
}

// apiOnboarding is what an organisation's repositories still wait for.
type apiOnboarding struct {
	FirstLooks    int        `json:"first_looks"`
	IssuesOpened  int        `json:"issues_opened"`
	Issues        int        `json:"issues"`
	IssuesPerHour int        `json:"issues_per_hour"`
	IssuesPerDay  int        `json:"issues_per_day"`
	IssuesBy      *time.Time `json:"issues_by"`
	Paused        bool       `json:"paused"`
	Skipped       []apiSkip  `json:"skipped"`
}

type apiSkip struct {
	Reason       string `json:"reason"`
	Repositories int    `json:"repositories"`
}

func (s *Server) apiOnboarding(ctx context.Context, owner string, fleet store.Survey) (apiOnboarding, error) {
	o, err := s.waiting(ctx, owner, fleet)
	out := apiOnboarding{FirstLooks: o.FirstLooks, IssuesOpened: o.Open, Issues: o.Issues, Paused: o.Paused, Skipped: []apiSkip{}}
	for _, c := range o.Skips {
		out.Skipped = append(out.Skipped, apiSkip{c.Value, c.Count})
	}
	if err != nil || o.Issues == 0 {
		return out, err
	}
	if !o.IssuesBy.IsZero() {
		by := o.IssuesBy.UTC().Truncate(time.Second)
		out.IssuesBy = &by
	}
	in, err := s.Store.InstallationOf(ctx, owner)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	out.IssuesPerHour, out.IssuesPerDay = in.Wave(s.Clock)
	return out, err
}

func (s *Server) apiOrg(w http.ResponseWriter, r *http.Request) {
	head, err := s.head(r, "")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	days := 90
	if text := r.URL.Query().Get("days"); text != "" {
		if days, err = strconv.Atoi(text); err != nil || days < 1 || days > 3650 {
			s.failed(w, r, badRequest("days: a number from 1 to 3650 is wanted"))
			return
		}
	}
	out := apiOrganisation{Owner: head.Owner, Checklist: head.Checklist, Checklists: []apiChecklistUse{}, Trend: []apiPoint{}}
	for _, u := range head.fleet.Checklists() {
		out.Checklists = append(out.Checklists, apiChecklistUse{u.Checklist, u.Title, u.Repositories})
	}
	over := lastDays(s.Now(), days)
	out.Coverage = apiCoverage(head.fleet.Coverage())
	if out.Onboarding, err = s.apiOnboarding(r.Context(), head.Owner, head.fleet); err != nil {
		s.failed(w, r, err)
		return
	}
	for _, p := range head.fleet.Trend(over.from, over.to) {
		out.Trend = append(out.Trend, apiPoint{p.Day.Format(time.DateOnly), p.Repositories, p.Ready, p.Score, p.Ticked, p.Applicable})
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) apiRepositories(r *http.Request) (answer, error) {
	owner, err := s.Store.SeesOwner(r.Context(), visitorOf(r).sight, unescaped(r, "owner"))
	if err != nil {
		return answer{}, err
	}
	n, err := limit(r)
	if err != nil {
		return answer{}, err
	}
	after := int64(0)
	if text := r.URL.Query().Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return answer{}, badRequest("after: what the page before gave as next is wanted")
		}
	}
	// Without a checklist, each repository's first counts.
	rows, err := s.Store.FleetAfter(r.Context(), visitorOf(r).sight, owner, r.URL.Query().Get("checklist"), after, n)
	if err != nil {
		return answer{}, err
	}
	t := &table{name: "repositories", head: []string{
		"repository", "visibility", "language", "topics", "teams", "checklist", "score", "ready", "items", "met", "attested", "waived",
		"not_applicable", "unmet", "unknown", "required", "required_left", "skip_reason", "assessed_at", "changed_at", "last_error",
	}}
	out := []apiRepository{}
	for _, row := range rows {
		out = append(out, s.repositoryRow(row))
		t.add(row.Owner+"/"+row.Name, row.Visibility, row.Language, strings.Join(row.Topics, " "), strings.Join(row.Teams, " "), row.Checklist, row.Score, row.Ready, row.Items,
			row.Met, row.Attested, row.Waived, row.NotApplicable, row.Unmet, row.Unknown, row.Required, row.RequiredLeft, row.SkipReason,
			row.AssessedAt, row.ChangedAt, row.LastError)
	}
	next := ""
	if len(rows) == n {
		next = strconv.FormatInt(rows[n-1].ID, 10)
	}
	return answer{map[string]any{"repositories": out, "next": next}, t, next}, nil
}

type apiControlCount struct {
	ID            string `json:"id"`
	Title         string `json:"title"`
	Proven        int    `json:"proven"`
	Suggested     int    `json:"suggested"`
	Contradicted  int    `json:"contradicted"`
	None          int    `json:"none"`
	Unknown       int    `json:"unknown"`
	NotApplicable int    `json:"not_applicable"`
}

type apiPractice struct {
	Item          string `json:"item"`
	Title         string `json:"title"`
	Section       string `json:"section"`
	Met           int    `json:"met"`
	Attested      int    `json:"attested"`
	Waived        int    `json:"waived"`
	NotApplicable int    `json:"not_applicable"`
	Unmet         int    `json:"unmet"`
	Unknown       int    `json:"unknown"`
	RequiredBy    int    `json:"required_by"`
	RequiredUnmet int    `json:"required_unmet"`
	Hinted        int    `json:"hinted"`
}

func (s *Server) apiAdoption(r *http.Request) (answer, error) {
	head, err := s.head(r, "")
	if err != nil {
		return answer{}, err
	}
	controls, err := s.Store.ControlAdoption(r.Context(), visitorOf(r).sight, head.Owner)
	if err != nil {
		return answer{}, err
	}
	t := &table{name: "controls", head: []string{"control", "title", "proven", "suggested", "contradicted", "none", "unknown", "not_applicable"}}
	counts, practices := []apiControlCount{}, []apiPractice{}
	for _, c := range controls {
		title := head.names.control(c.Control)
		counts = append(counts, apiControlCount{c.Control, title, c.Proven, c.Suggested, c.Contradicted, c.None, c.Unknown, c.NotApplicable})
		t.add(c.Control, title, c.Proven, c.Suggested, c.Contradicted, c.None, c.Unknown, c.NotApplicable)
	}
	for _, i := range head.fleet.Items() {
		practices = append(practices, apiPractice{
			i.Item, head.names.item(head.Checklist, i.Item), i.Section, i.Met, i.Attested, i.Waived, i.NotApplicable, i.Unmet, i.Unknown, i.RequiredBy, i.RequiredUnmet, i.Hinted,
		})
	}
	return answer{value: map[string]any{"checklist": head.Checklist, "controls": counts, "practices": practices}, table: t}, nil
}
