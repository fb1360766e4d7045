package issue

import (
	"errors"
	"slices"
	"strings"
)

// ErrTooLong says that what people wrote leaves no room for the checklist.
// Their text is not cut: the body is left as it is.
var ErrTooLong = errors.New("what people wrote leaves no room for the checklist within GitHub's 65,536 characters")

// block is a run of people's lines, with the app's line before and after it.
type block struct {
	lines  []string
	after  string // key of the app's line before it; empty: the block comes first
	before string // key of the app's line after it; empty: it comes last
	gapUp  bool   // an empty line stood between it and the line before
	gapEnd bool
}

// Merge is the body to write: the page as it is now, with everything people
// wrote into the body (theirs) kept where they put it. base is what we last
// wrote, empty when that is not known; it is used to tell words that a person
// added inside one of our lines.
func Merge(p Page, base, theirs string) (string, error) {
	blocks := foreign(base, theirs)
	p.restored = restored(base, theirs)
	for _, d := range levels() {
		body := join(insert(p.document(d), blocks))
		if len(body) <= MaxLength {
			return body, nil
		}
	}
	return "", ErrTooLong
}

// cameBack marks a line that somebody deleted: deleting is no answer that can
// be told from an accident, so the line says how to give one.
const cameBack = "this line was deleted and came back;"

// fewLines is up to how many missing lines were deleted one by one, rather
// than with everything else.
const fewLines = 5

// restored are the items whose lines say that they came back: those that are
// missing now, and those that said so before.
func restored(base, theirs string) map[string]bool {
	out := map[string]bool{}
	for _, l := range parse(base) {
		if id, ok := strings.CutPrefix(l.key, "item:"); ok && strings.Contains(l.text, cameBack) {
			out[id] = true
		}
	}
	if gone := Deleted(base, theirs); len(Boxes(theirs)) > 0 && len(gone) <= fewLines {
		for _, id := range gone {
			out[id] = true
		}
	}
	return out
}

// foreign finds what people wrote: whole lines of their own, and words that
// they added inside a line of ours, which move to a line below it.
func foreign(base, theirs string) []block {
	was := map[string]string{}
	for _, l := range parse(base) {
		if l.key != "" {
			was[l.key] = l.text
		}
	}
	var out []block
	var cur *block
	last, gap := "", false
	flush := func(next string) {
		if cur != nil {
			cur.before, cur.gapEnd = next, gap
			out = append(out, *cur)
			cur = nil
		}
	}
	for _, l := range reclaimed(parse(theirs), was) {
		switch {
		case l.key != "":
			flush(l.key)
			last, gap = l.key, false
			if words := added(was[l.key], l.text); words != "" && markerless(was[l.key]) != markerless(l.text) {
				out = append(out, block{lines: []string{"  - " + words}, after: l.key})
			}
		case strings.TrimSpace(l.text) == "":
			gap = true
		default:
			if cur == nil {
				cur = &block{after: last, gapUp: gap}
			} else if gap {
				cur.lines = append(cur.lines, "")
			}
			cur.lines = append(cur.lines, l.text)
			gap = false
		}
	}
	flush("")
	return out
}

// reclaimed gives lines of ours that lost their marker their key back: somebody
// copied the body from where hidden comments are not shown, or cut the line's
// end off.
func reclaimed(lines []line, was map[string]string) []line {
	bare := map[string]string{}
	for key, text := range was {
		if t := markerless(text); t != "" {
			bare[t] = key
		}
	}
	have := map[string]bool{}
	for _, l := range lines {
		have[l.key] = true
	}
	for i, l := range lines {
		if l.key != "" {
			continue
		}
		key := bare[markerless(l.text)]
		if key == "" {
			key = cutOff(l.text, bare)
		}
		if key != "" && !have[key] {
			lines[i].key = key
			have[key] = true
		}
	}
	return lines
}

// cutOff is the key of the one item whose line this is the beginning of, its
// whole title at least.
func cutOff(text string, bare map[string]string) string {
	if boxIn(text) < 0 {
		return ""
	}
	text = markerless(text)
	if !boldTitle.MatchString(text) {
		return ""
	}
	found := ""
	for full, key := range bare {
		if strings.HasPrefix(full, text) && strings.HasPrefix(key, "item:") {
			if found != "" {
				return "" // two items of one title
			}
			found = key
		}
	}
	return found
}

