package facts

import "strings"

func isGradle(p place, _ *layout) bool {
	return strings.HasSuffix(p.base, ".gradle") || strings.HasSuffix(p.base, ".gradle.kts")
}

func isCatalog(p place, _ *layout) bool { return strings.HasSuffix(p.base, ".versions.toml") }

// gradleFile is a build script: what it declares in full, and what it declares
// by a name of a version catalog.
type gradleFile struct {
	path    string
	all     []declared
	plugins []declared
	aliases []gradleAlias
}

// gradleAlias is libs.some.library where it is used.
type gradleAlias struct {
	catalog string // "libs"
	name    string // "some.library", "plugins.some", "bundles.some"
	dev     bool
	line    int
}

// catalogFile is gradle/libs.versions.toml.
type catalogFile struct {
	path    string
	name    string // "libs"
	entries map[string][]declared
}

// parseGradle reads the calls that declare packages, in Groovy and Kotlin:
// implementation 'g:a:v', testImplementation(libs.x), id("x") version "y".
func parseGradle(path string, text []byte) *gradleFile {
	g := &gradleFile{path: path}
	code := lex(string(text), syntax{slash: true, triple: true, holes: true})
	var blocks []string // the word before each open brace
	for i, t := range code {
		switch {
		case t.kind == punct && t.text == "{":
			blocks = append(blocks, blockName(code, i))
		case t.kind == punct && t.text == "}" && len(blocks) > 0:
			blocks = blocks[:len(blocks)-1]
		case t.kind == ident:
			g.word(code, i, blocks)
		}
	}
	return g
}

// blockName is the word that a brace belongs to: dependencies {, named("x") {.
func blockName(code []token, i int) string {
	depth := 0
	for end := i - 200; i > 0 && i > end; {
		i--
		switch t := code[i]; {
		case t.text == ")" && t.kind == punct:
			depth++
		case t.text == "(" && t.kind == punct:
			depth--
		case depth == 0 && t.kind == ident:
			return t.text
		case depth == 0:
			return ""
		}
	}
	return ""
}

func (g *gradleFile) word(code []token, i int, blocks []string) {
	block := ""
	managed := false
	for _, b := range blocks {
		managed = managed || b == "constraints" || b == "dependencyManagement" || b == "buildscript" || b == "pluginManagement"
	}
	if len(blocks) > 0 {
		block = blocks[len(blocks)-1]
	}
	word := code[i].text
	if i > 0 && code[i-1].text == "." && code[i-1].kind == punct || block != "plugins" && block != "dependencies" && word != "apply" {
		return
	}
	args := gradleArguments(code, i+1)
	switch {
	case block == "plugins" && !managed:
		g.plugin(word, args, code[i:min(i+12, len(code))])
	case word == "apply" && len(args) > 2 && args[0].text == "plugin" && args[2].kind == quoted:
		g.plugins = append(g.plugins, declared{name: args[2].text, line: code[i].line})
	case block == "dependencies" && !managed && configuration(word):
		g.dependency(word, args, code[i].line)
	}
}

// maxArguments bounds, in tokens, the arguments of one call.
const maxArguments = 500

// gradleArguments are the tokens of f(a, b) or, in Groovy, of the rest of the
// line of f a, b.
func gradleArguments(code []token, i int) []token {
	if i >= len(code) {
		return nil
	}
	if code[i].text == "(" && code[i].kind == punct {
		depth := 0
		for j := i; j < len(code) && j < i+maxArguments; j++ {
			if code[j].kind != punct {
				continue
			}
			switch code[j].text {
			case "(":
				depth++
			case ")":
				if depth--; depth == 0 {
					return code[i+1 : j]
				}
			}
		}
		return nil
	}
	j := i
	for j < len(code) && j < i+maxArguments && code[j].line == code[i-1].line && !(code[j].kind == punct && strings.Contains("{};", code[j].text)) {
		j++
	}
	return code[i:j]
}

