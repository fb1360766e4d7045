package facts

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// emitEnvironments adds what a block's maps by environment say, where the code
// chooses one of their members: locals, and what a variable is without a value.
func (in *tfInstance) emitEnvironments(b *tfBlock) {
	body := b.body()
	if body == nil || b.kind != "locals" && b.kind != "variable" {
		return
	}
	for _, a := range sortedAttributes(body, nil) {
		name := "local." + a.Name
		if b.kind == "variable" {
			if name = "var." + b.label(0); a.Name != "default" {
				continue
			}
		}
		if namesEnvironments(a.Expr) && in.mod.choosesFrom(name) {
			in.j.environments(in.mod, b.file, name, in.scope(b.file).attribute(a))
		}
	}
}

// namesEnvironments tells by its keys an object with a member for production and
// one for an environment before it.
func namesEnvironments(x hclsyntax.Expression) bool {
	o, ok := x.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return false
	}
	var keys []string
	for _, item := range o.Items {
		if key, ok := (&hclScope{run: &hclRun{}}).objectKey(item.KeyExpr); ok {
			keys = append(keys, key)
		}
	}
	return environmentsApart(keys)
}

func environmentsApart(keys []string) bool {
	prod, before := false, false
	for _, key := range keys {
		env := environmentOf(key)
		prod = prod || env == production
		before = before || env != "" && env != production
	}
	return prod && before
}

// choosesFrom tells whether the code takes a member of a map by a key that is
// not written out.
func (m *tfModule) choosesFrom(name string) bool {
	for _, f := range m.files {
		for _, before := range [...]string{name + "[", "lookup(" + name + ","} {
			_, text, found := strings.Cut(f.text, before)
			for found {
				key := strings.TrimLeft(text, " ")
				if !strings.HasPrefix(key, `"`) || strings.HasPrefix(key, `"${`) {
					return true
				}
				_, text, found = strings.Cut(text, before)
			}
		}
	}
	return false
}

// environments adds a fact for each environment that a map by environment has a
// member for: what it sets for it, as a variable file of its own would.
func (j *tfJoin) environments(m *tfModule, f *hclFile, name string, all Value) {
	asked := j.asked("environment")
	for _, member := range all.Fields {
		env := environmentOf(member.Key)
		if env == "" {
			continue
		}
		set := member.Value
		if set.Kind != Map {
			_, key, _ := strings.Cut(name, ".")
			set = Value{Kind: Map, Fields: []Field{{key, set}}, Start: set.Start, End: set.End}
		}
		v := Value{Kind: Map, Start: set.Start, End: set.Start}
		for _, s := range set.Fields {
			if asked.has(s.Key) {
				v.Fields = append(v.Fields, s)
			}
		}
		v.Fields = append(v.Fields, Field{"_name", at(Str(member.Key), v.Start)}, Field{"_env", at(Str(env), v.Start)}, Field{"_root", at(Boolean(m.root), v.Start)})
		j.facts = append(j.facts, Fact{Kind: Terraform, Name: "environment", Path: f.path, Start: v.Start, End: v.End, Value: v, Hint: m.hint, Group: m.dir})
	}
}

// beforeIt tells of a folder beside one that is called likewise but for an
// environment before production: infra/network beside infra-staging/network.
// So it is production's, where no third one is.
func (j *tfJoin) beforeIt(dir string) bool {
	if j.plain == nil {
		j.plain = j.plainFolders()
	}
	return j.plain[dir]
}

// plainFolders are the folders of which beforeIt tells, there or not.
func (j *tfJoin) plainFolders() map[string]bool {
	type place struct {
		dir     string
		segment int
	}
	before, live := map[place]bool{}, map[place]bool{}
	for dir, m := range j.modules {
		if !m.root {
			continue
		}
		segments := strings.Split(dir, "/")
		for i, segment := range segments {
			cut := strings.LastIndexAny(segment, "-_")
			if cut < 0 {
				continue
			}
			segments[i] = segment[:cut]
			switch segment[cut+1:] {
			case "staging", "stage", "stg", "preprod", "nonprod", "dev", "development":
				before[place{path.Join(segments...), i}] = true
			case "prod", "production", "prd", "live":
				live[place{path.Join(segments...), i}] = true
			}
			segments[i] = segment
		}
	}
	out := map[string]bool{}
	for p := range before {
		if !live[p] {
			out[p.dir] = true
		}
	}
	return out
}
