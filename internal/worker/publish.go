package worker

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/tracing"
)

// publish brings the issue of each checklist up to date. An issue that would
// not change, and that nobody touched, costs no request.
func (s *subject) publish(ctx context.Context, in store.Installation, assessments []readiness.Assessment) error {
	for i := range assessments {
		ctx, span := s.w.Tracing.Begin(ctx, "publish issue", tracing.Int("readyline.repository", s.row.ID))
		err := s.publishOne(ctx, in, assessments[i])
		span.End(err)
		if err != nil {
			return fmt.Errorf("issue %s of %s: %w", assessments[i].Checklist.ID, s.repo.FullName(), err)
		}
	}
	return nil
}

func (s *subject) publishOne(ctx context.Context, in store.Installation, a readiness.Assessment) error {
	s.at = s.repo
	row, err := s.w.Store.Issue(ctx, s.row.ID, a.Checklist.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s.open(ctx, in, a)
	case err != nil || row.State != store.IssueOpen && row.State != store.IssueClosedByApp:
		return err
	}
	if there, err := s.visit(ctx, row); err != nil || !there {
		return err
	}
	if row, err = s.reopen(ctx, row, a); err != nil {
		return err
	}
	if err := s.update(ctx, row, a); err != nil {
		return err
	}
	if row, err = s.w.Store.Issue(ctx, s.row.ID, row.Checklist); err != nil || row.State != store.IssueOpen && row.State != store.IssueClosedByApp {
		return err
	}
	if err := s.remark(ctx, row.Number, a); err != nil {
		return err
	}
	return s.closeAt100(ctx, row)
}

// page is what the issue of a checklist shows. The commit is the one at which
// its states were last found to change, so that a new commit alone is no change.
func (s *subject) page(ctx context.Context, a readiness.Assessment) (issue.Page, error) {
	p := issue.Page{
		Assessment: a, Repository: s.repo.FullName(), Branch: s.repo.DefaultBranch,
		WebURL: strings.TrimSuffix(s.webURL(), "/"), PublicURL: s.w.PublicURL, Notices: s.config.notices(),
	}
	if s.at.ID != 0 && s.at.ID != s.row.ID {
		p.RepositoryID = s.row.ID
	}
	kept, err := s.w.Store.Assessments(ctx, s.row.ID)
	if err != nil {
		return p, err
	}
	for _, k := range kept {
		if k.Checklist == a.Checklist.ID {
			p.Commit, p.At = k.Commit, k.At
		}
	}
	items, err := s.w.Store.Items(ctx, s.row.ID, a.Checklist.ID)
	if err != nil {
		return p, err
	}
	showKept(&p, items)
	if s.w.PublicURL != "" {
		p.Guide = s.guide(a.Checklist.ID)
		p.BadgeURL = fmt.Sprintf("%s/badge/%s.svg?checklist=%s", s.w.PublicURL, s.repo.FullName(), a.Checklist.ID)
		if s.row.BadgeToken != nil && s.repo.Private {
			p.BadgeURL += "&token=" + *s.row.BadgeToken
		}
	}
	return p, nil
}

// guide is where the dashboard has a checklist. Who may not see the repository
// has no use for one that does not ship.
func (s *subject) guide(checklist string) string {
	at := s.w.PublicURL
	if _, ships := s.w.Catalogue.Checklist(checklist); !ships {
		at += "/repos/" + s.repo.FullName()
	}
	return at + "/checklists/" + url.PathEscape(checklist)
}

// showKept puts the kept evidence in place of the fresh one: while it says the
// same, its permalinks keep the commit at which it was first seen.
func showKept(p *issue.Page, items []store.Item) {
	byID := make(map[string]store.Item, len(items))
	for _, it := range items {
		byID[it.Item] = it
	}
	for i := range p.Assessment.Items {
		it, ok := byID[p.Assessment.Items[i].Item.ID]
		if !ok {
			continue
		}
		evidence := make([]readiness.Evidence, len(it.Evidence))
		for n, e := range it.Evidence {
			if e.Commit == "" {
				e.Commit = it.Commit
			}
			evidence[n] = e
		}
		p.Assessment.Items[i].Evidence = evidence
	}
}

func (s *subject) webURL() string {
	app, err := s.w.App()
	if err != nil {
		return ""
	}
	return app.Host.Web.String()
}

