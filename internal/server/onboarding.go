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
	IssuesTake string
	Paused     bool
	Skips      []store.Choice
}

// Any tells whether there is something to say.
func (o onboarding) Any() bool { return o.FirstLooks > 0 || o.Issues > 0 || len(o.Skips) > 0 }

// lately is the span whose looks tell how fast the next ones come.
const lately = 10 * time.Minute

// waiting fills the onboarding. Estimates are made of what the visitor sees and
// of the installation's settings only.
func (p *organisationPage) waiting(ctx context.Context, s *Server, fleet store.Survey) error {
	o := &p.Onboarding
	o.Onboarding, o.Skips = fleet.Onboarding(s.Now().Add(-lately)), fleet.Skips()
	if o.Lately > 0 {
		o.LooksTake = roughly(lately * time.Duration(o.FirstLooks) / time.Duration(o.Lately))
	}
	if o.Issues == 0 {
		return nil
	}
	in, err := s.Store.InstallationOf(ctx, p.Owner)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	perHour, perDay := in.Wave(0)
	o.Paused, o.IssuesTake = in.WavePaused, roughly(waves(o.Issues, perHour, perDay))
	return err
}

// waves is how long it takes to open n issues at so many an hour and a day at
// most, when nothing else hinders.
func waves(n, perHour, perDay int) time.Duration {
	days, rest := n/perDay, n%perDay
	if rest == 0 && days > 0 {
		days, rest = days-1, perDay
	}
	return time.Duration(days)*24*time.Hour + time.Duration(rest)*time.Hour/time.Duration(perHour)
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
