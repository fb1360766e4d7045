package snapshot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// at is the time of every commit made here.
const at = "2026-03-01T12:00:00+02:00"

func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org",
		"GIT_AUTHOR_DATE="+at, "GIT_COMMITTER_DATE="+at)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, dir, path, text string) {
	t.Helper()
	p := filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkout makes a repository with a commit, and with changes that are not in it.
func checkout(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	write(t, dir, "README.md", "# Shop\n")
	write(t, dir, "src/main.go", "package main\n")
	write(t, dir, "src/ü b.txt", "")
	write(t, dir, ".gitignore", "build/\n")
	write(t, dir, "run.sh", "#!/bin/sh\n")
	os.Chmod(filepath.Join(dir, "run.sh"), 0o755)
	os.Symlink("/etc/passwd", filepath.Join(dir, "link"))
	runGit(t, dir, "init", "-q", "-b", "main")
	runGit(t, dir, "add", ".")
	runGit(t, dir, "commit", "-q", "-m", "first")
	write(t, dir, "README.md", "# Shop, changed\n")
	write(t, dir, "new.txt", "new\n")
	write(t, dir, "build/out.txt", "built\n")
	return dir
}

// render is a snapshot as lines of mode, path and text.
func render(t *testing.T, s *Snapshot) []string {
	t.Helper()
	var lines []string
	for _, e := range s.Entries {
		text, err := s.Read(context.Background(), e.Path)
		said := fmt.Sprintf("%q", text)
		if err != nil {
			said = "not read"
		}
		lines = append(lines, fmt.Sprintf("%o %s %s", e.Mode, e.Path, said))
	}
	return lines
}

func TestSources(t *testing.T) {
	dir := checkout(t)
	bare := filepath.Join(t.TempDir(), "shop.git")
	runGit(t, dir, "clone", "-q", "--bare", dir, bare)
	write(t, dir, "src/second.txt", "2")
	runGit(t, dir, "add", "src/second.txt")
	runGit(t, dir, "commit", "-q", "-m", "second")
	shallow := filepath.Join(t.TempDir(), "shallow")
	runGit(t, dir, "clone", "-q", "--depth=1", "file://"+bare, shallow)
	plain := t.TempDir()
	write(t, plain, "b/a.txt", "a")
	write(t, plain, ".git/HEAD", "no repository")
	os.Symlink("b/a.txt", filepath.Join(plain, "link"))

	committed := []string{
		`100644 .gitignore "build/\n"`, `100644 README.md "# Shop\n"`, `120000 link not read`,
		`100755 run.sh "#!/bin/sh\n"`, `100644 src/main.go "package main\n"`, `100644 src/ü b.txt ""`,
	}
	lying := []string{
		`100644 .gitignore "build/\n"`, `100644 README.md "# Shop, changed\n"`, `120000 link not read`, `100644 new.txt "new\n"`,
		`100755 run.sh "#!/bin/sh\n"`, `100644 src/main.go "package main\n"`, `100644 src/second.txt "2"`, `100644 src/ü b.txt ""`,
	}
	cases := []struct {
		name string
		open func(context.Context, string) (*Snapshot, error)
		dir  string
		want []string
	}{
		{"bare", Checkout, bare, committed},
		{"shallow", Checkout, shallow, committed},
		{"folder of a checkout", Checkout, filepath.Join(shallow, "src"), committed},
		{"work tree", Worktree, dir, lying},
		{"no checkout", Worktree, plain, []string{`100644 b/a.txt "a"`, `120000 link not read`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := c.open(context.Background(), c.dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if diff := cmp.Diff(c.want, render(t, s)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckoutNamesItsCommit(t *testing.T) {
	dir := checkout(t)
	s, err := Checkout(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if want := runGit(t, dir, "rev-parse", "HEAD"); s.Commit != want || s.Repository != "shop" {
		t.Errorf("got %s at %s, want shop at %s", s.Repository, s.Commit, want)
	}
	if got := s.Time.Format("2006-01-02T15:04:05Z07:00"); got != "2026-03-01T10:00:00Z" {
		t.Errorf("time %s", got)
	}
}

func TestFaults(t *testing.T) {
	empty := t.TempDir()
	if _, err := Checkout(context.Background(), empty); !errors.Is(err, ErrNoCheckout) {
		t.Errorf("plain folder: %v", err)
	}
	runGit(t, empty, "init", "-q")
	if _, err := Checkout(context.Background(), empty); !errors.Is(err, ErrNoCommit) {
		t.Errorf("no commit: %v", err)
	}
	if _, err := Worktree(context.Background(), filepath.Join(empty, "none")); err == nil {
		t.Error("a folder that is not there: no error")
	}
}

// A clone without blobs is read as far as it goes, and fetches nothing.
func TestMissingBlobs(t *testing.T) {
	dir := checkout(t)
	blob := runGit(t, dir, "rev-parse", "HEAD:README.md")
	if err := os.Remove(filepath.Join(dir, ".git/objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	s, err := Checkout(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tree := s.Tree("")
	var got []string
	paths := []string{"README.md", "run.sh", "gone"}
	err = tree.Text(context.Background(), paths, func(p string, text []byte, err error) {
		got = append(got, fmt.Sprintf("%s %q %v", p, text, err != nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	want := []string{`README.md "" true`, `gone "" true`, `run.sh "#!/bin/sh\n" false`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// More requests and answers than pipes hold must not stop the conversation,
// and a call that is broken off must not spoil the next one.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	var want int
	for i := range 3000 {
		text := strings.Repeat(fmt.Sprint(i), 50)
		write(t, dir, fmt.Sprintf("d%d/f%d.txt", i%10, i), text)
		want += len(text)
	}
	runGit(t, dir, "init", "-q")
	runGit(t, dir, "add", ".")
	runGit(t, dir, "commit", "-q", "-m", "many")
	s, err := Checkout(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tree := s.Tree("")
	var paths []string
	for _, f := range tree.Files {
		paths = append(paths, f.Path)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if err := tree.Text(stopped, paths, func(string, []byte, error) {}); err == nil {
		t.Error("a stopped call ended without an error")
	}
	var got int
	if err := tree.Text(context.Background(), paths, func(_ string, b []byte, err error) { got += len(b) }); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("read %d bytes, want %d", got, want)
	}
}
