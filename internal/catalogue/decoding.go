package catalogue

import (
	"math"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
)

// What there are thousands of, every command waits for. So it is decoded field by
// field, in the order of the fields, which takes a fraction of the time that
// value takes. What is read from the compiled form is compared with what is read
// from the files, so a field that is forgotten here is found.

// fields is which fields of a structure follow, the next one last.
type fields uint64

func (d *decoder) fieldsOf() fields { return fields(d.uvarint()) }

// next tells whether the next field follows.
func (f *fields) next() bool {
	follows := *f&1 != 0
	*f >>= 1
	return follows
}

// listOf decodes a list. One without members is there all the same.
func listOf[T any](d *decoder, one func(*decoder, *T)) []T {
	out := make([]T, d.uvarint())
	for i := range out {
		one(d, &out[i])
	}
	return out
}

func pointer[T any](d *decoder, one func(*decoder, *T)) *T {
	out := new(T)
	one(d, out)
	return out
}

// quick decodes what there are thousands of; false where it is something else.
func (d *decoder) quick(to any) bool {
	switch to := to.(type) {
	case *Rule:
		to.decode(d)
	case *Clause:
		to.decode(d)
	case *Regexp:
		to.decode(d)
	case *Path:
		to.decode(d)
	default:
		return false
	}
	return true
}

func (d *decoder) integer() int {
	x := d.uvarint() // of AppendVarint: the sign is the last bit
	return int(int64(x>>1) ^ -int64(x&1))
}

func (d *decoder) yes() bool { return d.uvarint() != 0 }

func (d *decoder) regexp() *Regexp { return d.regexps[d.uvarint()] }

func (d *decoder) texts() []string {
	return listOf(d, func(d *decoder, to *string) { *to = d.text() })
}

func (d *decoder) regexpsOf() []*Regexp {
	return listOf(d, func(d *decoder, to **Regexp) { *to = d.regexp() })
}

func (d *decoder) number() *float64 {
	x := math.Float64frombits(d.uvarint())
	return &x
}

func decodeMatcher(d *decoder, to *Matcher)     { to.decode(d) }
func decodeWhere(d *decoder, to *Where)         { to.decode(d) }
func decodeCondition(d *decoder, to *Condition) { to.decode(d) }
func decodeTest(d *decoder, to *Test)           { to.decode(d) }
func decodeName(d *decoder, to *Name)           { to.decode(d) }

func (r *Rule) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		r.ID = d.text()
	}
	if f.next() {
		r.Strength = readiness.Strength(d.text())
	}
	if f.next() {
		r.Summary = d.text()
	}
	if f.next() {
		r.Clause.decode(d)
	}
	if f.next() {
		r.Needs = d.texts()
	}
	if f.next() {
		r.Line = d.integer()
	}
}

func (c *Clause) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		c.Any = listOf(d, decodeMatcher)
	}
	if f.next() {
		c.Every = d.yes()
	}
	if f.next() {
		c.AtLeast = d.integer()
	}
	if f.next() {
		c.Distinct = d.text()
	}
	if f.next() {
		c.With = listOf(d, func(d *decoder, to *[]Matcher) { *to = listOf(d, decodeMatcher) })
	}
	if f.next() {
		c.Without = listOf(d, decodeMatcher)
	}
	if f.next() {
		c.Outnumbers = listOf(d, decodeMatcher)
	}
	if f.next() {
		c.Same = Scope(d.text())
	}
	if f.next() {
		c.Areas = facts.Area(d.uvarint())
	}
}

func (m *Matcher) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		m.Kind = facts.Kind(d.text())
	}
	if f.next() {
		m.Names = listOf(d, decodeName)
	}
	if f.next() {
		m.Uses = listOf(d, decodeName)
	}
	if f.next() {
		m.Run = d.regexp()
	}
	if f.next() {
		m.When = When(d.text())
	}
	if f.next() {
		m.Dev = d.yes()
	}
	if f.next() {
		m.Soft = d.yes()
	}
	if f.next() {
		m.Where.decode(d)
	}
	if f.next() {
		m.Exempt.decode(d)
	}
	if f.next() {
		m.Paths = listOf(d, func(d *decoder, to **Path) { *to = d.paths[d.uvarint()] })
	}
	if f.next() {
		m.Globs = d.texts()
	}
	if f.next() {
		m.NotEmpty = d.yes()
	}
	if f.next() {
		m.Match = d.regexpsOf()
	}
	if f.next() {
		m.None = d.regexpsOf()
	}
	if f.next() {
		m.Facet = d.text()
	}
	if f.next() {
		m.Pipeline = d.yes()
	}
	if f.next() {
		m.Line = d.integer()
	}
}

func (n *Name) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		n.Pattern = d.text()
	}
	if f.next() {
		n.Text = d.text()
	}
}

func (w *Where) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		w.All = listOf(d, decodeCondition)
	}
	if f.next() {
		w.Any = listOf(d, decodeWhere)
	}
	if f.next() {
		w.None = listOf(d, decodeWhere)
	}
}

func (c *Condition) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		c.Path = d.text()
	}
	if f.next() {
		c.Test.decode(d)
	}
}

func (t *Test) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		t.Equals = d.texts()
	}
	if f.next() {
		t.Matches = d.regexp()
	}
	if f.next() {
		t.Contains = d.text()
	}
	for _, to := range []**float64{&t.AtLeast, &t.AtMost, &t.MoreThan, &t.LessThan} {
		if f.next() {
			*to = d.number()
		}
	}
	if f.next() {
		t.Where = pointer(d, decodeWhere)
	}
	if f.next() {
		t.SameAs = d.text()
	}
	if f.next() {
		t.Known = d.yes()
	}
	if f.next() {
		t.Written = d.regexp()
	}
	if f.next() {
		t.Present = d.yes()
	}
	if f.next() {
		t.Absent = d.yes()
	}
	if f.next() {
		t.CountAtLeast = d.integer()
	}
	if f.next() {
		t.Each = pointer(d, decodeTest)
	}
	if f.next() {
		t.Not = pointer(d, decodeTest)
	}
}

func (r *Regexp) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		r.Text = d.text()
	}
	if f.next() {
		r.Literals = d.texts()
	}
	if f.next() {
		r.Span = d.integer()
	}
	if f.next() {
		r.Far = d.integer()
	}
	if f.next() {
		r.Lead = d.texts()
	}
	if f.next() {
		r.Needs = listOf(d, func(d *decoder, to *[]string) { *to = d.texts() })
	}
	if f.next() {
		r.Alternatives = d.regexpsOf()
	}
	if f.next() {
		r.MatchesNothing = d.yes()
	}
	if f.next() {
		r.BySigns = d.yes()
	}
}

func (p *Path) decode(d *decoder) {
	f := d.fieldsOf()
	if f.next() {
		p.Pattern = d.text()
	}
	if f.next() {
		p.Key = d.text()
	}
	if f.next() {
		p.KeyKind = KeyKind(d.uvarint())
	}
	for _, to := range []*uint8{&p.HeadEnd, &p.InsideStart, &p.InsideEnd, &p.TailStart} {
		if f.next() {
			*to = uint8(d.uvarint())
		}
	}
}
