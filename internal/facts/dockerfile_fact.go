package facts

import (
	"encoding/json"
	"strconv"
	"strings"
)

// fact is one instruction with the stage it belongs to (-1 before the first).
func (d *dockerReader) fact(in instruction, stage int) Fact {
	v := Value{Kind: Map, Start: in.start, End: in.end}
	set := func(key string, member Value) {
		if member.Start == 0 {
			member.Start, member.End = in.start, in.end
		}
		v.Fields = append(v.Fields, Field{key, member})
	}
	set("text", Str(in.command()))
	set("args", Strs(in.args))
	if len(in.flags) > 0 {
		set("flags", flagMap(in.flags))
	}
	if stage >= 0 {
		set("stage", Str(d.stageName(stage)))
		set("final", Boolean(d.stages[stage].final))
	}
	switch in.name {
	case "from":
		if stage >= 0 {
			for _, f := range imageFields(d.stages[stage]) {
				set(f.Key, f.Value)
			}
		}
	case "user":
		if stage >= 0 && len(in.args) > 0 {
			set("user", expandVars(strings.Join(in.args, " "), d.stages[stage].env))
		}
	case "env", "arg", "label":
		set("vars", Value{Kind: Map, Fields: lastOfEach(dockerVars(in))})
	}
	return Fact{Kind: Dockerfile, Name: in.name, Path: d.path, Start: in.start, End: in.end, Value: v}
}

// command is the text of an instruction; that of a RUN in its exec form is the
// command line that it stands for.
func (in instruction) command() string {
	at := strings.Index(in.text, "[")
	if in.name != "run" || at < 0 || strings.TrimSpace(strings.Join(append([]string{"RUN"}, in.flags...), " ")) != strings.Join(strings.Fields(in.text[:at]), " ") {
		return in.text
	}
	var words []string
	if json.Unmarshal([]byte(in.text[at:]), &words) != nil {
		return in.text
	}
	for i, w := range words {
		if strings.ContainsAny(w, " \t\n") {
			words[i] = strconv.Quote(w)
		}
	}
	return in.text[:at] + strings.Join(words, " ")
}

// imageFields tells what a FROM builds on: an image in parts, or a stage.
func imageFields(s dockerStage) []Field {
	if s.parent >= 0 {
		return []Field{{"from_stage", Str(strings.ToLower(s.ref.Text))}}
	}
	if s.ref.Kind == Unknown {
		return []Field{{"image", s.ref}, {"tag", s.ref}}
	}
	name, tag, digest := splitImage(s.ref.Text)
	out := []Field{{"image", Str(name)}}
	if tag != "" {
		out = append(out, Field{"tag", Str(tag)})
	}
	if digest != "" {
		out = append(out, Field{"digest", Str(digest)})
	}
	return out
}

// file is the fact about the file as a whole.
func (d *dockerReader) file(list []instruction) Fact {
	shipped := d.shipped()
	final, root := d.stages[shipped], d.root(shipped)
	v := Value{Kind: Map, Start: list[0].start, End: list[len(list)-1].end}
	set := func(key string, member Value, line int) {
		if member.Start == 0 {
			member.Start, member.End = line, line
		}
		v.Fields = append(v.Fields, Field{key, member})
	}
	set("stages", d.stageList(), d.stages[0].line)
	for _, f := range imageFields(root) {
		switch f.Key {
		case "image":
			set("final_base", f.Value, root.line)
		case "tag", "digest":
			set("final_"+f.Key, f.Value, root.line)
		}
	}
	if final.user.Kind != Absent {
		set("final_user", final.user, final.line)
	}
	set("base_pinned", Boolean(d.pinned()), d.stages[0].line)
	set("healthcheck", Boolean(final.healthy), final.line)
	set("runs", Boolean(final.runs), final.line)
	set("multi_stage", Boolean(len(d.stages) > 1), d.stages[0].line)
	return Fact{Kind: Dockerfile, Name: "file", Path: d.path, Start: v.Start, End: v.End, Value: v}
}

func (d *dockerReader) stageList() Value {
	out := Value{Kind: List}
	for i, s := range d.stages {
		fields := append([]Field{{"name", Str(d.stageName(i))}}, imageFields(s)...)
		fields = append(fields, Field{"final", Boolean(s.final)})
		out.Items = append(out.Items, Value{Kind: Map, Fields: fields, Start: s.line, End: s.line})
	}
	return out
}

// pinned tells whether every image that is built on is named by its digest.
func (d *dockerReader) pinned() bool {
	for _, s := range d.stages {
		if s.parent < 0 && s.ref.Text != "scratch" && !strings.Contains(s.ref.Text, "@sha256:") {
			return false
		}
	}
	return true
}

// baseUser is the user that well-known images start as when it isn't root.
func baseUser(ref string) Value {
	name, tag, _ := splitImage(ref)
	short := name[strings.LastIndexByte(name, '/')+1:]
	switch {
	case strings.Contains(name, "distroless/") && (strings.Contains(tag, "nonroot") || strings.HasSuffix(name, "-nonroot")):
		return Str("nonroot")
	case strings.HasPrefix(name, "cgr.dev/"):
		return Str("65532")
	case short == "nginx-unprivileged":
		return Str("101")
	case strings.HasPrefix(name, "bitnami/"), strings.HasPrefix(name, "docker.io/bitnami/"):
		return Str("1001")
	case strings.HasPrefix(name, "mcr.microsoft.com/dotnet/") && strings.Contains(tag, "chiseled"):
		return Str("app")
	}
	return Value{}
}

func flagMap(flags []string) Value {
	m := Value{Kind: Map}
	for _, f := range flags {
		key, value, found := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		member := Str(value)
		if !found {
			member = Boolean(true)
		}
		m.Fields = append(m.Fields, Field{key, member})
	}
	return m
}
