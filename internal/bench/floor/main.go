// Command floor is what a scan can hardly be faster than: it walks a tree and
// parses once, with the public parsers, every YAML, Terraform, JSON, TOML,
// go.mod, XML file and Dockerfile of up to 1 MiB, and does nothing with what it
// reads. docs/performance.md compares `readyline scan --worktree` with it.
package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"
)

const largest = 1 << 20

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: floor DIR")
		os.Exit(2)
	}
	files, parsed, err := walk(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Printf("%d files, %d parsed\n", files, parsed)
}

func walk(dir string) (files, parsed int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		files++
		parse := parserOf(d.Name())
		if parse == nil {
			return nil
		}
		info, err := d.Info()
		if err != nil || info.Size() > largest {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parse(path, text)
		parsed++
		return nil
	})
	return files, parsed, err
}

// parserOf is the public parser for a file's name. What a parser thinks of a
// file is of no interest here.
func parserOf(name string) func(path string, text []byte) {
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case ext == ".yml" || ext == ".yaml":
		return parseYAML
	case ext == ".tf":
		return func(path string, text []byte) { _, _ = hclsyntax.ParseConfig(text, path, hcl.InitialPos) }
	case ext == ".json":
		return func(_ string, text []byte) { var v any; _ = json.Unmarshal(text, &v) }
	case ext == ".toml":
		return func(_ string, text []byte) { var v map[string]any; _ = toml.Unmarshal(text, &v) }
	case ext == ".mod":
		return func(path string, text []byte) { _, _ = modfile.ParseLax(path, text, nil) }
	case ext == ".xml":
		return parseXML
	case name == "Dockerfile" || strings.HasPrefix(name, "Dockerfile."):
		return func(_ string, text []byte) { _, _ = parser.Parse(bytes.NewReader(text)) }
	}
	return nil
}

func parseYAML(_ string, text []byte) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		if d.Decode(&n) != nil {
			return
		}
	}
}

func parseXML(_ string, text []byte) {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.RawToken(); errors.Is(err, io.EOF) || err != nil {
			return
		}
	}
}
