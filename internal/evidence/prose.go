package evidence

import (
	"bytes"
	"regexp"
	"strings"
)

func isProse(path string) bool {
	base := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	name, ext := base, ""
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
		name, ext = base[:dot], base[dot+1:]
	}
	switch ext {
	case "md", "markdown", "mdx", "rst", "adoc", "asciidoc", "txt", "org":
		return true
	case "":
		switch name {
		case "readme", "changelog", "contributing", "security", "codeowners", "runbook", "license":
			return true
		}
	}
	return false
}

var (
	unwritten = regexp.MustCompile(`(?i)\b(todo|tbd|fixme|changeme|change me|lorem ipsum|coming soon|to be (written|done|defined|documented)|work in progress|placeholder|fill (this )?in)\b|^[^\n]*<[a-z][a-z0-9]*[ _-][a-z0-9 _/-]*>[^\n]*$`)
	markup    = regexp.MustCompile(`^\s*(#+ .*|=+|-+|[*_-]{3,}|<!--.*-->|` + "```.*" + `)?\s*$`)
)

// unwrittenWords hold one that each match of unwritten has, in lower case.
var unwrittenWords = [...][]byte{[]byte("<"), []byte("todo"), []byte("tbd"), []byte("fixme"), []byte("change"), []byte("lorem"), []byte("coming"),
	[]byte("to be "), []byte("progress"), []byte("placeholder"), []byte("fill ")}

func mayBeUnwritten(line []byte) bool {
	for _, word := range unwrittenWords {
		if bytes.Contains(line, word) {
			return true
		}
	}
	return false
}

// lowered appends a text with ASCII in lower case.
func lowered(to, text []byte) []byte {
	for _, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// placeholder tells whether a text says nothing yet: no line of content, or
// mostly lines that are still to be written.
func placeholder(content []byte) bool {
	if len(content) > 32<<10 {
		return false
	}
	said, open := 0, 0
	var small []byte
	for line := range bytes.Lines(content) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || strings.IndexByte("#=-*_<`", line[0]) >= 0 && markup.Match(line) {
			continue
		}
		small = lowered(small[:0], line)
		if mayBeUnwritten(small) && unwritten.Match(line) {
			open++
		} else {
			said++
		}
	}
	return said == 0 && !titled(content) || open > said
}

// titled tells whether there is text at all: headings alone may be a list of
// what is there, but an empty file is not.
func titled(content []byte) bool { return bytes.Count(content, []byte("\n#")) >= 3 }
