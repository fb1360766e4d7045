package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Searched tells whether GitHub was searched for an issue that exists already,
// in vain, and none can have been opened since.
func (s *Store) Searched(ctx context.Context, repository int64, checklist string) (bool, error) {
	searched, err := row(ctx, s, fmt.Sprintf("read the opening of %s in repository %d", checklist, repository), pgx.RowTo[bool], `
		select granted_at is null from openings where repository_id = $1 and checklist = $2`, repository, checklist)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return searched, err
}

// AskOpening has an issue wait for its wave: GitHub was searched for it in vain.
func (s *Store) AskOpening(ctx context.Context, repository int64, checklist string) error {
	_, err := s.exec(ctx, fmt.Sprintf("ask to open %s in repository %d", checklist, repository), `
		insert into openings (repository_id, checklist) values ($1, $2)
		on conflict (repository_id, checklist) do update set granted_at = null`, repository, checklist)
	return err
}

// GrantOpening gives an issue its place in a wave of its installation, unless
// that is full or paused. Places that were given and not used yet count.
func (s *Store) GrantOpening(ctx context.Context, installation, repository int64, checklist string, waves ...Wave) (granted bool, err error) {
	act := fmt.Sprintf("grant opening %s in repository %d", checklist, repository)
	err = s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		if _, err := in.exec(ctx, act, `select pg_advisory_xact_lock(hashtextextended('wave', $1))`, installation); err != nil {
			return err
		}
		free, err := in.WaveFree(ctx, installation, waves...)
		if err != nil || free <= 0 {
			return err
		}
		paused, err := row(ctx, in, act, pgx.RowTo[bool], `select wave_paused from installations where id = $1 for share`, installation)
		if err != nil || paused {
			return err
		}
		granted = true
		return in.one(ctx, act, `
			update openings set granted_at = clock_timestamp() where repository_id = $1 and checklist = $2`, repository, checklist)
	})
	return granted && err == nil, err
}

// WaveFree is how many more issues may be opened now.
func (s *Store) WaveFree(ctx context.Context, installation int64, waves ...Wave) (int, error) {
	free := 1 << 30
	for _, w := range waves {
		used, err := row(ctx, s, fmt.Sprintf("count the wave of installation %d", installation), pgx.RowTo[int], `
			select (select count(*) from issues i join repositories r on r.id = i.repository_id
					where i.opened_at >= $2 and r.installation_id = $1)
				+ (select count(*) from openings o join repositories r on r.id = o.repository_id
					where o.granted_at >= $2 and r.installation_id = $1)`, installation, w.Since)
		if err != nil {
			return 0, err
		}
		free = min(free, w.Most-used)
	}
	return free, nil
}

// DropOpening forgets that an issue waits: it is there, or no longer wanted. An
// empty checklist means all of the repository's.
func (s *Store) DropOpening(ctx context.Context, repository int64, checklist string) error {
	_, err := s.exec(ctx, fmt.Sprintf("drop the opening of %s in repository %d", checklist, repository),
		`delete from openings where repository_id = $1 and ($2 = '' or checklist = $2)`, repository, checklist)
	return err
}

// WaitingInstallations are those with issues that wait for their wave.
func (s *Store) WaitingInstallations(ctx context.Context) ([]int64, error) {
	return rows(ctx, s, "list installations with issues to open", pgx.RowTo[int64], `
		select distinct r.installation_id from openings o join repositories r on r.id = o.repository_id
		where o.granted_at is null and r.removed_at is null order by r.installation_id`)
}

// NextOpenings are the repositories whose issues have waited longest for the
// wave of an installation. They go to the end of the line, so that one that
// can't use its turn stands in nobody's way.
func (s *Store) NextOpenings(ctx context.Context, installation int64, limit int) ([]int64, error) {
	return rows(ctx, s, fmt.Sprintf("list the next issues of installation %d to open", installation), pgx.RowTo[int64], `
		with next as (
			select o.repository_id, o.checklist from openings o join repositories r on r.id = o.repository_id
			where o.granted_at is null and r.installation_id = $1 and r.removed_at is null
			order by o.asked_at, o.repository_id limit $2
		), asked as (
			update openings o set asked_at = clock_timestamp() from next n
			where o.repository_id = n.repository_id and o.checklist = n.checklist
			returning o.repository_id
		)
		select distinct repository_id from asked order by repository_id`, installation, limit)
}
