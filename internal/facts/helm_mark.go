package facts

import (
	"bytes"
	"strconv"
	"strings"
)

// A mark stands in rendered text for a value that is not known. Its two ends
// are characters for private use, which no chart contains and YAML takes for
// letters.
const (
	markOpen  = "\ue000"
	markClose = "\ue001"
)

// mark notes what is not known and gives the mark for it.
func (r *rendered) mark(source string) string {
	r.unknown = append(r.unknown, source)
	return markOpen + strconv.Itoa(len(r.unknown)-1) + markClose
}

// unmark writes the source in place of the marks.
func (r *rendered) unmark(text string) string {
	if !strings.Contains(text, markOpen) {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, markOpen)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		number, rest, _ := strings.Cut(after, markClose)
		if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(r.unknown) && b.Len() < 4096 {
			b.WriteString("{{ " + r.unknown[i] + " }}")
		}
		text = rest
	}
}

// write adds text that starts on a line of the template.
func (r *rendered) write(text string, line int, maybe bool) {
	if len(r.lines) == 0 {
		r.lines, r.maybe = append(r.lines, line), append(r.maybe, false)
	}
	for {
		part, rest, more := strings.Cut(text, "\n")
		if part != "" && part[0] > ' ' && part[0] != '-' && r.marked() { // Helm parts documents there, whatever was trimmed
			r.text = append(r.text, '\n')
			r.lines, r.maybe = append(r.lines, line), append(r.maybe, false)
		}
		if strings.TrimSpace(part) != "" {
			last := len(r.lines) - 1
			if !r.filled() {
				r.lines[last] = line
			}
			r.maybe[last] = r.maybe[last] || maybe
		}
		r.text = append(r.text, part...)
		if !more {
			return
		}
		line++
		r.text = append(r.text, '\n')
		r.lines, r.maybe = append(r.lines, line), append(r.maybe, false)
		text = rest
	}
}

// marked tells whether the last line is a document's marker and no more.
func (r *rendered) marked() bool {
	rest, ok := bytes.CutSuffix(r.text, []byte("---"))
	return ok && (len(rest) == 0 || rest[len(rest)-1] == '\n')
}

// filled tells whether the last line has more than white space yet.
func (r *rendered) filled() bool {
	for i := len(r.text) - 1; i >= 0 && r.text[i] != '\n'; i-- {
		if r.text[i] != ' ' && r.text[i] != '\t' {
			return true
		}
	}
	return false
}

// inserted adds what an action of the template makes: however many lines it
// has, they come from one.
func (r *rendered) inserted(text string, line int, maybe bool) {
	for i, part := range strings.Split(text, "\n") {
		if i > 0 {
			r.text = append(r.text, '\n')
			r.lines, r.maybe = append(r.lines, line), append(r.maybe, false)
		}
		r.write(part, line, maybe)
	}
}

// masked is the text of a template that can't be rendered: every action
// becomes a mark, those that stand alone on a line an empty line. Everything
// in it is uncertain.
func masked(text string) rendered {
	r := rendered{}
	text = strings.NewReplacer(markOpen, "", markClose, "").Replace(text)
	line := 1
	for {
		before, after, found := strings.Cut(text, "{{")
		r.write(before, line, true)
		if line += strings.Count(before, "\n"); !found {
			return r
		}
		action, rest, closed := strings.Cut(after, "}}")
		lineFeeds := strings.Count(action, "\n")
		if alone := !r.filled() && blankLine(rest); closed && !alone {
			r.write(r.mark(strings.Trim(strings.TrimSpace(action), "- ")), line, true)
		}
		line += lineFeeds
		text = rest
	}
}

func blankLine(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line) == ""
}
