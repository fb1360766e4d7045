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

// BoxEdits returns what was told of an issue's boxes and not taken yet, oldest
// first.
func (s *Store) BoxEdits(ctx context.Context, repository int64, checklist string) ([]BoxEdit, error) {
	return rows(ctx, s, fmt.Sprintf("list the edits of %s in repository %d", checklist, repository), pgx.RowToStructByName[BoxEdit], `
		select id, item, ticked, by, at, overwritten from box_edits
		where repository_id = $1 and checklist = $2 and taken_at is null order by at, id`, repository, checklist)
}

// BoxEditsOf returns what was told of one box in the last days, taken or not,
// oldest first.
func (s *Store) BoxEditsOf(ctx context.Context, repository int64, checklist, item string) ([]BoxEdit, error) {
	return rows(ctx, s, fmt.Sprintf("list the edits of %s in repository %d", item, repository), pgx.RowToStructByName[BoxEdit], `
		select id, item, ticked, by, at, overwritten from box_edits
		where repository_id = $1 and checklist = $2 and item = $3 order by at, id`, repository, checklist, item)
}

// TakeBoxEdits notes that edits have become statements. Others may be told of
// meanwhile, with lower ids.
func (s *Store) TakeBoxEdits(ctx context.Context, ids []int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("take %d edits of boxes", len(ids)), `update box_edits set taken_at = now() where id = any($1)`, ids)
	return err
}

// PruneBoxEdits forgets edits that were taken before a time: at most limit, and
// how many.
func (s *Store) PruneBoxEdits(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.exec(ctx, "prune edits of boxes", `
		delete from box_edits where id in (select id from box_edits where taken_at < $1 order by taken_at limit $2)`, before, limit)
}

// IntendWrite keeps what is about to be written to an issue, and which body it
// was merged from.
func (s *Store) IntendWrite(ctx context.Context, repository int64, checklist, body, read string) error {
	act := fmt.Sprintf("keep the write to %s in repository %d", checklist, repository)
	hash := sha256.Sum256([]byte(body))
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		_, err := in.exec(ctx, act, `
			insert into issue_writes (repository_id, checklist, written_hash, body_read) values ($1, $2, $3, $4)`,
			repository, checklist, hash[:], compress([]byte(read)))
		if err != nil {
			return err
		}
		_, err = in.exec(ctx, act, `
			update issues set body_intent = $3 where repository_id = $1 and checklist = $2`, repository, checklist, body)
		return err
	})
}

// Intended is the body that was about to be written when we ended; empty when
// the last write is known to have been done.
func (s *Store) Intended(ctx context.Context, repository int64, checklist string) (string, error) {
	return row(ctx, s, fmt.Sprintf("read the intended body of %s in repository %d", checklist, repository), pgx.RowTo[string],
		`select body_intent from issues where repository_id = $1 and checklist = $2`, repository, checklist)
}

// WriteDone notes that the intended body was written, or will not be.
func (s *Store) WriteDone(ctx context.Context, repository int64, checklist string) error {
	_, err := s.exec(ctx, fmt.Sprintf("note the write to %s in repository %d", checklist, repository), `
		update issues set body_intent = '' where repository_id = $1 and checklist = $2`, repository, checklist)
	return err
}

// Write is a write of ours of which GitHub has not told us yet.
type Write struct {
	ID       int64
	BodyRead string // the body it was merged from
}

// WritesUntold are the writes of a text, newest first.
func (s *Store) WritesUntold(ctx context.Context, repository int64, checklist, written string) ([]Write, error) {
	hash := sha256.Sum256([]byte(written))
	act := fmt.Sprintf("look up writes to %s in repository %d", checklist, repository)
	type packed struct {
		ID       int64
		BodyRead []byte
	}
	found, err := rows(ctx, s, act, pgx.RowToStructByName[packed], `
		select id, body_read from issue_writes
		where repository_id = $1 and checklist = $2 and written_hash = $3 and told_at is null order by id desc`,
		repository, checklist, hash[:])
	out := make([]Write, len(found))
	for i, p := range found {
		text, err := decompress(p.BodyRead)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", act, err)
		}
		out[i] = Write{ID: p.ID, BodyRead: string(text)}
	}
	return out, err
}

// WriteTold notes that GitHub told us of a write.
func (s *Store) WriteTold(ctx context.Context, id int64) error {
	return s.one(ctx, fmt.Sprintf("note that write %d was told", id),
		`update issue_writes set told_at = now() where id = $1`, id)
}

// PruneIssueWrites forgets writes before a time: at most limit, and how many.
func (s *Store) PruneIssueWrites(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.exec(ctx, "prune writes to issues", `
		delete from issue_writes where id in (select id from issue_writes where at < $1 order by at limit $2)`, before, limit)
}

// LastCommanded is when people last stated, or took back, anything about an
// item by a command; zero when they never did. What they say by ticks is in
// BoxEditsOf.
func (s *Store) LastCommanded(ctx context.Context, repository int64, checklist, item string) (time.Time, error) {
	at, err := row(ctx, s, fmt.Sprintf("look up what was last said of %s in repository %d", item, repository), pgx.RowTo[*time.Time], `
		select max(at) from (
			select at from statements where repository_id = $1 and checklist = $2 and item = $3 and via = 'command'
			union all select at from restores where repository_id = $1 and checklist = $2 and item = $3) said`, repository, checklist, item)
	if err != nil || at == nil {
		return time.Time{}, err
	}
	return *at, nil
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

// DropOverwrittenBodies forgets some.
func (s *Store) DropOverwrittenBodies(ctx context.Context, ids []int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop %d overwritten bodies", len(ids)), `delete from overwritten_bodies where id = any($1)`, ids)
	return err
}
