// Package web holds what browsers get: pages, styles, scripts, icons.
package web

import "embed"

// FS holds pages/*.html, assets/* and openapi.json.
//
//go:embed pages/*.html assets/* openapi.json
var FS embed.FS
