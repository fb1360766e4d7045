package issue

import "strings"

const keyResting = "resting"

// Rest is a body with a line at its top that says why it is not kept up to date.
// The line goes when the body is written anew.
func Rest(body, why string) string {
	if Resting(body) {
		return body
	}
	said := app(keyResting, "> "+why)
	var out []line
	for _, l := range parse(strings.TrimRight(normalise(body), "\n")) {
		out = append(out, l)
		if l.key == keyTop && said.key != "" {
			out = append(out, said, blank())
			said = line{}
		}
	}
	if said.key != "" { // the marker is gone
		out = append([]line{said, blank()}, out...)
	}
	if text := join(out); len(text) <= MaxLength {
		return text
	}
	kept := out[:0]
	for _, l := range out { // the foot tells what to do with a living one
		if l.key != "foot" {
			kept = append(kept, l)
		}
	}
	return join(kept)
}

// Resting tells whether a body of ours says that it is not kept up to date.
func Resting(body string) bool {
	for _, l := range parse(body) {
		if l.key == keyResting {
			return true
		}
	}
	return false
}
