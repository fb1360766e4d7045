package evidence

import (
	"bytes"
	"strings"
)

// length is how much a document says.
type length struct{ lines, sections int }

// lengthOf counts the lines of a document, and those of its headings that have
// text below them before the next. What is fenced in has no headings.
func lengthOf(content []byte) length {
	var n length
	var before []byte
	open, fenced := false, false
	for line := range bytes.Lines(content) {
		n.lines++
		line = bytes.TrimSpace(line)
		switch {
		case bytes.HasPrefix(line, []byte("```")) || bytes.HasPrefix(line, []byte("~~~")):
			fenced = !fenced
		case !fenced && isHeading(line):
			open = true
		case !fenced && isUnderline(line) && len(before) > 1 && strings.IndexByte("|-*<=#", before[0]) < 0:
			open = true
		case open && len(line) > 0 && !isUnderline(line):
			n.sections++
			open = false
		}
		before = line
	}
	return n
}

// isHeading knows those of Markdown and AsciiDoc.
func isHeading(line []byte) bool {
	rest := bytes.TrimLeft(line, "#")
	if len(rest) == len(line) {
		rest = bytes.TrimLeft(line, "=")
	}
	marks := len(line) - len(rest)
	return marks > 0 && marks <= 6 && len(rest) > 1 && rest[0] == ' '
}

// isUnderline knows what makes the line before it a heading.
func isUnderline(line []byte) bool {
	return len(line) > 2 && strings.IndexByte("=-~^", line[0]) >= 0 && len(bytes.Trim(line, string(line[:1]))) == 0
}
