package evidence

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// maxComments bounds the matches in comments that are passed over in a text
// before what a regexp looks for counts as not there.
const maxComments = 20

// commenting is how comments are told in a language.
type commenting struct {
	lines      []string // how lines begin that are comments
	open, end  string   // what those stand between that go over several lines
	anywhere   bool     // these may open behind something else; in code that may be a glob in a string
	docstrings bool     // texts in triple quotes say what a module, class or function is for
}

var (
	hashes     = commenting{lines: []string{"#"}}
	python     = commenting{lines: []string{"#"}, docstrings: true}
	ruby       = commenting{lines: []string{"#"}, open: "=begin", end: "\n=end"}
	terraform  = commenting{lines: []string{"#", "//"}, open: "/*", end: "*/"}
	slashes    = commenting{lines: []string{"//", "/*", "*", "{/*"}, open: "/*", end: "*/"}
	php        = commenting{lines: []string{"//", "/*", "*", "#"}, open: "/*", end: "*/"}
	sql        = commenting{lines: []string{"--"}, open: "/*", end: "*/"}
	dashes     = commenting{lines: []string{"--"}}
	tags       = commenting{lines: []string{"<!--"}, open: "<!--", end: "-->", anywhere: true}
	semicolons = commenting{lines: []string{"#", ";"}}
)

// commentsOf is how comments are told in a file, by its name.
func commentsOf(path string) commenting {
	base := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	ext := base[strings.LastIndexByte(base, '.')+1:]
	switch ext {
	case "sh", "bash", "yml", "yaml", "toml", "conf", "ex", "exs", "env",
		"procfile", "caddyfile", "makefile", "justfile", "dockerfile", "containerfile", "r", "jl":
		return hashes
	case "py":
		return python
	case "rb", "rake", "gemspec", "gemfile", "rakefile", "capfile":
		return ruby
	case "tf", "tfvars", "tofu", "hcl":
		return terraform
	case "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "go", "java", "kt", "kts", "groovy", "gradle", "cs", "fs", "scala", "sbt", "rs",
		"swift", "c", "h", "cpp", "cc", "hpp", "proto", "json5", "jsonc", "scss", "sass", "less", "dart", "jenkinsfile", "prisma":
		return slashes
	case "php":
		return php
	case "sql":
		return sql
	case "hs", "lua", "elm":
		return dashes
	case "xml", "html", "csproj", "props", "targets", "vue", "svelte", "config":
		return tags
	case "properties", "ini", "cfg", "service":
		return semicolons
	}
	if strings.HasPrefix(base, "dockerfile.") {
		return hashes
	}
	return commenting{}
}

// comments are those of the text at hand.
type comments struct {
	commenting
	blocks []lines // those over several lines: where they begin and end, in bytes
	known  bool    // they have been looked for
}

// of is for a text in another file.
func (c *comments) of(path string) { *c = comments{commenting: commentsOf(path), blocks: c.blocks[:0]} }

// hold tells whether what a match says begins in a comment.
func (c *comments) hold(content []byte, from, to int) bool {
	line, at, _ := lineOf(content, from, to)
	if slices.ContainsFunc(c.lines, func(m string) bool { return bytes.HasPrefix(line, []byte(m)) }) {
		return true
	}
	if c.open != "" && !c.known {
		c.find(content)
	}
	return slices.ContainsFunc(c.blocks, func(b lines) bool { return int(b.start) <= at && at < int(b.end) }) ||
		c.docstrings && inDocstring(content[:from])
}

// find looks for the comments over several lines.
func (c *comments) find(content []byte) {
	c.known = true
	open, end := []byte(c.open), []byte(c.end)
	line := 0 // where the one begins that is being looked at
	for at := 0; ; {
		i := bytes.Index(content[at:], open)
		if i < 0 {
			return
		}
		from := at + i
		if n := bytes.LastIndexByte(content[at:from], '\n'); n >= 0 {
			line = at + n + 1
		}
		at = from + len(open)
		if before := content[line:from]; !c.anywhere && len(bytes.Trim(before, " \t{")) > 0 {
			continue
		}
		if i = bytes.Index(content[at:], end); i < 0 {
			i = len(content) - at
		}
		c.blocks = append(c.blocks, lines{int32(from), int32(at + i)})
		at += i
	}
}

// notInClass is what a regexp only stops at.
var notInClass = regexp.MustCompile(`\[\^[^\]]*\]`)

// spokenOf tells of a regexp that says itself what it wants of comments in this
// language: it names how their lines begin.
func (c *comments) spokenOf(text string) bool {
	text = strings.ReplaceAll(text, "://", "") // an address, no comment
	return slices.ContainsFunc(c.lines, func(mark string) bool {
		switch mark {
		case "*":
			return strings.Contains(text, `\*`)
		case "/*", "{/*":
			return strings.Contains(text, `/\*`)
		case "<!--":
			return strings.Contains(text, "<!")
		case ";":
			return strings.Contains(text, ";") && strings.Contains(notInClass.ReplaceAllString(text, ""), ";")
		}
		return strings.Contains(text, mark)
	})
}

// uncommented is a match, or the first one behind it, that does not begin in a
// line that is a comment. What somebody has switched off proves nothing.
func (l *look) uncommented(re *expression, content []byte, from, to int) (int, int) {
	for range maxComments {
		if !l.comments.hold(content, from, to) {
			return from, to
		}
		_, _, next := lineOf(content, from, to)
		if from, to = l.first(re, content, next); to == from {
			break
		}
	}
	return 0, 0
}

// lineOf is the line on which a match begins to say something, without the
// blanks around it, where that is, and where the line ends.
func lineOf(content []byte, from, to int) (line []byte, at, end int) {
	for from < to-1 && bytes.IndexByte([]byte(" \t\r\n"), content[from]) >= 0 {
		from++
	}
	start := bytes.LastIndexByte(content[:from], '\n') + 1
	end = len(content)
	if i := bytes.IndexByte(content[from:], '\n'); i >= 0 {
		end = from + i
	}
	return bytes.TrimSpace(content[start:end]), from, end
}

var tripleQuote = []byte(`"""`)

// inDocstring tells whether Python that goes on behind a text goes on within a
// string that documents a module, a class or a function: one that stands alone
// at the beginning of it. Others may well be what a program runs.
func inDocstring(before []byte) bool {
	if bytes.Count(before, tripleQuote)%2 == 0 {
		return false
	}
	start := bytes.LastIndex(before, tripleQuote)
	line := bytes.LastIndexByte(before[:start], '\n') + 1
	if len(bytes.Trim(before[line:start], " \trRuU")) > 0 {
		return false
	}
	above := bytes.TrimRight(before[:line], " \t\r\n")
	return len(above) == 0 || above[len(above)-1] == ':'
}
