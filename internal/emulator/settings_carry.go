package emulator

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// filledIn are the members that the emulator fills in where they are left out.
var filledIn = map[string]bool{
	"id": true, "number": true, "run_number": true, "created_at": true, "updated_at": true,
	"sha": true, "head_sha": true, "commit_sha": true,
}

// naturalKeys tell that two things are one though they differ otherwise.
var naturalKeys = []string{"id", "number", "name", "tag_name", "url"}

// carry keeps what was filled in before for things that are given again, so that
// giving the same settings twice changes nothing.
func carry(stored, given json.RawMessage) (json.RawMessage, error) {
	now, err := decodeAny(given)
	if err != nil || stored == nil {
		return given, err
	}
	before, err := decodeAny(stored)
	if err != nil {
		return nil, err
	}
	return json.Marshal(carryValue(before, now))
}

func decodeAny(data json.RawMessage) (v any, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	err = dec.Decode(&v)
	return v, err
}

func carryValue(before, now any) any {
	olds, wasList := before.([]any)
	news, isList := now.([]any)
	if !wasList || !isList {
		return now
	}
	used := make([]bool, len(olds))
	out := make([]any, len(news))
	for i, item := range news { // what is entirely the same first
		for j, old := range olds {
			if !used[j] && same(item, old) {
				out[i], used[j] = old, true
				break
			}
		}
	}
	for i, item := range news {
		if out[i] != nil {
			continue
		}
		out[i] = item
		for j, old := range olds {
			if !used[j] && sameKey(item, old) {
				out[i], used[j] = carryObject(old, item), true
				break
			}
		}
	}
	return out
}

// carryObject is item with what had been filled in for old.
func carryObject(old, item any) any {
	was, _ := old.(map[string]any)
	is, ok := item.(map[string]any)
	if !ok {
		return item
	}
	for name, value := range was {
		switch _, given := is[name]; {
		case given:
			is[name] = carryValue(value, is[name])
		case filledIn[name] && name != "updated_at":
			is[name] = value
		}
	}
	return is
}

// same says whether item is old, apart from what was filled in.
func same(item, old any) bool {
	is, isObject := item.(map[string]any)
	was, wasObject := old.(map[string]any)
	if isObject && wasObject {
		for name := range is {
			if !same(is[name], was[name]) {
				return false
			}
		}
		for name := range was {
			if _, given := is[name]; !given && !filledIn[name] {
				return false
			}
		}
		return true
	}
	news, isList := item.([]any)
	olds, wasList := old.([]any)
	if isList && wasList && len(news) == len(olds) {
		for i := range news {
			if !same(news[i], olds[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(item, old) || isZero(item) && old == nil
}

// isZero says whether a member may as well have been left out.
func isZero(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return v == "0"
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == nil || v == "" || v == false
}

func sameKey(item, old any) bool {
	is, isObject := item.(map[string]any)
	was, wasObject := old.(map[string]any)
	if !isObject || !wasObject {
		return false
	}
	for _, key := range naturalKeys {
		if value, given := is[key]; given {
			return reflect.DeepEqual(value, was[key])
		}
	}
	return false
}
