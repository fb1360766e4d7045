package snapshot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/facts"
)

// Faults that callers tell apart.
var (
	ErrNoCheckout = errors.New("not a git checkout")
	ErrNoCommit   = errors.New("no commit yet")
)

// top is the highest folder of the work tree that dir lies in, or dir itself for
// a bare repository, and the commit at HEAD.
func top(ctx context.Context, dir string) (root, commit string, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	out, err := git(ctx, abs, "rev-parse", "--is-bare-repository", "--is-inside-git-dir", "--show-cdup", "HEAD^{commit}")
	said := strings.SplitN(string(out), "\n", 3)
	switch {
	case err != nil && strings.Contains(err.Error(), "not a git repository"):
		return "", "", ErrNoCheckout
	case err != nil && len(said) == 3:
		return "", "", ErrNoCommit
	case err != nil:
		return "", "", err
	}
	rest := strings.Split(strings.TrimSuffix(said[2], "\n"), "\n")
	commit = rest[len(rest)-1]
	if said[0] == "true" || said[1] == "true" {
		return abs, commit, nil
	}
	return filepath.Join(abs, rest[0]), commit, nil
}

// Checkout is the committed state, at HEAD, of the git repository at dir: bare
// or with a work tree, shallow or whole. Blobs that a partial clone lacks are
// errors of their files.
func Checkout(ctx context.Context, dir string) (*Snapshot, error) {
	root, commit, err := top(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	m := Meta{Repository: filepath.Base(root), Commit: commit}
	var fault error
	var crew facts.Crew
	crew.Go(func() { m.Time, fault = made(ctx, root, commit) })
	entries, err := list(ctx, root, commit)
	crew.Wait()
	if err := cmp.Or(err, fault); err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	source := &blobs{dir: root, laid: newLaidOut(root)}
	s := own(m, entries, source.texts)
	s.Folder, s.close = root, source
	if source.laid != nil {
		s.ready = source.laid.ready
	}
	return s, nil
}

// made is when a commit was.
func made(ctx context.Context, root, commit string) (time.Time, error) {
	out, err := git(ctx, root, "log", "-1", "--no-show-signature", "--format=%ct", commit) // show would compare all files with none
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // a commit of no time can be read all the same
	}
	return time.Unix(seconds, 0), nil
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
	var f [4][]byte
	n := 0
	for part := range bytes.FieldsSeq(head) {
		if n < len(f) {
			f[n] = part
		}
		n++
	}
	if !ok || n != len(f) {
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
