package evidence

import (
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// lookup follows a dotted path as Value.Lookup does, and knows that a map may
// have members that the files don't show.
func lookup(v facts.Value, path string) []facts.Value { return lookupIn(v, path, nil) }

// lookupIn puts what it finds where there is room already.
func lookupIn(v facts.Value, path string, room []facts.Value) []facts.Value {
	seg, path := facts.CutPath(path)
	at := step(v, seg, room)
	for path != "" && len(at) > 0 {
		seg, path = facts.CutPath(path)
		var next []facts.Value
		for i := range at {
			next = step(at[i], seg, next)
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
		// What it refers to is there; whether that has the member, nobody knows,
		// unless it is the member that is referred to: "ami.id" of aws_ami.x.id.
		if !strings.HasSuffix(v.Text, "."+seg) {
			v = facts.Value{Kind: facts.Unknown, Start: v.Start, End: v.End}
		}
		return append(out, v)
	case facts.List:
		for i := range v.Items {
			out = step(v.Items[i], seg, out)
		}
	case facts.Map:
		found, open, glob := false, false, strings.IndexByte(seg, '*') >= 0
		for i := range v.Fields { // of a field no more than its name is copied
			switch f := &v.Fields[i]; {
			case f.Key == rest:
				open = !strings.HasPrefix(seg, "_") // what is said of every fact is
			case f.Key == seg, seg == "*", glob && catalogue.NewName(seg).Match(strings.ToLower(f.Key)):
				out = append(out, f.Value)
				found = true
			}
		}
		if open && (!found || glob) {
			out = append(out, facts.Value{Kind: facts.Unknown, Start: v.Start, End: v.End})
		}
	}
	return out
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

// flat enters lists; where there is none to enter, it makes nothing new.
func flat(values []facts.Value) []facts.Value {
	for len(values) == 1 && values[0].Kind == facts.List {
		values = values[0].Items
	}
	for i := range values {
		if values[i].Kind == facts.List || values[i].Kind == facts.Absent {
			return flatten(values, nil)
		}
	}
	return values
}

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
