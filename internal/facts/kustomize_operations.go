package facts

import (
	"slices"
	"strconv"
	"strings"
)

// applyOperations carries out a JSON patch: add, replace and remove. An
// operation that does not fit the object changes nothing.
func applyOperations(v, operations Value) Value {
	for _, op := range operations.Items {
		pointer, ok := strings.CutPrefix(op.Get("path").Text, "/")
		if !ok {
			continue
		}
		segments := strings.Split(pointer, "/")
		for i, s := range segments {
			segments[i] = strings.ReplaceAll(strings.ReplaceAll(s, "~1", "/"), "~0", "~")
		}
		switch op.Get("op").Text {
		case "add", "replace":
			v = setAt(v, segments, unplacedValue(op.Get("value")), op.Get("op").Text == "add")
		case "remove":
			v = setAt(v, segments, Value{}, false)
		}
	}
	return v
}

// setAt is a value with what a pointer leads to replaced; an Absent member
// takes it away, insert puts it before the item of a list.
func setAt(v Value, segments []string, member Value, insert bool) Value {
	switch v.Kind {
	case Map:
		return setField(v, segments, member, insert)
	case List:
		return setItem(v, segments, member, insert)
	}
	return v
}

func setField(v Value, segments []string, member Value, insert bool) Value {
	at := slices.IndexFunc(v.Fields, func(f Field) bool { return f.Key == segments[0] })
	if at < 0 && (len(segments) > 1 || member.Kind == Absent) {
		return v
	}
	v.Fields = slices.Clone(v.Fields)
	switch {
	case len(segments) > 1:
		v.Fields[at].Value = setAt(v.Fields[at].Value, segments[1:], member, insert)
	case at < 0:
		v.Fields = append(v.Fields, Field{segments[0], member})
	case member.Kind == Absent:
		v.Fields = slices.Delete(v.Fields, at, at+1)
	default:
		v.Fields[at].Value = keepPlace(v.Fields[at].Value, member)
	}
	return v
}

func setItem(v Value, segments []string, member Value, insert bool) Value {
	at, err := strconv.Atoi(segments[0])
	if segments[0] == "-" && insert && len(segments) == 1 {
		at, err = len(v.Items), nil
	}
	if err != nil || at < 0 || at > len(v.Items) || at == len(v.Items) && (!insert || len(segments) > 1) {
		return v
	}
	v.Items = slices.Clone(v.Items)
	switch {
	case len(segments) > 1:
		v.Items[at] = setAt(v.Items[at], segments[1:], member, insert)
	case insert:
		v.Items = slices.Insert(v.Items, at, member)
	case member.Kind == Absent:
		v.Items = slices.Delete(v.Items, at, at+1)
	default:
		v.Items[at] = keepPlace(v.Items[at], member)
	}
	return v
}
