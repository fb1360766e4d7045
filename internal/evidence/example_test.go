package evidence

import (
	"context"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/templates"
)

// Every example of every control that ships is run through the real readers
// and the real rules.
func TestExamples(t *testing.T) {
	c, err := catalogue.Load(templates.FS)
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
