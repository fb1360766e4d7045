//go:build unix

package snapshot

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// folder is the place below a root where files are looked at. Files that follow
// each other mostly lie in one folder, or in one beside it, so that those on the
// way to the last file stay open, each opened below the one before it. No
// link is followed: what lies behind one is not in the tree.
type folder struct {
	root *os.File
	way  []step
	text []byte // what was read last
}

// step is an open folder on the way.
type step struct {
	name string
	fd   int // -1: closed again, for the way was long
}

// maxOpen bounds the folders that are open at a time.
const maxOpen = 100

func newFolder(root *os.Root) (*folder, error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	return &folder{root: f}, nil
}

func (f *folder) close() {
	f.back(0)
	_ = f.root.Close()
}

// back leaves all folders beyond the first n.
func (f *folder) back(n int) {
	for len(f.way) > n {
		last := len(f.way) - 1
		if f.way[last].fd >= 0 {
			_ = unix.Close(f.way[last].fd)
		}
		f.way = f.way[:last]
	}
}

// enter goes to the folder that a path lies in, and returns the path's last part.
func (f *folder) enter(path string) (fd int, base string, err error) {
	rest := path
	for n := 0; ; n++ {
		name, after, deeper := strings.Cut(rest, "/")
		rest = after
		if deeper && n < len(f.way) && f.way[n].name == name {
			continue
		}
		f.back(n)
		if f.at() < 0 { // closed: once more, from the root
			f.back(0)
			return f.enter(path)
		}
		if !deeper {
			return f.at(), name, nil
		}
		if err := f.into(name); err != nil {
			return -1, "", err
		}
	}
}

// at is the folder that was entered last.
func (f *folder) at() int {
	if len(f.way) == 0 {
		return int(f.root.Fd())
	}
	return f.way[len(f.way)-1].fd
}

func (f *folder) into(name string) error {
	fd, err := open(f.at(), name, unix.O_DIRECTORY)
	if err != nil {
		return err
	}
	f.way = append(f.way, step{name, fd})
	if n := len(f.way) - maxOpen; n > 0 && f.way[n-1].fd >= 0 {
		_ = unix.Close(f.way[n-1].fd)
		f.way[n-1].fd = -1
	}
	return nil
}

// open opens what lies in a folder, for reading, and waits for nobody.
func open(at int, name string, flags int) (fd int, err error) {
	for {
		fd, err = unix.Openat(at, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK|flags, 0)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", name, err)
	}
	return fd, nil
}

// look describes a path; false where nothing lies that a commit could hold.
func (f *folder) look(path string) (Entry, bool) {
	at, base, err := f.enter(path)
	if err != nil || at < 0 {
		return Entry{}, false
	}
	var s unix.Stat_t
	if unix.Fstatat(at, base, &s, unix.AT_SYMLINK_NOFOLLOW) != nil {
		return Entry{}, false
	}
	e := Entry{Path: path, Size: s.Size, Mode: Regular}
	switch {
	case s.Mode&unix.S_IFMT == unix.S_IFLNK:
		e.Mode = Symlink
	case s.Mode&unix.S_IFMT == unix.S_IFDIR:
		e.Mode = Submodule
	case s.Mode&unix.S_IFMT != unix.S_IFREG:
		return Entry{}, false
	case s.Mode&0o111 != 0:
		e.Mode = Executable
	}
	return e, true
}

// read is the text of a file, until the next is read; of a link, where it leads.
func (f *folder) read(e Entry) ([]byte, error) {
	at, base, err := f.enter(e.Path)
	if err != nil {
		return nil, err
	}
	if e.Mode == Symlink {
		f.text = roomFor(unix.PathMax, f.text)
		n, err := unix.Readlinkat(at, base, f.text[:cap(f.text)])
		if err != nil {
			return nil, fmt.Errorf("read link %s: %w", base, err)
		}
		return f.text[:n], nil
	}
	fd, err := open(at, base, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(fd) }()
	return f.readFrom(fd, base, e.Size)
}

// readSized is the text of a file of so many bytes, until the next is read; below
// none, of any size. What is no file, or of another size, is an error.
func (f *folder) readSized(path string, size int64) ([]byte, error) {
	at, base, err := f.enter(path)
	if err != nil {
		return nil, err
	}
	fd, err := open(at, base, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(fd) }()
	var s unix.Stat_t // of what is open: no path has to be followed
	if err := unix.Fstat(fd, &s); err != nil {
		return nil, fmt.Errorf("look at %s: %w", base, err)
	}
	if s.Mode&unix.S_IFMT != unix.S_IFREG || size >= 0 && s.Size != size {
		return nil, errOther
	}
	return f.readFrom(fd, base, s.Size)
}

// readFrom is what an open file of some size holds.
func (f *folder) readFrom(fd int, base string, size int64) ([]byte, error) {
	f.text = roomFor(size, f.text)
	for {
		n, err := unix.Read(fd, f.text[len(f.text):cap(f.text)])
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return nil, fmt.Errorf("read %s: %w", base, err)
		}
		f.text = f.text[:len(f.text)+n]
		if n == 0 || int64(len(f.text)) == size && len(f.text) < cap(f.text) {
			return f.text, nil
		}
		if len(f.text) == cap(f.text) {
			f.text = append(f.text, 0)[:len(f.text)]
		}
	}
}
