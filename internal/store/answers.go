package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Answer is what GitHub said to one question about a repository's settings or
// activity: Facts, or why there is no answer.
type Answer struct {
	Name      string
	Facts     json.RawMessage
	Unknown   string
	FetchedAt time.Time
}

// Answers returns all answers for a repository, by name.
func (s *Store) Answers(ctx context.Context, repository int64) ([]Answer, error) {
	return rows(ctx, s, fmt.Sprintf("read the answers for repository %d", repository), pgx.RowToStructByName[Answer],
		`select name, facts, unknown, fetched_at from answers where repository_id = $1 order by name`, repository)
}

// PutAnswers replaces the answers of the given names; one older than what is
// stored is dropped.
func (s *Store) PutAnswers(ctx context.Context, repository int64, answers []Answer) error {
	var names, facts, unknown []string
	var fetched []time.Time
	for _, a := range answers {
		if a.Facts == nil {
			a.Facts = json.RawMessage("null")
		}
		names, facts = append(names, a.Name), append(facts, string(a.Facts))
		unknown, fetched = append(unknown, a.Unknown), append(fetched, a.FetchedAt)
	}
	_, err := s.exec(ctx, fmt.Sprintf("store %d answers for repository %d", len(answers), repository), `
		insert into answers (repository_id, name, facts, unknown, fetched_at)
		select $1, name, facts::jsonb, unknown, fetched_at
		from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) as t (name, facts, unknown, fetched_at)
		order by name
		on conflict (repository_id, name) do update set
			facts = excluded.facts, unknown = excluded.unknown, fetched_at = excluded.fetched_at
		where answers.fetched_at <= excluded.fetched_at`, repository, names, facts, unknown, fetched)
	return err
}

// DropAnswers forgets answers, by name or, without names, all: their webhook
// said that they changed.
func (s *Store) DropAnswers(ctx context.Context, repository int64, names ...string) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop answers for repository %d", repository), `
		delete from answers where repository_id = $1 and (cardinality($2::text[]) = 0 or name = any($2))`,
		repository, append([]string{}, names...))
	return err
}
