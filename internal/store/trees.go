package store

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Tree is the files of a repository at a commit.
type Tree struct {
	Commit  string
	SHA     string
	Partial bool // too large to be read whole
	Entries []TreeEntry
}

// TreeEntry is one file of a tree.
type TreeEntry struct {
	Path string
	SHA  string
	Mode uint32 // as Git has it
	Size int64
}

// Tree returns the files of a repository at a commit, if that is the one that
// was read last, else ErrNotFound.
func (s *Store) Tree(ctx context.Context, repository int64, commit string) (Tree, error) {
	type packed struct {
		Commit, SHA string
		Partial     bool
		Entries     []byte
	}
	act := fmt.Sprintf("read the tree of repository %d", repository)
	p, err := row(ctx, s, act, pgx.RowToStructByName[packed], `
		select commit, sha, partial, entries from trees where repository_id = $1 and commit = $2`, repository, commit)
	if err != nil {
		return Tree{}, err
	}
	text, err := decompress(p.Entries)
	if err != nil {
		return Tree{}, fmt.Errorf("%s: %w", act, err)
	}
	out := Tree{Commit: p.Commit, SHA: p.SHA, Partial: p.Partial}
	if out.Entries, err = entriesOf(string(text)); err != nil {
		return Tree{}, fmt.Errorf("%s: %w", act, err)
	}
	return out, nil
}

// PutTree keeps the files of a repository at the commit that was read last.
func (s *Store) PutTree(ctx context.Context, repository int64, t Tree) error {
	var b bytes.Buffer
	for _, e := range t.Entries { // a path may hold anything but the byte 0
		fmt.Fprintf(&b, "%o %s %d %s\x00", e.Mode, e.SHA, e.Size, e.Path)
	}
	_, err := s.exec(ctx, fmt.Sprintf("keep the tree of repository %d", repository), `
		insert into trees (repository_id, commit, sha, partial, entries) values ($1, $2, $3, $4, $5)
		on conflict (repository_id) do update set commit = excluded.commit, sha = excluded.sha,
			partial = excluded.partial, entries = excluded.entries`,
		repository, t.Commit, t.SHA, t.Partial, compress(b.Bytes()))
	return err
}

func entriesOf(text string) ([]TreeEntry, error) {
	out := make([]TreeEntry, 0, strings.Count(text, "\x00"))
	for text != "" {
		var one string
		one, text, _ = strings.Cut(text, "\x00")
		mode, rest, _ := strings.Cut(one, " ")
		sha, rest, _ := strings.Cut(rest, " ")
		size, path, _ := strings.Cut(rest, " ")
		m, err := strconv.ParseUint(mode, 8, 32)
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", one, err)
		}
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", one, err)
		}
		out = append(out, TreeEntry{Path: path, SHA: sha, Mode: uint32(m), Size: n})
	}
	return out, nil
}
