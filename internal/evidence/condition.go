package evidence

import (
	"regexp"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// answer is the truth of a condition, with the value that decided it and, when
// nobody can know, why not.
type answer struct {
	truth truth
	at    facts.Value
	why   string
	vague bool // a pattern was to be found in a text that nobody can know
}

// and joins two answers. The first value with a place is the one to show.
func (a answer) and(b answer) answer {
	out := answer{truth: a.truth.and(b.truth), at: a.at, why: a.why, vague: a.vague || b.vague}
	if out.at.Start == 0 {
		out.at = b.at
	}
	if out.why == "" {
		out.why = b.why
	}
	return out
}

// where tests the conditions on one value. self is the fact that a companion
// belongs to, nil outside of companions.
func where(w *catalogue.Where, v facts.Value, self *facts.Fact) answer {
	out := answer{truth: yes}
	var room [2]facts.Value // mostly enough, and then nothing is allocated
	for i := range w.All {
		c := &w.All[i]
		out = out.and(test(&c.Test, lookupIn(v, c.Path, room[:0]), self, c.Path))
		if out.truth == no {
			return out
		}
	}
	if len(w.Any) > 0 {
		out = out.and(anyWhere(w.Any, v, self))
	}
	if len(w.None) > 0 && out.truth != no {
		none := anyWhere(w.None, v, self)
		out = out.and(answer{truth: none.truth.not(), why: none.why})
	}
	return out
}

func anyWhere(groups []catalogue.Where, v facts.Value, self *facts.Fact) answer {
	best := answer{truth: no}
	for i := range groups {
		a := where(&groups[i], v, self)
		if a.truth == yes {
			return a
		}
		if a.truth > best.truth {
			best = a
		}
	}
	return best
}

// test tests the values that a path led to.
func test(t *catalogue.Test, values []facts.Value, self *facts.Fact, path string) answer {
	out := answer{truth: yes}
	if t.OnValue() {
		out = out.and(someValue(t, values, self, path))
	}
	if t.Present {
		out = out.and(present(values, path))
	}
	if t.Absent {
		a := present(values, path)
		out = out.and(answer{truth: a.truth.not(), why: a.why})
	}
	if t.CountAtLeast > 0 {
		out = out.and(counted(values, t.CountAtLeast, path))
	}
	if t.Each != nil {
		out = out.and(each(t.Each, values, self, path))
	}
	if t.Not != nil {
		a := test(t.Not, values, self, path)
		if a.truth == unknown && nothingBeside(t.Not, values) {
			a.truth = no
		}
		out = out.and(answer{truth: a.truth.not(), why: a.why, at: a.at})
	}
	return out
}

func notKnown(path string, v facts.Value) answer {
	why := "the value of " + path + " can't be known from the files"
	if text := strings.TrimSpace(v.Text); text != "" && len(text) <= 60 && !strings.Contains(text, "\n") {
		why += ": " + text
	}
	return answer{truth: unknown, at: v, why: why}
}

// someValue tells whether all tests hold on one of the values.
func someValue(t *catalogue.Test, values []facts.Value, self *facts.Fact, path string) answer {
	if t.Contains == "" { // a list has an element or it does not; other tests enter it
		values = flat(values)
	}
	best := answer{truth: no}
	for _, v := range values {
		a := single(t, v, self, path)
		if a.truth == yes {
			if a.at.Start == 0 {
				a.at = v
			}
			return a
		}
		if a.truth > best.truth {
			best = a
		}
	}
	return best
}

// single tells whether all tests hold on this value.
func single(t *catalogue.Test, v facts.Value, self *facts.Fact, path string) answer {
	if t.SameAs != "" {
		if a := sameAs(t.SameAs, v, self); a != yes {
			return answer{truth: a}
		}
		if bare := *t; v.Kind == facts.Unknown {
			if bare.SameAs = ""; !bare.OnValue() {
				return answer{truth: yes, at: v}
			}
		}
	}
	if t.Written != nil {
		return answer{truth: truthOf(v.Kind == facts.Unknown && t.Written.MatchString(v.Text)), at: v}
	}
	switch v.Kind {
	case facts.Unknown:
		if t.Known || startsOtherwise(t, v.Text) {
			return answer{truth: no}
		}
		if beside(t, v.Text) || aroundExpressions(t, v.Text) {
			return answer{truth: yes, at: v}
		}
		a := notKnown(path, v)
		a.vague = t.Matches != nil && !t.Matches.MatchString(v.Text)
		return a
	case facts.Absent, facts.Null:
		return answer{truth: no}
	}
	if t.Equals != nil && !equals(t.Equals, v) || t.Matches != nil && !(scalar(v) && t.Matches.MatchString(v.Text)) || !numbers(t, v) {
		return answer{truth: no}
	}
	if t.Contains != "" {
		if a := contains(t.Contains, v, path); a.truth != yes {
			return a
		}
	}
	if t.Where != nil {
		return where(t.Where, v, self)
	}
	return answer{truth: yes, at: v}
}

// filledIn is what a template of Jinja's fills in, as Ansible has them.
var filledIn = regexp.MustCompile(`\{\{\s*[A-Za-z_][^{}]*\}\}`)

// beside tells whether a pattern alone is asked for, and what stands beside
// that which a template fills in has it, whatever that is.
func beside(t *catalogue.Test, text string) bool {
	return templated(t, text) && t.Matches.MatchString(filledIn.ReplaceAllString(text, "\x00"))
}

var githubExpression = regexp.MustCompile(`\$\{\{.*?\}\}`)

// aroundExpressions tells whether a pattern stands in what surrounds GitHub's
// expressions: whatever they come to, it stays.
func aroundExpressions(t *catalogue.Test, text string) bool {
	return onlyPattern(t) && strings.Contains(text, "${{") && t.Matches.MatchString(githubExpression.ReplaceAllString(text, "\x00"))
}

// filledInName is what a template fills in of a path or of a word that goes on
// behind it: a name or a folder. What stands alone, or after = or :, can bring
// anything: an option, a tag.
var filledInName = regexp.MustCompile(`(?:^|[^:=@])` + filledIn.String() + `[/._-]`)

// nothingBeside tells that no such pattern stands in what is written out, and
// that a template fills in nothing but names there.
func nothingBeside(t *catalogue.Test, values []facts.Value) bool {
	for _, v := range values {
		if v.Kind != facts.Unknown || !templated(t, v.Text) || beside(t, v.Text) || filledIn.MatchString(filledInName.ReplaceAllString(v.Text, "")) {
			return false
		}
	}
	return len(values) > 0
}

// templated tells whether a pattern alone is asked for of a text with more in it
// than what a template fills in; expressions of GitHub are none.
func templated(t *catalogue.Test, text string) bool {
	if !onlyPattern(t) || strings.Contains(text, "${{") {
		return false
	}
	rest := filledIn.ReplaceAllString(text, "")
	return len(rest) < len(text) && strings.TrimSpace(rest) != ""
}

func onlyPattern(t *catalogue.Test) bool {
	return t.Matches != nil && t.Equals == nil && t.Contains == "" && t.Where == nil && t.SameAs == ""
}
