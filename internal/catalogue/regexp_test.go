package catalogue

import "testing"

// What is known of a regexp without compiling it.
func TestRegexpIsKnownBeforehand(t *testing.T) {
	cases := []struct {
		text string
		lead int // texts
	}{
		{``, 0}, {`a*`, 0}, {`^$`, 0}, {`\b`, 0}, {`\B`, 0}, {`(?m)^\s*$`, 0}, {`(|a)+`, 0}, {`a{0}`, 0}, {`a{2}|b?`, 0}, {`\A\z`, 0}, {`[a-z]`, 0}, {`(a|bc)d`, 0},
		{`http\.Client\{[^}]*Timeout`, 1}, {`(?m)^\s*(abc\s*[^;]*x|def[^;]*y)`, 2}, {`^abc[^;]*x`, 0}, {`[^;]*abc`, 0}, {`ab\n[^;]*`, 1}, {`a[^;]*`, 0},
		{`\s+abc[^;]*`, 0}, {`[^\n]*abc[^;]*`, 1}, {`x|abc[^;]*`, 0},
	}
	for _, c := range cases {
		re, err := NewRegexp(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if re.MatchesNothing != re.MatchString("") {
			t.Errorf("%q matches nothing: %v", c.text, re.MatchesNothing)
		}
		if len(re.Lead) != c.lead {
			t.Errorf("%q begins with %q, want %d texts", c.text, re.Lead, c.lead)
		}
	}
}
