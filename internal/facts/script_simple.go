package facts

import "strings"

// simple reads up to the operator that ends a simple command.
func (s *shell) simple(depth int) part {
	w := simpleCommand{shell: s, depth: depth}
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		if w.copied(c) || w.skipped(c) {
			continue
		}
		switch {
		case w.quote != 0:
			if c == w.quote {
				w.quote = 0
			}
			w.end = s.line
			if c == '\n' {
				s.line++
			}
		case c == '\'' || c == '"':
			w.mark()
			w.quote = c
		case c == '(' && strings.TrimSpace(w.text.String()) != "":
			w.inner++
		case c == ')' && w.inner > 0:
			w.inner--
		case c == ')' && s.open == 0: // what came before is a pattern of a case
			w = simpleCommand{shell: s, depth: depth}
			s.list = nil
			s.pos++
			continue
		default:
			within := s.open
			if op := s.operator(&w.text); op != "" {
				w.raw, w.op = w.text.String(), op
				w.opens, w.closes = s.open > within, s.open < within
				return w.part
			}
			if c != ' ' && c != '\t' && c != '\r' {
				w.mark()
			}
		}
		w.text.WriteByte(c)
		s.pos++
	}
	w.raw = w.text.String()
	return w.part
}

// simpleCommand is a part while it is read.
type simpleCommand struct {
	*shell
	part
	depth int
	text  strings.Builder
	quote byte
	inner int // brackets that are no sub-shell
}

// mark notes the line of a byte that belongs to the command.
func (w *simpleCommand) mark() {
	if w.start == 0 {
		w.start = w.line
	}
	w.end = w.line
}

// copied takes over what is no shell by itself: an escaped byte, an
// expression of a workflow, a substitution. False when there is none.
func (w *simpleCommand) copied(c byte) bool {
	if w.quote == '\'' || c != '\\' && c != '$' && c != '`' && c != '<' {
		return false
	}
	rest := w.src[w.pos:]
	switch {
	case c == '<' && w.quote == 0 && strings.HasPrefix(rest, "<("):
		w.mark()
		w.nested = append(w.nested, w.substitution(&w.text, "(", ")", w.depth)...)
		w.end = w.line
	case c == '\\' && len(rest) > 1:
		w.escape(rest)
	case c == '<':
		return false
	case strings.HasPrefix(rest, "${{"):
		w.mark()
		w.expression(&w.text)
	case strings.HasPrefix(rest, "$(") && !strings.HasPrefix(rest, "$(("):
		w.mark()
		w.nested = append(w.nested, w.substitution(&w.text, "(", ")", w.depth)...)
		w.end = w.line
	case c == '`':
		w.mark()
		w.nested = append(w.nested, w.substitution(&w.text, "`", "`", w.depth)...)
		w.end = w.line
	default:
		return false
	}
	return true
}

func (w *simpleCommand) escape(rest string) {
	w.pos += 2
	switch {
	case strings.HasPrefix(rest, "\\\r\n"):
		w.pos++
		fallthrough
	case rest[1] == '\n':
		w.line++
		w.text.WriteByte(' ')
	default:
		w.mark()
		w.text.WriteString(rest[:2])
	}
}

// skipped passes over a comment or the head of a here-document.
func (w *simpleCommand) skipped(c byte) bool {
	switch {
	case w.quote != 0:
		return false
	case c == '#' && (w.pos == 0 || strings.IndexByte(" \t\n;&|(", w.src[w.pos-1]) >= 0):
		w.skipComment()
	case c == '<' && strings.HasPrefix(w.src[w.pos:], "<<<"): // a here-string: what follows is a word of the command
		w.mark()
		w.text.WriteString(w.src[w.pos : w.pos+3])
		w.pos += 3
	case c == '<' && strings.HasPrefix(w.src[w.pos:], "<<") && !shifts(w.src[w.pos+2:]):
		w.hereDocument()
	default:
		return false
	}
	return true
}

// shifts tells by what follows << that it is arithmetic: $((1 << 20)).
func shifts(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	return rest != "" && (rest[0] >= '0' && rest[0] <= '9' || rest[0] == '=')
}
