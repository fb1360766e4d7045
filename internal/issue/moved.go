package issue

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Pointer is the body of an issue that another one stands for: where that is,
// and what people had written here. It has no marker, so that it is found no
// more.
func Pointer(theirs, address string) string {
	var b strings.Builder
	b.WriteString("This checklist was here twice. It goes on at " + address + "; ticks and notes count there.\n")
	for _, block := range foreign("", theirs) {
		b.WriteString("\n" + strings.Join(block.lines, "\n") + "\n")
	}
	return b.String()
}

// LeftAlone is the body of an issue that somebody moved to where there is one of
// its checklist already: a line at the top says so, and what else is there stays.
// It has no marker, so that it is taken for nobody's. Moved back, it goes on.
func LeftAlone(theirs, from, address string) string {
	said := app("moved", fmt.Sprintf("> This is the checklist of %s. There is one here already: %s. This one is kept up to date no more; moved back, it will be again.", Code(from), address))
	out := []line{said, blank()}
	for _, l := range parse(strings.TrimRight(normalise(theirs), "\n")) {
		switch l.key {
		case keyTop, "moved", "foot":
		default:
			out = append(out, l)
		}
	}
	if len(out) > 2 && out[2].text == "" {
		out = append(out[:1], out[2:]...)
	}
	return join(out)
}

var aboutMarker = regexp.MustCompile(`<!-- readyline repository="([0-9]+)" -->`)

// About tells whether a body is about a repository in which it is: it does not
// say that it is about another.
func About(body string, repository int64) bool {
	for _, l := range parse(body) {
		if l.key == "header" {
			m := aboutMarker.FindStringSubmatch(l.text)
			return m == nil || m[1] == strconv.FormatInt(repository, 10)
		}
	}
	return true
}
