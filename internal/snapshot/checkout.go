package snapshot

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Faults that callers tell apart.
var (
	ErrNoCheckout = errors.New("not a git checkout")
	ErrNoCommit   = errors.New("no commit yet")
)

// top is the highest folder of the work tree that dir lies in, or dir itself for
// a bare repository.
func top(ctx context.Context, dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	out, err := git(ctx, abs, "rev-parse", "--is-bare-repository", "--is-inside-git-dir", "--show-cdup")
	if err != nil {
		if strings.Contains(err.Error(), "not a git repository") {
			err = ErrNoCheckout
		}
		return "", fmt.Errorf("snapshot %s: %w", dir, err)
	}
	said := strings.SplitN(string(out), "\n", 3)
	if len(said) < 3 || said[0] == "true" || said[1] == "true" {
		return abs, nil
	}
	return filepath.Join(abs, strings.TrimRight(said[2], "\n")), nil
}

// Checkout is the committed state, at HEAD, of the git repository at dir: bare
// or with a work tree, shallow or whole. Blobs that a partial clone lacks are
// errors of their files.
func Checkout(ctx context.Context, dir string) (*Snapshot, error) {
	root, err := top(ctx, dir)
	if err != nil {
		return nil, err
	}
	out, err := git(ctx, root, "log", "-1", "--no-show-signature", "--format=%H %ct", "HEAD") // show would compare all files with none
	commit, stamp, ok := strings.Cut(strings.TrimSpace(string(out)), " ")
	if err != nil || !ok {
		return nil, fmt.Errorf("snapshot %s: %w", dir, ErrNoCommit)
	}
	m := Meta{Repository: filepath.Base(root), Commit: commit}
	if seconds, err := strconv.ParseInt(stamp, 10, 64); err == nil {
		m.Time = time.Unix(seconds, 0)
	}
	entries, err := list(ctx, root, m.Commit)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	source := &blobs{dir: root, laid: newLaidOut(root)}
	s := own(m, entries, source.texts)
	s.Folder, s.close = root, source
	return s, nil
}

// list is all that a commit holds, from `git ls-tree -r -l -z`: MODE TYPE SHA
// SIZE TAB PATH, each ended by a zero byte.
func list(ctx context.Context, root, commit string) ([]Entry, error) {
	var entries []Entry
	var names shelf
	err := gitRecords(ctx, root, func(line []byte) error {
		e, err := readEntry(line, &names)
		entries = append(entries, e)
		return err
	}, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
	return entries, err
}

func readEntry(line []byte, names *shelf) (Entry, error) {
	head, path, ok := bytes.Cut(line, []byte("\t"))
	f := bytes.Fields(head)
	if !ok || len(f) != 4 {
		return Entry{}, fmt.Errorf("git ls-tree: line %q is not understood", line)
	}
	mode, err := strconv.ParseUint(string(f[0]), 8, 32)
	if err != nil {
		return Entry{}, fmt.Errorf("git ls-tree: mode %q is not understood", f[0])
	}
	size, err := strconv.ParseInt(string(f[3]), 10, 64)
	if err != nil {
		size = -1 // a submodule, or a blob that a partial clone lacks
	}
	hash := f[2][:hex.DecodedLen(len(f[2]))]
	if _, err := hex.Decode(hash, f[2]); err != nil {
		return Entry{}, fmt.Errorf("git ls-tree: hash %q is not understood", f[2])
	}
	return Entry{Path: names.keep(path), SHA: Hash(names.keep(hash)), Size: size, Mode: Mode(mode)}, nil
}

// shelf keeps many small texts beside each other: one by one, each would take
// up to twice its length.
type shelf struct{ board *strings.Builder }

const boardSize = 64 << 10

func (s *shelf) keep(text []byte) string {
	if s.board == nil || s.board.Cap()-s.board.Len() < len(text) {
		s.board = &strings.Builder{}
		s.board.Grow(max(boardSize, len(text)))
	}
	from := s.board.Len()
	s.board.Write(text)
	return s.board.String()[from:]
}
