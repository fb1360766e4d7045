package evidence

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// literals numbers the short texts of which a regexp can't do without one.
// They are in lower case, two bytes long or longer.
type literals struct {
	texts []string
	index map[string]int
	rare  [2][]atomic.Uint32 // once closed, one more than where in each its two, or four, rarest windows begin; 0 until somebody asked
}

// open begins the giving out of numbers, to some so many texts.
func (l *literals) open(some int) { l.index = make(map[string]int, some) }

// number is that of a text, given out when it is first seen.
func (l *literals) number(text string) int {
	id, ok := l.index[text]
	if !ok {
		if l.index == nil {
			l.index = map[string]int{}
		}
		id = len(l.texts)
		l.index[text] = id
		l.texts = append(l.texts, text)
	}
	return id
}

// close ends the giving out of numbers.
func (l *literals) close() {
	l.index = nil
	for i := range l.rare {
		l.rare[i] = make([]atomic.Uint32, len(l.texts))
	}
}

// rarest is where in a text its two, or four, rarest windows begin. Dozens of
// filters ask for the same.
func (l *literals) rarest(id, windows int) int {
	known := l.rare[windows/4]
	if known == nil {
		return rarest(l.texts[id], windows)
	}
	if at := known[id].Load(); at > 0 {
		return int(at) - 1
	}
	at := rarest(l.texts[id], windows)
	known[id].Store(uint32(at) + 1)
	return at
}

// numberSet has a bit for each number.
type numberSet []uint64

func (l *literals) none() numberSet { return make(numberSet, (len(l.texts)+63)/64) }

func (s numberSet) add(ids []int) {
	for _, id := range ids {
		s[id>>6] |= 1 << (id & 63)
	}
}

// ids are the numbers that were added, in order.
func (s numberSet) ids() []int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	out := make([]int, 0, n)
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			out = append(out, i<<6+bits.TrailingZeros64(word))
		}
	}
	return out
}

