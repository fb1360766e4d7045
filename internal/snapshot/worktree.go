package snapshot

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/facts"
)

// Worktree is a folder's files as they lie. In a git checkout, what git
// ignores is left out; elsewhere every file counts. Nothing outside the folder
// is read, whatever its links say.
func Worktree(ctx context.Context, dir string) (*Snapshot, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	entries, err := listed(ctx, root, abs)
	if err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	s := own(Meta{Repository: filepath.Base(abs)}, entries, rootTexts(root))
	s.close, s.ready = root, rootReady(root)
	return s, nil
}

// listed is what a folder holds: what git tracks or would track, and everything
// where git has no say: no checkout, no git, or a folder that git ignores as a
// whole. What is tracked stands in git's index, so it is looked at while git
// walks the folder for the rest.
func listed(ctx context.Context, root *os.Root, dir string) ([]Entry, error) {
	var tracked, others []Entry
	var err, fault error
	var crew facts.Crew
	crew.Go(func() { others, fault = gitFiles(ctx, root, dir, "--others", "--exclude-standard") })
	tracked, err = gitFiles(ctx, root, dir, "--cached")
	crew.Wait()
	if entries := append(tracked, others...); err == nil && fault == nil && len(entries) > 0 {
		return entries, nil
	}
	paths, err := walk(root.FS())
	if err != nil {
		return nil, err
	}
	return lookAt(ctx, root, paths)
}

// gitFiles is what git lists of a folder, and lies there.
func gitFiles(ctx context.Context, root *os.Root, dir string, which ...string) ([]Entry, error) {
	out, err := git(ctx, dir, append([]string{"ls-files", "-z"}, which...)...)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	paths := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	slices.Sort(paths)
	return lookAt(ctx, root, slices.Compact(paths)) // unmerged paths are listed once for each side
}

func walk(tree fs.FS) ([]string, error) {
	var paths []string
	err := fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && p == ".":
			return err
		case err != nil:
			return nil //nolint:nilerr // a folder that may not be read holds nothing for us
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case !d.IsDir():
			paths = append(paths, p)
		}
		return nil
	})
	return paths, err
}

// lookAt describes the paths at which something lies that a commit could hold.
func lookAt(ctx context.Context, root *os.Root, paths []string) ([]Entry, error) {
	entries := make([]Entry, len(paths))
	err := beside(ctx, root, len(paths), min(runtime.GOMAXPROCS(0), maxLooking), func(in *folder, i int) { entries[i], _ = in.look(paths[i]) })
	return slices.DeleteFunc(entries, func(e Entry) bool { return e.Path == "" }), err
}

// rootTexts reads what lies below a root, all of which lies ready.
func rootTexts(root *os.Root) Texts {
	read := rootReady(root)
	return func(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) error {
		_, err := read(ctx, entries, oneByOne(yield))
		return err
	}
}

func rootReady(root *os.Root) ready {
	return func(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) ([]Entry, error) {
		return nil, beside(ctx, root, len(entries), maxReading(), func(in *folder, i int) {
			text, err := in.read(entries[i])
			yield(entries[i], text, err)
		})
	}
}

// roomFor is a buffer with room for a file of a size in bytes and one more, by
// which its end shows.
func roomFor(size int64, buf []byte) []byte {
	if int64(cap(buf)) < size+1 {
		buf = make([]byte, 0, max(size+size/4+512, 32<<10))
	}
	return buf[:0]
}
