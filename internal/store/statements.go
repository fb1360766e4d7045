package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// StatementKind is what sort of thing a person said of an item.
type StatementKind string

const (
	Attested  StatementKind = "attestation"
	Waived    StatementKind = "waiver"
	Exempted  StatementKind = "exemption"
	Contested StatementKind = "dispute"
)

// Via is how a person said it.
type Via string

const (
	ViaTick    Via = "tick"
	ViaCommand Via = "command"
	ViaConfig  Via = "config"
)

// Statement is what a person said of an item. One of each kind stands at a
// time; withdrawn ones stay for the record.
type Statement struct {
	ID             int64
	RepositoryID   int64
	Checklist      string
	Item           string
	Kind           StatementKind
	By             string
	At             time.Time
	Note           string     // a note, or the reason
	Until          *time.Time // when a waiver or attestation ends
	Fingerprint    string     // of the evidence a dispute is about
	Via            Via
	WarnedAt       *time.Time // told that it is about to end
	ContradictedAt *time.Time // told that evidence speaks against it
	WithdrawnAt    *time.Time
	WithdrawnBy    string
	CommentID      int64 // by which it was said; 0: by none
}

const statementColumns = `id, repository_id, checklist, item, kind, by, at, note, until, fingerprint, via,
	warned_at, contradicted_at, withdrawn_at, withdrawn_by, comment_id`

// Say makes a statement stand in place of any of its kind. Saying the same
// again changes nothing; it tells whether there was news.
func (s *Store) Say(ctx context.Context, n Statement) (bool, error) {
	act := fmt.Sprintf("store the %s of %s in repository %d", n.Kind, n.Item, n.RepositoryID)
	n.Note, n.By = clean(n.Note), clean(n.By)
	var news bool
	err := s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		standing, err := rows(ctx, in, act, pgx.RowToStructByName[Statement],
			`select `+statementColumns+` from statements
			where repository_id = $1 and checklist = $2 and item = $3 and kind = $4 and withdrawn_at is null
			for update`, n.RepositoryID, n.Checklist, n.Item, n.Kind)
		if err != nil || (len(standing) == 1 && standing[0].says(n)) {
			return err
		}
		if _, err := in.withdraw(ctx, n.RepositoryID, n.Checklist, n.Item, n.Kind, n.By); err != nil {
			return err
		}
		inserted, err := in.exec(ctx, act, `
			insert into statements (repository_id, checklist, item, kind, by, at, note, until, fingerprint, via, comment_id)
			values ($1, $2, $3, $4, $5, coalesce($6, now()), $7, $8, $9, $10, $11)
			on conflict (repository_id, checklist, item, kind) where withdrawn_at is null do nothing`,
			n.RepositoryID, n.Checklist, n.Item, n.Kind, n.By, unlessZero(n.At), n.Note, n.Until, n.Fingerprint, n.Via, n.CommentID)
		news = inserted > 0
		return err
	})
	return news, err
}

// says tells whether a standing statement says what another would.
func (n Statement) says(o Statement) bool {
	return n.By == o.By && n.Note == o.Note && sameTime(n.Until, o.Until) && n.Fingerprint == o.Fingerprint && n.Via == o.Via
}

// Withdraw takes back what stands of a kind; false when nothing did.
func (s *Store) Withdraw(ctx context.Context, repository int64, checklist, item string, kind StatementKind, by string) (bool, error) {
	n, err := s.withdraw(ctx, repository, checklist, item, kind, by)
	return n > 0, err
}

// Restore takes back all that was said of an item before a comment at a time:
// what somebody has said since stands. Of the statement it takes what that is
// about, who asks for it, when, and by which comment.
func (s *Store) Restore(ctx context.Context, n Statement) error {
	act := fmt.Sprintf("take back what was said of %s in repository %d", n.Item, n.RepositoryID)
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		_, err := in.exec(ctx, act, `
			update statements set withdrawn_at = now(), withdrawn_by = $4
			where repository_id = $1 and checklist = $2 and item = $3 and withdrawn_at is null
				and ((at, comment_id) <= ($5, $6) or via = 'config')`,
			n.RepositoryID, n.Checklist, n.Item, n.By, n.At, n.CommentID)
		if err != nil {
			return err
		}
		_, err = in.exec(ctx, act, `
			insert into restores (repository_id, checklist, item, at, comment_id) values ($1, $2, $3, $4, $5)
			on conflict (repository_id, checklist, item) do update set at = excluded.at, comment_id = excluded.comment_id
			where (restores.at, restores.comment_id) < (excluded.at, excluded.comment_id)`,
			n.RepositoryID, n.Checklist, n.Item, n.At, n.CommentID)
		return err
	})
}

