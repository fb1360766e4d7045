// Package migrations holds the schema as numbered SQL files. They run in order
// under one lock (see store.Migrate) and must suit the release before them as
// well: replicas are replaced one by one.
package migrations

import "embed"

// FS holds the SQL files.
//
//go:embed *.sql
var FS embed.FS
