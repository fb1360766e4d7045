package facts

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// maxDockerfile is the size in bytes above which no person wrote the file.
const maxDockerfile = 256 << 10

// instruction is one line of a Dockerfile, continued lines joined.
type instruction struct {
	name       string // lower case
	text       string // the whole of it, here-documents included
	args       []string
	flags      []string // "--from=build"
	start, end int
}

// dockerStage is one stage, with what it inherits written in.
type dockerStage struct {
	name, base string // base as written, before arguments
	ref        Value  // base after arguments' defaults
	parent     int    // the stage it derives from; -1 for an image
	from       int    // index of its FROM among the instructions
	env        map[string]Value
	user       Value
	healthy    bool // HEALTHCHECK other than NONE
	runs       bool // opens a port, or starts something other than a shell
	final      bool
	line       int
}

// readDockerfile gives one fact per instruction and one for the file.
func readDockerfile(path string, text []byte) (facts []Fact, warnings []Warning) {
	if len(text) > maxDockerfile {
		return nil, []Warning{{Path: path, Line: 1, Message: "larger than 256 KiB, not read", Kinds: []Kind{Dockerfile}}}
	}
	text = cleanText(text)
	list, err := dockerInstructions(text)
	if err != nil {
		list = dockerLines(text)
		warnings = []Warning{{Path: path, Line: 1, Message: "not a valid Dockerfile: " + err.Error(), Kinds: []Kind{Dockerfile}}}
	}
	if len(list) == 0 {
		return nil, warnings
	}
	d := dockerReader{path: path, args: map[string]Value{}}
	for i, in := range list {
		d.step(i, in)
	}
	d.markFinal()
	stage := -1
	for i, in := range list {
		if stage+1 < len(d.stages) && d.stages[stage+1].from == i {
			stage++
		}
		facts = append(facts, d.fact(in, stage))
	}
	if len(d.stages) > 0 {
		facts = append(facts, d.file(list))
	}
	if d.forDevelopers(list) || d.startsDevelopment(list) {
		for i := range facts {
			facts[i].Area = AreaDev
		}
	}
	return facts, warnings
}

func dockerInstructions(text []byte) (list []instruction, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read Dockerfile: %v", r)
		}
	}()
	result, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	for _, n := range result.AST.Children {
		if !dockerKeyword(n.Value) {
			continue // the parser takes any word for an instruction
		}
		in := instruction{name: strings.ToLower(n.Value), text: n.Original, flags: n.Flags, start: n.StartLine, end: n.EndLine}
		for a := n.Next; a != nil && len(in.args) < 10_000; a = a.Next {
			in.args = append(in.args, a.Value)
		}
		for _, h := range n.Heredocs {
			in.text += "\n" + h.Content
		}
		list = append(list, in)
	}
	return list, nil
}

// dockerLines reads a file that the real parser refuses, line by line, so that
// one bad line does not hide the rest.
func dockerLines(text []byte) []instruction {
	var list []instruction
	var open *instruction
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		more := strings.HasSuffix(line, `\`)
		line = strings.TrimSpace(strings.TrimSuffix(line, `\`))
		if open == nil {
			list = append(list, instruction{start: i + 1})
			open = &list[len(list)-1]
		}
		open.text, open.end = strings.TrimSpace(open.text+" "+line), i+1
		if !more {
			open = nil
		}
	}
	out := list[:0]
	for _, in := range list {
		words := strings.Fields(in.text)
		if len(words) == 0 || !dockerKeyword(words[0]) {
			continue
		}
		in.name, in.args = strings.ToLower(words[0]), words[1:]
		for len(in.args) > 0 && strings.HasPrefix(in.args[0], "--") {
			in.flags, in.args = append(in.flags, in.args[0]), in.args[1:]
		}
		out = append(out, in)
	}
	return out
}

func dockerKeyword(word string) bool {
	switch strings.ToUpper(word) {
	case "FROM", "RUN", "COPY", "ADD", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD", "EXPOSE", "ENV", "ARG",
		"WORKDIR", "LABEL", "VOLUME", "SHELL", "STOPSIGNAL", "ONBUILD", "MAINTAINER":
		return true
	}
	return false
}
