package evidence

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/templates"
)

// Every example of every control that ships is run through the real readers
// and the real rules; and whatever is done to its files that are not watched, no
// finding on any control changes.
func TestExamples(t *testing.T) {
	e, trees, unwatched := shipped(t), 0, 0
	for _, control := range e.catalogue.Controls {
		t.Run(control.ID, func(t *testing.T) {
			for _, x := range control.Examples.All() {
				trees++
				unwatched += checkExample(t, e, control, x)
			}
		})
	}
	if trees < 100 || unwatched < 500 {
		t.Errorf("only %d files of %d trees are not watched", unwatched, trees)
	}
}

func checkExample(t *testing.T, e *Engine, control *catalogue.Control, x catalogue.Example) (unwatched int) {
	t.Helper()
	found, warnings, err := e.findIn(context.Background(), x.Files, x)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := checkFound(control, x, found, warnings)
	if err != nil {
		t.Fatal(err)
	}
	if len(wrong) > 0 {
		t.Errorf("%s:%d: example %q:\n  %s", control.File, x.Line, x.Name, strings.Join(wrong, "\n  "))
	}
	files, unwatched := withStrangers(e, x)
	again, _, err := e.findIn(context.Background(), files, x)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(found, again) { // much faster than cmp.Diff
		t.Errorf("%s:%d: example %q: unwatched files change what is found:\n%s", control.File, x.Line, x.Name, cmp.Diff(found, again))
	}
	return unwatched
}

// A rule that can tick a box has an example in which it does, and a control
// that can be ticked has one in which it is not.
func TestEveryProofHasExamples(t *testing.T) {
	c, _ := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	for _, control := range c.Controls {
		proves, refuses := false, false
		for _, x := range control.Examples.All() {
			refuses = refuses || len(x.Proves) == 0 && x.Verdict != readiness.Proven
		}
		for _, r := range control.Rules {
			if r.Strength != readiness.Proves {
				continue
			}
			proves = true
			if !slices.ContainsFunc(control.Examples.All(), func(x catalogue.Example) bool { return slices.Contains(x.Proves, r.ID) }) {
				t.Errorf("%s:%d: control %s: no example in which rule %s proves", control.File, r.Line, control.ID, r.ID)
			}
		}
		if proves && !refuses {
			t.Errorf("%s:%d: control %s: no example in which it is not proven", control.File, control.Line, control.ID)
		}
	}
}

// shipped is the engine of the catalogue that ships.
func shipped(t *testing.T) *Engine {
	t.Helper()
	c, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Fatalf("the catalogue has faults:\n%v", err)
	}
	return New(c)
}