// markerless is a line of ours without box and hidden marker.
func markerless(text string) string {
	if i := strings.LastIndex(text, "<!-- readyline"); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSpace(boxless(text))
}

// added is what a person wrote inside one of our lines: the part between what
// the two versions share at both ends, box aside. Nothing when the line is not
// known or was only cut.
func added(was, now string) string {
	if was == "" {
		return ""
	}
	a, b := []rune(boxless(was)), []rune(boxless(now))
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > 0 { // rewritten, not added to: keep only words that are new
		return ""
	}
	return strings.TrimSpace(string(b))
}

func boxless(s string) string {
	if at := boxIn(s); at >= 0 {
		s = s[at+len("x]"):]
	}
	return strings.TrimRight(s, " ")
}

// insert puts each block after the line that it stood after, or before the one
// that it stood before, or at the end.
func insert(doc []line, blocks []block) []line {
	for i := len(blocks) - 1; i >= 0; i-- {
		b := blocks[i]
		at := position(doc, b)
		var lines []line
		if b.gapUp && at > 0 && doc[at-1].text != "" {
			lines = append(lines, blank())
		}
		for _, text := range b.lines {
			lines = append(lines, line{text: text})
		}
		if b.gapEnd && at < len(doc) && doc[at].text != "" {
			lines = append(lines, blank())
		}
		doc = slices.Insert(doc, at, lines...)
	}
	return doc
}

// position is where a block goes. A body that begins with people's words still
// has our marker in its first line.
func position(doc []line, b block) int {
	index := func(key string) int {
		return slices.IndexFunc(doc, func(l line) bool { return key != "" && l.key == key })
	}
	if i := index(b.after); i >= 0 {
		i++
		if b.gapUp && i < len(doc) && doc[i].key == "" && doc[i].text == "" {
			i++
		}
		return i
	}
	if i := index(b.before); i > 0 {
		return i
	}
	if b.after == "" && len(doc) > 0 {
		return 1
	}
	return len(doc)
}

func join(doc []line) string {
	texts := make([]string, len(doc))
	for i, l := range doc {
		texts[i] = l.text
	}
	return strings.Join(texts, "\n") + "\n"
}

// Equal tells whether two bodies are the same to GitHub: line ends and empty
// lines at the end aside.
func Equal(a, b string) bool {
	return strings.TrimRight(normalise(a), "\n ") == strings.TrimRight(normalise(b), "\n ")
}

// PutBack adds to a body what people had written into one that was replaced
// unread: the paragraphs of lost that neither the body we took it for (read)
// nor the present one has.
func PutBack(body, read, lost string) string {
	have := map[string]bool{}
	for _, known := range []string{body, read} {
		for _, b := range foreign("", known) {
			for _, p := range b.paragraphs() {
				have[strings.Join(p.lines, "\n")] = true
			}
		}
	}
	var missing []block
	for _, b := range foreign(read, lost) {
		for _, p := range b.paragraphs() {
			if text := strings.Join(p.lines, "\n"); !have[text] {
				have[text] = true
				missing = append(missing, p)
			}
		}
	}
	if len(missing) == 0 {
		return body
	}
	return join(insert(parse(strings.TrimRight(normalise(body), "\n")), missing))
}

// paragraphs cuts a block at its empty lines.
func (b block) paragraphs() []block {
	var out []block
	cur := block{after: b.after, before: b.before, gapUp: b.gapUp, gapEnd: true}
	for _, l := range b.lines {
		if l != "" {
			cur.lines = append(cur.lines, l)
			continue
		}
		if len(cur.lines) > 0 {
			out = append(out, cur)
		}
		cur = block{after: b.after, before: b.before, gapUp: true, gapEnd: true}
	}
	if len(cur.lines) > 0 {
		cur.gapEnd = b.gapEnd
		out = append(out, cur)
	}
	return out
}

// Closer is the one of two bodies of ours that a third was made from: the one
// more of whose lines it still has, boxes aside.
func Closer(theirs, a, b string) string {
	have := map[string]bool{}
	for _, l := range parse(theirs) {
		if l.key != "" {
			have[l.key+"\x00"+boxless(l.text)] = true
		}
	}
	score := func(body string) int {
		n := 0
		for _, l := range parse(body) {
			if l.key != "" && have[l.key+"\x00"+boxless(l.text)] {
				n++
			}
		}
		return n
	}
	if score(b) >= score(a) {
		return b
	}
	return a
}
