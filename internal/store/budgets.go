package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Budget is what GitHub last said an installation may still ask for.
type Budget struct {
	InstallationID int64
	Resource       string // core, graphql, search
	Quota          int
	Remaining      int
	ResetAt        time.Time
	UpdatedAt      time.Time
}

// ObserveBudget notes what a response said. Answers overtake each other, so
// within one window the lowest remainder counts, and an older window is
// dropped.
func (s *Store) ObserveBudget(ctx context.Context, b Budget) error {
	_, err := s.exec(ctx, fmt.Sprintf("note the %s budget of installation %d", b.Resource, b.InstallationID), `
		insert into budgets (installation_id, resource, quota, remaining, reset_at) values ($1, $2, $3, $4, $5)
		on conflict (installation_id, resource) do update set
			quota = excluded.quota, reset_at = excluded.reset_at, updated_at = now(),
			remaining = case when excluded.reset_at > budgets.reset_at then excluded.remaining
				else least(excluded.remaining, budgets.remaining) end
		where excluded.reset_at > budgets.reset_at
			or (excluded.reset_at = budgets.reset_at and excluded.remaining < budgets.remaining)`,
		b.InstallationID, b.Resource, b.Quota, b.Remaining, b.ResetAt)
	return err
}

// TakeBudget takes cost requests out of what remains, leaving a reserve. It
// returns how long to wait when there is not enough, and 0 when it is taken,
// or when nothing is known of the budget.
func (s *Store) TakeBudget(ctx context.Context, installation int64, resource string, cost, reserve int) (time.Duration, error) {
	waits, err := rows(ctx, s, fmt.Sprintf("take from the %s budget of installation %d", resource, installation), pgx.RowTo[float64], `
		with taken as (
			update budgets set remaining = remaining - $3, updated_at = now()
			where installation_id = $1 and resource = $2 and reset_at > now() and remaining - $3 >= $4
			returning 1
		)
		select extract(epoch from reset_at - now())::float8 from budgets
		where installation_id = $1 and resource = $2 and reset_at > now() and not exists (select from taken)`,
		installation, resource, cost, reserve)
	if err != nil || len(waits) == 0 {
		return 0, err
	}
	return seconds(waits[0]), nil
}

// Budgets returns all that is known, for pages and metrics.
func (s *Store) Budgets(ctx context.Context) ([]Budget, error) {
	return rows(ctx, s, "list budgets", pgx.RowToStructByName[Budget], `
		select installation_id, resource, quota, remaining, reset_at, updated_at
		from budgets order by installation_id, resource`)
}

// Limit allows Max units of Kind within any Window.
type Limit struct {
	Kind   string // content-minute, content-hour, points-minute
	Window time.Duration
	Max    int
}

// Spend takes cost units from every limit, or from none: it then returns how
// long to wait until all have room. All replicas share the count.
//
// Windows slide in tenths, counted a tenth too long rather than too short: two
// bursts around the turn of a fixed window would break GitHub's limit.
func (s *Store) Spend(ctx context.Context, installation int64, cost int, limits ...Limit) (time.Duration, error) {
	var kinds []string
	var windows []float64
	var maxima []int
	for _, l := range limits {
		kinds, windows, maxima = append(kinds, l.Kind), append(windows, l.Window.Seconds()), append(maxima, l.Max)
	}
	var wait time.Duration
	err := s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		act := fmt.Sprintf("spend %d of installation %d", cost, installation)
		_, err := in.exec(ctx, act, `select pg_advisory_xact_lock(hashtextextended('spend', $1))`, installation)
		if err != nil {
			return err
		}
		_, err = in.exec(ctx, act, `
			delete from budget_spent s using unnest($2::text[], $3::float8[]) as l (kind, seconds)
			where s.installation_id = $1 and s.kind = l.kind
				and s.slice <= clock_timestamp() - make_interval(secs => l.seconds * 1.1)`, installation, kinds, windows)
		if err != nil {
			return err
		}
		// A slice that, with all newer ones, leaves no room must run out first.
		left, err := row(ctx, in, act, pgx.RowTo[float64], `
			select coalesce(max(extract(epoch from slice - clock_timestamp()) + seconds * 1.1), 0)::float8
			from (
				select s.slice, l.seconds, l.max, sum(s.used) over (partition by s.kind order by s.slice desc) as newer
				from budget_spent s
				join unnest($2::text[], $3::float8[], $4::int[]) as l (kind, seconds, max) on l.kind = s.kind
				where s.installation_id = $1
			) as counted
			where newer + $5 > max`, installation, kinds, windows, maxima, cost)
		if err != nil || left > 0 {
			wait = seconds(left)
			return err
		}
		_, err = in.exec(ctx, act, `
			insert into budget_spent (installation_id, kind, slice, used)
			select $1, kind, to_timestamp(floor(extract(epoch from clock_timestamp()) / (seconds / 10)) * (seconds / 10)), $4
			from unnest($2::text[], $3::float8[]) as l (kind, seconds)
			on conflict (installation_id, kind, slice) do update set used = budget_spent.used + excluded.used`,
			installation, kinds, windows, cost)
		return err
	})
	return wait, err
}

// Pause notes that GitHub asked us to leave an installation alone until a
// time; a shorter pause never cuts a longer one.
func (s *Store) Pause(ctx context.Context, installation int64, until time.Time, reason string) error {
	_, err := s.exec(ctx, fmt.Sprintf("pause installation %d", installation), `
		insert into budget_pauses (installation_id, until, reason) values ($1, $2, $3)
		on conflict (installation_id) do update set until = excluded.until, reason = excluded.reason
		where budget_pauses.until < excluded.until`, installation, until, reason)
	return err
}

// Paused returns how long to leave an installation alone, and why; 0: not.
func (s *Store) Paused(ctx context.Context, installation int64) (time.Duration, string, error) {
	type pause struct {
		Left   float64
		Reason string
	}
	p, err := rows(ctx, s, fmt.Sprintf("look up the pause of installation %d", installation), pgx.RowToStructByPos[pause], `
		select extract(epoch from until - now())::float8, reason from budget_pauses
		where installation_id = $1 and until > now()`, installation)
	if err != nil || len(p) == 0 {
		return 0, "", err
	}
	return seconds(p[0].Left), p[0].Reason, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
