package facts

import "strings"

// How hints begin that say no more than that a failure is passed over.
const (
	hintFailure    = "its failure "
	hintMayNotFail = "may not fail the "
	hintStatusRead = "its status is only read"
	hintSuccess    = "reports success whatever it finds"
	hintBehind     = "runs in the background"
)

// Tolerated tells whether a hint says no more than that the failure of a step
// or command is passed over, which is no matter where it only tells.
func Tolerated(hint string) bool {
	for _, start := range [...]string{hintFailure, hintMayNotFail, hintStatusRead, hintSuccess, hintBehind} {
		if strings.HasPrefix(hint, start) {
			return true
		}
	}
	return false
}
