package evidence

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// literals numbers the short texts of which a regexp can't do without one.
// They are in lower case, two bytes long or longer.
type literals struct {
	texts []string
	index map[string]int
}

// numbers are the numbers of some texts, given out as they are first seen.
func (l *literals) numbers(texts []string) []int {
	if l.index == nil {
		l.index = map[string]int{}
	}
	var out []int
	for _, t := range texts {
		id, ok := l.index[t]
		if !ok {
			id = len(l.texts)
			l.index[t] = id
			l.texts = append(l.texts, t)
		}
		out = append(out, id)
	}
	return out
}

// all are the numbers of all texts.
func (l *literals) all() []int {
	out := make([]int, len(l.texts))
	for i := range out {
		out[i] = i
	}
	return out
}

// filter finds where some literals occur in a text, in one pass and without
// regard to case. It spares most regexps most files. Of each literal it picks
// the four bytes that are the rarest in people's files; at every place of a
// text, the four bytes there are looked up among those. Hardly any are found,
// so that most of a text costs less than a nanosecond a byte, and literals may
// be as many as there are.
type filter struct {
	heads   []uint32 // by the hash of four bytes: one more than the first of windows, or 0
	shift   uint8    // makes a place in heads of a hash
	windows []window
	pairs   []uint64 // a bit for each two bytes that a literal of two or three begins with
	short   []window
}

// window is the part of a literal that it is looked up by.
type window struct {
	text string
	id   int
	at   int    // where in text it begins
	next uint32 // of windows, one more than that with the same hash
}

// sightings are where literals end in a text, by literal id.
type sightings struct {
	ends [][]int32
	seen []int // ids that have any
}

func newSightings(l *literals) sightings { return sightings{ends: make([][]int32, len(l.texts))} }

// forget makes room for those in another text.
func (s *sightings) forget() {
	for _, id := range s.seen {
		s.ends[id] = s.ends[id][:0]
	}
	s.seen = s.seen[:0]
}

func newFilter(l *literals, ids []int) *filter {
	size := min(max(bits.Len(uint(len(ids)))+4, 6), 12) // about one head in twenty is taken
	f := &filter{heads: make([]uint32, 1<<size), shift: uint8(32 - size)}
	for _, id := range ids {
		text := l.texts[id]
		if len(text) < 4 {
			if f.pairs == nil {
				f.pairs = make([]uint64, 1<<16/64)
			}
			pair := folded(text) & 0xffff
			f.pairs[pair>>6] |= 1 << (pair & 63)
			f.short = append(f.short, window{text: text, id: id})
			continue
		}
		at := rarest(text)
		head := &f.heads[f.place(folded(text[at:]))]
		f.windows = append(f.windows, window{text: text, id: id, at: at, next: *head})
		*head = uint32(len(f.windows))
	}
	return f
}

// usual are characters by how often they stand in code and configuration.
const usual = " etaoinsrlcdpumgfhbyv-_.\"/wk:x(=)jqz"

// rarest is where in a literal the four bytes begin that are the rarest.
func rarest(text string) int {
	best, at := -1, 0
	for i := range len(text) - 3 {
		sum := 0
		for _, c := range []byte(text[i : i+4]) {
			if rank := strings.IndexByte(usual, c); rank >= 0 {
				sum += rank
			} else {
				sum += len(usual)
			}
		}
		if sum > best {
			best, at = sum, i
		}
	}
	return at
}

// foldBits make a lower-case letter of an upper-case one. They make something
// else of other bytes, so what is found by them is only a guess.
const foldBits = 0x2020202020202020

// folded is the first four bytes of a text of two or more, zeros added.
func folded[T string | []byte](text T) uint32 {
	v := uint32(text[0]) | uint32(text[1])<<8
	if len(text) > 2 {
		v |= uint32(text[2]) << 16
	}
	if len(text) > 3 {
		v |= uint32(text[3]) << 24
	}
	return v | foldBits&0xffffffff
}

// place is where in heads four bytes are looked up.
func (f *filter) place(four uint32) uint32 { return four * 2654435761 >> f.shift }

// in adds to s every place of every literal of the filter in text.
func (f *filter) in(text []byte, s *sightings) {
	i := 0
	for ; i+8 <= len(text); i += 4 {
		eight := binary.LittleEndian.Uint64(text[i:]) | foldBits
		a, b := f.heads[f.place(uint32(eight))], f.heads[f.place(uint32(eight>>8))]
		c, d := f.heads[f.place(uint32(eight>>16))], f.heads[f.place(uint32(eight>>24))]
		if a|b|c|d != 0 {
			f.compare(a, text, i, s)
			f.compare(b, text, i+1, s)
			f.compare(c, text, i+2, s)
			f.compare(d, text, i+3, s)
		}
	}
	for ; i+4 <= len(text); i++ {
		f.compare(f.heads[f.place(folded(text[i:]))], text, i, s)
	}
	if f.pairs != nil {
		f.inShort(text, s)
	}
}

// compare notes the literals whose window lies at i.
func (f *filter) compare(head uint32, text []byte, i int, s *sightings) {
	for head != 0 {
		w := &f.windows[head-1]
		head = w.next
		if from := i - w.at; from >= 0 && begins(text[from:], w.text) {
			s.note(w.id, from+len(w.text))
		}
	}
}

func (f *filter) inShort(text []byte, s *sightings) {
	for i := range len(text) - 1 {
		pair := (uint32(text[i]) | uint32(text[i+1])<<8) | foldBits&0xffff
		if f.pairs[pair>>6]&(1<<(pair&63)) == 0 {
			continue
		}
		for k := range f.short {
			if w := &f.short[k]; begins(text[i:], w.text) {
				s.note(w.id, i+len(w.text))
			}
		}
	}
}

func (s *sightings) note(id, end int) {
	if len(s.ends[id]) == 0 {
		s.seen = append(s.seen, id)
	}
	s.ends[id] = append(s.ends[id], int32(end))
}

// begins tells whether a text begins with a literal, whatever its case.
func begins(text []byte, literal string) bool {
	if len(text) < len(literal) {
		return false
	}
	for i := range len(literal) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != literal[i] {
			return false
		}
	}
	return true
}
