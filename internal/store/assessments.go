package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Assessment is how a repository stands on one checklist. Commit and At are of
// the last change of a state or its evidence, not of the last look.
type Assessment struct {
	RepositoryID int64
	Checklist    string
	Position     int // 0: the first configured
	Title        string
	Standing
	Commit string
	At     time.Time

	Layout  string // of Letters: for pages about many repositories
	Letters string
}

// Standing is the numbers of a checklist: Score in percent, the items by
// state, and how many are Required and not ticked.
type Standing struct {
	Score         int
	Ready         bool
	Items         int
	Met           int
	Attested      int
	Waived        int
	NotApplicable int
	Unmet         int
	Unknown       int
	Required      int
	RequiredLeft  int
}

func standing(a readiness.Assessment) Standing {
	t := a.Totals
	s := Standing{
		Score: a.Score, Ready: a.Ready, Items: t.Items, Met: t.Met, Attested: t.Attested, Waived: t.Waived,
		NotApplicable: t.NotApplicable, Unmet: t.Unmet, Unknown: t.Unknown, RequiredLeft: a.RequiredLeft,
	}
	for _, i := range a.Items {
		if i.Item.Required {
			s.Required++
		}
	}
	return s
}

const standingColumns = `score, ready, items, met, attested, waived, not_applicable, unmet, unknown,
	required, required_left`

const assessmentColumns = `repository_id, checklist, position, title, ` + standingColumns + `, commit, at, layout, letters`

// Assessments returns how a repository stands, the first configured checklist
// first.
func (s *Store) Assessments(ctx context.Context, repository int64) ([]Assessment, error) {
	return rows(ctx, s, fmt.Sprintf("read the assessments of repository %d", repository), pgx.RowToStructByName[Assessment],
		`select `+assessmentColumns+` from assessments where repository_id = $1 order by position, checklist`, repository)
}

// putAssessments writes those that differ, and the day's end with them. moved
// names the checklists whose commit and time go forward.
func (s *Store) putAssessments(ctx context.Context, r Recording, at time.Time, moved map[string]bool) error {
	present, err := s.Assessments(ctx, r.Repository)
	if err != nil {
		return err
	}
	before := make(map[string]Assessment, len(present))
	for _, a := range present {
		before[a.Checklist] = a
	}
	covered := map[string]bool{}
	for position, a := range r.Assessments {
		covered[a.Checklist.ID] = true
		old, known := before[a.Checklist.ID]
		order, letters := spellStates(a)
		now := Assessment{
			RepositoryID: r.Repository, Checklist: a.Checklist.ID, Position: position, Title: clean(a.Checklist.Title),
			Standing: standing(a), Commit: r.Commit, At: at, Layout: order.Hash, Letters: letters,
		}
		if !r.Complete {
			now.Position = len(before)
		}
		if known && !r.Complete {
			now.Position = old.Position
		}
		if known && !moved[now.Checklist] && old.Standing == now.Standing {
			now.Commit, now.At = old.Commit, old.At
		}
		if now == old {
			continue
		}
		if old.Layout != now.Layout {
			if err := s.putLayout(ctx, order); err != nil {
				return err
			}
		}
		if err := s.putAssessment(ctx, now); err != nil {
			return err
		}
		before[now.Checklist] = now
		if !known || old.Standing != now.Standing {
			if err := s.putDay(ctx, r.Repository, now.Checklist, at, now.Standing); err != nil {
				return err
			}
		}
	}
	for _, old := range present {
		if r.Complete && !covered[old.Checklist] {
			if err := s.dropAssessment(ctx, old, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) putAssessment(ctx context.Context, a Assessment) error {
	_, err := s.exec(ctx, fmt.Sprintf("store the %s assessment of repository %d", a.Checklist, a.RepositoryID), `
		insert into assessments (`+assessmentColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		on conflict (repository_id, checklist) do update set
			position = excluded.position, title = excluded.title, score = excluded.score, ready = excluded.ready,
			items = excluded.items, met = excluded.met, attested = excluded.attested, waived = excluded.waived,
			not_applicable = excluded.not_applicable, unmet = excluded.unmet, unknown = excluded.unknown,
			required = excluded.required, required_left = excluded.required_left,
			commit = excluded.commit, at = excluded.at, layout = excluded.layout, letters = excluded.letters`,
		a.RepositoryID, a.Checklist, a.Position, a.Title, a.Score, a.Ready, a.Items, a.Met, a.Attested, a.Waived,
		a.NotApplicable, a.Unmet, a.Unknown, a.Required, a.RequiredLeft, a.Commit, a.At, a.Layout, a.Letters)
	return err
}

// dropAssessment removes a checklist that applies no more; its day ends with
// no items.
func (s *Store) dropAssessment(ctx context.Context, a Assessment, at time.Time) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop the %s assessment of repository %d", a.Checklist, a.RepositoryID),
		`delete from assessments where repository_id = $1 and checklist = $2`, a.RepositoryID, a.Checklist)
	if err != nil {
		return err
	}
	return s.putDay(ctx, a.RepositoryID, a.Checklist, at, Standing{Score: 100, Ready: true})
}
