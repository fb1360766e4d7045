package store

import (
	"slices"
	"time"

	"github.com/readyline/readyline/internal/readiness"
)

// same tells whether two items would be stored alike, so that a look that
// finds nothing new writes nothing.
func same(a, b Item) bool {
	return a.Section == b.Section && a.Position == b.Position && slices.Equal(a.Controls, b.Controls) &&
		a.Required == b.Required && a.State == b.State && a.Held == b.Held && a.Reason == b.Reason &&
		slices.Equal(a.Evidence, b.Evidence) && a.Fingerprint == b.Fingerprint &&
		a.Done == b.Done && a.Total == b.Total && a.Commit == b.Commit && a.Since.Equal(b.Since) &&
		a.By == b.By && sameTime(a.SaidAt, b.SaidAt) && sameTime(a.Until, b.Until) && a.Disputed == b.Disputed
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// sameEvidence tells whether two lists say the same, lines, commits and order
// aside.
func sameEvidence(a, b []readiness.Evidence) bool {
	within := func(a, b []readiness.Evidence) bool {
		for _, e := range a {
			if !slices.ContainsFunc(b, e.Same) {
				return false
			}
		}
		return true
	}
	return within(a, b) && within(b, a)
}
