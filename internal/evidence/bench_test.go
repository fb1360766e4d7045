package evidence_test

import (
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/evidence"
	"github.com/readyline/readyline/templates"
)

// What every scan waits for, whatever it is of.
func BenchmarkRulesReady(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		c, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
		if err != nil {
			b.Fatal(err)
		}
		evidence.New(c)
	}
}
