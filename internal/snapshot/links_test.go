package snapshot

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Links that lead around in circles, up, or out of the folder are entries that
// nothing follows, in a checkout and outside of one; their text is where they lead.
func TestLinksInCircles(t *testing.T) {
	for _, inGit := range []bool{false, true} {
		dir := t.TempDir()
		write(t, dir, "a/b/file.txt", "text\n")
		for name, to := range map[string]string{"a/self": "self", "a/up": "..", "a/b/root": "../..", "ping": "pong", "pong": "ping", "out": "/etc/passwd", "gone": "nothing"} {
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if inGit {
			runGit(t, dir, "init", "-q", "-b", "main")
		}
		s, err := Worktree(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"120000 a/b/root", "120000 a/self", "120000 a/up", "120000 gone", "120000 out", "120000 ping", "120000 pong"}
		var got []string
		for _, e := range s.Entries {
			if e.Path == "a/b/file.txt" && e.Mode == Regular {
				continue
			}
			got = append(got, fmt.Sprintf("%o %s", e.Mode, e.Path))
		}
		if slices.Sort(got); len(s.Entries) != len(want)+1 || !slices.Equal(got, want) {
			t.Errorf("in git %v: %q, want %q", inGit, got, want)
		}
		if len(s.Tree("").Files) != 1 {
			t.Errorf("in git %v: files %v", inGit, s.Tree("").Files)
		}
		tree := s.Tree("")
		if want := []string{"a/b/root", "a/self", "a/up", "gone", "out", "ping", "pong"}; !slices.Equal(tree.Links, want) {
			t.Errorf("in git %v: links %q, want %q", inGit, tree.Links, want)
		}
		err = tree.Text(t.Context(), []string{"out", "a/up"}, func(name string, text []byte, err error) {
			if want := map[string]string{"out": "/etc/passwd", "a/up": ".."}[name]; err != nil || string(text) != want {
				t.Errorf("in git %v: %s leads to %q (%v), want %q", inGit, name, text, err, want)
			}
		})
		if err != nil {
			t.Error(err)
		}
		s.Close()
	}
}
