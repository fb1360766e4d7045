// Package templates holds the checklists (real GitHub issue templates) and the
// controls, with their rules and examples, that every installation starts from.
package templates

import "embed"

// FS holds checklists/*.md and controls/*.yaml.
//
//go:embed checklists/*.md controls/*.yaml
var FS embed.FS
