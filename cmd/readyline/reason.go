package main

import (
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// reason is why an item is in its state. An item of several controls that has
// no reason of its own names those that it lacks.
func reason(s *readiness.ItemState) string {
	why, bare := strings.CutSuffix(s.Reason, ": ")
	if !bare {
		return s.Reason
	}
	var lacks []string
	for _, f := range s.Findings {
		if f.Verdict != readiness.Proven && f.Verdict != readiness.NotApplicable {
			lacks = append(lacks, "“"+f.Title+"”")
		}
	}
	return why + ": lacks " + strings.Join(lacks, ", ")
}
