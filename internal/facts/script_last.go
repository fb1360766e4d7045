package facts

import (
	"strings"
)

// lastDecides marks the commands of a script without set -e: only the last
// one, or one that says what to do when it fails, can fail the script. Short
// scripts are given the benefit of that one command. Where it calls a function
// of the script, it ends as the last command of the function does.
func lastDecides(cs []command, text string) []command {
	if len(cs) == 0 {
		return cs
	}
	decides := map[int]bool{}
	bodies := shellFunctions(text)
	for last := cs[len(cs)-1]; !decides[last.start]; {
		decides[last.start] = true
		body, calls := bodies[firstWord(last.text)]
		for _, c := range cs {
			if calls && c.start >= body.start && c.end <= body.end {
				last = c
			}
		}
	}
	for i := range cs {
		if cs[i].hint == "" && !decides[cs[i].start] && !cs[i].guarded {
			cs[i].hint = hintFailure + "does not stop the script (no set -e)"
		}
	}
	return cs
}

// shellFunction opens a function whose body has lines of its own.
var shellFunction = lazily(`^(\s*)(?:function\s+([\w:.-]+)\s*(?:\(\s*\))?|([\w:.-]+)\s*\(\s*\))\s*(\{\s*(?:#.*)?)?$`)

// lineRange is the first and the last line of something.
type lineRange struct{ start, end int }

// shellFunctions is the lines of a script's functions, by name: each ends at
// the brace that stands as far from the margin as it does.
func shellFunctions(text string) map[string]lineRange {
	out := map[string]lineRange{}
	open := map[string]string{} // by what its closing line looks like
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, " \t\r\n")
		if m := shellFunction().FindStringSubmatch(line); m != nil {
			name := m[2] + m[3]
			if _, twice := out[name]; !twice {
				out[name] = lineRange{n, 0}
				open[m[1]+"}"] = name
			}
			continue
		}
		if name, ok := open[line]; ok {
			out[name] = lineRange{out[name].start, n}
			delete(open, line)
		}
	}
	return out
}
