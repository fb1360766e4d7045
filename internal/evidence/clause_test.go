package evidence

import (
	"slices"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
)

// Where there are too many facts to compare each with each, nothing is proven
// by what was compared, and nothing contradicted: nobody knows.
func TestTooManyPairs(t *testing.T) {
	e := shipped(t)
	code := "provider \"aws\" {}\nresource \"aws_instance\" \"web\" {\n  instance_type = \"t4g.small\"\n}\n" +
		"resource \"aws_cloudwatch_metric_alarm\" \"credits\" {\n  metric_name = \"CPUCreditBalance\"\n  dimensions = { InstanceId = aws_instance.web.id }\n}\n"
	read, err := e.Read(t.Context(), snapshot.Memory(snapshot.Meta{Repository: "example"}, map[string]string{"main.tf": code}).Tree(""), facts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := e.assess([]Source{{Reading: read}}, nil, false)
	joins := 0
	for i := range e.controls {
		for k := range e.controls[i].rules {
			c := &e.controls[i].rules[k].clause
			joined := false
			for _, id := range slices.Concat(c.with...) {
				joined = joined || e.probes[id].joins
			}
			if a.allPairs = 0; !joined || len(a.clause(c).certain) == 0 {
				continue
			}
			joins++
			a.allPairs = maxAllPairs
			if tired := a.clause(c); len(tired.certain) > 0 || tired.truth() != unknown || !strings.Contains(tired.why, "too many") {
				t.Errorf("%s: %+v", e.controls[i].ID, tired)
			}
		}
	}
	a.allPairs = maxAllPairs
	tired := 0
	for i := range e.controls {
		tally := a.tally(&e.controls[i])
		if tally.tired {
			tired++
		}
		if f := tally.finding(nil, nil); tally.tired && f.Verdict != readiness.UnknownYet && f.Verdict != readiness.NotApplicable {
			t.Errorf("%s is %s, and nobody knows", f.Control, f.Verdict)
		} else if tally.tired && !strings.Contains(f.Reason, "too many") && f.Verdict == readiness.UnknownYet {
			t.Errorf("%s: %s", f.Control, f.Reason)
		}
	}
	if joins == 0 || tired == 0 {
		t.Error("no rule compared the alarm with the machine")
	}
}
