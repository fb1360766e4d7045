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

var (
	hashComments  = []string{"#"}
	slashComments = []string{"//", "/*", "*", "{/*"}
	phpComments   = []string{"//", "/*", "*", "#"}
	dashComments  = []string{"--"}
	markComments  = []string{"<!--"}
	iniComments   = []string{"#", ";"}
)

// commentMarks is how lines begin, by the name of a file, that are comments.
func commentMarks(path string) []string {
	base := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	ext := base[strings.LastIndexByte(base, '.')+1:]
	switch ext {
	case "py", "rb", "sh", "bash", "yml", "yaml", "toml", "tf", "tfvars", "tofu", "hcl", "conf", "ex", "exs", "env", "rake", "gemspec",
		"gemfile", "rakefile", "procfile", "caddyfile", "makefile", "justfile", "dockerfile", "containerfile", "capfile", "r", "jl":
		return hashComments
	case "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "go", "java", "kt", "kts", "groovy", "gradle", "cs", "fs", "scala", "sbt", "rs",
		"swift", "c", "h", "cpp", "cc", "hpp", "proto", "json5", "jsonc", "scss", "sass", "less", "dart", "jenkinsfile", "prisma":
		return slashComments
	case "php":
		return phpComments
	case "sql", "hs", "lua", "elm":
		return dashComments
	case "xml", "html", "csproj", "props", "targets", "vue", "svelte", "config":
		return markComments
	case "properties", "ini", "cfg", "service":
		return iniComments
	}
	if strings.HasPrefix(base, "dockerfile.") {
		return hashComments
	}
	return nil
}

// notInClass is what a regexp only stops at.
var notInClass = regexp.MustCompile(`\[\^[^\]]*\]`)

// looksAtComments tells of a regexp that says itself what it wants of them.
func looksAtComments(text string) bool {
	text = strings.ReplaceAll(text, "://", "") // an address, no comment
	return strings.Contains(text, "#") || strings.Contains(text, ";") && strings.Contains(notInClass.ReplaceAllString(text, ""), ";") || strings.Contains(text, "//") || strings.Contains(text, `\*`) || strings.Contains(text, `<!`) || strings.Contains(text, "--")
}

// uncommented is a match, or the first one behind it, that does not begin in a
// line that is a comment. What somebody has switched off proves nothing.
func (l *look) uncommented(re *expression, content []byte, from, to int) (int, int) {
	for range maxComments {
		if !l.commented(content, from, to) {
			return from, to
		}
		_, next := lineOf(content, from, to)
		if from, to = l.first(re, content, next); to == from {
			break
		}
	}
	return 0, 0
}

// lineOf is the line on which a match begins to say something, without the
// blanks around it, and where the line ends.
func lineOf(content []byte, from, to int) (line []byte, end int) {
	for from < to-1 && bytes.IndexByte([]byte(" \t\r\n"), content[from]) >= 0 {
		from++
	}
	start := bytes.LastIndexByte(content[:from], '\n') + 1
	end = len(content)
	if i := bytes.IndexByte(content[from:], '\n'); i >= 0 {
		end = from + i
	}
	return bytes.TrimSpace(content[start:end]), end
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

// first is the first match of a regexp from an offset on.
func (l *look) first(re *expression, content []byte, start int) (from, to int) {
	switch {
	case len(re.alternatives) > 0:
	case re.Span == 0 && len(re.literals) > 0 && !re.BySigns: // only lines behind it that hold one of its literals
		l.gather(re.literals, content)
		l.ends = slices.DeleteFunc(l.ends, func(e int32) bool { return int(e) <= start })
		return l.findAround(re, content)
	default:
		return match(re, content, start, len(content))
	}
	for i := range re.alternatives {
		a, b := l.first(&re.alternatives[i], content, start)
		if b > a && (to == from || a < from) {
			from, to = a, b
		}
	}
	return from, to
}
