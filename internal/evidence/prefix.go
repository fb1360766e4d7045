package evidence

import (
	"regexp"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
)

// beginning is the letters that an anchored pattern begins with.
var beginning = regexp.MustCompile(`^\^([\w:/@-]+)([^?*{|]|$)`)

// startsOtherwise tells that a text which Terraform fills in, such as
// "serviceAccount:${google_service_account.ci.email}", begins with other letters
// than a pattern wants, whatever is filled in.
func startsOtherwise(t *catalogue.Test, text string) bool {
	if t.Matches == nil || len(text) < 2 || text[0] != '"' {
		return false
	}
	known, _, filled := strings.Cut(text[1:], "${")
	if !filled || strings.Contains(known, `"`) || strings.Contains(known, "%{") {
		return false
	}
	m := beginning.FindStringSubmatch(t.Matches.String())
	if m == nil || strings.Contains(t.Matches.String(), "|") {
		return false
	}
	n := min(len(known), len(m[1]))
	return known[:n] != m[1][:n]
}
