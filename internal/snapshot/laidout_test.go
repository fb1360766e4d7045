package snapshot

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was committed is read, whatever lies in the work tree now.
func TestWorkTreeIsNotTheCommit(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			runGit(t, dir, "init", "-q", "-b", "main", "--object-format="+format)
			want := map[string]string{"same.txt": "as it was\n", "empty.txt": "", "edited.txt": "before\n", "equally-long.txt": "black\n",
				"gone.txt": "gone\n", "folder/moved.txt": "moved\n", "linked.txt": "linked\n", "crlf.txt": "one\ntwo\n"}
			for path, text := range want {
				write(t, dir, path, text)
			}
			runGit(t, dir, "add", ".")
			runGit(t, dir, "commit", "-q", "-m", "first")
			write(t, dir, "edited.txt", "after it\n")
			write(t, dir, "equally-long.txt", "white\n")
			write(t, dir, "crlf.txt", "one\r\ntwo\r\n")
			elsewhere := t.TempDir()
			for path, text := range map[string]string{"folder/moved.txt": "moved\n", "linked.txt": "linked\n"} {
				write(t, elsewhere, path, text)
			}
			for _, path := range []string{"gone.txt", "folder", "linked.txt"} {
				if err := os.RemoveAll(filepath.Join(dir, path)); err != nil {
					t.Fatal(err)
				}
			}
			for _, path := range []string{"folder", "linked.txt"} {
				if err := os.Symlink(filepath.Join(elsewhere, path), filepath.Join(dir, path)); err != nil {
					t.Fatal(err)
				}
			}
			if got := committed(t, dir); cmp.Diff(want, got) != "" {
				t.Error(cmp.Diff(want, got))
			}
		})
	}
}

// committed is the texts of a checkout's commit.
func committed(t *testing.T, dir string) map[string]string {
	t.Helper()
	s, err := Checkout(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := map[string]string{}
	err = s.texts(t.Context(), s.Entries, func(e Entry, text []byte, err error) {
		if err != nil {
			t.Errorf("%s: %v", e.Path, err)
		}
		got[e.Path] = string(text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Files that are as they were committed are not asked of git: it need not even
// have them. No name that a tree holds leads out of the work tree.
func TestWorkTreeServesBlobs(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "inside")
	write(t, inside, "a/b.txt", "text\n")
	write(t, dir, "secret.txt", "secret\n")
	runGit(t, inside, "init", "-q", "-b", "main")
	l := newLaidOut(inside)
	defer l.close()
	text, secret := hashOf([]byte("text\n"), 20), hashOf([]byte("secret\n"), 20)
	if got, want := text.String(), strings.TrimSpace(runGit(t, inside, "hash-object", "a/b.txt")); got != want {
		t.Errorf("the hash is %s, git says %s", got, want)
	}
	entries := []Entry{
		{Path: "a/b.txt", SHA: text, Size: 5, Mode: Regular},
		{Path: "a/b.txt", SHA: text, Size: -1, Mode: Regular},
		{Path: "a/b.txt", SHA: text, Size: 4, Mode: Regular},
		{Path: "a/b.txt", SHA: secret, Size: 5, Mode: Regular},
		{Path: "a", SHA: text, Size: -1, Mode: Regular},
		{Path: "../secret.txt", SHA: secret, Size: 7, Mode: Regular},
		{Path: "a/../../secret.txt", SHA: secret, Size: 7, Mode: Regular},
		{Path: "none", SHA: text, Size: 5, Mode: Regular},
	}
	served := 0
	rest, err := l.texts(t.Context(), entries, func(e Entry, text []byte, err error) {
		served++
		if err != nil || !bytes.Equal(text, []byte("text\n")) {
			t.Errorf("%s: %q, %v", e.Path, text, err)
		}
	})
	if err != nil || served != 2 || cmp.Diff(entries[2:], rest) != "" {
		t.Errorf("%d served, %v; left:\n%s", served, err, cmp.Diff(entries[2:], rest))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.texts(ctx, entries, nil); err == nil {
		t.Error("broken off: no error")
	}
}
