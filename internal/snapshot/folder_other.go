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
type folder struct {
	root *os.Root
	text []byte // what was read last
}

func newFolder(root *os.Root) (*folder, error) { return &folder{root: root}, nil }

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

// read is the text of a file, until the next is read; of a link, where it leads.
func (f *folder) read(e Entry) ([]byte, error) {
	if e.Mode == Symlink {
		to, err := f.root.Readlink(path.Clean(e.Path))
		return []byte(filepath.ToSlash(to)), err
	}
	in, err := f.root.Open(path.Clean(e.Path))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	f.text = roomFor(e.Size, f.text)
	for {
		n, err := in.Read(f.text[len(f.text):cap(f.text)])
		f.text = f.text[:len(f.text)+n]
		if err == io.EOF {
			return f.text, nil
		}
		if err != nil {
			return nil, err
		}
		if len(f.text) == cap(f.text) {
			f.text = append(f.text, 0)[:len(f.text)]
		}
	}
}

// readSized is the text of a file of so many bytes, until the next is read; below
// none, of any size. What is no file, or of another size, is an error.
func (f *folder) readSized(path string, size int64) ([]byte, error) {
	lies, ok := f.look(path)
	if !ok || !lies.Mode.IsFile() || size >= 0 && lies.Size != size {
		return nil, errOther
	}
	return f.read(lies)
}
