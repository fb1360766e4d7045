package worker

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// booking is one write of content, taken before what leads to it is asked for:
// reading an issue that can't be written would be for nothing.
type booking struct{ used atomic.Bool }

type bookingKey struct{}

// book takes a write of content for an installation. What is not used is given
// back by done.
func (b *budget) book(ctx context.Context, installation int64) (booked context.Context, done func(), err error) {
	a := b.account(installation)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := b.content(ctx, a, github.IsUrgent(ctx)); err != nil {
		return ctx, nil, err
	}
	k := &booking{}
	return context.WithValue(ctx, bookingKey{}, k), func() { b.giveBack(ctx, installation, k) }, nil
}

func (b *budget) giveBack(ctx context.Context, installation int64, k *booking) {
	if k.used.Swap(true) {
		return
	}
	_, err := b.store.Spend(context.WithoutCancel(ctx), installation, -1, b.contentLimits(true)...)
	if err != nil {
		b.log.Warn("a write that was not needed counts", "installation", installation, "error", err)
	}
}

// useBooking tells whether a write was booked before, and uses it up.
func useBooking(ctx context.Context) bool {
	k, ok := ctx.Value(bookingKey{}).(*booking)
	return ok && !k.used.Swap(true)
}

// content takes one write of content.
func (b *budget) content(ctx context.Context, a *account, urgent bool) error {
	now := time.Now()
	wait, err := b.store.Spend(ctx, a.installation, 1, b.contentLimits(urgent)...)
	if err != nil || wait == 0 {
		return err
	}
	until := b.turn(a, "content", now.Add(wait), urgent, now)
	why := "as much written as GitHub allows in an hour or a minute"
	b.note(a, "content", until, why)
	return github.HeldBack(until, why)
}

func (b *budget) contentLimits(urgent bool) []store.Limit {
	return []store.Limit{
		b.limit("content-minute", time.Minute, mostPerMinute, urgent, 0), b.limit(store.ContentHour, time.Hour, mostPerHour, urgent, 0),
	}
}