// configuration knows the names of the sets that a package is added to, also
// those of one's own source sets (integrationTestImplementation).
func configuration(word string) bool {
	switch word {
	case "implementation", "api", "compile", "runtime", "compileOnly", "compileOnlyApi", "runtimeOnly", "kapt", "ksp",
		"annotationProcessor", "developmentOnly", "providedCompile", "providedRuntime", "coreLibraryDesugaring":
		return true
	}
	for _, suffix := range []string{"Implementation", "Api", "Compile", "CompileOnly", "RuntimeOnly", "AnnotationProcessor"} {
		if strings.HasSuffix(word, suffix) {
			return true
		}
	}
	return false
}

func (g *gradleFile) dependency(conf string, args []token, line int) {
	dev := conf == "developmentOnly" || strings.Contains(strings.ToLower(conf), "test")
	for len(args) > 2 && args[0].kind == ident && args[1].text == "(" &&
		(strings.HasSuffix(args[0].text, "latform") || args[0].text == "testFixtures") { // platform(…)
		args = args[2:]
	}
	switch {
	case len(args) == 0:
	case args[0].kind == quoted:
		if d := coordinates(args[0].text); d.name != "" {
			d.dev, d.line = dev, line
			g.all = append(g.all, d)
		}
	case args[0].text == "group":
		named := map[string]string{}
		for i := 0; i+2 < len(args); i++ {
			if args[i].kind == ident && args[i+2].kind == quoted {
				named[args[i].text] = args[i+2].text
			}
		}
		if named["group"] != "" && named["name"] != "" {
			g.all = append(g.all, declared{named["group"] + ":" + named["name"], named["version"], dev, line})
		}
	case args[0].text == "kotlin" && len(args) > 2 && args[2].kind == quoted:
		g.all = append(g.all, declared{"org.jetbrains.kotlin:kotlin-" + args[2].text, "", dev, line})
	case len(args) > 2 && args[0].kind == ident && args[1].text == ".":
		g.alias(args, dev, line)
	}
}

// plugin reads id("x") version "y"; rest is what stands on from the word.
func (g *gradleFile) plugin(word string, args, rest []token) {
	version, line := "", rest[0].line
	for i, t := range rest {
		if t.text == "version" && i+1 < len(rest) && rest[i+1].kind == quoted && t.line == line {
			version = rest[i+1].text
		}
	}
	switch {
	case word == "id" && len(args) > 0 && args[0].kind == quoted:
		g.plugins = append(g.plugins, declared{name: args[0].text, version: version, line: line})
	case word == "kotlin" && len(args) > 0 && args[0].kind == quoted:
		g.plugins = append(g.plugins, declared{name: "org.jetbrains.kotlin." + args[0].text, version: version, line: line})
	case word == "alias" && len(args) > 2:
		g.alias(args, false, line)
	}
}

func (g *gradleFile) alias(args []token, dev bool, line int) {
	var name []string
	for i := 2; i < len(args) && args[i].kind == ident; i += 2 {
		if args[i].text != "get" && args[i].text != "asProvider" {
			name = append(name, args[i].text)
		}
		if i+1 < len(args) && args[i+1].text != "." {
			break
		}
	}
	g.aliases = append(g.aliases, gradleAlias{args[0].text, strings.Join(name, "."), dev, line})
}

// coordinates cuts group:artifact:version. A version that is computed is left
// out.
func coordinates(s string) declared {
	group, rest, ok := strings.Cut(s, ":")
	artifact, version, _ := strings.Cut(rest, ":")
	if !ok || group == "" || artifact == "" || strings.ContainsAny(group+artifact, "${} /") {
		return declared{}
	}
	if i := strings.IndexAny(version, ":@"); i >= 0 { // a classifier, a type
		version = version[:i]
	}
	if strings.Contains(version, "$") {
		version = ""
	}
	return declared{name: group + ":" + artifact, version: version}
}
