package issue

import "strings"

// line is one line of a body. The key tells whose it is: the app's lines have
// one, people's lines don't.
type line struct {
	key  string
	text string
}

const keyTop = "top"

func itemKey(id string) string { return "item:" + id }

// app is a line of the app's other than a task.
func app(key, text string) line {
	return line{key: key, text: text + ` <!-- readyline part="` + key + `" -->`}
}

func blank() line { return line{} }

// ChecklistOf is the checklist whose issue this body is; empty when it is none.
func ChecklistOf(body string) string {
	for _, l := range strings.Split(normalise(body), "\n") {
		if id, ok := topMark(l); ok {
			return id
		}
	}
	return ""
}

// normalise turns GitHub's line ends (a browser sends CRLF) into our own.
func normalise(body string) string {
	return strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
}

// parse cuts a body into lines and tells the app's from people's.
func parse(body string) []line {
	if body == "" {
		return nil
	}
	raw := strings.Split(normalise(body), "\n")
	out := make([]line, 0, len(raw))
	for _, text := range raw {
		out = append(out, line{key: keyOf(text), text: text})
	}
	return out
}

// Boxes reads which items of a body are ticked. A marker whose line is no task
// any more says nothing of its box. Of a line that was copied, a copy that is
// ticked counts: somebody ticked it.
func Boxes(body string) map[string]bool { return boxes(parse(body)) }

func boxes(lines []line) map[string]bool {
	out := map[string]bool{}
	for _, l := range lines {
		id, ok := strings.CutPrefix(l.key, "item:")
		if at := boxIn(l.text); ok && at >= 0 {
			out[id] = out[id] || l.text[at] != ' '
		}
	}
	return out
}

// Edit is a box that a person changed.
type Edit struct {
	Item   string
	Ticked bool
}

// Edits are the boxes that differ between what we last wrote and what is there
// now, in the order of the new body. An item that is missing on either side was
// not edited: a deleted line is no untick.
func Edits(base, theirs string) []Edit {
	was, old := map[string]string{}, parse(base)
	for _, l := range old {
		was[l.key] = l.text
	}
	delete(was, "")
	lines := reclaimed(parse(theirs), was)
	before, after := boxes(old), boxes(lines)
	var out []Edit
	seen := map[string]bool{}
	for _, l := range lines {
		id, ok := strings.CutPrefix(l.key, "item:")
		if !ok || seen[id] {
			continue
		}
		seen[id] = true
		if was, known := before[id]; known && was != after[id] {
			out = append(out, Edit{id, after[id]})
		}
	}
	return out
}

// Deleted are the items whose lines were in what we last wrote and are gone.
func Deleted(base, theirs string) []string {
	after := Boxes(theirs)
	var out []string
	for _, l := range parse(base) {
		if id, ok := strings.CutPrefix(l.key, "item:"); ok {
			if _, there := after[id]; !there {
				out = append(out, id)
			}
		}
	}
	return out
}
