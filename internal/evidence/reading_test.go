package evidence

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// Trying a regexp only on the lines around its literals finds what trying it
// on the whole text finds.
func TestFindAgreesWithTheWholeText(t *testing.T) {
	patterns := []string{
		`alpha\s+beta`, `alpha\s*\n\s*beta`, `(?m)^\s*alpha:\s*$`, `alpha[^\n]*beta`, `alpha[^;]*beta`, `(?m)^beta$`, `\balpha\b`, `alpha\s+=|beta;`, `beta: |(?:alpha|beta)\s+(=|;)|;alpha`, `alpha[^\n]*beta[^\n]*==`,
		`(alpha|beta)\s*=\s*(alpha|beta)`, `(?i)ALPHA\s{1,3}beta`, `^alpha`, `alpha\z`, `beta\n`, `alpha(\s+beta)?\s+;`, `(?s)alpha.beta`, `x*alpha\s*beta`,
		`alpha\s+=\s+beta\s+;`, `\balpha=[^;]*beta`, `(?m)^\s*(alpha=\s*\n(\s*=[^\n]*\n)+|(beta[^\n]+\n\s*)+)\s*(=\w+[^\n]*\n\s*)*(alpha|beta)\b`,
		`\s*alpha[^;]*(=\s*)*;`, `(?s)(alpha|beta;).*=`, `[^=]alpha[^;]+;`, `\Balpha[^;]+;`,
		`\n alpha\s*=`, `  [^=]*beta`, `\n\n(alpha|beta)`, ` \n*alpha`, `  |beta;`,
	}
	pieces := []string{"alpha", "beta", " ", "\n", "=", ";", ": ", "\n\n \n"}
	for _, pattern := range patterns {
		re, err := catalogue.NewRegexp(pattern)
		if err != nil {
			t.Fatal(err)
		}
		r, x, f := lookFor(re)
		random := rand.New(rand.NewPCG(1, 1))
		for n := range 8*8*8*8 + 3000 {
			length := 4 // all texts of four pieces, and some longer ones
			if n >= 8*8*8*8 {
				length, n = 5+random.IntN(5), random.Int()
			}
			var b strings.Builder
			for range length {
				b.WriteString(pieces[n%8])
				n /= 8
			}
			text := []byte(b.String())
			r.begin(f, text)
			from, to := r.find(x, text)
			want := re.FindIndex(text)
			if (want == nil || want[0] == want[1]) != (from == to) ||
				from < to && linesOf(text, from, to) != linesOf(text, want[0], want[1]) {
				t.Fatalf("%s (span %d, lead %q) on %q: found %d-%d, the whole text gives %v", pattern, re.Span, re.Lead, text, from, to, want)
			}
		}
	}
}

// lookFor looks for one regexp.
func lookFor(re *catalogue.Regexp) (*look, *expression, *filter) {
	e := &Engine{}
	x := newExpression(re, &e.literals)
	asked := e.literals.none()
	x.mark(asked)
	return newLook(e), &x, newFilter(&e.literals, asked.ids())
}

// Literals are found wherever they lie and whatever their case, many that begin
// alike among them.
func TestFilter(t *testing.T) {
	var l literals
	texts := []string{"ab", "abc", "abcd", "bcd", "abcde", "cdef", "x=", "aws_db_instance", "instance", "_db_", "é=é", "stance\n"}
	ids := l.numbers(texts)
	f := newFilter(&l, ids)
	s := newSightings(&l)
	pieces := []string{"ABCDEF", "abcd", "ab", "x", "=", "aws_DB_", "instance", "\n", " ", "é", "É"}
	for n := range 11 * 11 * 11 * 11 {
		text := ""
		for range 4 {
			text += pieces[n%11]
			n /= 11
		}
		s.forget()
		f.in([]byte(text), &s)
		f.inShort([]byte(text), &s)
		small := strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, text)
		for id, want := range texts {
			var ends []int32
			for i := range len(small) {
				if strings.HasPrefix(small[i:], want) {
					ends = append(ends, int32(i+len(want)))
				}
			}
			if !slices.Equal(ends, s.ends(id)) {
				t.Fatalf("%q in %q: ends at %v, want %v", want, text, s.ends(id), ends)
			}
		}
	}
}

// A text with more places where a long match might begin than are worth trying
// one by one is still searched to its end, once.
func TestFindBeyondManyStarts(t *testing.T) {
	re, err := catalogue.NewRegexp(`alpha[^;]*beta`)
	if err != nil {
		t.Fatal(err)
	}
	l, x, f := lookFor(re)
	for _, c := range []struct {
		tail string
		line int
	}{{"", 0}, {"alpha\nbeta", 100_001}, {"beta", 0}} {
		text := []byte(strings.Repeat("alpha;\n", 100_000) + c.tail)
		l.begin(f, text)
		line := 0
		if from, to := l.find(x, text); to > from {
			line = int(linesOf(text, from, to).start)
		}
		if line != c.line {
			t.Errorf("…%q: found on line %d, want %d", c.tail, line, c.line)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	cases := []struct {
		text string
		want bool
	}{
		{"", true},
		{"\n\n", true},
		{"# Runbook\n\nTODO\n", true},
		{"# Runbook\n\n<service-name> is owned by <team name>.\n", true},
		{"Lorem ipsum dolor sit amet.\n", true},
		{"# Runbook\n\nRestart the pod, then look at the logs.\nTODO: add a picture\nCall the owner.\n", false},
		{"<details>\n<summary>More</summary>\n\nText.\n</details>\n", false},
		{"# Shop\n## Install\n## Use\n## Help\n", false},
	}
	for _, c := range cases {
		if got := placeholder([]byte(c.text)); got != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
}

// A program that was minified, like other generated files, says nothing of what
// people do; one that they write does.
func TestMinified(t *testing.T) {
	e := shipped(t)
	suite := "describe('orders', () => { it('adds', () => { expect(1).toBe(1) }) });"
	for path, c := range map[string]struct {
		text string
		want bool
	}{
		"web/orders.test.js":  {strings.Repeat(suite+"\n", 400), true},
		"web/bundle.test.js":  {strings.Repeat(suite, 400), false},
		"web/short.test.js":   {suite, true},
		"web/bundle2.test.ts": {strings.Repeat(suite, 400), true},
	} {
		read, err := e.Read(t.Context(), snapshot.Memory(snapshot.Meta{Repository: "example"}, map[string]string{path: c.text}).Tree(""), facts.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(read.texts[path].hits) > 0; got != c.want {
			t.Errorf("%s of %d bytes: looked at %v", path, len(c.text), got)
		}
	}
}
