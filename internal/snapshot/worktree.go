package snapshot

import (
	"context"
	"fmt"
	"io"
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
	entries := make([]Entry, 0, len(paths))
	in := folder{root: root}
	for _, p := range paths {
		if e, ok := look(&in, p); ok {
			entries = append(entries, e)
		}
	}
	in.leave()
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

// look describes a path; false where nothing lies that a commit could hold.
func look(in *folder, path string) (Entry, bool) {
	dir, base, err := in.enter(path)
	if err != nil {
		return Entry{}, false
	}
	info, err := dir.Lstat(base)
	if err != nil {
		return Entry{}, false
	}
	e := Entry{Path: path, Size: info.Size(), Mode: Regular}
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		e.Mode = Symlink
	case mode.IsDir():
		e.Mode = Submodule
	case !mode.IsRegular():
		return Entry{}, false
	case mode&0o111 != 0:
		e.Mode = Executable
	}
	return e, true
}

// folder is the place below a root where files are looked at. From the root,
// each folder of each path would be opened anew; files that follow each other
// mostly lie in one.
type folder struct {
	root *os.Root
	name string // with a slash at its end; empty for the root
	at   *os.Root
}

// enter goes to where a path lies, and returns what is left of it.
func (f *folder) enter(path string) (*os.Root, string, error) {
	end := strings.LastIndexByte(path, '/') + 1
	if end == 0 {
		return f.root, path, nil
	}
	if f.at == nil || f.name != path[:end] {
		f.leave()
		at, err := f.root.OpenRoot(path[:end-1])
		if err != nil {
			return nil, "", err
		}
		f.name, f.at = path[:end], at
	}
	return f.at, path[end:], nil
}

func (f *folder) leave() {
	if f.at != nil {
		_ = f.at.Close()
		f.at = nil
	}
}

func rootTexts(root *os.Root) Texts {
	return func(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) error {
		var buf []byte
		in := folder{root: root}
		defer in.leave()
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			buf, err = readFile(&in, e, buf)
			yield(e, buf, err)
		}
		return nil
	}
}

// readFile reads a file into buf, grown where it has to be.
func readFile(in *folder, e Entry, buf []byte) ([]byte, error) {
	dir, base, err := in.enter(e.Path)
	if err != nil {
		return buf[:0], err
	}
	f, err := dir.Open(base)
	if err != nil {
		return buf[:0], err
	}
	defer f.Close()
	if int64(cap(buf)) < e.Size+1 {
		buf = make([]byte, 0, e.Size+e.Size/4+512)
	}
	buf = buf[:0]
	for {
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF || err == nil && int64(len(buf)) == e.Size && len(buf) < cap(buf) {
			return buf, nil
		}
		if err != nil {
			return buf[:0], err
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}
