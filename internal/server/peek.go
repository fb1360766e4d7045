package server

import (
	"bytes"
	"strconv"
	"strings"
)

// peeked is what the inbox wants to know of a payload.
type peeked struct {
	action                   string
	installation, repository int64
}

// peek finds it without parsing what is not asked for: decoding a push takes
// longer than everything else on its way to Postgres. It is not ok where
// anything is unusual, of which the decoder then decides. What it jumps over it
// looks at no closer than to find its end.
func peek(body []byte) (out peeked, ok bool) {
	s := scan{text: body}
	seen := 0
	ok = s.object(func(key string) bool {
		name := 0
		switch {
		case key == "action":
			name, ok = 1, s.plain(&out.action)
		case key == "installation":
			name, ok = 2, s.id(&out.installation)
		case key == "repository":
			name, ok = 4, s.id(&out.repository)
		case strings.EqualFold(key, "action"), strings.EqualFold(key, "installation"), strings.EqualFold(key, "repository"):
			return false // which the decoder takes for them
		default:
			ok = s.skip()
		}
		twice := seen&name != 0
		seen |= name
		return ok && !twice
	})
	s.space()
	return out, ok && s.at == len(s.text)
}

// scan goes through a JSON text.
type scan struct {
	text []byte
	at   int
}

// next is the next byte after white space, 0 at the end.
func (s *scan) next() byte {
	s.space()
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scan) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\n' || s.text[s.at] == '\r' || s.text[s.at] == '\t') {
		s.at++
	}
}

// take goes beyond a byte that must come.
func (s *scan) take(c byte) bool {
	if s.next() != c {
		return false
	}
	s.at++
	return true
}

// object calls member behind each key, for its value to be taken.
func (s *scan) object(member func(key string) bool) bool {
	if !s.take('{') {
		return false
	}
	if s.next() == '}' {
		s.at++
		return true
	}
	for {
		var key string
		if s.next() != '"' || !s.plain(&key) || !s.take(':') || !member(key) {
			return false
		}
		if s.next() == '}' {
			s.at++
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// id is that of an object that has one.
func (s *scan) id(to *int64) bool {
	seen := false
	return s.next() == '{' && s.object(func(key string) bool {
		if !strings.EqualFold(key, "id") {
			return s.skip()
		}
		s.space()
		from := s.at
		if seen || !s.skip() || s.text[from] < '1' || s.text[from] > '9' {
			return false
		}
		seen = true
		var err error
		*to, err = strconv.ParseInt(string(s.text[from:s.at]), 10, 64)
		return err == nil
	})
}

// plain takes a string of visible ASCII in which nothing is escaped.
func (s *scan) plain(to *string) bool {
	s.space()
	from := s.at
	if s.next() != '"' || !s.str() {
		return false
	}
	text := s.text[from+1 : s.at-1]
	for _, c := range text {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	*to = string(text)
	return true
}

// str jumps over a string, which begins here.
func (s *scan) str() bool {
	for at := s.at + 1; ; at++ {
		end := bytes.IndexByte(s.text[at:], '"')
		if end < 0 {
			return false
		}
		at += end
		escaped := false
		for i := at - 1; s.text[i] == '\\'; i-- { // ends at the latest at the first quote
			escaped = !escaped
		}
		if !escaped {
			s.at = at + 1
			return true
		}
	}
}

// skip jumps over a value.
func (s *scan) skip() bool {
	var open []byte
	for {
		switch c := s.next(); c {
		case '"':
			if !s.str() {
				return false
			}
		case '{', '[':
			open = append(open, c+2) // what closes it
			s.at++
		case '}', ']':
			if len(open) == 0 || open[len(open)-1] != c {
				return false
			}
			open = open[:len(open)-1]
			s.at++
		case ',', ':':
			if len(open) == 0 {
				return false
			}
			s.at++
			continue
		default:
			if !s.scalar() {
				return false
			}
		}
		if len(open) == 0 {
			return true
		}
	}
}

// scalar jumps over a number or a word.
func (s *scan) scalar() bool {
	from := s.at
	for s.at < len(s.text) && strings.IndexByte("+-.0123456789eEtrufalsn", s.text[s.at]) >= 0 {
		s.at++
	}
	return s.at > from
}
