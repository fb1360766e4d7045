package facts

// format is one family of files that Read knows.
type format struct {
	name   string
	kinds  []Kind
	sure   bool // the path alone says that the file is of this format
	claims func(p place, l *layout) bool
	read   func(in *source, out *found)
}

// formats is the one table of formats. Its order is the order in which several
// formats look at one file; it has room for 64.
func formats() []format {
	return []format{
		{"package.json", []Kind{Dependency}, true, isPackageJSON, each(readPackageJSON)},
		{"go.mod", []Kind{Dependency}, true, isGoMod, each(readGoMod)},
	}
}

// each adapts a reader that needs no other file.
func each(read func(path string, text []byte) ([]Fact, []Warning)) func(*source, *found) {
	return func(in *source, out *found) {
		facts, warnings := read(in.path, in.text)
		out.facts = append(out.facts, facts...)
		out.warnings = append(out.warnings, warnings...)
	}
}
