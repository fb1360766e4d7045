package evidence

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/templates"
)

// Every example of every control that ships is run through the real readers
// and the real rules.
func TestExamples(t *testing.T) {
	c, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Errorf("the catalogue has faults:\n%v", err)
	}
	e := New(c)
	for _, control := range c.Controls {
		t.Run(control.ID, func(t *testing.T) {
			for _, x := range control.Examples {
				wrong, err := e.CheckExample(context.Background(), control, x)
				if err != nil {
					t.Fatal(err)
				}
				if len(wrong) > 0 {
					t.Errorf("%s:%d: example %q:\n  %s", control.File, x.Line, x.Name, strings.Join(wrong, "\n  "))
				}
			}
		})
	}
}

// unfinished are controls whose examples are still to be written.
var unfinished = []string{}

// A rule that can tick a box has an example in which it does, and a control
// that can be ticked has one in which it is not.
func TestEveryProofHasExamples(t *testing.T) {
	c, _ := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	for _, control := range c.Controls {
		if slices.Contains(unfinished, control.ID) {
			continue
		}
		proves, refuses := false, false
		for _, x := range control.Examples {
			refuses = refuses || len(x.Proves) == 0 && x.Verdict != readiness.Proven
		}
		for _, r := range control.Rules {
			if r.Strength != readiness.Proves {
				continue
			}
			proves = true
			if !slices.ContainsFunc(control.Examples, func(x catalogue.Example) bool { return slices.Contains(x.Proves, r.ID) }) {
				t.Errorf("%s:%d: control %s: no example in which rule %s proves", control.File, r.Line, control.ID, r.ID)
			}
		}
		if proves && !refuses {
			t.Errorf("%s:%d: control %s: no example in which it is not proven", control.File, control.Line, control.ID)
		}
	}
}
