package facts

import "strings"

// Tolerated tells whether a hint says no more than that the failure of a step
// or command is passed over, which is no matter where it only tells.
func Tolerated(hint string) bool {
	for _, start := range [...]string{"may not fail the ", "its failure ", "its status is only read", "reports success whatever it finds", hintBehind} {
		if strings.HasPrefix(hint, start) {
			return true
		}
	}
	return false
}
