package worker

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// record assesses every configured checklist and writes what changed, with who
// or what made it; without a kind, that is found out.
func (s *subject) record(ctx context.Context, kind store.ActorKind, actor string) ([]readiness.Assessment, error) {
	found := byControl(s.found)
	var out []readiness.Assessment
	err := s.w.Store.Tx(ctx, func(tx pgx.Tx) error {
		out = out[:0]
		in := s.w.Store.With(tx)
		ended := false
		for _, c := range s.config.checklists {
			people, some, err := s.people(ctx, in, c)
			if err != nil {
				return err
			}
			ended = ended || some
			out = append(out, readiness.Assess(c, found, people, s.w.Now()))
		}
		by, who, err := s.cause(ctx, in, kind, actor, out, ended)
		if err != nil {
			return err
		}
		before, err := in.Assessments(ctx, s.row.ID)
		if err != nil {
			return err
		}
		changes, err := s.w.Store.Record(ctx, tx, store.Recording{
			Repository: s.row.ID, Commit: s.head.SHA, Tree: s.tree, Catalogue: s.w.Version,
			Assessments: out, Complete: true, Actor: who, ActorKind: by,
		})
		if err != nil {
			return err
		}
		if by != store.ByPerson { // who ticks a box knows
			s.told(ctx, changes)
		}
		if err := s.emit(ctx, tx, before, changes, out, by, who); err != nil {
			return err
		}
		return s.noticed(ctx, in, changes, out, by, who)
	})
	return out, err
}

// cause is what a recording is put down to.
func (s *subject) cause(ctx context.Context, in *store.Store, kind store.ActorKind, actor string, now []readiness.Assessment, ended bool) (store.ActorKind, string, error) {
	switch {
	case kind != "":
		return kind, actor, nil
	case ended && (s.why == "" || s.why == store.BySettings):
		return store.ByClock, "", nil
	case s.first:
		return store.ByInstall, s.author, nil
	case s.why == store.ByPerson:
		who, err := s.doer(ctx, in, now)
		return s.why, who, err
	case s.why == store.ByPush, s.row.AssessedSHA != s.head.SHA:
		return store.ByPush, s.author, nil
	case s.why != "":
		return s.why, "", nil
	}
	who, err := s.doer(ctx, in, now)
	return store.ByPerson, who, err
}
