package worker

import "time"

// longestTurn bounds how much longer than it must somebody is sent away for, as
// others may give up.
const longestTurn = 30 * time.Minute

// aLook is how many points a look costs at least: that many, and no more, of
// those who wait are let in together, for each minute's points.
const aLook = 3

// turn spreads those who have to wait until soonest for something, so that each
// comes back when it is likely to be let in, and not thousands at once to be
// sent away again. People come first.
func (b *budget) turn(a *account, what string, soonest time.Time, urgent bool, now time.Time) time.Time {
	if urgent {
		return soonest
	}
	until := a.turns[what]
	if until.Before(soonest) || until.Sub(soonest) > longestTurn {
		until = soonest
	}
	apart := time.Minute * aLook / time.Duration(freely*mostRESTPoints)
	if what == "content" {
		apart = time.Hour / time.Duration(freely*mostPerHour)
	}
	a.turns[what] = until.Add(apart / b.pace * time.Duration(a.others+1))
	return until
}
