package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Waves of new issues: GitHub forbids more than 500 an hour, the web's included,
// and every one of them notifies people. Beyond mostPerHour nothing is opened,
// for a fifth of what GitHub allows is kept for what people wait for.
const (
	issuesPerHour = 300
	issuesPerDay  = 3000
	mostPerHour   = 390
)

// Wave is how many issues may be opened since a time.
type Wave struct {
	Since time.Time
	Most  int
}

// Clock is how a server opens issues: how many an hour where an installation
// says nothing else (0: the usual), and how many of GitHub's hours pass in one
// of ours, 1 when 0: only an emulator has another.
type Clock struct {
	PerHour int
	Pace    int
}

// Lasts is how long one of GitHub's spans takes here.
func (c Clock) Lasts(span time.Duration) time.Duration {
	return span / time.Duration(max(c.Pace, 1))
}

// Wave is how many new issues the installation may have in an hour and in a day.
func (i Installation) Wave(c Clock) (perHour, perDay int) {
	return min(cmp.Or(i.IssuesPerHour, c.PerHour, issuesPerHour), mostPerHour), cmp.Or(i.IssuesPerDay, issuesPerDay)
}

// Waves are the limits of the installation for new issues.
func (i Installation) Waves(now time.Time, c Clock) []Wave {
	perHour, perDay := i.Wave(c)
	return []Wave{{Since: now.Add(-c.Lasts(time.Hour)), Most: perHour}, {Since: now.Add(-c.Lasts(24 * time.Hour)), Most: perDay}}
}

// Progress is how far an installation is.
type Progress struct {
	InstallationSum
	Paused  bool
	LooksBy time.Time // when the last first look is done, as fast as they went so far; zero: none is to come, or nobody can tell
	By      time.Time // when the last issue is open, if every repository wants one; zero: none is to come, paused, or nobody can tell
}

// Progress tells how far an installation is with what is new to it.
func (s *Store) Progress(ctx context.Context, in Installation, now time.Time, c Clock) (Progress, error) {
	p := Progress{Paused: in.WavePaused}
	sums, err := s.InstallationSums(ctx, []int64{in.ID})
	if err != nil || len(sums) == 0 {
		return p, err
	}
	p.InstallationSum = sums[0]
	if p.FirstLooks > 0 {
		if p.LooksBy, err = s.LastLook(ctx, in.ID, now); err != nil {
			return p, err
		}
	}
	switch {
	case in.WavePaused, p.Waiting+p.FirstLooks+p.Opening == 0:
		return p, nil
	case p.Waiting == 0 && p.FirstLooks > 0 && p.LooksBy.IsZero():
		return p, nil
	}
	p.By, err = s.LastOpening(ctx, in.ID, now, p.Waiting+p.FirstLooks, in.Waves(now, c)...)
	if p.By.Before(p.LooksBy) {
		p.By = p.LooksBy
	}
	return p, err
}

// LastLook is when the last repository of an installation that was never looked
// at will have been, as fast as it went with those that came with them. Zero:
// none was looked at yet.
func (s *Store) LastLook(ctx context.Context, installation int64, now time.Time) (time.Time, error) {
	type pace struct {
		Left, Done int
		Since      time.Time
	}
	p, err := row(ctx, s, fmt.Sprintf("see how fast installation %d is looked at", installation), pgx.RowToStructByPos[pace], `
		with waiting as (
			select count(*)::int as n, coalesce(min(created_at), now()) - interval '2 hours' as since from repositories
			where installation_id = $1 and removed_at is null and assessed_at is null and skip_reason = '' and not archived and not fork
		)
		select w.n, count(r.assessed_at)::int, coalesce(min(r.created_at), now())
		from waiting w left join repositories r on r.installation_id = $1 and r.created_at >= w.since and r.removed_at is null
		group by w.n`, installation)
	if err != nil || p.Done == 0 {
		return time.Time{}, err
	}
	return now.Add(now.Sub(p.Since) * time.Duration(p.Left) / time.Duration(p.Done)), nil
}

// opened is how many issues were opened, or were let through, about a time.
type opened struct {
	At    time.Time
	Count int
}

// LastOpening is when the last of n more issues of an installation may be
// opened, if nothing but its waves keeps them back.
func (s *Store) LastOpening(ctx context.Context, installation int64, now time.Time, n int, waves ...Wave) (time.Time, error) {
	if n <= 0 || len(waves) == 0 {
		return now, nil
	}
	since, part := now, time.Hour
	for _, w := range waves {
		if w.Since.Before(since) {
			since = w.Since
		}
		part = min(part, now.Sub(w.Since)/30)
	}
	past, err := rows(ctx, s, fmt.Sprintf("list the waves of installation %d", installation), pgx.RowToStructByName[opened], `
		select max(at) as at, count(*)::int as count from (
			select i.opened_at as at from issues i join repositories r on r.id = i.repository_id
			where i.opened_at >= $2 and r.installation_id = $1
			union all
			select o.granted_at from openings o join repositories r on r.id = o.repository_id
			where o.granted_at >= $2 and r.installation_id = $1
		) as all_of_them group by floor(extract(epoch from at) / $3::float8) order by 1`, installation, since, part.Seconds())
	if err != nil {
		return time.Time{}, err
	}
	return lastOpening(now, past, n, waves), nil
}

// lastOpening plays the waves: whenever there is room, the next issues are
// opened. Whole turns of the slowest wave, each like the one before, are not
// played.
func lastOpening(now time.Time, past []opened, n int, waves []Wave) time.Time {
	at, spans := now, make([]time.Duration, len(waves))
	slowest := 0
	for i, w := range waves {
		spans[i] = now.Sub(w.Since)
		if w.Most <= 0 || spans[i] <= 0 {
			return now // unlimited, or nobody can tell
		}
		if float64(w.Most)/spans[i].Hours() < float64(waves[slowest].Most)/spans[slowest].Hours() {
			slowest = i
		}
	}
	turns := max(n/waves[slowest].Most-2, 0)
	n -= turns * waves[slowest].Most
	for {
		free, next := n, time.Time{}
		for i, w := range waves {
			left, first := room(past, at, spans[i], w.Most)
			free = min(free, left)
			if left <= 0 && first.After(next) {
				next = first
			}
		}
		if free > 0 {
			past = append(past, opened{at, free})
			n -= free
		}
		if n <= 0 {
			return at.Add(time.Duration(turns) * spans[slowest])
		}
		if free <= 0 {
			at = next
		}
	}
}

// room is how many more may be opened at a time, and if none, when the next may.
func room(past []opened, at time.Time, span time.Duration, most int) (left int, next time.Time) {
	left = most
	for i := len(past) - 1; i >= 0 && at.Sub(past[i].At) < span; i-- {
		if left > 0 {
			next = past[i].At.Add(span)
		}
		left -= past[i].Count
	}
	return left, next
}
