package devdb

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// binDirs are the places where packages put Postgres' programs, which are
// rarely on PATH.
var binDirs = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                   // Red Hat, from postgresql.org
	"/usr/libexec/postgresql*",                           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew
	"/usr/local/opt/postgresql@*/bin",                    // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
}

var errNoBinaries = errors.New("no Postgres found: install postgresql (for example: apt-get install postgresql), " +
	"or set READYLINE_PG_BIN to a directory with initdb and postgres, or READYLINE_DATABASE_URL to a running database")

type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// findBinaries picks the newest Postgres on the machine, or the one of the
// given major version when data of that version exists (0: no data yet).
func findBinaries(major int) (binaries, error) {
	if dir := os.Getenv("READYLINE_PG_BIN"); dir != "" {
		b, err := probe(dir)
		if err != nil {
			return binaries{}, fmt.Errorf("READYLINE_PG_BIN: %w", err)
		}
		return fitting([]binaries{b}, major)
	}
	var found []binaries
	for _, dir := range candidates() {
		if b, err := probe(dir); err == nil {
			found = append(found, b)
		}
	}
	return fitting(found, major)
}

func candidates() []string {
	var dirs []string
	for _, pattern := range binDirs {
		matches, _ := filepath.Glob(pattern) // the patterns are well-formed
		dirs = append(dirs, matches...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	return dirs
}

func fitting(found []binaries, major int) (binaries, error) {
	if len(found) == 0 {
		return binaries{}, errNoBinaries
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return cmp.Compare(b.major, a.major) })
	if major == 0 {
		return found[0], nil
	}
	for _, b := range found {
		if b.major == major {
			return b, nil
		}
	}
	return binaries{}, fmt.Errorf("the data was written by Postgres %d and only Postgres %d is here: install postgresql-%d, "+
		"or dump the data with it and start with an empty data directory", major, found[0].major, major)
}

var versionPattern = regexp.MustCompile(`\) (\d+)`)

func probe(dir string) (binaries, error) {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return binaries{}, fmt.Errorf("%s has no program %s", dir, program)
		}
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, fmt.Errorf("%s/postgres --version: %w", dir, err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return binaries{}, fmt.Errorf("%s/postgres --version says %q", dir, strings.TrimSpace(string(out)))
	}
	major, err := strconv.Atoi(string(m[1]))
	return binaries{dir: dir, major: major}, err
}

// dataMajor is the major version that wrote the cluster in dir, 0 when there
// is none.
func dataMajor(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION: %w", dir, err)
	}
	return major, nil
}