// numbers are those of some texts.
func (l *literals) numbers(texts []string) []int {
	if len(texts) == 0 {
		return nil
	}
	out := make([]int, len(texts))
	for i, t := range texts {
		out[i] = l.number(t)
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
// two of three bytes, one place apart, that are the rarest in people's files:
// wherever the literal stands, one of the two stands at an even place. So only
// the three bytes at each even place of a text are looked up among those, most
// often in a set of bits that the nearest memory holds, and literals may be as
// many as there are. Where all are long enough for four of three bytes, every
// fourth place will do. Those of two or three bytes are looked for on demand.
type filter struct {
	bits    [1 << 16 / 64]uint64 // a bit for each hash of three bytes that is a window's
	step    int                  // how many windows a literal has: places looked at are as far apart
	from    []uint32             // by the hash of three bytes: the first of windows with them; the next one ends them
	shift   uint8                // makes a place in from of a hash
	windows []window             // by that place
	texts   []string             // of all literals, by number
	short   []int                // the literals that are short, and have letters
	pairs   []uint64             // a bit for each two bytes that one of short begins with
	bare    []int                // the short literals without letters
}

// window is the part of a literal that it is looked up by. A scan holds a
// hundred thousand of them.
type window struct {
	key uint32 // its three bytes, and in the fourth where in the literal they begin
	id  int32
}

// maxAt is the furthest place in a literal that a window may begin at.
const maxAt = 255

// sightings are where literals end in a text. Of thousands of literals few stand
// in any.
type sightings struct {
	seen  []int     // the literals that have any, by id
	at    []int32   // by id: one more than the place in seen, or 0
	lists [][]int32 // the ends of each that was seen
}

func newSightings(l *literals) sightings { return sightings{at: make([]int32, len(l.texts))} }

// ends are those of one literal.
func (s *sightings) ends(id int) []int32 {
	if n := s.at[id]; n > 0 {
		return s.lists[n-1]
	}
	return nil
}

func (s *sightings) note(id, end int) {
	n := s.at[id]
	if n == 0 {
		s.seen = append(s.seen, id)
		n = int32(len(s.seen))
		s.at[id] = n
		if len(s.lists) < int(n) {
			s.lists = append(s.lists, nil)
		}
	}
	s.lists[n-1] = append(s.lists[n-1], int32(end))
}

// forget makes room for those in another text.
func (s *sightings) forget() {
	for i, id := range s.seen {
		s.at[id] = 0
		s.lists[i] = s.lists[i][:0]
	}
	s.seen = s.seen[:0]
}

// isShort tells of a literal that no window of two fits into.
func isShort(text string) bool { return len(text) < 4 }

// beyondASCII tells of a literal that has forms in other alphabets.
func beyondASCII(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// hasLetters tells of a literal that has other forms than the one in lower case.
func hasLetters(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return 'a' <= r && r <= 'z' })
}

func newFilter(l *literals, ids []int) *filter {
	size := min(max(bits.Len(uint(len(ids)))+1, 6), 12)
	f := &filter{shift: uint8(16 - size), step: 4, texts: l.texts}
	if slices.ContainsFunc(ids, func(id int) bool { return !isShort(l.texts[id]) && len(l.texts[id]) < 4+2 }) {
		f.step = 2
	}
	f.windows = make([]window, 0, f.step*len(ids))
	for _, id := range ids {
		text := l.texts[id]
		if !isShort(text) {
			at := l.rarest(id, f.step)
			for i := range f.step {
				f.windows = append(f.windows, windowOf(text, id, at+i))
			}
		} else if hasLetters(text) {
			f.addShort(text, id)
		} else {
			f.bare = append(f.bare, id)
		}
	}
	f.index(1 << size)
	return f
}

func windowOf(text string, id, at int) window {
	return window{key: three(text[at:]) | uint32(at)<<24, id: int32(id)}
}

// index puts the windows beside those with the same place in from.
func (f *filter) index(places int) {
	f.from = make([]uint32, places+1)
	for _, w := range f.windows {
		h := hash(w.key & threeBytes)
		f.bits[h>>6] |= 1 << (h & 63)
		f.from[h>>f.shift]++
	}
	for i := range places {
		f.from[i+1] += f.from[i]
	}
	sorted := make([]window, len(f.windows))
	for _, w := range slices.Backward(f.windows) {
		place := &f.from[hash(w.key&threeBytes)>>f.shift]
		*place--
		sorted[*place] = w
	}
	f.windows = sorted
}

func (f *filter) addShort(text string, id int) {
	if f.pairs == nil {
		f.pairs = make([]uint64, 1<<16/64)
	}
	pair := (uint32(text[0]) | uint32(text[1])<<8) | foldBits&0xffff
	f.pairs[pair>>6] |= 1 << (pair & 63)
	f.short = append(f.short, id)
}

// foldBits make a lower-case letter of an upper-case one. They make something
// else of other bytes, so what is found by them is only a guess.
const foldBits = 0x2020202020202020

// threeBytes are those of a window's key that its text has.
const threeBytes = 0xffffff

func hash(three uint32) uint16 { return uint16(three * 2654435761 >> 16) }

// in adds to s every place of every literal of the filter in text, short ones
// left out.
func (f *filter) in(text []byte, s *sightings) {
	i := 0
	if f.step == 4 {
		i = f.inFourths(text, s)
	}
	for ; i+8 <= len(text) && f.step == 2; i += 6 {
		eight := binary.LittleEndian.Uint64(text[i:]) | foldBits
		a, b, c := uint32(eight)&threeBytes, uint32(eight>>16)&threeBytes, uint32(eight>>32)&threeBytes
		ha, hb, hc := hash(a), hash(b), hash(c)
		if f.bits[ha>>6]>>(ha&63)&1 != 0 {
			f.compare(a, ha, text, i, s)
		}
		if f.bits[hb>>6]>>(hb&63)&1 != 0 {
			f.compare(b, hb, text, i+2, s)
		}
		if f.bits[hc>>6]>>(hc&63)&1 != 0 {
			f.compare(c, hc, text, i+4, s)
		}
	}
	for ; i+3 <= len(text); i += f.step {
		key := uint32(text[i]) | uint32(text[i+1])<<8 | uint32(text[i+2])<<16 | foldBits&threeBytes
		f.compare(key, hash(key), text, i, s)
	}
}

// inFourths is in at every fourth place, up to the last few.
func (f *filter) inFourths(text []byte, s *sightings) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		eight := binary.LittleEndian.Uint64(text[i:]) | foldBits
		a, b := uint32(eight)&threeBytes, uint32(eight>>32)&threeBytes
		ha, hb := hash(a), hash(b)
		if f.bits[ha>>6]>>(ha&63)&1 != 0 {
			f.compare(a, ha, text, i, s)
		}
		if f.bits[hb>>6]>>(hb&63)&1 != 0 {
			f.compare(b, hb, text, i+4, s)
		}
	}
	return i
}

// compare notes the literals of which a window, by its key and hash, lies at i.
func (f *filter) compare(key uint32, h uint16, text []byte, i int, s *sightings) {
	place := h >> f.shift
	for _, w := range f.windows[f.from[place]:f.from[place+1]] {
		if from := i - int(w.key>>24); w.key&threeBytes == key && from >= 0 {
			if literal := f.texts[w.id]; begins(text[from:], literal) {
				s.note(int(w.id), from+len(literal))
			}
		}
	}
}

// inShort adds the places of the short literals that have letters.
func (f *filter) inShort(text []byte, s *sightings) {
	if len(f.short) == 0 {
		return
	}
	for i := range len(text) - 1 {
		pair := (uint32(text[i]) | uint32(text[i+1])<<8) | foldBits&0xffff
		if f.pairs[pair>>6]&(1<<(pair&63)) == 0 {
			continue
		}
		for _, id := range f.short {
			if begins(text[i:], f.texts[id]) {
				s.note(id, i+len(f.texts[id]))
			}
		}
	}
}

// find adds the places of one literal that has no letters.
func (s *sightings) find(text []byte, id int, literal string) {
	for at := 0; ; at++ {
		i := bytes.Index(text[at:], []byte(literal))
		if i < 0 {
			return
		}
		at += i
		s.note(id, at+len(literal))
	}
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
