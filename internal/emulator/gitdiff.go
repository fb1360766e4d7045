package emulator

import (
	"bytes"
	"context"
	"strconv"
	"strings"
)

// emptyTree is the id of the tree without entries.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// fileDiff is what changed in one file.
type fileDiff struct {
	Path      string
	Status    string // added, removed or modified
	SHA       string // the blob after, or before when removed
	Additions int
	Deletions int
	Patch     string // hunks only; empty for binary files
}

// at lists the tree entry at a path: one, or none.
func (g *gitRepo) at(ctx context.Context, tree, path string) ([]treeEntry, error) {
	if strings.HasPrefix(path, ":") || strings.Contains("/"+path+"/", "/../") {
		return nil, errNoObject
	}
	out, err := g.run(ctx, "ls-tree", "-l", "-z", "--full-tree", tree, "--", path)
	if err != nil {
		return nil, err
	}
	return parseTree(out), nil
}

// diff compares two commits or trees file by file, renames taken apart.
func (g *gitRepo) diff(ctx context.Context, from, to string) ([]fileDiff, error) {
	args := []string{"diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"}
	raw, err := g.run(ctx, append(args, "--raw", "--numstat", "--abbrev=40", "-z", from, to)...)
	if err != nil {
		return nil, err
	}
	files := parseRawDiff(raw)
	if len(files) == 0 || len(files) > 3000 {
		return files[:min(len(files), 3000)], nil
	}
	patch, err := g.run(ctx, append(args, "-p", "--src-prefix=a/", "--dst-prefix=b/", from, to)...)
	if err != nil {
		return nil, err
	}
	addPatches(files, patch)
	return files, nil
}

// parseRawDiff reads --raw and --numstat with -z: first all raw lines, then all numbers.
func parseRawDiff(out []byte) []fileDiff {
	fields := strings.Split(string(out), "\x00")
	var files []fileDiff
	index := map[string]int{}
	for i := 0; i < len(fields); i++ {
		field := fields[i]
		if strings.HasPrefix(field, ":") && i+1 < len(fields) {
			parts := strings.Fields(field)
			i++
			f := fileDiff{Path: fields[i], Status: "modified", SHA: parts[3]}
			switch parts[4] {
			case "A":
				f.Status = "added"
			case "D":
				f.Status, f.SHA = "removed", parts[2]
			}
			index[f.Path] = len(files)
			files = append(files, f)
			continue
		}
		parts := strings.SplitN(field, "\t", 3)
		if len(parts) != 3 {
			continue
		}
		if n, ok := index[parts[2]]; ok {
			files[n].Additions, _ = strconv.Atoi(parts[0])
			files[n].Deletions, _ = strconv.Atoi(parts[1])
		}
	}
	return files
}

// addPatches cuts a patch into its files, which come in the same order.
func addPatches(files []fileDiff, patch []byte) {
	parts := bytes.Split(append([]byte("\n"), patch...), []byte("\ndiff --git "))
	if len(parts) != len(files)+1 {
		return
	}
	for i := range files {
		if _, hunks, ok := bytes.Cut(parts[i+1], []byte("\n@@ ")); ok {
			files[i].Patch = strings.ToValidUTF8("@@ "+string(hunks), "\uFFFD")
		}
	}
}

func (s *Server) filesJSONLocked(repo *Repository, sha string, files []fileDiff) []object {
	out := []object{}
	html, api := s.URL()+"/"+s.fullNameLocked(repo), s.repoAPILocked(repo)
	for _, f := range files {
		one := object{
			"sha": f.SHA, "filename": f.Path, "status": f.Status, "additions": f.Additions, "deletions": f.Deletions,
			"changes": f.Additions + f.Deletions, "blob_url": html + "/blob/" + sha + "/" + escapePath(f.Path),
			"raw_url": html + "/raw/" + sha + "/" + escapePath(f.Path), "contents_url": api + "/contents/" + escapePath(f.Path) + "?ref=" + sha,
		}
		if f.Patch != "" {
			one["patch"] = f.Patch
		}
		out = append(out, one)
	}
	return out
}
