// Package templates holds the checklists (real GitHub issue templates) and the
// controls, with their rules and examples, that every installation starts from.
package templates

import "embed"

// FS holds checklists/*.md and controls/*.yaml.
//
//go:embed checklists/*.md controls/*.yaml
var FS embed.FS

// Compiled is what catalogue.Compile made of FS, so that a start need not read
// two megabytes of YAML. When it is behind, FS is read and nothing is lost but
// time.
//
//go:generate env READYLINE_UPDATE=1 go test ../cmd/readyline -run ListOfControls
//go:embed compiled.bin
var Compiled string
