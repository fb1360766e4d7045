package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// BoxEdit is a box that somebody changed, as a delivery told it.
type BoxEdit struct {
	ID          int64
	Item        string
	Ticked      bool
	By          string
	At          time.Time
	Overwritten bool // in no body any more: our write replaced it unread
}

// PutBoxEdits keeps what a delivery told of an issue's boxes.
func (s *Store) PutBoxEdits(ctx context.Context, repository int64, checklist string, edits []BoxEdit) error {
	for _, e := range edits {
		_, err := s.exec(ctx, fmt.Sprintf("keep an edit of %s in repository %d", e.Item, repository), `
			insert into box_edits (repository_id, checklist, item, ticked, by, at, overwritten)
			values ($1, $2, $3, $4, $5, $6, $7)`, repository, checklist, e.Item, e.Ticked, e.By, e.At, e.Overwritten)
		if err != nil {
			return err
		}
	}
	return nil
}

// BoxEdits returns what is kept of an issue's boxes, oldest first.
func (s *Store) BoxEdits(ctx context.Context, repository int64, checklist string) ([]BoxEdit, error) {
	return rows(ctx, s, fmt.Sprintf("list the edits of %s in repository %d", checklist, repository), pgx.RowToStructByName[BoxEdit], `
		select id, item, ticked, by, at, overwritten from box_edits
		where repository_id = $1 and checklist = $2 order by at, id`, repository, checklist)
}

// DropBoxEdits forgets edits up to the id: they have become statements.
func (s *Store) DropBoxEdits(ctx context.Context, repository int64, checklist string, upTo int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop the edits of %s in repository %d", checklist, repository), `
		delete from box_edits where repository_id = $1 and checklist = $2 and id <= $3`, repository, checklist, upTo)
	return err
}

// keptWrites is how many of our writes to an issue can be held against what
// GitHub says of them. Its deliveries are late by seconds, not by dozens of writes.
const keptWrites = 20

// PutIssueWrite keeps which body a write was merged from.
func (s *Store) PutIssueWrite(ctx context.Context, repository int64, checklist, written, read string) error {
	hash := sha256.Sum256([]byte(written))
	_, err := s.exec(ctx, fmt.Sprintf("keep the write to %s in repository %d", checklist, repository), `
		with put as (
			insert into issue_writes (repository_id, checklist, written_hash, body_read) values ($1, $2, $3, $4)
			on conflict (repository_id, checklist, written_hash) do update set body_read = excluded.body_read, at = now()
		)
		delete from issue_writes where (repository_id, checklist, written_hash) in (
			select repository_id, checklist, written_hash from issue_writes
			where repository_id = $1 and checklist = $2 order by at desc offset $5)`,
		repository, checklist, hash[:], read, keptWrites)
	return err
}

// BodyRead is the body that a write was merged from, or ErrNotFound.
func (s *Store) BodyRead(ctx context.Context, repository int64, checklist, written string) (string, error) {
	hash := sha256.Sum256([]byte(written))
	return row(ctx, s, fmt.Sprintf("look up a write to %s in repository %d", checklist, repository), pgx.RowTo[string], `
		select body_read from issue_writes where repository_id = $1 and checklist = $2 and written_hash = $3`,
		repository, checklist, hash[:])
}

// OverwrittenBody is a body that we replaced without having read it.
type OverwrittenBody struct {
	ID       int64
	BodyRead string // which we took it for
	BodyLost string
}

// PutOverwrittenBody keeps one until its words are back.
func (s *Store) PutOverwrittenBody(ctx context.Context, repository int64, checklist, read, lost string) error {
	_, err := s.exec(ctx, fmt.Sprintf("keep an overwritten body of %s in repository %d", checklist, repository), `
		insert into overwritten_bodies (repository_id, checklist, body_read, body_lost) values ($1, $2, $3, $4)`,
		repository, checklist, read, lost)
	return err
}

// OverwrittenBodies returns those whose words are not back yet, oldest first.
func (s *Store) OverwrittenBodies(ctx context.Context, repository int64, checklist string) ([]OverwrittenBody, error) {
	return rows(ctx, s, fmt.Sprintf("list overwritten bodies of %s in repository %d", checklist, repository),
		pgx.RowToStructByName[OverwrittenBody], `
		select id, body_read, body_lost from overwritten_bodies
		where repository_id = $1 and checklist = $2 order by id`, repository, checklist)
}

// DropOverwrittenBodies forgets those up to the id.
func (s *Store) DropOverwrittenBodies(ctx context.Context, repository int64, checklist string, upTo int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop overwritten bodies of %s in repository %d", checklist, repository), `
		delete from overwritten_bodies where repository_id = $1 and checklist = $2 and id <= $3`, repository, checklist, upTo)
	return err
}
