package facts

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

func isMix(p place, _ *layout) bool          { return p.base == "mix.exs" }
func isPubspec(p place, _ *layout) bool      { return p.base == "pubspec.yaml" }
func isSwiftPackage(p place, _ *layout) bool { return p.base == "package.swift" }

// readMix reads the tuples of an Elixir project: {:phoenix, "~> 1.7", only: :dev}.
func readMix(path string, text []byte) ([]Fact, []Warning) {
	code := lex(string(text), syntax{hash: true, triple: true, holes: true})
	var all []declared
	for i := 0; i+4 < len(code); i++ {
		if code[i].text != "{" || code[i+1].text != ":" || code[i+2].kind != ident || code[i+3].text != "," ||
			code[i].kind != punct || code[i+1].kind != punct {
			continue
		}
		d := declared{name: code[i+2].text, line: code[i].line}
		rest := code[i+4:]
		if end := closingToken(code, i); end > i+4 {
			rest = code[i+4 : end]
		}
		switch {
		case rest[0].kind == quoted:
			d.version = rest[0].text
		case rest[0].kind != ident || len(rest) < 2 || rest[1].text != ":":
			continue // some other tuple
		case rest[0].text == "in_umbrella":
			continue
		}
		for j, t := range rest {
			if t.kind == ident && t.text == "only" {
				d.dev = devGems(firstList(rest[j+1:]))
				break
			}
		}
		all = append(all, d)
	}
	return dependencies("hex", path, all), nil
}

// firstList is the value of an option: one atom or a list of them.
func firstList(code []token) []token {
	for i, t := range code {
		if t.kind == punct && (t.text == "," || t.text == "}") && !(i > 0 && code[1].text == "[") {
			return code[:i]
		}
		if t.kind == punct && t.text == "]" {
			return code[:i]
		}
	}
	return code
}

// closingToken is the index of the bracket that closes the one at i; 0 if none does.
func closingToken(code []token, i int) int {
	depth := 0
	for j := i; j < len(code); j++ {
		if code[j].kind != punct {
			continue
		}
		switch code[j].text {
		case "{", "[", "(":
			depth++
		case "}", "]", ")":
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return 0
}

// readPubspec reads a Dart project.
func readPubspec(path string, docs []*yaml.Node) []Fact {
	var all []declared
	for _, doc := range docs {
		for _, table := range []string{"dependencies", "dev_dependencies"} {
			for _, f := range nodeValue(doc).Get(table).Fields {
				if sdk := f.Value.Get("sdk"); sdk.Kind != Absent && f.Key != "flutter" {
					continue
				}
				all = append(all, declared{f.Key, versionOf(f.Value), table == "dev_dependencies", f.Value.Start})
			}
		}
	}
	return dependencies("pub", path, all)
}

// readSwiftPackage reads .package(url: "https://github.com/a/b.git", from: "1").
func readSwiftPackage(path string, text []byte) ([]Fact, []Warning) {
	code := lex(string(text), syntax{slash: true, triple: true})
	var all []declared
	for i := 0; i+4 < len(code); i++ {
		if code[i].text != "package" || code[i+1].text != "(" {
			continue
		}
		d := declared{line: code[i].line}
		for j := i + 2; j+2 < len(code) && code[j].text != ")"; j++ {
			if code[j+2].kind != quoted || code[j+1].text != ":" {
				continue
			}
			switch code[j].text {
			case "url":
				url := strings.TrimSuffix(code[j+2].text, ".git")
				if _, rest, ok := strings.Cut(url, "://"); ok {
					d.name = rest
				}
			case "from", "exact":
				d.version = code[j+2].text
			}
		}
		all = append(all, d)
	}
	return dependencies("swift", path, all), nil
}
