package facts

import (
	"slices"
	"strings"
)

// hintFound is of what find runs once for each file: it ends well whatever that
// says.
const hintFound = hintFailure + "is lost in find -exec"

// finds is where find begins to say what it runs, or -1.
func finds(words []string) int {
	if len(words) == 0 || words[0] != "find" {
		return -1
	}
	return slices.IndexFunc(words, func(w string) bool { return w == "-exec" || w == "-execdir" })
}

// forEach is what find runs for what it finds, and why that proves less: it fails
// with it only where it hands over all files together.
func forEach(words []string) (inner []string, hint string) {
	i := finds(words)
	if i < 0 {
		return nil, ""
	}
	inner = words[i+1:]
	end := slices.IndexFunc(inner, func(w string) bool { return w == "+" || strings.Trim(w, `\'"`) == ";" })
	if end < 0 {
		return inner, hintFound
	}
	if inner[end] == "+" {
		return inner[:end], ""
	}
	return inner[:end], hintFound
}