// open opens the issue of a checklist, or takes over one that the App opened
// before and that we know nothing of: after a crash between opening and noting
// it, or with a new database.
func (s *subject) open(ctx context.Context, in store.Installation, a readiness.Assessment) error {
	searched, err := s.w.Store.Searched(ctx, s.row.ID, a.Checklist.ID)
	if err != nil {
		return err
	}
	if !searched {
		if adopted, err := s.adopt(ctx, a); err != nil || adopted {
			return err
		}
		if err := s.w.Store.AskOpening(ctx, s.row.ID, a.Checklist.ID); err != nil {
			return err
		}
	}
	ctx, done, err := s.w.budget.book(ctx, in.ID)
	if err != nil {
		return err
	}
	defer done()
	if granted, err := s.turn(ctx, in, a.Checklist.ID); err != nil || !granted {
		return err
	}
	page, err := s.page(ctx, a)
	if err != nil {
		return err
	}
	body, err := issue.Render(page)
	if err != nil {
		return err
	}
	made, err := s.client.CreateIssue(ctx, s.repo, issue.Title(a.Checklist.Title), body)
	var limited *github.Limited
	switch {
	case errors.As(err, &limited): // nothing was opened
		return errors.Join(err, s.w.Store.AskOpening(ctx, s.row.ID, a.Checklist.ID))
	case errors.Is(err, github.ErrGone):
		return s.w.Store.Skip(ctx, s.row.ID, "issues are switched off")
	case errors.Is(err, github.ErrReadOnly):
		return s.w.Store.Skip(ctx, s.row.ID, "archived")
	case err != nil:
		return err
	}
	s.w.Told(fmt.Sprintf("opened %s (%d%%)", made.URL, a.Score))
	return s.wrote(ctx, a.Checklist.ID, store.IssueOpen, made, body)
}

// wrote notes what an issue now says.
func (s *subject) wrote(ctx context.Context, checklist string, state store.IssueState, i github.Issue, body string) error {
	tracing.Of(ctx).Note(tracing.Int("readyline.issue", int64(i.Number)))
	s.w.Log.InfoContext(ctx, "issue up to date", "repository", s.repo.FullName(), "checklist", checklist, "issue", i.Number)
	at := i.UpdatedAt
	return s.w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := s.w.Store.With(tx)
		err := in.PutIssue(ctx, store.Issue{
			RepositoryID: s.row.ID, Checklist: checklist, Number: i.Number, GitHubID: i.ID, NodeID: i.NodeID,
			State: state, BodyWritten: body, UpdatedAtSeen: &at, HomeID: s.away(),
		})
		if err != nil {
			return err
		}
		if err := in.DropOpening(ctx, s.row.ID, checklist); err != nil {
			return err
		}
		return in.WriteDone(ctx, s.row.ID, checklist)
	})
}

// base is what we last wrote to an issue. When we ended in the middle of a
// write, that is the body which the one on GitHub was made from.
func (s *subject) base(ctx context.Context, row store.Issue, theirs string) (string, error) {
	intended, err := s.w.Store.Intended(ctx, row.RepositoryID, row.Checklist)
	if err != nil || intended == "" {
		return row.BodyWritten, err
	}
	return issue.Closer(theirs, row.BodyWritten, intended), nil
}

// update reads the issue and writes it, if either is needed.
func (s *subject) update(ctx context.Context, row store.Issue, a readiness.Assessment) error {
	page, err := s.page(ctx, a)
	if err != nil {
		return err
	}
	same, err := issue.Merge(page, row.BodyWritten, row.BodyWritten)
	if err != nil && !errors.Is(err, issue.ErrTooLong) {
		return err
	}
	touched, err := s.touched(ctx, row)
	if err != nil || !touched && issue.Equal(same, row.BodyWritten) {
		return err
	}
	ctx, done, err := s.w.budget.book(ctx, s.row.InstallationID)
	if err != nil {
		return err
	}
	defer done()
	now, err := s.client.Issue(ctx, s.at, row.Number)
	if err == nil && now.ID == row.GitHubID && !s.here(now) { // renamed
		err = s.revisit(ctx)
	}
	switch {
	case errors.Is(err, github.ErrGone), errors.Is(err, github.ErrNotFound):
		return s.w.Store.SetIssueState(ctx, s.row.ID, row.Checklist, store.IssueDeleted)
	case err != nil:
		return err
	case row.GitHubID != 0 && now.ID != row.GitHubID, !s.here(now): // GitHub's redirect led elsewhere
		return s.redirected(ctx, row, now)
	case now.State == "closed" && row.State == store.IssueOpen:
		return s.w.Store.SetIssueState(ctx, s.row.ID, row.Checklist, store.IssueClosedByPerson)
	}
	return s.merge(ctx, row, a, now, false)
}

