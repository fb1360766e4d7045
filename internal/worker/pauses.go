package worker

import (
	"context"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// writeEvery is how often what answers say of the hourly limit is passed on.
const writeEvery = 10 * time.Second

// tellEvery is how often we try to tell other replicas of a pause while the
// database is away. Once it is back, everybody waits until all have told.
const tellEvery = 100 * time.Millisecond

// passOnFor is how long we try to tell other replicas what GitHub said.
const passOnFor = 10 * time.Second

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
		case <-time.After(tellEvery):
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
