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

// include gives each Makefile and Rakefile the targets of those that it takes
// in: they keep their lines, and run where it is.
func (s scripts) include(files []parsedScript) {
	for _, kind := range []string{"make", "rake"} {
		s.includeKind(kind, files)
	}
}

func (s scripts) includeKind(kind string, files []parsedScript) {
	t := taking{tries: maxIncludeTries}
	for i := range files {
		if files[i].kind == kind {
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

// taking is one Makefile or Rakefile that takes others in.
type taking struct {
	files []*parsedScript // of its kind
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
				at, known := t.names[one.name]
				if !known {
					t.names[one.name] = len(t.into.targets)
					t.into.targets = append(t.into.targets, one.movedTo(base, p.path))
				} else if p.kind == "rake" { // where a task is defined again, more is added to it
					had := &t.into.targets[at]
					had.needs = slices.Concat(had.needs, one.needs)
					had.commands = slices.Concat(had.commands, one.movedTo(base, p.path).commands)
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
