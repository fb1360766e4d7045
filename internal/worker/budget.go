package worker

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// What GitHub allows an installation beyond its hourly limit, and says of
// nowhere how much is left: 100 requests at a time, 900 points a minute over
// REST and 2,000 over GraphQL, 80 writes of content a minute and 500 an hour.
// We stay below, for clocks and networks are not exact.
const (
	mostAtOnce        = 90
	mostRESTPoints    = 840
	mostGraphQLPoints = 1900
	mostPerMinute     = 76
	mostPerHour       = 490
)

// Of every limit, a part is kept for what people wait for.
const (
	freely       = 0.8  // of points, content, and requests at a time
	neverOfQuota = 0.02 // of it, for nobody: answers overtake each other
)

// A lease is what a replica may spend before it asks the database again.
const (
	leaseLife  = 2 * time.Second // what is not used of it is lost, so shorter is dearer
	leaseLeast = 5
	leaseMost  = 40
	shareLife  = 8 * time.Second // for which it keeps its share of what may run at once
)

// writeEvery is how often what answers say of the hourly limit is passed on.
const writeEvery = 10 * time.Second

// passOnFor is how long we try to tell other replicas what GitHub said.
const passOnFor = 10 * time.Second

// longestTurn bounds how long a write of content is sent away for, as others
// may give up.
const longestTurn = 30 * time.Minute

// budget keeps all requests of this replica within GitHub's limits, together
// with all other replicas.
type budget struct {
	store   *store.Store
	log     *slog.Logger
	pace    time.Duration // how many of GitHub's hours pass in one of ours: 1, but for rehearsals
	replica string

	mu       sync.Mutex
	accounts map[int64]*account
}

// account is one installation as this replica sees it.
type account struct {
	installation int64

	mu      sync.Mutex
	running int
	share   int // of requests at a time
	others  int // replicas
	leases  map[string]*lease
	known   map[string]store.Budget // hourly limits, by resource
	written map[string]time.Time
	paused  time.Time
	reason  string
	strikes int                  // pauses in a row whose length GitHub left open
	turn    time.Time            // when the next write that has to wait may come
	noted   map[string]time.Time // what the log told, until when it holds
}

type lease struct {
	left, size int
	until      time.Time
}

func newBudget(s *store.Store, log *slog.Logger, pace int) *budget {
	return &budget{store: s, log: log, pace: time.Duration(max(pace, 1)), replica: rand.Text()[:12], accounts: map[int64]*account{}}
}

func (b *budget) account(installation int64) *account {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.accounts[installation]
	if a == nil {
		a = &account{
			installation: installation, share: mostAtOnce, leases: map[string]*lease{}, known: map[string]store.Budget{},
			written: map[string]time.Time{}, noted: map[string]time.Time{},
		}
		b.accounts[installation] = a
	}
	return a
}

// enter is the gate that every request of an installation passes.
func (b *budget) enter(ctx context.Context, ask github.Ask) (func(*github.Told), error) {
	a := b.account(ask.Installation)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := b.closed(a, ask, time.Now()); err != nil {
		return nil, err
	}
	if err := b.lease(ctx, a, ask); err != nil {
		return nil, err
	}
	if ask.Content && !useBooking(ctx) {
		if err := b.content(ctx, a, ask.Urgent); err != nil {
			return nil, err
		}
	}
	a.running++
	if k, ok := a.known[ask.Resource]; ok {
		k.Remaining--
		a.known[ask.Resource] = k
	}
	return func(t *github.Told) { b.left(ctx, a, ask, t) }, nil
}

// closed tells what keeps a request back that this replica knows of by itself.
func (b *budget) closed(a *account, ask github.Ask, now time.Time) error {
	if now.Before(a.paused) {
		return github.HeldBack(a.paused, a.reason)
	}
	b.resumed(a, now)
	if k, ok := a.known[ask.Resource]; ok && now.Before(k.ResetAt) && k.Remaining <= kept(k, ask.Urgent) {
		why := fmt.Sprintf("%d of %d %s requests left until %s", max(k.Remaining, 0), k.Quota, ask.Resource, k.ResetAt.UTC().Format(time.TimeOnly))
		b.note(a, ask.Resource, k.ResetAt, why+"; what is left is kept for what people wait for")
		return github.HeldBack(k.ResetAt, why)
	}
	most := a.share
	if !ask.Urgent {
		most = max(int(freely*float64(most)), 1)
	}
	if a.running >= most {
		return github.HeldBack(now.Add(time.Second), fmt.Sprintf("%d requests under way", a.running))
	}
	return nil
}

