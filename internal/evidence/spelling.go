package evidence

import (
	"slices"

	"github.com/readyline/readyline/internal/facts"
)

// spelling is what a step runs, with the literals of all commands' regexps that
// are in it: so few regexps need trying, on few commands. Its zero value knows
// nothing; the nil one tries everything.
type spelling struct {
	engine *Engine
	sights sightings
	text   []byte
	from   []int32 // where in text each begins: the script as a whole, and each command
}

func newSpelling(e *Engine) *spelling {
	return &spelling{engine: e, sights: newSightings(&e.commands)}
}

// of takes a fact up.
func (s *spelling) of(f *facts.Fact) {
	s.sights.forget()
	s.text, s.from = s.text[:0], s.from[:0]
	if f.Kind != facts.Workflow && f.Kind != facts.CI {
		return
	}
	s.add(f.Value.Get("run").Text)
	for _, c := range f.Value.Get("commands").Items {
		s.add(commandText(c))
	}
	filter := s.engine.inCommand
	filter.in(s.text, &s.sights)
	filter.inShort(s.text, &s.sights)
	for _, id := range filter.bare {
		s.sights.find(s.text, id, s.engine.commands.texts[id])
	}
	for _, id := range s.sights.seen {
		slices.Sort(s.sights.ends(id)) // of literals that overlap themselves they come in any order
	}
}

func (s *spelling) add(text string) {
	s.from = append(s.from, int32(len(s.text)))
	s.text = append(append(s.text, text...), '\n')
}

// any tells whether anything that is run might match.
func (s *spelling) any(re *expression) bool {
	if s == nil {
		return true
	}
	for i := range re.alternatives {
		if s.any(&re.alternatives[i]) {
			return true
		}
	}
	if len(re.literals) == 0 {
		return len(re.alternatives) == 0
	}
	return slices.ContainsFunc(re.literals, func(id int) bool { return len(s.sights.ends(id)) > 0 })
}

// match tells whether a regexp matches a text: the one numbered i of the fact.
func (s *spelling) match(re *expression, i int, text string) bool {
	for k := range re.alternatives {
		if s.match(&re.alternatives[k], i, text) {
			return true
		}
	}
	return len(re.alternatives) == 0 && s.in(re.literals, i) && re.MatchString(text)
}

// in tells whether one of some literals lies in the text numbered i.
func (s *spelling) in(literals []int, i int) bool {
	if s == nil || len(literals) == 0 {
		return true
	}
	to := int32(len(s.text))
	if i+1 < len(s.from) {
		to = s.from[i+1]
	}
	return slices.ContainsFunc(literals, func(id int) bool {
		ends := s.sights.ends(id)
		first, _ := slices.BinarySearch(ends, s.from[i]+1)
		return first < len(ends) && ends[first] <= to
	})
}
