package snapshot

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// More folders inside each other than are kept open are left and entered again.
func TestDeepFolders(t *testing.T) {
	dir := t.TempDir()
	want := map[string]string{}
	for _, depth := range []int{0, 1, 99, 100, 101, 150, 250} {
		for _, name := range []string{"a.txt", "z.txt"} {
			path := strings.Repeat("m/", depth) + name
			want[path] = fmt.Sprintf("%s at %d\n", name, depth)
			write(t, dir, path, want[path])
		}
	}
	s, err := Worktree(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(s.Entries) != len(want) {
		t.Errorf("%d entries, want %d", len(s.Entries), len(want))
	}
	// Up and down the tree, as nobody asks for it in earnest.
	entries := append(append([]Entry{}, s.Entries...), s.Entries...)
	err = s.texts(t.Context(), entries, func(e Entry, text []byte, err error) {
		if err != nil || string(text) != want[e.Path] {
			t.Errorf("%d folders deep: %q, %v", strings.Count(e.Path, "/"), text, err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A path may be longer than what is read of git's answer at a time.
func TestListOfLongPaths(t *testing.T) {
	dir := t.TempDir()
	runGit(t, dir, "init", "-q", "--bare", "-b", "main")
	long := strings.Repeat(strings.Repeat("x", 200)+"/", 700) + "file"
	cmd := exec.CommandContext(t.Context(), "git", "-C", dir, "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader("commit refs/heads/main\ncommitter A <a@b.c> 1 +0000\ndata 1\nm\n" +
		"M 100644 inline first\ndata 1\n1\nM 100644 inline " + long + "\ndata 2\n22\nM 100644 inline zlast\ndata 3\n333\n\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	entries, err := list(context.Background(), dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 3 || entries[0].Path != "first" || entries[1].Path != long || entries[1].Size != 2 || entries[2].Path != "zlast" {
		t.Errorf("%d entries", len(entries))
	}
}
