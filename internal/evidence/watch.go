package evidence

import (
	"bytes"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// Watches tells whether what the rules find in some tree could depend on a file
// at this path: on its text, its size, or its being there. It errs on the side
// of yes: where it says no, a change of the file changes no finding. That a tree
// holds any file at all is none of a single file's business.
func (e *Engine) Watches(path string) bool {
	if facts.Watches(path, len(e.imports) > 0) {
		return true
	}
	f := facts.File{Path: path, Size: 1, Area: facts.LeastArea(path)}
	if slices.ContainsFunc(e.matcher(&e.files).match(&f).probes, func(id int) bool { return !e.anyFile[id] }) {
		return true
	}
	return !isPicture(path) && len(e.matcher(&e.contents).match(&f).probes) > 0
}

// noteAnyFile notes the probes of a facet that ask only whether there is some
// file, whichever.
func (e *Engine) noteAnyFile(c *clause) {
	if c.Every || c.AtLeast > 1 || c.Distinct != "" || len(c.With)+len(c.Without)+len(c.Outnumbers) > 0 {
		return
	}
	for _, id := range c.any {
		p := &e.probes[id]
		all := slices.ContainsFunc(p.Paths, func(g *catalogue.Path) bool { return g.String() == "**" })
		e.anyFile[id] = all && p.Kind == catalogue.File && !p.NotEmpty && p.Where.Empty()
	}
}

// isPicture tells of files that hold no text, by their names. Nobody asks for
// what is in them.
func isPicture(path string) bool {
	base := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	dot := strings.LastIndexByte(base, '.')
	if dot < 0 {
		return false
	}
	switch base[dot+1:] {
	case "png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "icns", "tiff", "psd", "heic",
		"woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "wav", "ogg", "mov", "webm", "avi", "flac",
		"pdf", "zip", "gz", "tgz", "xz", "bz2", "7z", "rar", "jar", "war", "class", "dll", "exe", "so", "dylib", "wasm", "parquet":
		return true
	}
	return false
}

// minMinified is the size in bytes from which on a program may be minified.
const minMinified = 16 << 10

// isMinified tells of what a tool wrote onto a few lines, for browsers: as little
// as other generated files does it say of what people do. Rules about lines take
// long with it, too.
func isMinified(path string, content []byte) bool {
	switch strings.ToLower(path[strings.LastIndexByte(path, '.')+1:]) {
	case "js", "mjs", "cjs", "css":
		return len(content) >= minMinified && bytes.Count(content, []byte("\n")) < len(content)/500
	}
	return false
}
