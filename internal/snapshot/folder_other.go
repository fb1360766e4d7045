//go:build !unix

package snapshot

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// folder is a root below which files are looked at.
type folder struct{ root *os.Root }

func newFolder(root *os.Root) (*folder, error) { return &folder{root}, nil }

func (f *folder) close() {}

// look describes a path; false where nothing lies that a commit could hold.
func (f *folder) look(path string) (Entry, bool) {
	info, err := f.root.Lstat(path)
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

// read reads a file into buf, grown where it has to be; of a link, where it
// leads.
func (f *folder) read(e Entry, buf []byte) ([]byte, error) {
	if e.Mode == Symlink {
		to, err := f.root.Readlink(path.Clean(e.Path))
		return append(buf[:0], filepath.ToSlash(to)...), err
	}
	in, err := f.root.Open(path.Clean(e.Path))
	if err != nil {
		return buf[:0], err
	}
	defer in.Close()
	buf = roomFor(e.Size, buf)
	for {
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
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
