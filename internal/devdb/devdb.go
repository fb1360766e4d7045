// Package devdb runs a private Postgres for a server that was given no
// database: its own cluster in a directory of ours, reached over a Unix socket
// only, started as a child of this process and gone when this process is gone,
// however it dies.
package devdb

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
)

// Options says where and how the cluster runs.
type Options struct {
	// DataDir is a directory that is kept between runs; the cluster lies in its
	// sub-directory "postgres". See DefaultDir.
	DataDir string

	// Logger gets Postgres' own log: faults as warnings, the rest as debug.
	Logger *slog.Logger

	// NoFsync trades safety over a power cut for speed. For tests and demos.
	NoFsync bool

	// Reuse lets a short-lived command talk to the cluster of a server that
	// runs on the same directory. A second server must not: it would lose its
	// database when the first one stops.
	Reuse bool
}

// ErrInUse is what Start returns when another process runs the cluster in the
// same directory and Options.Reuse is not set.
var ErrInUse = errors.New("in use by another readyline: stop that one, choose another data directory, or set READYLINE_DATABASE_URL for both")

// DefaultDir is where the cluster lies when nobody says otherwise. Postgres
// refuses to run as root and root's home is closed to others, so root gets a
// directory outside of it.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/readyline", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "readyline"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("no home directory to keep the database in: set READYLINE_DATA_DIR or READYLINE_DATABASE_URL")
	}
	return filepath.Join(home, ".local", "share", "readyline"), nil
}
