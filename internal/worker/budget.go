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
	lost    bool // the database, last time it was asked
	paused  time.Time
	reason  string
	strikes int                  // pauses in a row whose length GitHub left open
	turns   map[string]time.Time // when the next that has to wait may come, by what for
	noted   map[string]time.Time // what the log told, until when it holds
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
			written: map[string]time.Time{}, turns: map[string]time.Time{}, noted: map[string]time.Time{},
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
		return github.HeldBack(b.turn(a, "points", a.paused, ask.Urgent, now), a.reason)
	}
	b.resumed(a, now)
	if k, ok := a.known[ask.Resource]; ok && now.Before(k.ResetAt) && k.Remaining <= kept(k, ask.Urgent) {
		why := fmt.Sprintf("%d of %d %s requests left until %s", max(k.Remaining, 0), k.Quota, ask.Resource, k.ResetAt.UTC().Format(time.TimeOnly))
		b.note(a, ask.Resource, k.ResetAt, why+"; what is left is kept for what people wait for")
		return github.HeldBack(b.turn(a, "points", k.ResetAt, ask.Urgent, now), why)
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
