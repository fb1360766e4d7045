package worker

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/github"
)

// maxFolders bounds the walk through a tree too large for one answer: each
// folder is a request.
const maxFolders = 200

type folder struct {
	path string // with a slash at its end; empty: the top
	sha  string
	rank int
}

// walk reads a tree that is too large for one answer folder by folder, where
// practices live first. partial: some folders were left out that may hold some.
func (w *Worker) walk(ctx context.Context, client *github.Client, r github.Repository, sha string) (entries []github.TreeEntry, partial bool, err error) {
	queue := []folder{{sha: sha}}
	for n := 0; len(queue) > 0; n++ {
		if n == maxFolders {
			w.Log.Warn("tree too large to be read whole", "repository", r.FullName(), "folders", n, "left", len(queue), "next", queue[0].path)
			return entries, true, nil
		}
		next := queue[0]
		queue = queue[1:]
		t, err := client.Folder(ctx, r, next.sha)
		if err != nil {
			return nil, false, err
		}
		partial = partial || t.Truncated
		for _, e := range t.Entries {
			e.Path = next.path + e.Path
			if e.Mode != "040000" {
				entries = append(entries, e)
				continue
			}
			if rank := rankOf(e.Path); rank >= 0 {
				f := folder{e.Path + "/", e.SHA, rank}
				at, _ := slices.BinarySearchFunc(queue, f, func(a, b folder) int {
					return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.path, b.path))
				})
				queue = slices.Insert(queue, at, f)
			}
		}
	}
	return entries, partial, nil
}

// rankOf is how late a folder is read; negative: never. What says how things
// run comes first, then what lies near the top.
func rankOf(dir string) int {
	if facts.AreaOf(path.Join(dir, "file"))&(facts.AreaVendored|facts.AreaGenerated) != 0 {
		return -1
	}
	depth := strings.Count(dir, "/")
	top, _, _ := strings.Cut(dir, "/")
	if strings.HasPrefix(top, ".") {
		return depth
	}
	for seg := range strings.SplitSeq(strings.ToLower(dir), "/") {
		switch strings.TrimRight(seg, "s") {
		case "infra", "infrastructure", "terraform", "deploy", "deployment", "k8", "kubernete", "kube", "helm", "chart", "manifest",
			"cloudformation", "ansible", "packer", "op", "ci", "docker", "environment", "env", "live", "prod", "production", "gitop", "platform":
			return 2 + depth
		}
	}
	return 10 * (depth + 1)
}