// Overtaken tells whether what a person says by a command was heard before, or
// overtaken before it was heard: by a newer word of the same kind, a restore, or
// a box that was ticked or unticked since, which takes such words back.
func (s *Store) Overtaken(ctx context.Context, n Statement) (bool, error) {
	undone := map[StatementKind]bool{Attested: false, Waived: false, Exempted: true} // by a tick, or an untick
	by, boxed := undone[n.Kind]
	return row(ctx, s, fmt.Sprintf("look what was said of %s in repository %d since", n.Item, n.RepositoryID), pgx.RowTo[bool], `
		select exists (select from statements where repository_id = $1 and checklist = $2 and item = $3 and kind = $4 and via <> 'config'
				and (at > $5 or at = $5 and comment_id >= $8))
			or exists (select from restores where repository_id = $1 and checklist = $2 and item = $3 and (at, comment_id) > ($5, $8))
			or $6 and exists (select from box_edits where repository_id = $1 and checklist = $2 and item = $3 and ticked = $7 and at > $5)`,
		n.RepositoryID, n.Checklist, n.Item, n.Kind, n.At, boxed, by, n.CommentID)
}

func (s *Store) withdraw(ctx context.Context, repository int64, checklist, item string, kind StatementKind, by string) (int64, error) {
	return s.exec(ctx, fmt.Sprintf("withdraw the %s of %s in repository %d", kind, item, repository), `
		update statements set withdrawn_at = now(), withdrawn_by = $5
		where repository_id = $1 and checklist = $2 and item = $3 and ($4 = '' or kind = $4) and withdrawn_at is null`,
		repository, checklist, item, kind, by)
}

// SyncConfig makes the statements via configuration of a checklist those given
// and no others. What a person said by tick or command stands before them.
func (s *Store) SyncConfig(ctx context.Context, repository int64, checklist string, wanted []Statement) error {
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		standing, err := in.Statements(ctx, repository, checklist)
		if err != nil {
			return err
		}
		type key struct {
			item string
			kind StatementKind
		}
		keep, taken := map[key]bool{}, map[key]bool{}
		for _, n := range wanted {
			keep[key{n.Item, n.Kind}] = true
		}
		for _, n := range standing {
			k := key{n.Item, n.Kind}
			taken[k] = n.Via != ViaConfig
			if n.Via == ViaConfig && !keep[k] {
				if _, err := in.Withdraw(ctx, repository, checklist, n.Item, n.Kind, n.By); err != nil {
					return err
				}
			}
		}
		for _, n := range wanted {
			if taken[key{n.Item, n.Kind}] {
				continue
			}
			n.RepositoryID, n.Checklist, n.Via = repository, checklist, ViaConfig
			if _, err := in.Say(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// Statements returns what stands on a checklist, by item and kind; on all of a
// repository's checklists when none is named.
func (s *Store) Statements(ctx context.Context, repository int64, checklist string) ([]Statement, error) {
	return rows(ctx, s, fmt.Sprintf("read the statements of repository %d", repository), pgx.RowToStructByName[Statement],
		`select `+statementColumns+` from statements
		where repository_id = $1 and ($2 = '' or checklist = $2) and withdrawn_at is null
		order by checklist, item, kind`, repository, checklist)
}

// Warned notes that people were told that a statement is about to end.
func (s *Store) Warned(ctx context.Context, id int64) error {
	return s.one(ctx, fmt.Sprintf("note the warning of statement %d", id),
		`update statements set warned_at = now() where id = $1`, id)
}

// Contradicted notes that people were told that evidence speaks against an
// attestation; false when they had been told before.
func (s *Store) Contradicted(ctx context.Context, id int64) (bool, error) {
	n, err := s.exec(ctx, fmt.Sprintf("note the contradiction of statement %d", id),
		`update statements set contradicted_at = now() where id = $1 and contradicted_at is null`, id)
	return n > 0, err
}
