package facts

import (
	"strings"
)

var (
	// lookedUp is a program by way of the shell's search: $(command -v go 2>
	// /dev/null), in a Makefile $(shell which go).
	lookedUp = lazily(`^\$\((?:shell\s+)?(?:command\s+-v|which|type\s+-p)\s+([\w.-]+)(?:\s+2>\s*/dev/null)?\s*\)$`)
	// inBin is a program that lies where tools are installed, with or without
	// its version: $(LOCALBIN)/golangci-lint-v1.64.8, ./.venv/bin/pytest.
	inBin = lazily(`(?i)(?:^|[/ ])(?:[\w.-]*bin\)?|\$[({]?(?:\w*BIN\w*|GOPATH|TOOLS?\w*)[)}]?|\$[({](?:shell\s+)?go env GOPATH[)}]/bin)/([a-z][\w-]*?)(?:[-@.](?:v?\d[\w.]*|\$[({]\w*VERSION\w*[)}]))?$`)
	// madeDir is a folder that nobody commits.
	madeDir = lazily(`(^|/)(\.[\w-]+|[\w-]*venv[\w-]*|env|tmp|_?output|node_modules|target)/`)
)

// toolName is the name of an installed program that is started by its path;
// empty when word names no path, or one that may be a script of one's own.
func toolName(word string) string {
	word = strings.Trim(word, `"'`)
	if len(word) > 300 || !strings.Contains(word, "/") && !strings.HasPrefix(word, "$(") {
		return ""
	}
	if m := lookedUp().FindStringSubmatch(word); m != nil {
		return m[1]
	}
	m := inBin().FindStringSubmatch(word)
	if m == nil {
		return ""
	}
	if !strings.ContainsAny(word[:1], "$/~") && !madeDir().MatchString(word) {
		return "" // bin of the repository holds scripts of one's own as often as not
	}
	return m[1]
}
