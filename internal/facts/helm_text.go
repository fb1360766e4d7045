package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// compared is a function that answers a question about known values.
func compared(name string, args []Value) (Value, bool) {
	if len(args) == 1 && name == "len" {
		return Num(len(args[0].Items) + len(args[0].Fields) + len(args[0].Text)), true
	}
	if len(args) < 2 {
		return Value{}, false
	}
	a, b := args[0], args[1]
	x, xNumber := a.Float()
	y, yNumber := b.Float()
	numbers := xNumber && yNumber
	switch name {
	case "eq":
		for _, other := range args[1:] {
			if a.Text == other.Text && len(a.Items)+len(a.Fields)+len(other.Items)+len(other.Fields) == 0 {
				return Boolean(true), true
			}
		}
		return Boolean(false), true
	case "ne":
		return Boolean(a.Text != b.Text), true
	case "lt":
		return Boolean(x < y), numbers
	case "le":
		return Boolean(x <= y), numbers
	case "gt":
		return Boolean(x > y), numbers
	case "ge":
		return Boolean(x >= y), numbers
	case "hasKey":
		return Boolean(a.Get(b.Text).Kind != Absent), a.Kind == Map
	case "has":
		for _, item := range b.Items {
			if item.Text == a.Text {
				return Boolean(true), true
			}
		}
		return Boolean(false), b.Kind == List
	case "contains":
		return Boolean(strings.Contains(b.Text, a.Text)), true
	case "hasPrefix":
		return Boolean(strings.HasPrefix(b.Text, a.Text)), true
	case "hasSuffix":
		return Boolean(strings.HasSuffix(b.Text, a.Text)), true
	case "kindIs", "typeIs":
		return Boolean(goKind(b) == a.Text), true
	case "semverCompare":
		return semverCompare(a.Text, b.Text)
	}
	return Value{}, false
}

func goKind(v Value) string {
	switch v.Kind {
	case Bool:
		return "bool"
	case String:
		return "string"
	case Number:
		return "float64"
	case List:
		return "slice"
	case Map:
		return "map"
	}
	return "invalid"
}

// shaped is a function that makes a text, a number or a part out of known
// values.
func shaped(name string, args []Value) (Value, bool) {
	if len(args) == 0 {
		return Value{}, false
	}
	last := args[len(args)-1]
	switch name {
	case "get", "index":
		return indexed(args)
	case "dig":
		return dug(args)
	case "printf":
		return formatted(args)
	case "int", "int64", "float64", "add", "add1", "sub", "mul", "max", "min":
		return counted(name, args)
	case "concat", "append", "join", "print":
		return joined(name, args)
	case "keys", "first":
		return drawn(name, last)
	}
	if last.Kind != String && last.Kind != Number && last.Kind != Bool {
		return Value{}, false
	}
	if len(args) == 1 {
		return oneText(name, last.Text)
	}
	switch text, word := last.Text, args[0].Text; name {
	case "trimSuffix": // of a number, or of a text whose end is known
		return Str(strings.TrimSuffix(text, word)), true
	case "trimPrefix":
		return Str(strings.TrimPrefix(text, word)), true
	case "repeat":
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 || n > 1000 || n*len(text) > maxRenderBytes {
			return Value{}, false
		}
		return Str(strings.Repeat(text, n)), true
	case "trimAll":
		return Str(strings.Trim(text, word)), true
	case "trunc":
		n, err := strconv.Atoi(word)
		return Str(text[:max(0, min(n, len(text)))]), err == nil && n >= 0
	case "replace":
		if len(args) == 3 && len(text)*(1+len(args[1].Text)) < maxRenderBytes {
			return Str(strings.ReplaceAll(text, word, args[1].Text)), true
		}
	}
	return Value{}, false
}

func oneText(name, text string) (Value, bool) {
	switch name {
	case "lower":
		return Str(strings.ToLower(text)), true
	case "upper":
		return Str(strings.ToUpper(text)), true
	case "title":
		return Str(strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):]), true
	case "toString", "print", "html", "untitle":
		return Str(text), true
	}
	return Value{}, false
}

// drawn is the keys of a map in order, or the first of a list.
func drawn(name string, v Value) (Value, bool) {
	if name == "first" && v.Kind == List && len(v.Items) > 0 {
		return v.Items[0], true
	}
	out := Value{Kind: List}
	for _, f := range sortedFields(v.Fields) {
		out.Items = append(out.Items, Str(f.Key))
	}
	return out, name == "keys" && v.Kind == Map
}

