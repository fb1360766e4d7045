package facts

import "strings"

// isSbt knows build definitions of sbt, and the code that they are helped by.
func isSbt(p place, _ *layout) bool {
	return p.ext == ".sbt" || p.ext == ".scala" && (p.dir == "project" || strings.HasSuffix(p.dir, "/project"))
}

// sbtBuild is what was read of a build definition so far.
type sbtBuild struct {
	code   []token
	vals   map[string]string // val circe = "0.14.9"
	groups []int             // for each open bracket, how many were declared before it
	last   int               // the same of the bracket that was closed last
	plugin bool              // the file is about the build itself
	all    []declared
}

// readSbt reads "group" %% "name" % "version" % Test wherever it stands:
// build definitions are programs, and lists of modules are written in any of
// their places.
func readSbt(path string, text []byte) ([]Fact, []Warning) {
	b := sbtBuild{
		code:   lex(string(text), syntax{slash: true, triple: true}),
		vals:   map[string]string{},
		plugin: strings.HasSuffix(path, ".sbt") && strings.HasSuffix(parent(path), "project"),
	}
	for i, t := range b.code {
		if t.kind == quoted && b.is(i-1, "=") && i > 2 && b.code[i-2].kind == ident && b.code[i-3].text == "val" {
			b.vals[b.code[i-2].text] = t.text
		}
	}
	for i := 0; i < len(b.code); i++ {
		switch t := b.code[i]; {
		case t.kind == punct && t.text == "(":
			b.groups = append(b.groups, len(b.all))
		case t.kind == punct && t.text == ")" && len(b.groups) > 0:
			b.last = b.groups[len(b.groups)-1]
			b.groups = b.groups[:len(b.groups)-1]
		case t.kind == quoted:
			i = max(i, b.module(i))
		case t.text == "map" && b.is(i+1, "(") && b.is(i+3, "%") && b.forTests(i+4): // Seq(…).map(_ % Test)
			for j := b.last; j < len(b.all); j++ {
				b.all[j].dev = true
			}
		}
	}
	return dependencies("maven", path, b.all), nil
}

func (b *sbtBuild) is(i int, sign string) bool {
	return i >= 0 && i < len(b.code) && b.code[i].kind == punct && b.code[i].text == sign
}

// percents is how many signs of percent stand from i on.
func (b *sbtBuild) percents(i int) (n int) {
	for b.is(i+n, "%") {
		n++
	}
	return n
}

// module reads what begins with the group at i, and tells where it ends.
func (b *sbtBuild) module(i int) (end int) {
	name := i + 1 + b.percents(i+1)
	if name == i+1 || name > i+4 || name >= len(b.code) || b.code[name].kind != quoted || b.percents(name+1) != 1 || name+2 >= len(b.code) {
		return i
	}
	d := declared{name: b.code[i].text + ":" + b.code[name].text, line: b.code[i].line, dev: b.plugin || b.calledBy(i, "addSbtPlugin")}
	end = name + 2
	switch version := b.code[end]; {
	case version.kind == quoted && !version.open:
		d.version = version.text
	case version.kind == ident:
		for end+2 < len(b.code) && b.is(end+1, ".") && b.code[end+2].kind == ident {
			end += 2
		}
		d.version = b.vals[b.code[end].text]
	}
	if b.is(end+1, "%") && b.forTests(end+2) {
		d.dev = true
	}
	b.all = append(b.all, d)
	return end
}

// forTests tells whether a configuration is one of tests, or one that what is
// shipped has nothing of.
func (b *sbtBuild) forTests(i int) bool {
	if i >= len(b.code) {
		return false
	}
	switch text := strings.ToLower(b.code[i].text); {
	case strings.HasPrefix(text, "compile"), strings.HasPrefix(text, "runtime"):
		return false
	default:
		return strings.Contains(text, "test") || text == "it" || strings.HasPrefix(text, "it,")
	}
}

// calledBy tells whether the bracket before i belongs to the function.
func (b *sbtBuild) calledBy(i int, function string) bool {
	return b.is(i-1, "(") && i > 1 && b.code[i-2].text == function
}
