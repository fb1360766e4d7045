package facts

import (
	"context"
	"path"
	"slices"
	"strings"
)

const (
	maxLinks    = 5_000
	maxLinkText = 4 << 10 // bytes of the path that a link holds
)

// readLinks reads where the symbolic links among Terraform's code and values
// lead: folders share files that way. A link that leads out of the tree, or
// that can't be read, is none.
func (r *reader) readLinks(ctx context.Context) error {
	var names []string
	for _, name := range r.tree.Links {
		role := terraformRoleOf(name)
		if (role == terraformCode || role == terraformValues) && (r.opts.Ignore == nil || !r.opts.Ignore(name)) && len(names) < maxLinks {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	r.links = map[string]string{}
	return r.tree.Text(ctx, names, func(name string, text []byte, err error) {
		to := string(text)
		if err != nil || to == "" || len(to) > maxLinkText || path.IsAbs(to) || strings.ContainsAny(to, "\x00\n") {
			return
		}
		if to = path.Join(path.Dir(name), to); to != ".." && !strings.HasPrefix(to, "../") {
			r.links[name] = to
		}
	})
}

// linkedTerraform is the files of Terraform that links put into other folders,
// each as one more of that folder.
func (r *reader) linkedTerraform(files []terraformFile) []terraformFile {
	byPath := map[string]*terraformFile{}
	for i := range files {
		byPath[files[i].path] = &files[i]
	}
	var out []terraformFile
	for name, to := range r.links {
		for range 3 { // links to links
			if next, ok := r.links[to]; ok {
				to = next
			}
		}
		if f := byPath[to]; f != nil && path.Dir(name) != f.dir {
			linked := *f
			linked.dir = path.Dir(name)
			out = append(out, linked)
		}
	}
	slices.SortFunc(out, func(a, b terraformFile) int {
		return strings.Compare(a.dir+"\x00"+a.path, b.dir+"\x00"+b.path)
	})
	return out
}
