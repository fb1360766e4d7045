package store

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The last opening that is foretold is the one that comes when the waves are
// played one issue at a time.
func TestLastOpening(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	hourAndDay := func(perHour, perDay int) []Wave {
		return []Wave{{now.Add(-time.Hour), perHour}, {now.Add(-24 * time.Hour), perDay}}
	}
	for _, test := range []struct {
		name  string
		past  []opened
		n     int
		waves []Wave
		want  time.Duration
	}{
		{"none", nil, 0, hourAndDay(300, 3000), 0},
		{"one wave", nil, 300, hourAndDay(300, 3000), 0},
		{"a second", nil, 301, hourAndDay(300, 3000), time.Hour},
		{"a day", nil, 3000, hourAndDay(300, 3000), 9 * time.Hour},
		{"the day is full", nil, 3001, hourAndDay(300, 3000), 24 * time.Hour},
		{"ten thousand", nil, 10_000, hourAndDay(300, 3000), 75 * time.Hour},
		{"the hour is full", []opened{{now.Add(-20 * time.Minute), 300}}, 1, hourAndDay(300, 3000), 40 * time.Minute},
		{"the day was full", []opened{{now.Add(-9 * time.Hour), 3000}}, 1, hourAndDay(300, 3000), 15 * time.Hour},
		{"more than the wave, which became smaller", []opened{{now.Add(-20 * time.Minute), 200}, {now.Add(-10 * time.Minute), 200}}, 1, hourAndDay(100, 3000), 50 * time.Minute},
		{"a million", nil, 1_000_000, hourAndDay(300, 3000), 333*24*time.Hour + 3*time.Hour},
	} {
		if got := lastOpening(now, test.past, test.n, test.waves).Sub(now); got != test.want {
			t.Errorf("%s: in %s, want %s", test.name, got, test.want)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		waves := hourAndDay(1+r.IntN(20), 1+r.IntN(100))
		var past []opened
		for at := now.Add(-time.Duration(r.IntN(24*60)) * time.Minute); at.Before(now); at = at.Add(time.Duration(1+r.IntN(300)) * time.Minute) {
			past = append(past, opened{at, 1 + r.IntN(5)})
		}
		n := 1 + r.IntN(3*waves[1].Most)
		if got, want := lastOpening(now, past, n, waves), oneByOne(now, past, n, waves); !got.Equal(want) {
			t.Fatalf("%d more after %v in waves of %d and %d: at %s, want %s", n, past, waves[0].Most, waves[1].Most, got, want)
		}
	}
}

// oneByOne opens an issue in each minute in which there is room.
func oneByOne(now time.Time, past []opened, n int, waves []Wave) time.Time {
	var all []int64 // minutes from now, which sums faster than times
	minutes := func(d time.Duration) int64 { return int64(d / time.Minute) }
	for _, p := range past {
		for range p.Count {
			all = append(all, minutes(p.At.Sub(now)))
		}
	}
	for at := int64(0); ; at++ {
		for {
			for _, w := range waves {
				used, span := 0, minutes(now.Sub(w.Since))
				for _, o := range all {
					if at-o < span {
						used++
					}
				}
				if used >= w.Most {
					goto next
				}
			}
			all = append(all, at)
			if n--; n == 0 {
				return now.Add(time.Duration(at) * time.Minute)
			}
		}
	next:
	}
}