// joined puts lists, or texts, one behind the other.
func joined(name string, args []Value) (Value, bool) {
	last := args[len(args)-1]
	size := len(args[0].Text) * len(last.Items)
	for _, v := range append(last.Items[:len(last.Items):len(last.Items)], args...) {
		size += len(v.Text)
	}
	switch {
	case size > maxRenderBytes:
		return Value{}, false
	case name == "append" && len(args) == 2 && args[0].Kind == List:
		return Value{Kind: List, Items: append(slices.Clone(args[0].Items), last)}, true
	case name == "join" && len(args) == 2 && last.Kind == List:
		words := make([]string, len(last.Items))
		for i, item := range last.Items {
			words[i] = item.Text
		}
		return Str(strings.Join(words, args[0].Text)), !slices.ContainsFunc(last.Items, func(v Value) bool { return v.Kind < Bool || v.Kind > String })
	}
	out := Value{Kind: List}
	text := ""
	for _, a := range args {
		if name == "print" && a.Kind != String || name == "concat" && a.Kind != List {
			return Value{}, false
		}
		out.Items = append(out.Items, a.Items...)
		text += a.Text
	}
	if name == "print" {
		return Str(text), true
	}
	return out, name == "concat"
}

func indexed(args []Value) (Value, bool) {
	v := args[0]
	for _, key := range args[1:] {
		switch n, err := strconv.Atoi(key.Text); {
		case v.Kind == Map:
			v = v.Get(key.Text)
		case v.Kind == List && err == nil && n >= 0 && n < len(v.Items):
			v = v.Items[n]
		default:
			return Value{}, false
		}
	}
	return v, true
}

// dug is sprig's dig: keys, a default, and the map to look into.
func dug(args []Value) (Value, bool) {
	if len(args) < 3 {
		return Value{}, false
	}
	v := args[len(args)-1]
	for _, key := range args[:len(args)-2] {
		if v = v.Get(key.Text); v.Kind == Absent {
			return args[len(args)-2], true
		}
	}
	return v, true
}

func formatted(args []Value) (Value, bool) {
	words := make([]any, 0, len(args))
	size := len(args[0].Text)
	for _, a := range args[1:] {
		size += len(a.Text)
		n, err := strconv.Atoi(a.Text)
		switch {
		case a.Kind == Number && err == nil:
			words = append(words, n)
		case a.Kind == String || a.Kind == Bool:
			words = append(words, a.Text)
		default:
			return Value{}, false
		}
	}
	if strings.ContainsAny(args[0].Text, "*0123456789") || size > maxRenderBytes { // a width may be as large as it likes
		return Value{}, false
	}
	text := fmt.Sprintf(args[0].Text, words...)
	return Str(text), !strings.Contains(text, "%!")
}

func counted(name string, args []Value) (Value, bool) {
	var sum int
	for i, a := range args {
		f, ok := a.Float()
		if !ok && a.Kind != Absent && a.Kind != Null || f > 1e9 || f < -1e9 {
			return Value{}, false
		}
		n := int(f)
		switch {
		case i == 0:
			sum = n
		case name == "add":
			sum += n
		case name == "sub":
			sum -= n
		case name == "mul":
			sum *= n
		case name == "max":
			sum = max(sum, n)
		case name == "min":
			sum = min(sum, n)
		}
		if sum > 1e15 || sum < -1e15 {
			return Value{}, false
		}
	}
	if name == "add1" {
		sum++
	}
	return Num(sum), true
}

// semverCompare compares with one bound, as charts do to ask for the version
// of Kubernetes; longer constraints stay unknown.
func semverCompare(constraint, version string) (Value, bool) {
	constraint = strings.TrimSpace(constraint)
	bound := strings.TrimLeft(constraint, "<>=^~ ")
	operator := strings.TrimSpace(constraint[:len(constraint)-len(bound)])
	if strings.ContainsAny(bound, " ,|") {
		return Value{}, false
	}
	b, okBound := versionNumber(bound)
	v, okVersion := versionNumber(version)
	if !okBound || !okVersion {
		return Value{}, false
	}
	switch operator {
	case ">=":
		return Boolean(v >= b), true
	case ">":
		return Boolean(v > b), true
	case "<":
		return Boolean(v < b), true
	case "<=":
		return Boolean(v <= b), true
	case "", "=":
		return Boolean(v == b), true
	case "^":
		return Boolean(v >= b && v/1e12 == b/1e12), true
	case "~":
		return Boolean(v >= b && v/1e6 == b/1e6), true
	}
	return Value{}, false
}

// versionNumber is a version as one number that orders as versions do.
func versionNumber(s string) (int, bool) {
	s, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(s), "v"), "-")
	s, _, _ = strings.Cut(s, "+")
	total := 0
	parts := strings.Split(s, ".")
	for i := range 3 {
		n := 0
		if i < len(parts) && parts[i] != "x" && parts[i] != "*" {
			var err error
			if n, err = strconv.Atoi(parts[i]); err != nil || n < 0 || n >= 1e6 {
				return 0, false
			}
		}
		total = total*1e6 + n
	}
	return total, true
}
