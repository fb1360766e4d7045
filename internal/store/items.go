package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Item is the present state of one item in one repository. Evidence and Commit
// stay as they were first seen while later looks find the same. Held is, for
// an unknown item, the state it had when it was last known.
type Item struct {
	Checklist   string               `json:"checklist"`
	Item        string               `json:"item"`
	Section     string               `json:"section"`
	Position    int                  `json:"position"`
	Controls    []string             `json:"controls"`
	Required    bool                 `json:"required"`
	State       readiness.State      `json:"state"`
	Held        readiness.State      `json:"held"`
	Reason      string               `json:"reason"`
	Evidence    []readiness.Evidence `json:"evidence"`
	Fingerprint string               `json:"fingerprint"`
	Done        int                  `json:"done"` // of Total controls
	Total       int                  `json:"total"`
	Commit      string               `json:"commit"`
	Since       time.Time            `json:"since"`
	By          string               `json:"by"`
	SaidAt      *time.Time           `json:"said_at"` // when By said so
	Until       *time.Time           `json:"until"`
	Disputed    bool                 `json:"disputed"`
}

const itemColumns = `checklist, item, section, position, controls, required, state, held, reason, evidence, fingerprint,
	done, total, commit, since, by, said_at, until, disputed`

// Items returns the present items of a repository's checklist, in its order,
// or of all its checklists when none is named.
func (s *Store) Items(ctx context.Context, repository int64, checklist string) ([]Item, error) {
	return rows(ctx, s, fmt.Sprintf("read the items of repository %d", repository), pgx.RowToStructByName[Item],
		`select `+itemColumns+` from items
		where repository_id = $1 and ($2 = '' or checklist = $2)
		order by checklist, position, item`, repository, checklist)
}

// newItem is how an assessed item is kept.
func newItem(checklist string, position int, commit string, s readiness.ItemState) Item {
	i := Item{
		Checklist: checklist, Item: s.Item.ID, Section: clean(s.Item.Section), Position: position,
		Controls: append([]string{}, s.Item.Controls...), Required: s.Item.Required,
		State: s.State, Reason: clean(s.Reason), Evidence: make([]readiness.Evidence, 0, len(s.Evidence)),
		Fingerprint: s.Fingerprint, Done: s.Progress[0], Total: s.Progress[1], Commit: commit,
		By: clean(s.By), SaidAt: stored(s.At), Until: stored(s.Until), Disputed: s.Disputed,
	}
	for _, e := range s.Evidence {
		e.Path, e.Summary, e.Rule, e.URL = clean(e.Path), clean(e.Summary), clean(e.Rule), clean(e.URL)
		i.Evidence = append(i.Evidence, e)
	}
	return i
}

// clean drops what Postgres takes in no text: file names and file contents may
// hold it.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// stored is a time as Postgres gives it back, so that it compares equal.
func stored(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Round(time.Microsecond)
	return &t
}

// putItems writes items, whole.
func (s *Store) putItems(ctx context.Context, repository int64, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	_, err := s.exec(ctx, fmt.Sprintf("store the items of repository %d", repository), `
		insert into items (repository_id, `+itemColumns+`)
		select $1, `+itemColumns+`
		from jsonb_to_recordset($2) as t (checklist text, item text, section text, position integer,
			controls text[], required boolean, state text, held text, reason text, evidence jsonb, fingerprint text,
			done integer, total integer, commit text, since timestamptz, by text,
			said_at timestamptz, until timestamptz, disputed boolean)
		on conflict (repository_id, checklist, item) do update set
			section = excluded.section, position = excluded.position, controls = excluded.controls,
			required = excluded.required, state = excluded.state, held = excluded.held, reason = excluded.reason,
			evidence = excluded.evidence, fingerprint = excluded.fingerprint, done = excluded.done,
			total = excluded.total, commit = excluded.commit, since = excluded.since, by = excluded.by,
			said_at = excluded.said_at, until = excluded.until, disputed = excluded.disputed`, repository, items)
	return err
}

func (s *Store) dropItems(ctx context.Context, repository int64, items []Item) error {
	var checklists, ids []string
	for _, i := range items {
		checklists, ids = append(checklists, i.Checklist), append(ids, i.Item)
	}
	_, err := s.exec(ctx, fmt.Sprintf("drop items of repository %d", repository), `
		delete from items i using unnest($2::text[], $3::text[]) as t (checklist, item)
		where i.repository_id = $1 and i.checklist = t.checklist and i.item = t.item`, repository, checklists, ids)
	return err
}