// touched tells whether deliveries told of edits that are not taken yet.
func (s *subject) touched(ctx context.Context, row store.Issue) (bool, error) {
	edits, err := s.w.Store.BoxEdits(ctx, row.RepositoryID, row.Checklist)
	if err != nil || len(edits) > 0 {
		return true, err
	}
	lost, err := s.w.Store.OverwrittenBodies(ctx, row.RepositoryID, row.Checklist)
	return len(lost) > 0, err
}

// merge takes what people did to the body, and writes the body that shows it.
func (s *subject) merge(ctx context.Context, row store.Issue, a readiness.Assessment, now github.Issue, adopted bool) error {
	var err error
	if !adopted {
		if row.BodyWritten, err = s.base(ctx, row, now.Body); err != nil {
			return err
		}
	}
	if a, err = s.takeEdits(ctx, row, now.Body, a); err != nil {
		return err
	}
	lost, err := s.w.Store.OverwrittenBodies(ctx, row.RepositoryID, row.Checklist)
	if err != nil {
		return err
	}
	theirs := now.Body
	back := make([]int64, len(lost))
	for i, l := range lost {
		theirs, back[i] = issue.PutBack(theirs, l.BodyRead, l.BodyLost), l.ID
	}
	page, err := s.page(ctx, a)
	if err != nil {
		return err
	}
	base := row.BodyWritten
	if adopted {
		base = ""
	}
	body, err := issue.Merge(page, base, theirs)
	if errors.Is(err, issue.ErrTooLong) {
		return s.full(ctx, row, now, err)
	}
	if err != nil {
		return err
	}
	wrote := now
	if !issue.Equal(body, now.Body) {
		if err := s.w.Store.IntendWrite(ctx, s.row.ID, row.Checklist, body, now.Body); err != nil {
			return err
		}
		if wrote, err = s.write(ctx, row.Number, body); err != nil {
			return err
		}
		s.w.Told(fmt.Sprintf("updated %s (%d%%)", wrote.URL, a.Score))
	}
	if err := s.wrote(ctx, row.Checklist, row.State, wrote, body); err != nil {
		return err
	}
	return s.w.Store.DropOverwrittenBodies(ctx, back)
}

// full tells of an issue in which people's words leave no room. Each later look
// reads it again, as after an edit of no box, so that this is told until it is
// over.
func (s *subject) full(ctx context.Context, row store.Issue, now github.Issue, why error) error {
	return s.w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := s.w.Store.With(tx)
		if err := in.PutBoxEdits(ctx, row.RepositoryID, row.Checklist, []store.BoxEdit{{At: now.UpdatedAt}}); err != nil {
			return err
		}
		return in.Failed(ctx, s.row.ID, fmt.Sprintf("issue %d: %v", row.Number, why))
	})
}

// takeEdits turns people's edits into statements and, if there were any,
// assesses again.
func (s *subject) takeEdits(ctx context.Context, row store.Issue, theirs string, a readiness.Assessment) (readiness.Assessment, error) {
	states := make(map[string]readiness.ItemState, len(a.Items))
	for _, it := range a.Items {
		states[it.Item.ID] = it
	}
	told, err := s.hear(ctx, row, theirs)
	if err != nil {
		return a, err
	}
	by, any, err := s.w.takeEdits(ctx, row, theirs, told, states)
	if err != nil || !any {
		return a, err
	}
	again, err := s.record(ctx, store.ByPerson, by)
	for _, x := range again {
		if x.Checklist.ID == row.Checklist {
			a = x
		}
	}
	return a, err
}

// write edits the body. A repository that moved meanwhile is looked up anew,
// once.
func (s *subject) write(ctx context.Context, number int, body string) (github.Issue, error) {
	i, err := s.client.EditBody(ctx, s.at, number, body)
	if !errors.Is(err, github.ErrMoved) {
		return i, err
	}
	if err := s.revisit(ctx); err != nil {
		return i, err
	}
	return s.client.EditBody(ctx, s.at, number, body)
}
