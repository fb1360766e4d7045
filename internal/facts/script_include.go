package facts

import (
	"maps"
	"path"
	"slices"
	"strings"
)

const (
	maxIncludes     = 3       // Makefiles that include Makefiles
	maxIncludeTries = 200_000 // paths that are compared with what is included
)

// makeIncludes are the files that a directive includes.
func makeIncludes(line string) []string {
	words := strings.Fields(line)
	switch words[0] {
	case "include", "-include", "sinclude":
	default:
		return nil
	}
	var out []string
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "#") {
			break
		}
		w = strings.TrimPrefix(strings.TrimPrefix(w, "$(CURDIR)/"), "./")
		if !strings.ContainsAny(w, "$()") {
			out = append(out, w)
		}
	}
	return out
}

// include gives each Makefile the targets of those that it includes: they keep
// their lines, and run where it is.
func (s scripts) include(files []parsedScript) {
	t := taking{tries: maxIncludeTries}
	for i := range files {
		if files[i].kind == "make" {
			t.files = append(t.files, &files[i])
		}
	}
	for _, p := range t.files {
		if len(p.includes) > 0 {
			t.into, t.names = *p, maps.Clone(p.byName)
			t.into.targets = slices.Clone(p.targets)
			t.take(p, 0)
			t.into.index()
			whole := t.into
			s.files[p.path] = &whole
		}
	}
}

// taking is one Makefile that takes others in.
type taking struct {
	files []*parsedScript // of make
	tries int             // comparisons that are left, in the whole repository
	into  parsedScript
	names map[string]int // of its targets
}

func (t *taking) take(from *parsedScript, depth int) {
	base := parent(t.into.path)
	for _, glob := range from.includes {
		for _, p := range t.files {
			if t.tries--; t.tries < 0 {
				return
			}
			if ok, err := path.Match(joinDir(base, glob), p.path); err != nil || !ok || p.path == t.into.path {
				continue
			}
			for _, one := range p.targets {
				if _, ok := t.names[one.name]; !ok {
					t.names[one.name] = len(t.into.targets)
					t.into.targets = append(t.into.targets, one.movedTo(base, p.path))
				}
			}
			if depth+1 < maxIncludes {
				t.take(p, depth+1)
			}
		}
	}
}

// movedTo is a target of the file at name, as it runs in another folder.
func (t target) movedTo(dir, name string) target {
	t.commands = slices.Clone(t.commands)
	for i := range t.commands {
		c := &t.commands[i]
		if c.via == "" {
			c.via, c.line = name, c.start
		}
		c.dir = joinDir(dir, strings.TrimPrefix(strings.TrimPrefix(c.dir, parent(name)), "/"))
	}
	return t
}
