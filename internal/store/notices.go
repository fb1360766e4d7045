package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// NoticeKind is why something is said in a comment. There is no other reason,
// answers to commands apart.
type NoticeKind string

const (
	NoticeRegression    NoticeKind = "regression"    // a required item lost its proof
	NoticeContradiction NoticeKind = "contradiction" // evidence speaks against a person's tick of a required item
	NoticeExpiry        NoticeKind = "expiry"        // a waiver or attestation is about to end
)

// Notice is something to be said on an issue.
type Notice struct {
	ID           int64
	RepositoryID int64
	Checklist    string
	Kind         NoticeKind
	Item         string
	Commit       string
	Actor        string
	Detail       string
	Until        *time.Time
	AttemptedAt  *time.Time // set: it may have been said already
}

// PutNotice keeps something to be said.
func (s *Store) PutNotice(ctx context.Context, n Notice) error {
	_, err := s.exec(ctx, fmt.Sprintf("keep a notice on %s in repository %d", n.Item, n.RepositoryID), `
		insert into notices (repository_id, checklist, kind, item, commit, actor, detail, until)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.RepositoryID, n.Checklist, n.Kind, n.Item, n.Commit, n.Actor, n.Detail, n.Until)
	return err
}

// Notices returns what is still to be said on an issue, oldest first.
func (s *Store) Notices(ctx context.Context, repository int64, checklist string) ([]Notice, error) {
	return rows(ctx, s, fmt.Sprintf("list the notices of %s in repository %d", checklist, repository), pgx.RowToStructByName[Notice], `
		select id, repository_id, checklist, kind, item, commit, actor, detail, until, attempted_at from notices
		where repository_id = $1 and checklist = $2 and said_at is null order by id`, repository, checklist)
}

// AttemptNotices notes that notices are about to be said.
func (s *Store) AttemptNotices(ctx context.Context, ids []int64) error {
	_, err := s.exec(ctx, "note an attempt at notices", `update notices set attempted_at = now() where id = any($1)`, ids)
	return err
}

// SaidNotices notes that notices were said, or need not be any more.
func (s *Store) SaidNotices(ctx context.Context, ids []int64) error {
	_, err := s.exec(ctx, "note said notices", `update notices set said_at = now() where id = any($1)`, ids)
	return err
}
