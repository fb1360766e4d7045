package facts

import (
	"bufio"
	"bytes"
	"strings"
)

func isProcfile(p place, _ *layout) bool { return p.base == "procfile" }

// readProcfile gives a fact for each process of a Procfile: what Heroku and those
// after it run, and before a release what `release` says.
func readProcfile(file string, text []byte) ([]Fact, []Warning) {
	var out []Fact
	var release Value
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxText)
	for n := 1; lines.Scan() && len(out) < maxMembers; n++ {
		kind, command, ok := strings.Cut(lines.Text(), ":")
		if kind = strings.TrimSpace(kind); !ok || kind == "" || strings.ContainsAny(kind, "# \t") {
			continue
		}
		said := Value{Kind: Map, Start: n, End: n, Fields: []Field{{"command", at(Str(strings.TrimSpace(command)), n)}}}
		if kind == "release" {
			release = said.Get("command")
		}
		out = append(out, platformFact(file, "procfile", procfileType(kind), said, "_name", Str(kind), "command", said.Get("command"), "release", release))
	}
	return out, nil
}

func procfileType(name string) string {
	switch name {
	case "web":
		return "web"
	case "release":
		return "release"
	}
	return "worker"
}
