// Package snapshot is a repository at one commit: its tree, the text of its
// files on demand, and what GitHub answered about its settings.
package snapshot

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/facts"
)

// Snapshot is a repository at one commit. Entries are sorted by path.
type Snapshot struct {
	Repository string    // OWNER/NAME, or a directory's name for a local checkout
	Commit     string    // 40 or 64 hex digits; empty for files that no commit holds
	Time       time.Time // of the commit, in UTC; zero where there is none
	Folder     string    // of the checkout, absolute; empty for what lies elsewhere
	Entries    []Entry
	Settings   Settings // nil when nobody asked GitHub
	Partial    bool     // GitHub's answer was cut off: there are more files

	texts Texts
	ready ready // nil: no texts lie ready
	close io.Closer
}

// Entry is one path of a tree.
type Entry struct {
	Path string
	SHA  Hash  // of the blob; empty for files that no commit holds
	Size int64 // bytes; -1 when not known
	Mode Mode
}

// Hash is what git knows a blob by: 20 or 32 bytes, half as long as their
// digits, as there may be a million.
type Hash string

// ParseHash reads hexadecimal digits.
func ParseHash(digits string) (Hash, error) {
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != 20 && len(b) != 32 {
		return "", fmt.Errorf("%q is not the hash of a blob", digits)
	}
	return Hash(b), nil
}

// String is its hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString([]byte(h)) }

// Mode is git's file mode.
type Mode uint32

const (
	Regular    Mode = 0o100644
	Executable Mode = 0o100755
	Symlink    Mode = 0o120000
	Submodule  Mode = 0o160000
)

// IsFile tells whether there is text to read: symbolic links and submodules
// are entries that hold none of their own.
func (m Mode) IsFile() bool { return m != Symlink && m != Submodule }

// Texts hands the text of each entry to yield, in any order, one call at a
// time; err tells why an entry has no text. The bytes belong to yield only
// while it runs. The error is that of the source as a whole.
type Texts func(ctx context.Context, entries []Entry, yield func(e Entry, text []byte, err error)) error

// ready is Texts that calls yield several times at a time, of the entries whose
// text lies ready. It returns the others.
type ready func(ctx context.Context, entries []Entry, yield func(e Entry, text []byte, err error)) (rest []Entry, err error)

// Meta names a snapshot.
type Meta struct {
	Repository string
	Commit     string
	Time       time.Time
}

// New makes a snapshot of a source of one's own: GitHub, or files in memory.
func New(m Meta, entries []Entry, texts Texts) *Snapshot {
	return own(m, slices.Clone(entries), texts)
}

// own is New of entries that nobody else has.
func own(m Meta, entries []Entry, texts Texts) *Snapshot {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	return &Snapshot{Repository: m.Repository, Commit: m.Commit, Time: m.Time.UTC(), Entries: entries, texts: texts}
}

// Memory makes a snapshot of files held in memory, by path.
func Memory(m Meta, files map[string]string) *Snapshot {
	entries := make([]Entry, 0, len(files))
	for path, text := range files {
		entries = append(entries, Entry{Path: path, Size: int64(len(text)), Mode: Regular})
	}
	return New(m, entries, func(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) error {
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			yield(e, []byte(files[e.Path]), nil)
		}
		return nil
	})
}

// Close ends whatever the snapshot reads from.
func (s *Snapshot) Close() error {
	if s.close == nil {
		return nil
	}
	return s.close.Close()
}

// Entry finds a path.
func (s *Snapshot) Entry(path string) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(s.Entries, path, func(e Entry, p string) int { return strings.Compare(e.Path, p) })
	if !ok {
		return Entry{}, false
	}
	return s.Entries[i], true
}

// Read is the text of one file. Texts reads many at a fraction of the cost.
func (s *Snapshot) Read(ctx context.Context, path string) ([]byte, error) {
	e, ok := s.Entry(path)
	switch {
	case !ok:
		return nil, fmt.Errorf("snapshot %s: no such file", s.name(path))
	case !e.Mode.IsFile():
		return nil, fmt.Errorf("snapshot %s: a symbolic link or submodule, which nothing follows", s.name(path))
	}
	var text []byte
	var fault error
	err := s.texts(ctx, []Entry{e}, func(_ Entry, b []byte, err error) { text, fault = slices.Clone(b), err })
	if err == nil {
		err = fault
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", s.name(path), err)
	}
	return text, nil
}

func (s *Snapshot) name(path string) string {
	if len(s.Commit) < 7 {
		return s.Repository + ":" + path
	}
	return s.Repository + "@" + s.Commit[:7] + ":" + path
}

// Tree is the part of the snapshot under a folder ("" for all of it), as
// readers of facts want it. Paths keep the folder.
func (s *Snapshot) Tree(folder string) facts.Tree {
	if folder = strings.Trim(folder, "/"); folder != "" {
		folder += "/"
	}
	t := facts.Tree{Files: make([]facts.File, 0, len(s.Entries))}
	for _, e := range s.Entries {
		switch {
		case !strings.HasPrefix(e.Path, folder):
		case e.Mode.IsFile():
			t.Files = append(t.Files, facts.File{Path: e.Path, Size: e.Size, Executable: e.Mode == Executable})
		case e.Mode == Symlink:
			t.Links = append(t.Links, e.Path)
		}
	}
	t.Text = func(ctx context.Context, paths []string, yield func(string, []byte, error)) error {
		entries := make([]Entry, 0, len(paths))
		for _, p := range paths {
			if e, ok := s.Entry(p); ok && e.Mode != Submodule {
				entries = append(entries, e)
			} else {
				yield(p, nil, fmt.Errorf("snapshot %s: no such file", s.name(p)))
			}
		}
		return s.texts(ctx, entries, func(e Entry, text []byte, err error) { yield(e.Path, text, err) })
	}
	if s.ready != nil {
		t.Ready = s.readyTexts
	}
	return t
}

// readyTexts is the texts that lie ready, as a tree hands them over.
func (s *Snapshot) readyTexts(ctx context.Context, paths []string, yield func(string, []byte, error)) (rest []string, err error) {
	entries := make([]Entry, 0, len(paths))
	for _, p := range paths {
		if e, ok := s.Entry(p); ok && e.Mode != Submodule {
			entries = append(entries, e)
		} else {
			rest = append(rest, p)
		}
	}
	entries, err = s.ready(ctx, entries, func(e Entry, text []byte, err error) { yield(e.Path, text, err) })
	for _, e := range entries {
		rest = append(rest, e.Path)
	}
	return rest, err
}
