package facts

import "context"

// Tree is what Read needs to know of a repository at one commit: its regular
// files (no submodules), its symbolic links and a way to their text.
type Tree struct {
	// Files are sorted by path. Read takes them over, and fills their areas in.
	Files []File

	// Links are the paths of symbolic links, sorted. Read follows those between
	// files of Terraform alone.
	Links []string

	// Text hands over the text of each path, in any order, one call of yield
	// at a time; err tells why a file has no text. The bytes belong to yield
	// only while it runs. That of a link is where it leads.
	Text func(ctx context.Context, paths []string, yield func(path string, text []byte, err error)) error

	// Ready hands over the texts that lie ready, several calls of yield at a time,
	// and returns the paths that are left to Text. Nil: none does.
	Ready func(ctx context.Context, paths []string, yield func(path string, text []byte, err error)) (rest []string, err error)
}

// File is a regular file.
type File struct {
	Path       string
	Size       int64 // bytes; -1 when not known
	Executable bool
	Area       Area // that its path lies in
}

// Options is what a reader of facts may ask for beyond the facts.
type Options struct {
	// Ignore drops files as if they were not there (a repository's own
	// `ignore` globs). Nil ignores nothing.
	Ignore func(path string) bool

	// Want names files whose text OnText is to see besides, by a number that
	// OnText is given again; 0 is no. Content rules run on the stream, so that no
	// more than a few texts are held at a time. Texts are looked at beside each
	// other, and are OnText's only while it runs.
	Want   func(f File) int
	OnText func(f File, want int, text []byte)

	// Imports names the packages ("npm:express", as in Fact.Name) of which the
	// `imported` attribute is asked. Source is searched for these alone.
	Imports map[string]bool

	// Counts is the areas in which facts of a kind count for anything. What lies
	// elsewhere need not be read where nothing else follows from it. Nil: they
	// count everywhere.
	Counts func(k Kind) Area

	// Asked names the members that anybody asks for of facts of a kind and name;
	// what nobody does need not be worked out, nor kept. Nil: all of all.
	Asked func(k Kind, name string) Asked

	// Meanwhile sees all files, in their order, beside the joining of what several
	// of them say. Nobody else changes them.
	Meanwhile func(files []File)

	// Progress is told how many of how many files have been read.
	Progress func(done, of int)
}

// Facts is everything read from one tree.
type Facts struct {
	All      []Fact // sorted by path, start line, kind, name
	Files    []File // sorted by path
	Warnings []Warning
}
