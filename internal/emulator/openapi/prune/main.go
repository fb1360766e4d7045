// Command prune cuts GitHub's OpenAPI description down to the operations listed
// in operations.txt, with the components they lead to, so that the emulator can
// be checked against it in milliseconds instead of seconds.
//
//	go run ./internal/emulator/openapi/prune api.github.com.json internal/emulator/openapi/github.json.gz
//
// The same input gives the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: prune IN.json OUT.json.gz (operations.txt is read from the folder of OUT)")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "prune:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	raw, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	list, err := os.ReadFile(filepath.Join(filepath.Dir(out), "operations.txt"))
	if err != nil {
		return err
	}
	var doc map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // numbers pass through as they are written
	if err := dec.Decode(&doc); err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	pruned, err := prune(doc, operations(string(list)))
	if err != nil {
		return err
	}
	packed, err := pack(pruned)
	if err != nil {
		return err
	}
	return os.WriteFile(out, packed, 0o644)
}

// operations reads "METHOD /path" lines; blank lines and # comments are skipped.
func operations(list string) [][2]string {
	var ops [][2]string
	for line := range strings.Lines(list) {
		method, path, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && method != "#" {
			ops = append(ops, [2]string{strings.ToLower(method), path})
		}
	}
	return ops
}

func pack(doc map[string]any) ([]byte, error) {
	data, err := json.Marshal(doc) // sorts every object by key
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
