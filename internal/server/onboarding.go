package server

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// onboarding is what an organisation's repositories wait for, and for how long.
type onboarding struct {
	store.Onboarding
	LooksTake  string // empty: nobody can tell
	IssuesTake string // the same
	IssuesBy   time.Time
	Paused     bool
	Skips      []store.Choice
}

// Any tells whether there is something to say.
func (o onboarding) Any() bool { return o.FirstLooks > 0 || o.Issues > 0 || len(o.Skips) > 0 }

// Of is how many issues there are in the end, if each repository that was not
// looked at yet wants one.
func (o onboarding) Of() int { return o.Open + o.Issues + o.FirstLooks }

// waiting fills the onboarding. What waits is counted of what the visitor sees;
// for how long depends on the whole installation.
func (s *Server) waiting(ctx context.Context, owner string, fleet store.Survey) (o onboarding, err error) {
	o.Onboarding, o.Skips = fleet.Onboarding(), fleet.Skips()
	if o.FirstLooks == 0 && o.Issues == 0 {
		return o, nil
	}
	in, err := s.Store.InstallationOf(ctx, owner)
	if errors.Is(err, store.ErrNotFound) {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	now := s.Now()
	var looked time.Time
	if o.FirstLooks > 0 {
		if looked, err = s.Store.LastLook(ctx, in.ID, now); err != nil {
			return o, err
		}
		if !looked.IsZero() {
			o.LooksTake = roughly(looked.Sub(now))
		}
	}
	if o.Paused = in.WavePaused; o.Issues == 0 || o.Paused {
		return o, nil
	}
	// Most repositories that were not looked at yet will want an issue, too.
	o.IssuesBy, err = s.Store.LastOpening(ctx, in.ID, now, o.Issues+o.FirstLooks, in.Waves(now, s.Clock)...)
	if o.IssuesBy.Before(looked) {
		o.IssuesBy = looked
	}
	o.IssuesTake = roughly(o.IssuesBy.Sub(now))
	return o, err
}

// roughly says how long something takes, rounded up.
func roughly(d time.Duration) string {
	up := func(unit time.Duration, name string) string {
		n := int((d + unit - 1) / unit)
		if n == 1 {
			return "1 " + name
		}
		return strconv.Itoa(n) + " " + name + "s"
	}
	switch {
	case d <= time.Minute:
		return "a minute"
	case d <= 90*time.Minute:
		return fmt.Sprintf("about %s", up(time.Minute, "minute"))
	case d <= 36*time.Hour:
		return fmt.Sprintf("about %s", up(time.Hour, "hour"))
	}
	return fmt.Sprintf("about %s", up(24*time.Hour, "day"))
}
