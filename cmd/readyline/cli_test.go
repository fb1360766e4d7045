package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The command line, as people and scripts use it: testdata/script. The command
// is this test's own binary (see TestMain).
func TestScripts(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "readyline")); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("READYLINE_TEST_MAIN", "1")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			for _, kv := range [][2]string{
				{"GIT_CONFIG_GLOBAL", os.DevNull}, {"GIT_CONFIG_SYSTEM", os.DevNull},
				{"GIT_AUTHOR_NAME", "a"}, {"GIT_AUTHOR_EMAIL", "a@example.org"}, {"GIT_AUTHOR_DATE", "2026-03-01T12:00:00+02:00"},
				{"GIT_COMMITTER_NAME", "a"}, {"GIT_COMMITTER_EMAIL", "a@example.org"}, {"GIT_COMMITTER_DATE", "2026-03-01T12:00:00+02:00"},
			} {
				e.Setenv(kv[0], kv[1])
			}
			return nil
		},
	})
}