// kept is what of an hourly limit is not spent on just anything.
func kept(k store.Budget, urgent bool) int {
	if urgent {
		return int(neverOfQuota * float64(k.Quota))
	}
	return k.Reserve()
}

// lease makes sure that points for a request are leased. What it learns from the
// database on the way holds for this request already.
func (b *budget) lease(ctx context.Context, a *account, ask github.Ask) error {
	l := a.leases[ask.Resource]
	now := time.Now()
	if l == nil {
		l = &lease{size: leaseLeast}
		a.leases[ask.Resource] = l
	}
	if now.Before(l.until) && l.left >= ask.Points {
		l.left -= ask.Points
		return nil
	}
	if l.left < ask.Points && now.Before(l.until) {
		l.size = min(2*l.size, leaseMost) // used up before its time: busy
	} else {
		l.size = max(l.size/2, leaseLeast)
	}
	first := l.until.IsZero()
	life := leaseLife / b.pace
	units := max(l.size, ask.Points)
	got, err := b.store.TakeLease(ctx, a.installation, b.replica, max(shareLife/b.pace, time.Second), units, b.points(ask, life))
	if err == nil && got.Wait > 0 && units > ask.Points {
		units = ask.Points
		got, err = b.store.TakeLease(ctx, a.installation, b.replica, max(shareLife/b.pace, time.Second), units, b.points(ask, life))
	}
	if err != nil {
		return err
	}
	b.learn(a, got, first, now)
	if got.Wait > 0 {
		return github.HeldBack(now.Add(got.Wait), "as many requests as GitHub allows in a minute")
	}
	l.left, l.until = units, now.Add(life)
	if err := b.closed(a, ask, now); err != nil {
		return err
	}
	l.left -= ask.Points
	return nil
}

// points is the limit of points a minute.
func (b *budget) points(ask github.Ask, late time.Duration) store.Limit {
	most := mostRESTPoints
	if ask.Resource == "graphql" {
		most = mostGraphQLPoints
	}
	return b.limit(ask.Resource+"-minute", time.Minute, most, ask.Urgent, late)
}

func (b *budget) limit(kind string, window time.Duration, most int, urgent bool, late time.Duration) store.Limit {
	if !urgent {
		most = int(freely * float64(most))
	}
	window /= b.pace
	return store.Limit{Kind: kind, Window: window, Max: most, Late: late + min(window/4, 2*time.Second)}
}

// learn takes over what other replicas know.
func (b *budget) learn(a *account, got store.Lease, first bool, now time.Time) {
	a.others = got.Others
	a.share = max(mostAtOnce/(got.Others+1), 1)
	if first && got.Others > 0 {
		a.share = 1 // until the others have made room
	}
	if got.Paused > 0 && now.Add(got.Paused).After(a.paused) {
		a.paused, a.reason = now.Add(got.Paused), got.Reason
	}
	for _, k := range got.Budgets {
		a.observe(k)
	}
}

// observe takes over what was said of an hourly limit. Answers overtake each
// other, so within an hour the lowest counts.
func (a *account) observe(n store.Budget) {
	k, ok := a.known[n.Resource]
	if !ok || n.ResetAt.After(k.ResetAt.Add(time.Second)) || n.ResetAt.After(k.ResetAt.Add(-2*time.Second)) && n.Remaining < k.Remaining {
		a.known[n.Resource] = n
	}
}

