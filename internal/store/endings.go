package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Ending is a standing statement that ends at a moment.
type Ending struct {
	Statement
	EndsAt time.Time
}

// Ends are the moments at which a checklist's standing statements end, by
// statement; those without an end are left out.
func (s *Store) Ends(ctx context.Context, repository int64, checklist string) (map[int64]time.Time, error) {
	type end struct {
		ID     int64
		EndsAt time.Time
	}
	list, err := rows(ctx, s, fmt.Sprintf("read the ends of statements in repository %d", repository), pgx.RowToStructByPos[end], `
		select id, ends_at from statements
		where repository_id = $1 and checklist = $2 and withdrawn_at is null and ends_at is not null`, repository, checklist)
	out := make(map[int64]time.Time, len(list))
	for _, e := range list {
		out[e.ID] = e.EndsAt
	}
	return out, err
}

// SetEnd notes when a statement ends; zero: never. When the end moves away,
// people are to be warned again.
func (s *Store) SetEnd(ctx context.Context, id int64, at time.Time) error {
	return s.one(ctx, fmt.Sprintf("note the end of statement %d", id), `
		update statements set ends_at = $2,
			warned_at = case when $2::timestamptz is null or $2 > ends_at then null else warned_at end
		where id = $1`, id, unlessZero(at))
}

// Expire withdraws a statement that has run out: nobody took it back.
func (s *Store) Expire(ctx context.Context, id int64) error {
	return s.one(ctx, fmt.Sprintf("end statement %d", id),
		`update statements set withdrawn_at = now(), withdrawn_by = '' where id = $1 and withdrawn_at is null`, id)
}

// Ending returns standing statements that end before a time, that nobody was
// warned of, and that were said longer than notice before their end: who says
// something for three days knows. The first to end comes first.
func (s *Store) Ending(ctx context.Context, before time.Time, notice time.Duration, limit int) ([]Ending, error) {
	return rows(ctx, s, "list statements about to end", pgx.RowToStructByName[Ending],
		`select `+statementColumns+`, ends_at from statements n
		where withdrawn_at is null and ends_at < $1 and warned_at is null and at < ends_at - $2::interval
			and exists (select from repositories r where r.id = n.repository_id and r.removed_at is null)
		order by ends_at, id limit $3`, before, notice, limit)
}

// Ended returns the repositories in which a statement stands that has run out:
// they are due for a look.
func (s *Store) Ended(ctx context.Context, now time.Time) ([]int64, error) {
	return rows(ctx, s, "list repositories with ended statements", pgx.RowTo[int64], `
		select distinct n.repository_id from statements n join repositories r on r.id = n.repository_id
		where n.withdrawn_at is null and n.ends_at <= $1 and r.removed_at is null
		order by n.repository_id`, now)
}

// LastWithdrawnBy is who last took something back of an item; empty when
// nobody did.
func (s *Store) LastWithdrawnBy(ctx context.Context, repository int64, checklist, item string) (string, error) {
	list, err := rows(ctx, s, fmt.Sprintf("read who took back %s in repository %d", item, repository), pgx.RowTo[string], `
		select withdrawn_by from statements
		where repository_id = $1 and checklist = $2 and item = $3 and withdrawn_at is not null
		order by withdrawn_at desc, id desc limit 1`, repository, checklist, item)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}
