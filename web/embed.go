// Package web holds what browsers get: pages, styles, scripts, icons.
package web

import "embed"

// FS holds pages/*.html, assets/*, pack.html (of evidence packs) and
// openapi.json.
//
//go:embed pages/*.html assets/* pack.html openapi.json
var FS embed.FS
