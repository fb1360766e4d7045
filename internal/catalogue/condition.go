package catalogue

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Where is a group of conditions: all of All hold, one of Any holds (where
// there are any), and none of None does.
type Where struct {
	All  []Condition
	Any  []Where
	None []Where
}

// Empty tells whether there is nothing to hold.
func (w Where) Empty() bool { return len(w.All) == 0 && len(w.Any) == 0 && len(w.None) == 0 }

// Condition is a test of the values that a dotted path leads to.
type Condition struct {
	Path string
	Test Test
}

// Test is what values have to satisfy. Of Equals, Matches, Contains, the
// numbers and Where, all that are set hold on one and the same value.
type Test struct {
	Equals       []string // lower case
	Matches      *Regexp
	Contains     string // lower case
	AtLeast      *float64
	AtMost       *float64
	MoreThan     *float64
	LessThan     *float64
	Where        *Where
	SameAs       string  // a path in the fact that the companion belongs to
	Known        bool    // the files say what the value is
	Written      *Regexp // they do not, and what stands there matches
	Present      bool
	Absent       bool
	CountAtLeast int
	Each         *Test
	Not          *Test
}

// OnValue tells whether the test looks at single values, beside counting them.
func (t *Test) OnValue() bool {
	return t.Known || t.Written != nil || t.Equals != nil || t.Matches != nil || t.Contains != "" || t.Where != nil || t.SameAs != "" ||
		t.AtLeast != nil || t.AtMost != nil || t.MoreThan != nil || t.LessThan != nil
}

func (s source) where(n *yaml.Node, what string) Where {
	var w Where
	o := s.object(n, what)
	for i, key := range o.keys {
		o.used[i] = true
		switch key {
		case "any":
			w.Any = s.wheres(o.vals[i], what+": any")
		case "none":
			w.None = s.wheres(o.vals[i], what+": none")
		default:
			w.All = append(w.All, Condition{key, s.test(o.vals[i], what+": "+key)})
		}
	}
	if n != nil && len(o.keys) == 0 && n.Kind == yaml.MappingNode {
		s.fault(n, "%s: no condition", what)
	}
	return w
}

func (s source) wheres(n *yaml.Node, what string) []Where {
	var out []Where
	for _, item := range s.items(n, what) {
		out = append(out, s.where(item, what))
	}
	return out
}

// test reads a condition: a value, a list of values, or operators.
func (s source) test(n *yaml.Node, what string) Test {
	if n.Kind != yaml.MappingNode {
		return Test{Equals: s.equals(n, what)}
	}
	var t Test
	o := s.object(n, what)
	t.Present = o.flag("present")
	t.Absent = o.flag("absent")
	t.Known = o.flag("known")
	t.Matches, t.Written = o.regexp("matches"), o.regexp("written")
	t.Contains = strings.ToLower(o.text("contains"))
	t.AtLeast, t.AtMost = o.number("at_least"), o.number("at_most")
	t.MoreThan, t.LessThan = o.number("more_than"), o.number("less_than")
	t.CountAtLeast = o.integer("count_at_least", 1)
	t.SameAs = o.text("same_as")
	t.Each, t.Not = o.inner("each"), o.inner("not")
	if n := o.get("one_of"); n != nil {
		t.Equals = s.equals(n, what+": one_of")
	}
	if n := o.get("where"); n != nil {
		w := s.where(n, what+": where")
		t.Where = &w
	}
	o.done()
	if len(o.keys) == 0 {
		s.fault(n, "%s: no condition", what)
	}
	return t
}

func (s source) equals(n *yaml.Node, what string) []string {
	out := s.list(n, what)
	for i := range out {
		out[i] = strings.ToLower(out[i])
	}
	if len(out) == 0 {
		s.fault(n, "%s: no value to compare with (for “there is none” write {absent: true})", what)
	}
	return out
}

// flag is a key that makes no sense but as true.
func (o *object) flag(key string) bool {
	v := o.boolean(key)
	if o.has(key) && !v {
		o.fault(o.get(key), "%s: %s can only be true; say {not: {%s: true}} for the opposite", o.what, key, key)
	}
	return v
}

func (o *object) inner(key string) *Test {
	n := o.get(key)
	if n == nil {
		return nil
	}
	t := o.test(n, o.what+": "+key)
	return &t
}

func (o *object) number(key string) *float64 {
	n := o.get(key)
	if n == nil {
		return nil
	}
	v, err := strconv.ParseFloat(n.Value, 64)
	if err != nil {
		o.fault(n, "%s: %s: a number is wanted, not %s", o.what, key, describe(n))
		return nil
	}
	return &v
}

func (o *object) regexp(key string) *Regexp {
	all := o.regexps(key)
	if len(all) == 0 {
		return nil
	}
	if len(all) > 1 {
		o.fault(o.get(key), "%s: %s: one regexp is wanted", o.what, key)
	}
	return all[0]
}

// regexps reads one RE2 or a list of them.
func (o *object) regexps(key string) []*Regexp {
	var out []*Regexp
	for _, text := range o.texts(key) {
		re, err := NewRegexp(text)
		if err != nil {
			o.fault(o.get(key), "%s: %s: %v", o.what, key, err)
			continue
		}
		if re.MatchesNothing {
			o.fault(o.get(key), "%s: %s: %q matches the empty text, so it would match everything", o.what, key, text)
			continue
		}
		out = append(out, re)
	}
	return out
}
