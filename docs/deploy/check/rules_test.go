package check

import (
	"os"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
)

// Prometheus takes the alert rules: their expressions, durations and templates.
func TestAlerts(t *testing.T) {
	text, err := os.ReadFile("../prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	groups, faults := rulefmt.Parse(text, false, model.UTF8Validation)
	for _, err := range faults {
		t.Error(err)
	}
	if groups == nil || len(groups.Groups) == 0 {
		t.Error("no group of rules")
	}
}
