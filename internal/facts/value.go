package facts

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ValueKind tells what a Value holds. The zero kind is an absent value.
type ValueKind uint8

const (
	Absent  ValueKind = iota
	Unknown           // written down, but its value can't be known from the files
	Null
	Bool
	Number
	String
	List
	Map
)

// Value is an attribute tree with the lines it stands on. Text is the scalar
// as text ("true", "3", "gp3"), or the source text of an Unknown.
type Value struct {
	Kind   ValueKind
	Given  bool // of an Unknown: somebody has to give it, so there is one
	Text   string
	Items  []Value // List
	Fields []Field // Map, in the order of the source
	Start  int
	End    int
}

// Field is a named member of a Map.
type Field struct {
	Key   string
	Value Value
}

// Str makes a String without a place.
func Str(s string) Value { return Value{Kind: String, Text: s} }

// Strs makes a List of Strings without a place.
func Strs(ss []string) Value {
	v := Value{Kind: List}
	for _, s := range ss {
		v.Items = append(v.Items, Str(s))
	}
	return v
}

// Boolean makes a Bool without a place.
func Boolean(b bool) Value { return Value{Kind: Bool, Text: strconv.FormatBool(b)} }

// Num makes a Number without a place.
func Num(n int) Value { return Value{Kind: Number, Text: strconv.Itoa(n)} }

// Get is the member of a Map; absent where there is none.
func (v Value) Get(key string) Value {
	for i := range v.Fields {
		if v.Fields[i].Key == key {
			return v.Fields[i].Value
		}
	}
	return Value{}
}

// With is the Map with one more member, or with that member replaced.
func (v Value) With(key string, member Value) Value {
	out := Value{Kind: Map, Start: v.Start, End: v.End, Fields: make([]Field, 0, len(v.Fields)+1)}
	for _, f := range v.Fields {
		if f.Key != key {
			out.Fields = append(out.Fields, f)
		}
	}
	out.Fields = append(out.Fields, Field{key, member})
	return out
}

// Float is the number of a Number, or of a String that reads as one.
func (v Value) Float() (float64, bool) {
	if v.Kind != Number && v.Kind != String {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(v.Text), 64)
	return f, err == nil
}

// Lookup follows a dotted path and returns every value it leads to. Lists on
// the way are entered (each element is followed), "*" takes every member of a
// Map, and a segment in backquotes may hold dots (`a.b/c`). Where a value on
// the way is Unknown, that Unknown is returned: what lies below can't be known.
func (v Value) Lookup(path string) []Value {
	at := []Value{v}
	for _, seg := range SplitPath(path) {
		var next []Value
		for _, x := range at {
			next = x.step(seg, next)
		}
		at = next
	}
	return at
}

func (v Value) step(seg string, out []Value) []Value {
	switch v.Kind {
	case Unknown:
		return append(out, v)
	case List:
		for _, item := range v.Items {
			out = item.step(seg, out)
		}
	case Map:
		found := len(out)
		for _, f := range v.Fields {
			if seg == "*" && f.Key != rest || f.Key == seg {
				out = append(out, f.Value)
			}
		}
		if len(out) == found && v.Get(rest).Kind != Absent {
			// What is not among the known members may be among the others.
			out = append(out, Value{Kind: Unknown, Text: seg, Start: v.Start, End: v.End})
		}
	}
	return out
}

// rest is the member of a Map whose other members are not all known: it was
// merged with something that can't be.
const rest = "_rest"

// SplitPath cuts a dotted path into its segments.
func SplitPath(path string) []string {
	var segs []string
	for path != "" {
		var seg string
		seg, path = CutPath(path)
		segs = append(segs, seg)
	}
	return segs
}

// CutPath cuts the first segment off a dotted path.
func CutPath(path string) (seg, after string) {
	if rest, ok := strings.CutPrefix(path, "`"); ok {
		seg, after, _ = strings.Cut(rest, "`")
		return seg, strings.TrimPrefix(after, ".")
	}
	seg, after, _ = strings.Cut(path, ".")
	return seg, after
}

// FromJSON makes a Value of what encoding/json decodes into an any. Members
// are ordered by name.
func FromJSON(v any) Value {
	switch v := v.(type) {
	case nil:
		return Value{Kind: Null}
	case bool:
		return Boolean(v)
	case float64:
		return Value{Kind: Number, Text: strconv.FormatFloat(v, 'f', -1, 64)}
	case string:
		return Str(v)
	case []any:
		out := Value{Kind: List}
		for _, item := range v {
			out.Items = append(out.Items, FromJSON(item))
		}
		return out
	case map[string]any:
		out := Value{Kind: Map}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out.Fields = append(out.Fields, Field{key, FromJSON(v[key])})
		}
		return out
	}
	return Value{}
}
