package evidence

// literals finds which of many short texts occur in a long one, in a single
// pass and without regard to case: an automaton after Aho and Corasick. It
// spares most regexps most files.
type literals struct {
	class [256]uint8 // bytes that no literal has share class 0
	width int
	next  []int32 // next[state*width+class]
	found [][]int // ids of the literals that end in a state
	index map[string]int
}

// sightings are where literals end in a text, by literal id.
type sightings struct {
	ends [][]int32
	seen []int // ids that have any
}

func newLiterals(texts []string) *literals {
	l := &literals{width: 1, index: map[string]int{}}
	for _, t := range texts {
		if _, ok := l.index[t]; !ok {
			l.index[t] = len(l.index)
		}
		for i := range len(t) {
			if c := t[i]; l.class[c] == 0 {
				l.class[c] = uint8(l.width)
				l.width++
			}
		}
	}
	for c := 'A'; c <= 'Z'; c++ {
		l.class[c] = l.class[c+'a'-'A']
	}
	l.grow()
	l.link()
	return l
}

// grow makes the tree of all literals; state 0 is its root.
func (l *literals) grow() {
	add := func() int32 {
		l.next = append(l.next, make([]int32, l.width)...)
		l.found = append(l.found, nil)
		return int32(len(l.found) - 1)
	}
	add()
	for text, id := range l.index {
		at := int32(0)
		for i := range len(text) {
			slot := int(at)*l.width + int(l.class[text[i]])
			if l.next[slot] == 0 {
				n := add()
				l.next[slot] = n
			}
			at = l.next[slot]
		}
		l.found[at] = append(l.found[at], id)
	}
}

// link fills in where to go on when a literal breaks off, breadth first.
func (l *literals) link() {
	fail := make([]int32, len(l.found))
	var queue []int32
	for c := range l.width {
		if n := l.next[c]; n != 0 {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		l.found[at] = append(l.found[at], l.found[fail[at]]...)
		for c := range l.width {
			slot := int(at)*l.width + c
			back := l.next[int(fail[at])*l.width+c]
			if n := l.next[slot]; n != 0 {
				fail[n] = back
				queue = append(queue, n)
			} else {
				l.next[slot] = back
			}
		}
	}
}

// in notes in s every place of every literal in text.
func (l *literals) in(text []byte, s *sightings) {
	if s.ends == nil {
		s.ends = make([][]int32, len(l.index))
	}
	for _, id := range s.seen {
		s.ends[id] = s.ends[id][:0]
	}
	s.seen = s.seen[:0]
	at, width := 0, l.width
	for i, c := range text {
		at = int(l.next[at*width+int(l.class[c])])
		for _, id := range l.found[at] {
			if len(s.ends[id]) == 0 {
				s.seen = append(s.seen, id)
			}
			s.ends[id] = append(s.ends[id], int32(i+1))
		}
	}
}
