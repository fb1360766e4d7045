package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Verdict is what the rules say of a control in a repository now.
type Verdict struct {
	Control string            `json:"control"`
	Verdict readiness.Verdict `json:"verdict"`
	Reason  string            `json:"reason"`
	Since   time.Time         `json:"since"`
}

// Verdicts returns a repository's verdicts, by control.
func (s *Store) Verdicts(ctx context.Context, repository int64) ([]Verdict, error) {
	return rows(ctx, s, fmt.Sprintf("read the verdicts of repository %d", repository), pgx.RowToStructByName[Verdict],
		`select control, verdict, reason, since from verdicts where repository_id = $1 order by control`, repository)
}

func (s *Store) putVerdicts(ctx context.Context, r Recording, at time.Time) error {
	present, err := s.Verdicts(ctx, r.Repository)
	if err != nil {
		return err
	}
	before := make(map[string]Verdict, len(present))
	for _, v := range present {
		before[v.Control] = v
	}
	found := map[string]bool{}
	var put []Verdict
	for _, a := range r.Assessments {
		for _, i := range a.Items {
			for _, f := range i.Findings {
				old := before[f.Control]
				now := Verdict{Control: f.Control, Verdict: f.Verdict, Reason: clean(f.Reason), Since: at}
				if old.Verdict == now.Verdict {
					now.Since = old.Since
				}
				if !found[f.Control] && old != now {
					put = append(put, now)
				}
				found[f.Control] = true
			}
		}
	}
	act := fmt.Sprintf("store the verdicts of repository %d", r.Repository)
	if len(put) > 0 {
		_, err := s.exec(ctx, act, `
			insert into verdicts (repository_id, control, verdict, reason, since)
			select $1, control, verdict, reason, since
			from jsonb_to_recordset($2) as t (control text, verdict text, reason text, since timestamptz)
			on conflict (repository_id, control) do update set
				verdict = excluded.verdict, reason = excluded.reason, since = excluded.since`, r.Repository, put)
		if err != nil {
			return err
		}
	}
	var gone []string
	for _, v := range present {
		if r.Complete && !found[v.Control] {
			gone = append(gone, v.Control)
		}
	}
	if len(gone) > 0 {
		_, err = s.exec(ctx, act, `delete from verdicts where repository_id = $1 and control = any($2)`, r.Repository, gone)
	}
	if err != nil || len(put)+len(gone) == 0 {
		return err
	}
	return s.putLetters(ctx, r.Repository, present, put, gone)
}

// putLetters spells all verdicts of a repository anew.
func (s *Store) putLetters(ctx context.Context, repository int64, present, put []Verdict, gone []string) error {
	verdicts := map[string]readiness.Verdict{}
	for _, v := range slices.Concat(present, put) {
		verdicts[v.Control] = v.Verdict
	}
	for _, control := range gone {
		delete(verdicts, control)
	}
	order, letters := spellVerdicts(verdicts)
	if err := s.putLayout(ctx, order); err != nil {
		return err
	}
	_, err := s.exec(ctx, fmt.Sprintf("store the verdicts of repository %d", repository), `
		insert into verdict_letters (repository_id, layout, letters) values ($1, $2, $3)
		on conflict (repository_id) do update set layout = excluded.layout, letters = excluded.letters
		where (verdict_letters.layout, verdict_letters.letters) <> (excluded.layout, excluded.letters)`,
		repository, order.Hash, letters)
	return err
}
