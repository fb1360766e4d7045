package emulator

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// commit is what a commit object says.
type commit struct {
	SHA       string
	Tree      string
	Parents   []string
	Author    signature
	Committer signature
	Message   string
}

// signature is a name, an address and a time in a commit.
type signature struct {
	Name  string
	Email string
	When  time.Time
}

// treeEntry is one line of a tree; Size is in bytes, -1 for what is no blob.
type treeEntry struct {
	Mode string
	Type string
	SHA  string
	Size int64
	Path string
}

// change is what one commit did to files, by path.
type change struct {
	Added    []string
	Removed  []string
	Modified []string
}

// readCommit reads one commit by its id.
func (g *gitRepo) readCommit(sha string) (*commit, error) {
	kind, data, err := g.object(sha)
	if err != nil {
		return nil, err
	}
	if kind != "commit" {
		return nil, fmt.Errorf("read commit %s: it is a %s: %w", sha, kind, errNoObject)
	}
	c := &commit{SHA: sha}
	head, message, _ := strings.Cut(string(data), "\n\n")
	c.Message = strings.ToValidUTF8(strings.TrimSuffix(message, "\n"), "\uFFFD")
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "tree":
			c.Tree = value
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author = parseSignature(value)
		case "committer":
			c.Committer = parseSignature(value)
		}
	}
	return c, nil
}

// parseSignature reads "Name <address> seconds zone".
func parseSignature(s string) signature {
	s = strings.ToValidUTF8(s, "\uFFFD")
	name, rest, _ := strings.Cut(s, "<")
	email, when, _ := strings.Cut(rest, ">")
	sig := signature{Name: strings.TrimSpace(name), Email: email}
	fields := strings.Fields(when)
	if len(fields) < 1 {
		return sig
	}
	seconds, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return sig
	}
	sig.When = time.Unix(seconds, 0).UTC()
	return sig
}

// tree lists a tree; recursive includes the subtrees themselves, as GitHub's API does.
func (g *gitRepo) tree(ctx context.Context, oid string, recursive bool) ([]treeEntry, error) {
	args := []string{"ls-tree", "-l", "-z", "--full-tree"}
	if recursive {
		args = append(args, "-r", "-t")
	}
	out, err := g.run(ctx, append(args, oid)...)
	if err != nil {
		return nil, err
	}
	return parseTree(out), nil
}

func parseTree(out []byte) []treeEntry {
	var entries []treeEntry
	for line := range bytes.SplitSeq(out, []byte{0}) {
		meta, path, ok := strings.Cut(string(line), "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 4 {
			continue
		}
		entry := treeEntry{Mode: fields[0], Type: fields[1], SHA: fields[2], Size: -1, Path: path}
		if n, err := strconv.ParseInt(fields[3], 10, 64); err == nil {
			entry.Size = n
		}
		entries = append(entries, entry)
	}
	return entries
}

// commits lists commit ids, newest first, as `git rev-list` does with the given arguments.
func (g *gitRepo) commits(ctx context.Context, args ...string) ([]string, error) {
	out, err := g.run(ctx, append([]string{"rev-list"}, args...)...)
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(out)), nil
}

// changes tells, for each commit, which files it touched against its first parent.
func (g *gitRepo) changes(ctx context.Context, shas []string) (map[string]*change, error) {
	found := map[string]*change{}
	for start := 0; start < len(shas); start += 200 {
		part := shas[start:min(start+200, len(shas))]
		args := append([]string{"log", "--no-walk=unsorted", "--diff-merges=first-parent", "--no-renames", "--no-ext-diff",
			"--no-textconv", "--name-status", "-z", "--format=%x01%H", "--root"}, part...)
		out, err := g.run(ctx, args...)
		if err != nil {
			return nil, err
		}
		parseChanges(out, found)
	}
	return found, nil
}

func parseChanges(out []byte, found map[string]*change) {
	var current *change
	status := ""
	for field := range strings.SplitSeq(string(out), "\x00") {
		field = strings.TrimPrefix(field, "\n")
		switch {
		case strings.HasPrefix(field, "\x01"):
			current = &change{Added: []string{}, Removed: []string{}, Modified: []string{}}
			found[strings.TrimSpace(field[1:])] = current
			status = ""
		case field == "" || current == nil:
		case status == "":
			status = field
		default:
			switch status[0] {
			case 'A':
				current.Added = append(current.Added, field)
			case 'D':
				current.Removed = append(current.Removed, field)
			default:
				current.Modified = append(current.Modified, field)
			}
			status = ""
		}
	}
}

// isAncestor says whether old is contained in new; unknown commits are not.
func (g *gitRepo) isAncestor(ctx context.Context, old, new string) bool {
	_, err := g.run(ctx, "merge-base", "--is-ancestor", old, new)
	return err == nil
}
