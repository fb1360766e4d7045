package issue

import "strings"

// Bodies are read many times a look, line by line, so what marks a line as ours
// is found by hand: regular expressions took a good part of what a look costs.

const markBegins, markEnds = "<!-- readyline ", `" -->`

// keyOf is the key of a line by its hidden mark; empty for people's lines. The
// mark of an item counts only on a task.
func keyOf(text string) string {
	if !strings.Contains(text, markBegins) {
		return ""
	}
	if _, ok := topMark(text); ok {
		return keyTop
	}
	if part, ok := mark(text, "part"); ok {
		return part
	}
	if item, ok := mark(text, "item"); ok && boxIn(text) >= 0 {
		return itemKey(item)
	}
	return ""
}

// mark is the value of the first hidden mark of a kind in a line.
func mark(text, kind string) (value string, ok bool) {
	for {
		_, rest, found := strings.Cut(text, markBegins+kind+`="`)
		if !found {
			return "", false
		}
		value, _, _ = strings.Cut(rest, `"`)
		if strings.HasPrefix(rest[len(value):], markEnds) {
			return value, true
		}
		text = rest
	}
}

// topMark is the checklist whose mark is all that a line says.
func topMark(text string) (checklist string, ok bool) {
	text = strings.Trim(text, spaces)
	if !strings.HasPrefix(text, markBegins) {
		return "", false
	}
	checklist, ok = mark(text, "checklist")
	return checklist, ok && text == markBegins+`checklist="`+checklist+markEnds
}

const spaces = " \t\n\f\r"

// boxIn is where in the line of a task its mark is, the byte between the
// brackets; -1 when the line is no task. It may be in a quotation.
func boxIn(text string) int {
	at := len(text) - len(strings.TrimLeft(text, spaces+">"))
	if at+1 >= len(text) || !strings.ContainsRune("-*+", rune(text[at])) {
		return -1
	}
	rest := strings.TrimLeft(text[at+1:], spaces)
	box := len(text) - len(rest) + 1
	if box == at+2 || len(rest) < 3 || rest[0] != '[' || rest[2] != ']' || !strings.ContainsRune(" xX", rune(rest[1])) {
		return -1
	}
	return box
}
