package catalogue

import (
	"slices"
	"testing"
)

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

// The parts between the outermost bars are known one by one, and together they
// match what the whole matches.
func TestAlternatives(t *testing.T) {
	cases := []struct {
		text string
		want []string
	}{
		{`abc|def`, []string{`abc`, `def`}},
		{`(?i)abc|d(e|f)g|[|)]hij`, []string{`(?i)abc`, `(?i)d(e|f)g`, `(?i)[|)]hij`}},
		{`(?i)(?m)^abc|de\|f`, []string{`(?i)(?m)^abc`, `(?i)(?m)de\|f`}},
		{`[^]|]abc|[[:alpha:]|]def`, []string{`[^]|]abc`, `[[:alpha:]|]def`}},
		{`abc|x*`, []string{`abc`, `x*`}}, {`abc|`, []string{`abc`, ``}},
		{`(?:abc|def)`, nil}, {`abc|(?i)def`, nil}, {`abc|\Qdef|\E`, nil},
	}
	for _, c := range cases {
		re, err := NewRegexp(c.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range re.Alternatives {
			got = append(got, a.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
		for _, text := range []string{"abc", "ABC", "def", "DEF", "deg", "|hij", "de|f", "xabc", "1def", "|def|", "ab", ""} {
			if re.MatchString(text) != re.whole().MatchString(text) {
				t.Errorf("%q on %q: %v", c.text, text, re.MatchString(text))
			}
		}
	}
}

// Words that begin with the letter that stood for signs once are words.
func TestExpressionsThatBeginWithSigns(t *testing.T) {
	for text, want := range map[string]bool{
		`///[^\n]*\n`: true, `\n// x`: true, `\[<Fact`: true,
		`sslmode=disable\b`: false, `ssh_config`: false, `/*x`: false, `"?'x`: false, `a//`: false,
	} {
		re, err := NewRegexp(text)
		if err != nil {
			t.Fatal(err)
		}
		if re.BySigns != want {
			t.Errorf("%q: %v", text, re.BySigns)
		}
	}
}

// A literal goes on into what may follow it, as far as that is known.
func TestLiteralsGoOn(t *testing.T) {
	for text, want := range map[string][]string{
		`\brequire(User|Auth\w*|Login)\b`: {"requireauth", "requirelogin", "requireuser"},
		`\bon(ce|[abc]+)x*`:               {"ona", "onb", "onc", "once"},
		`\brequire(User|\w+)`:             {"require"},
		`start(ed(By)?|s*)`:               {"start"},
	} {
		re, err := NewRegexp(text)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(re.Literals, want) {
			t.Errorf("%q: %q, want %q", text, re.Literals, want)
		}
	}
}
