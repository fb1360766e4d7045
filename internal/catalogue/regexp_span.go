package catalogue

import (
	"regexp/syntax"
	"slices"
)

// crossings is how many ends of lines a match of re can go over at most; -1
// when there is no bound, or when the match depends on where the text begins
// or ends. A run of white space counts once: what it skips is blank.
func crossings(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpBeginText, syntax.OpEndText:
		return -1
	case syntax.OpLiteral:
		n := 0
		for _, r := range re.Rune {
			if r == '\n' {
				n++
			}
		}
		return n
	case syntax.OpAnyChar:
		return 1
	case syntax.OpCharClass:
		if holds(re.Rune, '\n') {
			return 1
		}
		return 0
	case syntax.OpCapture, syntax.OpQuest:
		return crossings(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus:
		return repeated(re.Sub[0], -1)
	case syntax.OpRepeat:
		return repeated(re.Sub[0], re.Max)
	case syntax.OpConcat:
		sum := 0
		for _, sub := range re.Sub {
			n := crossings(sub)
			if n < 0 {
				return -1
			}
			sum += n
		}
		return sum
	case syntax.OpAlternate:
		most := 0
		for _, sub := range re.Sub {
			n := crossings(sub)
			if n < 0 {
				return -1
			}
			most = max(most, n)
		}
		return most
	}
	return 0
}

// repeated is the crossings of up to times repetitions; times < 0 is no bound.
func repeated(re *syntax.Regexp, times int) int {
	n := crossings(re)
	switch {
	case n <= 0:
		return n
	case re.Op == syntax.OpCharClass && onlySpace(re.Rune):
		return 1
	case times < 0:
		return -1
	}
	return n * times
}

func holds(ranges []rune, r rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

func onlySpace(ranges []rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r != ' ' && (r < '\t' || r > '\r') {
				return false
			}
		}
	}
	return true
}

// empty tells whether re matches the empty text.
func empty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpNoWordBoundary,
		syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpLiteral:
		return len(re.Rune) == 0
	case syntax.OpCapture, syntax.OpPlus:
		return empty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || empty(re.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !empty(sub) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, empty)
	}
	return false
}
