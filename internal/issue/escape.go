package issue

import (
	"regexp"
	"strings"
	"unicode"
)

// A zero-width space breaks what GitHub would otherwise turn into a mention or
// a reference, and so into a notification. Entities don't: GitHub looks for
// mentions after it has decoded them.
const zeroWidth = "\u200b"

// Escape makes any text safe as one line of Markdown prose: it names nobody,
// refers to nothing, opens no tag, link, code or comment.
func Escape(s string) string {
	s = oneLine(s)
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '@', '#':
			b.WriteRune(r)
			b.WriteString(zeroWidth)
		default:
			b.WriteRune(r)
		}
	}
	return reference.ReplaceAllStringFunc(b.String(), breakReference)
}

// reference is what GitHub links without any sign before it: addresses, GH-1,
// and bare commit ids.
var reference = regexp.MustCompile(`(?i)\b(?:https?://|ftp://|www\.|GH-\d|[0-9a-f]{7,64}\b)`)

func breakReference(s string) string { return s[:2] + zeroWidth + s[2:] }

// longestTitle is how long an issue's title may be, in characters.
const longestTitle = 256

// Title makes any text safe as the title of an issue. Titles know no escapes:
// what could be a mention or a reference is broken up.
func Title(s string) string {
	s = strings.NewReplacer("@", "@"+zeroWidth, "#", "#"+zeroWidth).Replace(oneLine(s))
	return clip(reference.ReplaceAllStringFunc(s, breakReference), longestTitle)
}

// Code puts any text into a code span, with a fence longer than any run of
// backticks in it.
func Code(s string) string {
	s = oneLine(s)
	if s == "" {
		return "` `"
	}
	fenceLength, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			fenceLength = max(fenceLength, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", fenceLength+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	// A comment's end inside a code span would end nothing, but the app's own
	// markers are found by text: leave no second one on the line.
	s = strings.ReplaceAll(s, "<!--", "<"+zeroWidth+"!--")
	return fence + s + fence
}

// oneLine drops what could break a line or turn text around: line ends,
// control characters, and bidirectional marks.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x61c:
			return -1
		}
		return r
	}, s)
	return clip(strings.TrimSpace(s), longest)
}

// longest is how much of any one text a line shows, in characters: a reason is
// a sentence, and a path longer than this is read by nobody.
const longest = 300

// clip cuts a text to n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
