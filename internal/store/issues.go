package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// IssueState is what became of an issue of ours.
type IssueState string

const (
	IssueOpen           IssueState = "open"
	IssueClosedByPerson IssueState = "closed_by_person" // snoozed
	IssueClosedByApp    IssueState = "closed_by_app"
	IssueDeleted        IssueState = "deleted" // and not opened again
)

// Issue is the issue of one checklist in one repository.
type Issue struct {
	RepositoryID  int64
	Checklist     string
	Number        int
	GitHubID      int64 `db:"github_id"`
	NodeID        string
	State         IssueState
	BodyWritten   string // what we last wrote, the base of the three-way merge
	BodySeenHash  string
	UpdatedAtSeen *time.Time
	OpenedAt      time.Time
	KeptOpen      bool  // a person opened it again after we had closed it
	HomeID        int64 // the repository into which somebody moved it; 0: its own
}

const issueColumns = `repository_id, checklist, number, github_id, node_id, state,
	body_written, body_seen_hash, updated_at_seen, opened_at, kept_open, home_id`

// Issue returns the issue of a checklist, or ErrNotFound.
func (s *Store) Issue(ctx context.Context, repository int64, checklist string) (Issue, error) {
	return row(ctx, s, fmt.Sprintf("look up the %s issue of repository %d", checklist, repository),
		pgx.RowToStructByName[Issue],
		`select `+issueColumns+` from issues where repository_id = $1 and checklist = $2`, repository, checklist)
}

// IssueByNumber returns an issue of ours by where it is and its number there, or
// ErrNotFound. The checklist may be that of another repository, from where
// somebody moved it.
func (s *Store) IssueByNumber(ctx context.Context, home int64, number int) (Issue, error) {
	return row(ctx, s, fmt.Sprintf("look up issue %d of repository %d", number, home),
		pgx.RowToStructByName[Issue],
		`select `+issueColumns+` from issues where repository_id = $1 and home_id = 0 and number = $2
		union all select `+issueColumns+` from issues where home_id = $1 and home_id <> 0 and number = $2`, home, number)
}

// MoveIssue notes that somebody moved an issue to where it has another number.
func (s *Store) MoveIssue(ctx context.Context, i Issue) error {
	return s.one(ctx, fmt.Sprintf("move the %s issue of repository %d", i.Checklist, i.RepositoryID), `
		update issues set home_id = $3, number = $4, github_id = $5, node_id = $6, state = $7
		where repository_id = $1 and checklist = $2`,
		i.RepositoryID, i.Checklist, i.HomeID, i.Number, i.GitHubID, i.NodeID, i.State)
}

// Issues returns all issues of a repository, by checklist.
func (s *Store) Issues(ctx context.Context, repository int64) ([]Issue, error) {
	return rows(ctx, s, fmt.Sprintf("list the issues of repository %d", repository), pgx.RowToStructByName[Issue],
		`select `+issueColumns+` from issues where repository_id = $1 order by checklist`, repository)
}

// PutIssue writes all of an issue. OpenedAt is now when zero, and stays once
// written.
func (s *Store) PutIssue(ctx context.Context, i Issue) error {
	if i.State == "" {
		i.State = IssueOpen
	}
	_, err := s.exec(ctx, fmt.Sprintf("store the %s issue of repository %d", i.Checklist, i.RepositoryID), `
		insert into issues (repository_id, checklist, number, github_id, node_id, state,
			body_written, body_seen_hash, updated_at_seen, opened_at, home_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, now()), $11)
		on conflict (repository_id, checklist) do update set
			number = excluded.number, github_id = excluded.github_id, node_id = excluded.node_id,
			state = excluded.state, body_written = excluded.body_written,
			body_seen_hash = excluded.body_seen_hash, updated_at_seen = excluded.updated_at_seen, home_id = excluded.home_id`,
		i.RepositoryID, i.Checklist, i.Number, i.GitHubID, i.NodeID, i.State,
		i.BodyWritten, i.BodySeenHash, i.UpdatedAtSeen, unlessZero(i.OpenedAt), i.HomeID)
	return err
}

// SetIssueState notes that an issue was closed, reopened or deleted. One that
// opens after we had closed it is kept open.
func (s *Store) SetIssueState(ctx context.Context, repository int64, checklist string, state IssueState) error {
	return s.one(ctx, fmt.Sprintf("set the %s issue of repository %d %s", checklist, repository, state), `
		update issues set state = $3, kept_open = $3 = 'open' and (kept_open or state = 'closed_by_app')
		where repository_id = $1 and checklist = $2`, repository, checklist, state)
}

// MayClose notes that an issue need not be kept open any more: it was less than
// done, or we opened it ourselves.
func (s *Store) MayClose(ctx context.Context, repository int64, checklist string) error {
	return s.one(ctx, fmt.Sprintf("let the %s issue of repository %d be closed", checklist, repository), `
		update issues set kept_open = false where repository_id = $1 and checklist = $2`, repository, checklist)
}

// DropIssue forgets an issue, so that a new one may be opened.
func (s *Store) DropIssue(ctx context.Context, repository int64, checklist string) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop the %s issue of repository %d", checklist, repository),
		`delete from issues where repository_id = $1 and checklist = $2`, repository, checklist)
	return err
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
