package evidence

import (
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
}

// and joins two answers. The first value with a place is the one to show.
func (a answer) and(b answer) answer {
	out := answer{truth: a.truth.and(b.truth), at: a.at, why: a.why}
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
	for i := range w.All {
		c := &w.All[i]
		out = out.and(test(&c.Test, lookup(v, c.Path), self, c.Path))
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

// lookup follows a dotted path as Value.Lookup does, and knows that a map may
// have members that the files don't show.
func lookup(v facts.Value, path string) []facts.Value {
	at := []facts.Value{v}
	for _, seg := range facts.SplitPath(path) {
		var next []facts.Value
		for _, x := range at {
			next = step(x, seg, next)
		}
		at = next
	}
	return at
}

// rest is the member of a map that stands for members that can't be known.
const rest = "_rest"

func step(v facts.Value, seg string, out []facts.Value) []facts.Value {
	switch v.Kind {
	case facts.Unknown:
		return append(out, v)
	case facts.List:
		for _, item := range v.Items {
			out = step(item, seg, out)
		}
	case facts.Map:
		found, open := false, false
		for _, f := range v.Fields {
			switch {
			case f.Key == rest:
				open = true
			case seg == "*" || f.Key == seg:
				out = append(out, f.Value)
				found = true
			}
		}
		if open && (!found || seg == "*") {
			out = append(out, facts.Value{Kind: facts.Unknown, Start: v.Start, End: v.End})
		}
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
		values = flatten(values, nil)
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
	switch v.Kind {
	case facts.Unknown:
		return notKnown(path, v)
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

func scalar(v facts.Value) bool {
	return v.Kind == facts.Bool || v.Kind == facts.Number || v.Kind == facts.String
}

func equals(wanted []string, v facts.Value) bool {
	if !scalar(v) {
		return false
	}
	for _, w := range wanted {
		if strings.EqualFold(w, v.Text) {
			return true
		}
		if a, ok := v.Float(); ok {
			if b, ok := facts.Str(w).Float(); ok && a == b {
				return true
			}
		}
	}
	return false
}

func numbers(t *catalogue.Test, v facts.Value) bool {
	if t.AtLeast == nil && t.AtMost == nil && t.MoreThan == nil && t.LessThan == nil {
		return true
	}
	n, ok := v.Float()
	return ok && (t.AtLeast == nil || n >= *t.AtLeast) && (t.AtMost == nil || n <= *t.AtMost) &&
		(t.MoreThan == nil || n > *t.MoreThan) && (t.LessThan == nil || n < *t.LessThan)
}

// contains: a string has the text in it, a list has it as an element, a map
// as a key.
func contains(text string, v facts.Value, path string) answer {
	out := answer{truth: no}
	switch v.Kind {
	case facts.List:
		for _, item := range v.Items {
			if item.Kind == facts.Unknown {
				out = notKnown(path, item)
			} else if scalar(item) && strings.EqualFold(item.Text, text) {
				return answer{truth: yes, at: item}
			}
		}
	case facts.Map:
		for _, f := range v.Fields {
			if strings.EqualFold(f.Key, text) {
				return answer{truth: yes, at: f.Value}
			}
		}
	default:
		if strings.Contains(strings.ToLower(v.Text), text) {
			return answer{truth: yes, at: v}
		}
	}
	return out
}

// present tells whether there is a value that is neither null nor empty.
func present(values []facts.Value, path string) answer {
	out := answer{truth: no}
	for _, v := range values {
		switch {
		case v.Kind == facts.Unknown && !refers(v.Text):
			if out.truth == no {
				out = notKnown(path, v)
			}
		case !empty(v):
			return answer{truth: yes, at: v}
		}
	}
	return out
}

func empty(v facts.Value) bool {
	switch v.Kind {
	case facts.Absent, facts.Null:
		return true
	case facts.String:
		return v.Text == ""
	case facts.List:
		return len(v.Items) == 0
	case facts.Map:
		return len(v.Fields) == 0
	}
	return false
}

// refers tells whether the source of an unknown value is a plain reference to
// something else that is defined: whatever its value, there is one. A variable
// may be null.
func refers(text string) bool {
	text = strings.TrimSpace(text)
	if ref, ok := strings.CutPrefix(text, "!GetAtt "); ok {
		return ref != ""
	}
	first, rest, ok := strings.Cut(text, ".")
	if !ok || rest == "" || strings.ContainsAny(text, " ?:${}|&!=<>(),\n") {
		return false
	}
	switch first {
	case "var", "local", "each", "count", "self", "path", "terraform", "dependency", "inputs", "matrix", "env", "vars", "github":
		return false
	}
	return true
}

func counted(values []facts.Value, least int, path string) answer {
	n, open := 0, answer{truth: no}
	for _, v := range flatten(values, nil) {
		switch {
		case v.Kind == facts.Unknown:
			open = notKnown(path, v)
		case !empty(v):
			n++
		}
	}
	if n >= least {
		return answer{truth: yes, at: values[0]}
	}
	return open
}

// each tells whether there is a value and every one holds.
func each(t *catalogue.Test, values []facts.Value, self *facts.Fact, path string) answer {
	out := answer{truth: no}
	for i, v := range flatten(values, nil) {
		a := test(t, []facts.Value{v}, self, path)
		if a.truth == no {
			return a
		}
		if i == 0 {
			out = a
		} else {
			out = out.and(a)
		}
	}
	return out
}

// flatten enters lists.
func flatten(values, out []facts.Value) []facts.Value {
	for _, v := range values {
		if v.Kind == facts.List {
			out = flatten(v.Items, out)
		} else if v.Kind != facts.Absent {
			out = append(out, v)
		}
	}
	return out
}

// sameAs compares with what a path leads to in the fact that the companion
// belongs to. The path "_self" stands for that fact by its address or name.
func sameAs(path string, v facts.Value, self *facts.Fact) truth {
	if self == nil {
		return no
	}
	if path == "_self" {
		return truthOf(mentions(v.Text, self))
	}
	for _, o := range flatten(lookup(self.Value, path), nil) {
		if o.Text != "" && strings.EqualFold(o.Text, v.Text) && (scalar(o) && scalar(v) || o.Kind == v.Kind) {
			return yes
		}
	}
	return no
}

// mentions tells whether a text names a fact: by TYPE.NAME as Terraform does,
// else by its `_name` as a word of its own.
func mentions(text string, self *facts.Fact) bool {
	name := self.Value.Get("_name").Text
	if name == "" {
		return false
	}
	if self.Kind == facts.Terraform {
		name = self.Name + "." + name
	}
	text, name = strings.ToLower(text), strings.ToLower(name)
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !wordByte(text[start-1])) && (end == len(text) || !wordByte(text[end])) {
			return true
		}
		at = start + 1
	}
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
