package catalogue

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// configuration reads what both a file and one of its matches may say.
func (o *object) configuration() Configuration {
	c := Configuration{Places: map[string]int{}}
	for i, key := range o.keys {
		c.Places[key] = o.vals[i].Line
	}
	c.Checklists = o.references("checklists", false)
	c.Controls = o.references("controls", true)
	c.EvidenceFrom = o.links()
	for _, g := range o.texts("ignore") {
		paths, err := NewPath(g)
		if err != nil {
			o.fault(o.get("ignore"), "ignore: %v", err)
		}
		c.Ignore = append(c.Ignore, paths...)
	}
	c.NotApplicable = o.reasons(c.Places)
	c.Waivers = o.waivers(c.Places)
	c.AttestationsExpire = o.duration("attestations_expire")
	c.ChecksBlock = o.choice("checks_block")
	c.CloseAt100 = o.choice("close_at_100")
	c.MentionAuthor = o.choice("mention_author")
	c.Mode = Mode(o.oneOf("mode", string(ModeOff), string(ModeObserve), string(ModeIssue)))
	return c
}

// choice is true or false; nil when nothing was said.
func (o *object) choice(key string) *bool {
	if !o.has(key) {
		return nil
	}
	v := o.boolean(key)
	return &v
}

func (o *object) references(key string, pathsOnly bool) []Reference {
	n := o.get(key)
	var out []Reference
	for i, text := range o.list(n, key) {
		line := n.Line
		if n.Kind == yaml.SequenceNode {
			line = n.Content[i].Line
		}
		clean := path.Clean(text)
		switch {
		case !strings.ContainsAny(text, "/.") && !pathsOnly:
			out = append(out, Reference{ID: text, Line: line})
		case path.IsAbs(text) || strings.HasPrefix(clean, ".."):
			o.faults.add(o.file, line, "%s: %q is not a path inside this repository", key, text)
		default:
			out = append(out, Reference{ID: ChecklistID(clean), Path: clean, Line: line})
		}
	}
	return out
}

var linkForm = regexp.MustCompile(`^([A-Za-z0-9-]+)/([A-Za-z0-9._-]+?)(?://(.+))?$`)

func (o *object) links() []Link {
	n := o.get("evidence_from")
	var out []Link
	for i, text := range o.list(n, "evidence_from") {
		line := n.Line
		if n.Kind == yaml.SequenceNode {
			line = n.Content[i].Line
		}
		m := linkForm.FindStringSubmatch(text)
		if m == nil || strings.HasPrefix(path.Clean(m[3]), "..") {
			o.faults.add(o.file, line, "evidence_from: %q is not OWNER/REPOSITORY or OWNER/REPOSITORY//FOLDER", text)
			continue
		}
		folder := ""
		if m[3] != "" {
			folder = strings.Trim(path.Clean(m[3]), "/")
		}
		out = append(out, Link{m[1], m[2], folder, line})
	}
	return out
}

func (o *object) reasons(places map[string]int) map[string]string {
	n := o.get("not_applicable")
	if n == nil {
		return nil
	}
	in, out := o.object(n, "not_applicable"), map[string]string{}
	for i, id := range in.keys {
		places["not_applicable."+id] = in.vals[i].Line
		if out[id] = in.text(id); out[id] == "" {
			o.fault(in.vals[i], "not_applicable: %s: a reason is missing", id)
		}
	}
	return out
}

func (o *object) waivers(places map[string]int) map[string]Exception {
	n := o.get("waivers")
	if n == nil {
		return nil
	}
	in, out := o.object(n, "waivers"), map[string]Exception{}
	for i, id := range in.keys {
		in.used[i] = true
		places["waivers."+id] = in.vals[i].Line
		w := o.object(in.vals[i], "waivers: "+id)
		x := Exception{Reason: w.need("reason")}
		if day := w.text("until"); day != "" {
			until, err := time.Parse(time.DateOnly, day)
			if err != nil {
				o.fault(w.get("until"), "waivers: %s: until: a day is wanted (2027-03-31), not %q", id, day)
			}
			x.Until = until
		}
		w.done()
		out[id] = x
	}
	return out
}

var daysForm = regexp.MustCompile(`^([1-9][0-9]{0,4})d$`)

func (o *object) duration(key string) *time.Duration {
	text := o.text(key)
	if text == "" {
		return nil
	}
	var d time.Duration
	if m := daysForm.FindStringSubmatch(text); m != nil {
		days, _ := strconv.Atoi(m[1])
		d = time.Duration(days) * 24 * time.Hour
	} else if text != "never" {
		o.fault(o.get(key), "%s: days are wanted (365d), or never, not %q", key, text)
	}
	return &d
}

func (s source) match(n *yaml.Node) Match {
	o := s.object(n, "repositories")
	var m Match
	if in := o.get("match"); in != nil {
		w := s.object(in, "repositories: match")
		m.Topics = w.texts("topics")
		m.Visibility = w.texts("visibility")
		if name := w.text("name"); name != "" {
			m.Name = NewName(name)
		}
		w.done()
	} else {
		s.fault(n, "repositories: match is missing ({name: \"*\"} is every repository)")
	}
	for _, v := range m.Visibility {
		if v != "public" && v != "private" && v != "internal" {
			s.fault(n, "repositories: visibility: %q is none of public, private, internal", v)
		}
	}
	m.Configuration = o.configuration()
	o.done()
	return m
}
