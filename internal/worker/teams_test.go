package worker

import (
	"slices"
	"testing"
)

func TestTeamsOf(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "# nobody yet\n", nil},
		{"of everything", "* @acme/payments @ada\n/docs @acme/writers\n", []string{"payments"}},
		{"the last line about everything", "* @acme/old\n** @acme/Payments\n", []string{"payments"}},
		{"of parts only", "/api @acme/backend # theirs\r\n/web @acme/frontend\n/ops @acme/backend\n", []string{"backend", "frontend"}},
		{"people only", "* @ada ada@example.com\n", nil},
		{"a person, and teams of parts", "* @ada\n/api @acme/backend\n", []string{"backend"}},
		{"not a team", "* @/ acme/payments @acme/\n", nil},
	}
	for _, test := range tests {
		if got := teamsOf(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
