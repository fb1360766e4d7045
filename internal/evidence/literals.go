package evidence

import (
	"maps"
	"slices"
)

// literals finds which of many short texts occur in a long one, in a single
// pass and without regard to case: an automaton after Aho and Corasick. It
// spares most regexps most files.
type literals struct {
	class [256]uint8 // bytes that no literal has share class 0
	width int
	next  []uint32 // next[state+class]; a state is the place of its row, and ends marks those in found
	found map[uint32][]int
	index map[string]int
}

// ends marks a state in which some literal ends.
const ends = 1 << 31

// sightings are where literals end in a text, by literal id.
type sightings struct {
	ends [][]int32
	seen []int // ids that have any
}

func newLiterals(texts []string) *literals {
	l := &literals{width: 1, index: map[string]int{}, found: map[uint32][]int{}}
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
	return l
}

// node is a state while the automaton grows. States are numbered breadth
// first, so that the rows of those that a text visits most lie together.
type node struct {
	depth    int
	from, to int // the sorted texts that begin alike
	fail     int // the longest end of this that begins some text
}

// grow makes the automaton of all texts, level by level.
func (l *literals) grow() {
	texts := slices.Sorted(maps.Keys(l.index))
	most := 1
	for i, t := range texts {
		most += len(t)
		if i > 0 {
			most -= shared(t, texts[i-1])
		}
	}
	nodes := make([]node, 1, most)
	nodes[0].to = len(texts)
	l.next = make([]uint32, l.width, most*l.width)
	for at := 0; at < len(nodes); at++ {
		row, back := at*l.width, nodes[at].fail*l.width
		if at > 0 { // where a text breaks off, go on as its longest end would
			copy(l.next[row:row+l.width], l.next[back:back+l.width])
		}
		l.noteEnds(uint32(row), uint32(back), texts[nodes[at].from:nodes[at].to], nodes[at].depth)
		nodes = l.branch(nodes, at, texts)
	}
	for i, to := range l.next {
		if l.found[to] != nil {
			l.next[i] |= ends
		}
	}
}

// branch adds the states that a state leads to.
func (l *literals) branch(nodes []node, at int, texts []string) []node {
	n := nodes[at]
	for from := n.from; from < n.to; {
		if len(texts[from]) == n.depth {
			from++
			continue
		}
		c, to := texts[from][n.depth], from+1
		for to < n.to && texts[to][n.depth] == c {
			to++
		}
		child := node{depth: n.depth + 1, from: from, to: to}
		slot := at*l.width + int(l.class[c])
		if at > 0 {
			child.fail = int(l.next[slot]) / l.width
		}
		l.next[slot] = uint32(len(nodes) * l.width)
		nodes = append(nodes, child)
		l.next = l.next[:len(l.next)+l.width]
		from = to
	}
	return nodes
}

// shared is how many bytes two texts begin with alike.
func shared(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// noteEnds notes the texts that end in a state: the one that it spells, and
// those that its longest end has.
func (l *literals) noteEnds(state, back uint32, texts []string, depth int) {
	var ids []int
	if depth > 0 && len(texts[0]) == depth {
		ids = append(ids, l.index[texts[0]])
	}
	if depth > 0 {
		ids = append(ids, l.found[back]...)
	}
	if len(ids) > 0 {
		l.found[state] = ids
	}
}

// in notes in s every place of every wanted literal in text.
func (l *literals) in(text []byte, wanted []bool, s *sightings) {
	if s.ends == nil {
		s.ends = make([][]int32, len(l.index))
	}
	for _, id := range s.seen {
		s.ends[id] = s.ends[id][:0]
	}
	s.seen = s.seen[:0]
	at := uint32(0)
	for i, c := range text {
		at = l.next[at+uint32(l.class[c])]
		if at < ends {
			continue
		}
		at &^= ends
		for _, id := range l.found[at] {
			if !wanted[id] {
				continue
			}
			if len(s.ends[id]) == 0 {
				s.seen = append(s.seen, id)
			}
			s.ends[id] = append(s.ends[id], int32(i+1))
		}
	}
}
