package snapshot

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	paths := gitFiles(ctx, abs)
	if paths == nil {
		paths, err = walk(root.FS())
	}
	if err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	entries, err := lookAt(root, paths)
	if err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	s := own(Meta{Repository: filepath.Base(abs)}, entries, rootTexts(root))
	s.close = root
	return s, nil
}

// gitFiles lists what git tracks or would track; nil where git has no say: no
// checkout, no git, or a folder that git ignores as a whole.
func gitFiles(ctx context.Context, dir string) []string {
	out, err := git(ctx, dir, "ls-files", "-co", "--exclude-standard", "-z")
	if err != nil || len(out) == 0 {
		return nil
	}
	paths := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	slices.Sort(paths)
	return slices.Compact(paths) // unmerged paths are listed once for each side
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
func lookAt(root *os.Root, paths []string) ([]Entry, error) {
	in, err := newFolder(root)
	if err != nil {
		return nil, err
	}
	defer in.close()
	entries := make([]Entry, 0, len(paths))
	for _, p := range paths {
		if e, ok := in.look(p); ok {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func rootTexts(root *os.Root) Texts {
	return func(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) error {
		in, err := newFolder(root)
		if err != nil {
			return err
		}
		defer in.close()
		var buf []byte
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			buf, err = in.read(e, buf)
			yield(e, buf, err)
		}
		return nil
	}
}

// roomFor is a buffer with room for a file of a size in bytes and one more, by
// which its end shows.
func roomFor(size int64, buf []byte) []byte {
	if int64(cap(buf)) < size+1 {
		buf = make([]byte, 0, size+size/4+512)
	}
	return buf[:0]
}