// content takes one write of content.
func (b *budget) content(ctx context.Context, a *account, urgent bool) error {
	now := time.Now()
	wait, err := b.store.Spend(ctx, a.installation, 1, b.contentLimits(urgent)...)
	if err != nil || wait == 0 {
		return err
	}
	until := now.Add(wait)
	if !urgent {
		until = a.nextTurn(now, wait, time.Hour/b.pace*time.Duration(a.others+1)/time.Duration(freely*mostPerHour))
	}
	why := "as much written as GitHub allows in an hour or a minute"
	b.note(a, "content", until, why)
	return github.HeldBack(until, why)
}

func (b *budget) contentLimits(urgent bool) []store.Limit {
	return []store.Limit{
		b.limit("content-minute", time.Minute, mostPerMinute, urgent, 0), b.limit(store.ContentHour, time.Hour, mostPerHour, urgent, 0),
	}
}

// nextTurn spreads those who have to wait, so that each comes back when it is
// likely to be let in.
func (a *account) nextTurn(now time.Time, wait, apart time.Duration) time.Time {
	if soonest := now.Add(wait); a.turn.Before(soonest) {
		a.turn = soonest
	}
	until := a.turn
	if a.turn = until.Add(apart); a.turn.Sub(now) > longestTurn {
		a.turn = now.Add(wait)
	}
	return until
}

// left takes in what came of a request.
func (b *budget) left(ctx context.Context, a *account, ask github.Ask, t *github.Told) {
	a.mu.Lock()
	a.running--
	if t == nil {
		a.mu.Unlock()
		return
	}
	now := time.Now()
	var write *store.Budget
	if t.Limit > 0 && !t.Reset.IsZero() {
		a.observe(store.Budget{InstallationID: a.installation, Resource: ask.Resource, Quota: t.Limit, Remaining: t.Remaining, ResetAt: t.Reset})
		if k := a.known[ask.Resource]; now.Sub(a.written[ask.Resource]) > writeEvery/b.pace {
			a.written[ask.Resource] = now
			write = &k
		}
	}
	paused := b.pause(a, t, now)
	until, reason := a.paused, a.reason
	a.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), passOnFor)
	defer cancel()
	var err error
	if paused {
		err = b.tell(ctx, a.installation, until, reason)
	}
	if write != nil && err == nil {
		err = b.store.ObserveBudget(ctx, *write)
	}
	if err != nil {
		b.log.Warn("limits not passed on to other replicas", "installation", a.installation, "error", err)
	}
}

// tell passes a pause on until that succeeds or ctx ends: others would go on
// asking GitHub because the database was being restarted when we were told to
// wait.
func (b *budget) tell(ctx context.Context, installation int64, until time.Time, reason string) error {
	for tries := 1; ; tries++ {
		err := b.store.Pause(ctx, installation, until, reason)
		if err == nil {
			return nil
		}
		if tries == 1 {
			b.log.Warn("pause not told to other replicas yet", "installation", installation, "until", until.UTC().Format(time.RFC3339), "error", err)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// pause tells whether an answer asks us to wait, and notes it.
func (b *budget) pause(a *account, t *github.Told, now time.Time) bool {
	wait := t.Wait
	switch {
	case wait == 0:
		a.strikes = 0
		return false
	case wait < 0: // GitHub: at least a minute, and longer each time
		wait = min(time.Minute<<min(a.strikes, 4), 15*time.Minute) / b.pace
		a.strikes++
	}
	until := now.Add(wait)
	if !until.After(a.paused) {
		return false
	}
	a.paused, a.reason = until, t.Reason
	b.note(a, "pause", until, t.Reason)
	return true
}

// note logs, once, that an installation has to wait for something.
func (b *budget) note(a *account, what string, until time.Time, why string) {
	if a.noted[what].IsZero() {
		b.log.Warn("requests wait", "installation", a.installation, "for", what, "until", until.UTC().Format(time.RFC3339), "reason", why)
	}
	if until.After(a.noted[what]) {
		a.noted[what] = until
	}
}

// resumed logs that waiting is over.
func (b *budget) resumed(a *account, now time.Time) {
	for what, until := range a.noted {
		if !now.Before(until) {
			delete(a.noted, what)
			b.log.Info("requests go on", "installation", a.installation, "after", what)
		}
	}
}
