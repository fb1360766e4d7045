package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/github"
)

// clock is how moments are written for the reader of a failure.
const clock = "15:04:05.000"

// rows are the lines that a query makes of what the app knows.
func (m *model) rows(query string, args ...any) []string {
	found, err := m.w.process.store.Pool().Query(context.Background(), query, args...)
	if err != nil {
		m.w.t.Fatal(err)
	}
	lines, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		m.w.t.Fatal(err)
	}
	return lines
}

// told is what the app was told of a box and what it made of it.
func (m *model) told(id string) string {
	edits := m.rows(`
		select format('%s edit %s by %s ticked=%s overwritten=%s taken %s', to_char(at at time zone 'utc', 'HH24:MI:SS.MS'), id, by, ticked,
			overwritten, to_char(taken_at at time zone 'utc', 'HH24:MI:SS.MS'))
		from box_edits where item = $1 order by id`, id)
	said := m.rows(`
		select format('%s %s by %s, withdrawn %s by %s', to_char(at at time zone 'utc', 'HH24:MI:SS.MS'), kind, by,
			to_char(withdrawn_at at time zone 'utc', 'HH24:MI:SS.MS'), withdrawn_by)
		from statements where item = $1 order by id`, id)
	return strings.Join(append(edits, said...), "\n")
}

// fate is what became of a word: who wrote bodies with and without it, what the
// app wrote, and how it was told.
func (m *model) fate(number int, word string) string {
	var out []string
	had := false
	for i, e := range m.r.Issues[number].Edits {
		has := strings.Contains(e.Body, word)
		if has != had {
			out = append(out, fmt.Sprintf("%s edit %d by %d, word %v, body %s", e.At.Format(clock), i, e.EditorID, has, brief(e.Body)))
		}
		had = has
	}
	out = append(out, m.rows(`
		select format('%s write %s, body %s', to_char(at at time zone 'utc', 'HH24:MI:SS.MS'), id, left(encode(written_hash, 'hex'), 8))
		from issue_writes order by id`)...)
	for _, guid := range m.rows(`select guid from deliveries where event = 'issues' order by received_at`) {
		d, err := m.w.process.store.Delivery(context.Background(), guid)
		if err != nil {
			m.w.t.Fatal(err)
		}
		if e, err := github.ParseEvent(d.Event, d.Payload); err == nil && e.BodyBefore != nil {
			out = append(out, fmt.Sprintf("%s delivery %s, %s, by %s, from %s to %s", d.ReceivedAt.UTC().Format(clock), guid, d.State, e.Sender.Login, brief(*e.BodyBefore), brief(e.Issue.Body)))
		}
	}
	return strings.Join(out, "\n")
}

// work is what the app still has to do, or gave up.
func (m *model) work() string {
	return strings.Join(m.rows(`
		select format('%s %s attempt %s at %s: %s', kind, state, attempt, to_char(scheduled_at at time zone 'utc', 'HH24:MI:SS.MS'), errors)
		from river_job where state <> 'completed' order by id`), "\n")
}

func brief(body string) string { return fmt.Sprintf("%.4x", sha256.Sum256([]byte(body))) }
