package store

import (
	"encoding/binary"
	"time"
)

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// step is a day of a curve.
type step struct {
	day, score, ticked, applicable int
	there, ready                   bool
}

const stepSize = 7

func readStep(b []byte) step {
	score := int(b[2] & 127)
	return step{
		day: int(binary.BigEndian.Uint16(b)), score: score % 127, there: score != 127, ready: b[2] > 128 && score != 127,
		ticked: int(binary.BigEndian.Uint16(b[3:])), applicable: int(binary.BigEndian.Uint16(b[5:])),
	}
}

// Point is how all repositories that one sees stood together at the end of a
// day. Ticked of Applicable items is met, attested or waived.
type Point struct {
	Day          time.Time
	Repositories int
	Ready        int
	Score        int // mean, percent
	Ticked       int
	Applicable   int
}

func (p *Point) add(s step, sign int) {
	if s.there {
		p.Repositories += sign
		p.Score += sign * s.score
	}
	if s.ready {
		p.Ready += sign
	}
	p.Ticked += sign * s.ticked
	p.Applicable += sign * s.applicable
}

// since is the part of a curve from a day on, and the day that held when it
// began.
func since(steps []byte, first int) []byte {
	at := len(steps) - len(steps)%stepSize
	for at > 0 {
		at -= stepSize
		if int(binary.BigEndian.Uint16(steps[at:])) <= first {
			break
		}
	}
	return steps[at:]
}

// daysSince is a day as curves count them.
func daysSince(t time.Time) int { return int(t.UTC().Sub(epoch) / (24 * time.Hour)) }

// Trend returns the days from one to another on which something changed, after
// one for the first day itself if anything was there by then; between two,
// nothing did.
func (v Survey) Trend(from, to time.Time) []Point {
	first := daysSince(from)
	last := max(daysSince(to), first)
	changes, moved := make([]Point, last-first+1), make([]bool, last-first+1)
	for _, r := range v.Rows {
		var before step
		steps := since(r.steps, first)
		for at := 0; at+stepSize <= len(steps); at += stepSize {
			now := readStep(steps[at:])
			if now.day > last {
				break
			}
			day := max(now.day-first, 0)
			changes[day].add(before, -1)
			changes[day].add(now, 1)
			moved[day], before = true, now
		}
	}
	var sum Point
	var out []Point
	for day, c := range changes {
		sum.Repositories += c.Repositories
		sum.Ready += c.Ready
		sum.Score += c.Score
		sum.Ticked += c.Ticked
		sum.Applicable += c.Applicable
		if !moved[day] || day == 0 && sum.Repositories == 0 {
			continue
		}
		p := sum
		p.Day, p.Score = epoch.AddDate(0, 0, first+day), mean(sum.Score, sum.Repositories)
		out = append(out, p)
	}
	return out
}

// mean is rounded to the nearest.
func mean(sum, n int) int {
	if n == 0 {
		return 0
	}
	return (2*sum + n) / (2 * n)
}

// Spark is a repository's day, for small charts in lists.
type Spark struct {
	Day   time.Time
	Score int
}

// Sparks returns the repository's days from a day on, preceded by the one that
// held when it began.
func (r Row) Sparks(from time.Time) []Spark {
	steps := since(r.steps, daysSince(from))
	var out []Spark
	for at := 0; at+stepSize <= len(steps); at += stepSize {
		if s := readStep(steps[at:]); s.there {
			out = append(out, Spark{epoch.AddDate(0, 0, s.day), s.score})
		}
	}
	return out
}
