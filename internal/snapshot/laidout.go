package snapshot

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's own name of a blob, and no secret
	"crypto/sha256"
	"errors"
	"hash"
	"io/fs"
	"os"
	"strconv"
)

// laidOut is the work tree beside a repository. Most of its files are as they
// were committed, and reading one costs a fraction of what git takes to unpack
// its blob. That it is the blob, its hash tells.
type laidOut struct{ root *os.Root }

// newLaidOut opens the work tree at a folder; nil where there is none.
func newLaidOut(dir string) *laidOut {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	if _, err := root.Lstat(".git"); err != nil {
		_ = root.Close()
		return nil
	}
	return &laidOut{root}
}

func (l *laidOut) close() {
	if l != nil {
		_ = l.root.Close()
	}
}

// texts is ready with one call of yield at a time.
func (l *laidOut) texts(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) (rest []Entry, err error) {
	return l.ready(ctx, entries, oneByOne(yield))
}

// ready hands over the blobs that lie in the work tree, and returns those that
// git has to be asked for.
func (l *laidOut) ready(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) (rest []Entry, err error) {
	if l == nil {
		return entries, nil
	}
	had := make([]bool, len(entries))
	err = beside(ctx, l.root, len(entries), maxReading(), func(in *folder, i int) {
		var text []byte
		if text, had[i] = in.blob(entries[i]); had[i] {
			yield(entries[i], text, nil)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err != nil {
		return entries, nil //nolint:nilerr // git has them all
	}
	for i, e := range entries {
		if !had[i] {
			rest = append(rest, e)
		}
	}
	return rest, nil
}

// errOther tells of something else than what was committed.
var errOther = errors.New("not the file that was committed")

// blob is the text of the file at an entry's path, and tells whether it is the
// entry's blob. Nothing that a tree of git's could name leads out of the folder.
func (f *folder) blob(e Entry) ([]byte, bool) {
	if !fs.ValidPath(e.Path) {
		return nil, false
	}
	text, err := f.readSized(e.Path, e.Size)
	return text, err == nil && hashOf(text, len(e.SHA)) == e.SHA
}

// hashOf is the hash, of so many bytes, that git knows a text by.
func hashOf(text []byte, size int) Hash {
	var h hash.Hash
	switch size {
	case sha1.Size:
		h = sha1.New() //nolint:gosec // as above
	case sha256.Size:
		h = sha256.New()
	default:
		return ""
	}
	h.Write(append(strconv.AppendInt([]byte("blob "), int64(len(text)), 10), 0))
	h.Write(text)
	return Hash(h.Sum(nil))
}
