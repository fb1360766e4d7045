package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// variables are the values that READYLINE_…_FILE variables point to, by the
// name without _FILE. They count as if the variable itself were set, and never
// enter the environment, which child processes inherit.
type variables struct {
	values map[string]string
	faults []string // one line for each that can't be read
	bad    []string // the variables, without _FILE, that faults are about
}

// readVariables reads each READYLINE_…_FILE of an environment.
func readVariables(environ []string) variables {
	v := variables{values: map[string]string{}}
	have := map[string]bool{}
	for _, kv := range environ {
		key, value, _ := strings.Cut(kv, "=")
		have[key] = value != ""
	}
	for _, kv := range slices.Sorted(slices.Values(environ)) {
		key, path, _ := strings.Cut(kv, "=")
		name, isFile := strings.CutSuffix(key, "_FILE")
		if !isFile || !strings.HasPrefix(key, "READYLINE_") || path == "" {
			continue
		}
		fault := func(format string, args ...any) {
			v.faults = append(v.faults, key+": "+fmt.Sprintf(format, args...))
			v.bad = append(v.bad, name)
		}
		if have[name] {
			fault("%s is set as well; unset one of them", name)
			continue
		}
		text, err := os.ReadFile(path)
		value := strings.TrimRight(string(text), "\r\n")
		switch {
		case err != nil:
			fault("%v", err)
		case value == "":
			fault("%s is empty", path)
		default:
			v.values[name] = value
		}
	}
	return v
}

// Validate is for kong.
func (v variables) Validate(*kong.Application) error { return nil }

// Resolve gives a flag the value that was read for its variable.
func (v variables) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if value, ok := v.values[env]; ok {
			return value, nil
		}
	}
	return nil, nil
}

// with adds the faults of other values, but not those that only follow from a
// file that could not be read.
func (v variables) with(faults []string) []string {
	out := slices.Clone(v.faults)
	for _, f := range faults {
		name, _, _ := strings.Cut(f, ":")
		if !slices.Contains(v.bad, name) {
			out = append(out, f)
		}
	}
	return out
}
