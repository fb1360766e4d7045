package facts

import "strings"

const hintUnplayed = "no play in this repository uses this role"

// markRoles makes hints of what stands in Ansible roles that no play uses:
// roles are kept for others, or left over.
func markRoles(all []Fact, area func(path string) Area) {
	used := map[string]bool{} // roles that plays lead to
	var queue []string
	uses := map[string][]string{} // role -> roles that it uses
	unknown := false
	for i := range all {
		f := &all[i]
		if f.Kind != Ansible {
			continue
		}
		switch f.Name {
		case "role", "include_role", "import_role":
		default:
			continue
		}
		name := f.Value.Get("name")
		if name.Kind != String || strings.Contains(name.Text, "{{") {
			unknown = unknown || f.Value.Get("_role").Kind == Absent
			continue
		}
		for _, part := range roleNames(name.Text) {
			if own := f.Value.Get("_role"); own.Kind == String {
				uses[own.Text] = append(uses[own.Text], part)
			} else if area(f.Path)&(AreaTest|AreaExample) == 0 {
				queue = append(queue, part)
			}
		}
	}
	if unknown {
		return
	}
	for len(queue) > 0 {
		role := queue[0]
		queue = queue[1:]
		if !used[role] {
			used[role] = true
			queue = append(queue, uses[role]...)
		}
	}
	for i := range all {
		f := &all[i]
		if f.Kind != Ansible || f.Hint != "" {
			continue
		}
		if role := f.Value.Get("_role"); role.Kind == String && !used[role.Text] {
			f.Hint = hintUnplayed
		}
	}
}

// roleNames are the names that a folder of this role may have: acme.base is
// base, web/nginx lies below web.
func roleNames(name string) []string {
	name = strings.TrimSuffix(name, "/")
	out := []string{name}
	if first, _, ok := strings.Cut(name, "/"); ok {
		out = append(out, first, name[strings.LastIndexByte(name, '/')+1:])
	}
	if _, last, ok := cutLast(name, '.'); ok {
		out = append(out, last)
	}
	return out
}
