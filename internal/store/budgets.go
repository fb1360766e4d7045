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

// Reserve is what of an hour is kept for what people wait for.
func (b Budget) Reserve() int { return b.Quota / 10 }

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

// Budgets returns all that is known, for pages and metrics.
func (s *Store) Budgets(ctx context.Context) ([]Budget, error) {
	return rows(ctx, s, "list budgets", pgx.RowToStructByName[Budget], `
		select installation_id, resource, quota, remaining, reset_at, updated_at
		from budgets order by installation_id, resource`)
}

// Limit allows Max units of Kind within any Window.
type Limit struct {
	Kind   string // content-minute, content-hour, core-minute, graphql-minute
	Window time.Duration
	Max    int
	Late   time.Duration // how long after it was taken a unit may still reach GitHub
}

// spanParts is in how many parts windows slide. Each unit counts for a slice, and
// for as long as it may be late, too long rather than too short: two bursts
// around the turn of a fixed window would break GitHub's limit.
const spanParts = 30

// lockSpending orders what replicas spend of one installation.
const lockSpending = `select pg_advisory_xact_lock(hashtextextended('spend', $1))`

// spend takes from all limits or from none, and tells the seconds until there
// is room. A slice that, with all newer ones, leaves no room must run out first.
const spend = `
	with l as (
		select kind, seconds, most, seconds / $7::float8 as part, seconds * (1 + 1 / $7::float8) + late as held
		from unnest($2::text[], $3::float8[], $4::int[], $5::float8[]) as l (kind, seconds, most, late)
	), gone as (
		delete from budget_spent s using l
		where s.installation_id = $1 and s.kind = l.kind and s.slice <= clock_timestamp() - make_interval(secs => l.held)
	), room as (
		select coalesce(max(extract(epoch from slice - clock_timestamp()) + held), 0)::float8 as away
		from (
			select s.slice, l.held, l.most, sum(s.used) over (partition by s.kind order by s.slice desc) as newer
			from budget_spent s join l on l.kind = s.kind
			where s.installation_id = $1 and s.slice > clock_timestamp() - make_interval(secs => l.held)
		) as counted
		where newer + $6 > most
	), taken as (
		insert into budget_spent (installation_id, kind, slice, used)
		select $1, kind, to_timestamp(floor(extract(epoch from clock_timestamp()) / part) * part), $6 from l, room where away <= 0
		on conflict (installation_id, kind, slice) do update set used = budget_spent.used + excluded.used
	)
	select away from room`

func spendArgs(installation int64, cost int, limits []Limit) []any {
	var kinds []string
	var windows, late []float64
	var maxima []int
	for _, l := range limits {
		kinds, windows = append(kinds, l.Kind), append(windows, l.Window.Seconds())
		maxima, late = append(maxima, l.Max), append(late, l.Late.Seconds())
	}
	return []any{installation, kinds, windows, maxima, late, cost, spanParts}
}

// Spend takes cost units from every limit, or from none: it then returns how
// long to wait until all have room. All replicas share the count.
func (s *Store) Spend(ctx context.Context, installation int64, cost int, limits ...Limit) (time.Duration, error) {
	b := &pgx.Batch{}
	var away float64
	b.Queue(lockSpending, installation)
	b.Queue(spend, spendArgs(installation, cost, limits)...).QueryRow(func(r pgx.Row) error { return r.Scan(&away) })
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return 0, fmt.Errorf("spend %d of installation %d: %w", cost, installation, err)
	}
	return seconds(max(away, 0)), nil
}

// Lease is what a replica may ask for on its own for a short while.
type Lease struct {
	Wait    time.Duration // nothing was given; ask again then
	Others  int           // other replicas that ask for the same installation
	Paused  time.Duration // GitHub asked all to wait
	Reason  string
	Budgets []Budget // what any replica saw last
}

// TakeLease takes units of a limit for a replica, which counts as asking for
// the installation until its time is over, and tells it what the others know.
// It is one round trip.
func (s *Store) TakeLease(ctx context.Context, installation int64, replica string, life time.Duration, units int, limit Limit) (Lease, error) {
	var out Lease
	var away float64
	b := &pgx.Batch{}
	b.Queue(lockSpending, installation)
	b.Queue(spend, spendArgs(installation, units, []Limit{limit})...).QueryRow(func(r pgx.Row) error { return r.Scan(&away) })
	b.Queue(`
		with gone as (delete from budget_replicas where installation_id = $1 and until < clock_timestamp() and replica <> $2)
		insert into budget_replicas (installation_id, replica, until)
		values ($1, $2, clock_timestamp() + make_interval(secs => $3))
		on conflict (installation_id, replica) do update set until = excluded.until`, installation, replica, life.Seconds())
	b.Queue(`select count(*) from budget_replicas where installation_id = $1 and replica <> $2 and until >= clock_timestamp()`,
		installation, replica).QueryRow(func(r pgx.Row) error { return r.Scan(&out.Others) })
	b.Queue(`select greatest(extract(epoch from until - clock_timestamp()), 0)::float8, reason from budget_pauses where installation_id = $1`,
		installation).Query(func(r pgx.Rows) error {
		var left float64
		_, err := pgx.ForEachRow(r, []any{&left, &out.Reason}, func() error { out.Paused = seconds(left); return nil })
		return err
	})
	b.Queue(`select installation_id, resource, quota, remaining, reset_at, updated_at from budgets where installation_id = $1`,
		installation).Query(func(r pgx.Rows) (err error) {
		out.Budgets, err = pgx.CollectRows(r, pgx.RowToStructByName[Budget])
		return err
	})
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return out, fmt.Errorf("lease %d of installation %d: %w", units, installation, err)
	}
	out.Wait = seconds(max(away, 0))
	return out, nil
}

// SpentShare is how much of a window's units is used.
type SpentShare struct {
	InstallationID int64
	Kind           string
	Used           int
}

// ContentHour is the kind of the limit of writes of content an hour, of which
// GitHub allows ContentPerHour.
const (
	ContentHour    = "content-hour"
	ContentPerHour = 500
)

// Spent sums what was used up within a window before now, for pages and
// metrics.
func (s *Store) Spent(ctx context.Context, kind string, window time.Duration) ([]SpentShare, error) {
	return rows(ctx, s, "sum up "+kind, pgx.RowToStructByName[SpentShare], `
		select installation_id, kind, sum(used)::int as used from budget_spent
		where kind = $1 and slice > now() - make_interval(secs => $2)
		group by installation_id, kind order by installation_id`, kind, window.Seconds())
}

// BudgetPause is a time in which an installation is left alone.
type BudgetPause struct {
	InstallationID int64
	Until          time.Time
	Reason         string
}

// Pauses returns those that are not over.
func (s *Store) Pauses(ctx context.Context) ([]BudgetPause, error) {
	return rows(ctx, s, "list pauses", pgx.RowToStructByName[BudgetPause], `
		select installation_id, until, reason from budget_pauses where until > now() order by installation_id`)
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
