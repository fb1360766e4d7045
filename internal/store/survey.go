package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Surveyed is what pages about a fleet know of a repository. It is read once
// for each version and shared by all who may see it: nobody changes one.
type Surveyed struct {
	ID           int64
	Installation int64
	Owner        string
	Name         string // without its owner
	low          string // the same in lower case
	Visibility   string
	Archived     bool
	Topics       []string
	Teams        []string // by CODEOWNERS
	Language     string
	SkipReason   string
	LookedAt     *time.Time
	Behind       bool
	LastError    string
	Loud         bool     // its configuration lets issues be opened
	Lists        []Listed // the first configured first, then former ones and those with an issue alone
	moves        []move   // of the last days
}

// Listed is how a repository stands on a checklist.
type Listed struct {
	Checklist string
	Title     string
	Assessed  bool // false: only days or an issue are left of it
	Standing
	ChangedAt time.Time
	issue     bool // there is one, or was

	order   string  // hash of the layout
	layout  *layout // nil: of no letters
	letters string  // each item's state, in the order of the layout
	steps   []byte  // all days
}

// on is how it stands on a checklist, or nil. Empty is the first configured.
func (r *Surveyed) on(checklist string) *Listed {
	for i := range r.Lists {
		if r.Lists[i].Checklist == checklist || checklist == "" && r.Lists[i].Assessed {
			return &r.Lists[i]
		}
	}
	return nil
}

// Row is a repository of a survey on the checklist that the survey is about.
type Row struct {
	*Surveyed
	On *Listed // nil: not assessed on it

	steps  []byte // days on it, also where it applies no more
	opened bool   // there is an issue for it, or was
}

// Survey is all repositories of an owner that somebody sees: what pages sum up
// of them is counted here and not asked for one by one.
type Survey struct {
	Rows []Row // in no order

	opens map[int64]bool // installations that open issues
}

// Survey reads the repositories of an owner. Which they are, and in which
// version, is asked each time: only what is in a version is remembered.
func (s *Store) Survey(ctx context.Context, sight Sight, owner string) (Survey, error) {
	type state struct{ IDs, Versions []int64 }
	act := "survey " + owner
	found, err := row(ctx, s, act, pgx.RowToStructByPos[state], `
		select coalesce(array_agg(r.id), '{}'), coalesce(array_agg(r.version), '{}')
		from repositories r where`+seen+`and lower(r.owner) = $5`, sight.args(strings.ToLower(owner))...)
	if err != nil {
		return Survey{}, err
	}
	all, missing := s.shelf.take(found.IDs, found.Versions)
	if len(missing) > 0 {
		// What is read now is at least as new as the version that it is kept under.
		read, err := s.readSurveyed(ctx, act, missing)
		if err != nil {
			return Survey{}, err
		}
		s.shelf.put(all, found.IDs, found.Versions, read)
	}
	v := Survey{Rows: make([]Row, 0, len(all))}
	installations := map[int64]bool{}
	for _, r := range all {
		if r != nil { // nil: gone since
			v.Rows = append(v.Rows, Row{Surveyed: r})
			installations[r.Installation] = true
		}
	}
	v.opens, err = s.opening(ctx, installations)
	return v, err
}

// ids are those of its repositories.
func (v Survey) ids() []int64 {
	out := make([]int64, len(v.Rows))
	for i, r := range v.Rows {
		out[i] = r.ID
	}
	return out
}

// opening is which of some installations open issues.
func (s *Store) opening(ctx context.Context, of map[int64]bool) (map[int64]bool, error) {
	ids := make([]int64, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	open, err := rows(ctx, s, "look up which installations open issues", pgx.RowTo[int64], `
		select id from installations where id = any($1) and mode = 'issue' and suspended_at is null and removed_at is null`, ids)
	out := make(map[int64]bool, len(open))
	for _, id := range open {
		out[id] = true
	}
	return out, err
}

// Owner is the owner as it spells itself. The survey must not be empty.
func (v Survey) Owner() string {
	return slices.MinFunc(v.Rows, func(a, b Row) int { return cmp.Compare(a.ID, b.ID) }).Owner
}

// About is the survey on a checklist; empty stands for each repository's first.
func (v Survey) About(checklist string) Survey {
	rows := slices.Clone(v.Rows)
	for i := range rows {
		rows[i].On, rows[i].steps, rows[i].opened = nil, nil, false
		if on := rows[i].on(checklist); on != nil {
			if rows[i].steps, rows[i].opened = on.steps, on.issue; on.Assessed {
				rows[i].On = on
			}
		}
	}
	v.Rows = rows
	return v
}

// ChecklistUse counts the repositories that a checklist is assessed in.
type ChecklistUse struct {
	Checklist    string
	Title        string
	Repositories int
}

// Checklists lists what the repositories are held against, the most common
// first.
func (v Survey) Checklists() []ChecklistUse {
	uses := map[string]*ChecklistUse{}
	for _, r := range v.Rows {
		for i := range r.Lists {
			l := &r.Lists[i]
			if !l.Assessed {
				continue
			}
			u := uses[l.Checklist]
			if u == nil {
				u = &ChecklistUse{Checklist: l.Checklist, Title: l.Title}
				uses[l.Checklist] = u
			}
			u.Repositories++
			u.Title = min(u.Title, l.Title)
		}
	}
	out := make([]ChecklistUse, 0, len(uses))
	for _, u := range uses {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b ChecklistUse) int {
		return cmp.Or(b.Repositories-a.Repositories, strings.Compare(a.Checklist, b.Checklist))
	})
	return out
}
