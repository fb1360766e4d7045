// Package openapi carries the part of GitHub's own description of its REST API
// that the emulator is checked against. README.md says where it comes from and
// how it is renewed.
package openapi

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
)

//go:embed github.json.gz
var packed []byte

// Description returns the pruned OpenAPI 3.0 document as JSON.
func Description() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack GitHub's API description: %w", err)
	}
	doc, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack GitHub's API description: %w", err)
	}
	return doc, nil
}
