package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// readSurveyed reads some repositories as they are now, by id.
func (s *Store) readSurveyed(ctx context.Context, act string, ids []int64) (map[int64]*Surveyed, error) {
	out := make(map[int64]*Surveyed, len(ids))
	same := sharer{texts: map[string]string{}, lists: map[string][]string{}}
	var r Surveyed
	var topics, teams string
	err := s.each(ctx, act, func() {
		one := r
		one.low = strings.ToLower(r.Name)
		one.Topics, one.Teams = same.list(topics), same.list(teams)
		one.Owner, one.Visibility, one.Language = same.text(r.Owner), same.text(r.Visibility), same.text(r.Language)
		out[r.ID] = &one
	}, []any{
		&r.ID, &r.Installation, &r.Owner, &r.Name, &r.Visibility, &r.Archived, &topics, &teams, &r.Language, &r.SkipReason,
		&r.LookedAt, &r.Behind, &r.LastError, &r.Loud,
	}, `
		select id, installation_id, owner, name, visibility, archived, array_to_string(topics, chr(31)),
			array_to_string(teams, chr(31)), language, skip_reason, assessed_at, wanted_sha not in ('', assessed_sha),
			last_error, mode in ('', 'issue')
		from repositories where id = any($1)`, ids)
	for _, read := range []func(context.Context, string, []int64, map[int64]*Surveyed, sharer) error{
		s.readLists, s.readSteps, s.readOpened, s.readMoves,
	} {
		if err == nil {
			err = read(ctx, act, ids, out, same)
		}
	}
	if err == nil {
		err = s.readLayouts(ctx, out)
	}
	return out, err
}

// readLists fills how repositories stand on their checklists.
func (s *Store) readLists(ctx context.Context, act string, ids []int64, to map[int64]*Surveyed, same sharer) error {
	var id int64
	var l Listed
	return s.each(ctx, act, func() {
		if r := to[id]; r != nil {
			one := l
			one.Checklist, one.Title, one.order, one.Assessed = same.text(l.Checklist), same.text(l.Title), same.text(l.order), true
			r.Lists = append(r.Lists, one)
		}
	}, []any{
		&id, &l.Checklist, &l.Title, &l.Score, &l.Ready, &l.Items, &l.Met, &l.Attested, &l.Waived, &l.NotApplicable, &l.Unmet,
		&l.Unknown, &l.Required, &l.RequiredLeft, &l.ChangedAt, &l.order, &l.letters,
	}, `
		select repository_id, checklist, title, `+standingColumns+`, at, layout, letters
		from assessments where repository_id = any($1) order by repository_id, position, checklist`, ids)
}

// readSteps fills the days of their checklists, former ones too.
func (s *Store) readSteps(ctx context.Context, act string, ids []int64, to map[int64]*Surveyed, same sharer) error {
	var id int64
	var checklist string
	var steps []byte
	return s.each(ctx, act, func() {
		if r := to[id]; r != nil {
			r.list(checklist, same).steps = append([]byte(nil), steps...)
		}
	}, []any{&id, &checklist, &steps}, `
		select repository_id, checklist, steps from curves where repository_id = any($1) order by repository_id, checklist`, ids)
}

// list is a repository's checklist, added where there is none.
func (r *Surveyed) list(checklist string, same sharer) *Listed {
	if l := r.on(checklist); l != nil {
		return l
	}
	r.Lists = append(r.Lists, Listed{Checklist: same.text(checklist)})
	return &r.Lists[len(r.Lists)-1]
}

// readOpened notes where there are issues.
func (s *Store) readOpened(ctx context.Context, act string, ids []int64, to map[int64]*Surveyed, same sharer) error {
	var id int64
	var checklist string
	return s.each(ctx, act, func() {
		if r := to[id]; r != nil {
			r.list(checklist, same).issue = true
		}
	}, []any{&id, &checklist}, `select repository_id, checklist from issues where repository_id = any($1) order by repository_id, checklist`, ids)
}

// readLayouts resolves the layouts of the letters.
func (s *Store) readLayouts(ctx context.Context, of map[int64]*Surveyed) error {
	wanted := map[string]bool{}
	for _, r := range of {
		for _, l := range r.Lists {
			wanted[l.order] = true
		}
	}
	layouts, err := s.layouts(ctx, wanted)
	for _, r := range of {
		for i := range r.Lists {
			r.Lists[i].layout = layouts[r.Lists[i].order]
		}
	}
	return err
}

// each runs do for every row that a query returns, scanned into to.
func (s *Store) each(ctx context.Context, act string, do func(), to []any, sql string, args ...any) error {
	found, err := s.db.Query(ctx, sql, args...)
	if err == nil {
		_, err = pgx.ForEachRow(found, to, func() error { do(); return nil })
	}
	if err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	return nil
}

// sharer keeps one copy of texts and lists that most repositories share.
type sharer struct {
	texts map[string]string
	lists map[string][]string
}

func (s sharer) text(t string) string {
	if known, there := s.texts[t]; there {
		return known
	}
	s.texts[t] = t
	return t
}

func (s sharer) list(joined string) []string {
	if joined == "" {
		return nil
	}
	if known, there := s.lists[joined]; there {
		return known
	}
	s.lists[joined] = strings.Split(joined, "\x1f")
	return s.lists[joined]
}
