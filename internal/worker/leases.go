package worker

import (
	"context"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// A lease is what a replica may spend before it asks the database again.
const (
	leaseLife  = 2 * time.Second // what is not used of it is lost, so shorter is dearer
	leaseLeast = 5
	leaseMost  = 40
	shareLife  = 8 * time.Second // for which it keeps its share of what may run at once
)

type lease struct {
	left, size int
	until      time.Time
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
		a.lost = true
		return err
	}
	b.learn(a, got, first, now)
	if a.lost {
		a.lost = false
		return github.HeldBack(now.Add(3*tellEvery), "the database was away, and others may know of a pause")
	}
	if got.Wait > 0 {
		until := b.turn(a, "points", now.Add(got.Wait), ask.Urgent, now)
		return github.HeldBack(until, "as many requests as GitHub allows in a minute")
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
