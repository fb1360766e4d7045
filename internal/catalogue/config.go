package catalogue

import (
	"cmp"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// ConfigurationPath is where a repository, and an organisation's `.github`
// repository, keep their configuration.
const ConfigurationPath = ".github/readyline.yml"

// DefaultChecklist is what applies where nobody chose.
const DefaultChecklist = "gruntwork-aws"

// Configuration is a `.github/readyline.yml`. A nil or zero member was not
// said, so that the one below may say it.
type Configuration struct {
	Checklists         []Reference
	EvidenceFrom       []Link
	Ignore             []Path
	NotApplicable      map[string]string // item to reason
	Waivers            map[string]Exception
	Controls           []Reference // paths only
	AttestationsExpire *time.Duration
	ChecksBlock        *bool
	Repositories       []Match // of an organisation's file
	Mode               Mode    // of what a Match or an organisation's file says
	Places             map[string]int
}

// Reference is a checklist by id, or a file by its path from the repository's
// root.
type Reference struct {
	ID   string
	Path string
	Line int
}

// Link is another repository, or a folder of it, whose files count as evidence.
type Link struct {
	Owner  string
	Name   string
	Folder string
	Line   int
}

func (l Link) String() string {
	if l.Folder == "" {
		return l.Owner + "/" + l.Name
	}
	return l.Owner + "/" + l.Name + "//" + l.Folder
}

// Exception is a waiver in a file. A zero Until never ends.
type Exception struct {
	Reason string
	Until  time.Time
}

// Mode is how much the app does for a repository. Empty is ModeIssue.
type Mode string

const (
	ModeOff     Mode = "off"
	ModeObserve Mode = "observe" // dashboard only
	ModeIssue   Mode = "issue"
)

// Match is what an organisation's file says of some of its repositories.
type Match struct {
	Name       Name
	Topics     []string
	Visibility []string
	Configuration
}

// Repository is what a Match can be about.
type Repository struct {
	Name       string
	Topics     []string
	Visibility string // public, private or internal
}

// ParseConfiguration reads a configuration. The error is Faults.
func ParseConfiguration(file string, text []byte) (*Configuration, error) {
	var faults Faults
	s := source{file: file, faults: &faults}
	c := &Configuration{}
	if root := s.parse(text); root != nil {
		o := s.object(root, "configuration")
		if n := o.get("version"); n != nil && n.Value != "1" {
			s.fault(n, "version: 1 is the only one there is, not %s", describe(n))
		}
		*c = o.configuration()
		for _, n := range s.items(o.get("repositories"), "repositories") {
			c.Repositories = append(c.Repositories, s.match(n))
		}
		o.done()
	}
	return c, faults.err()
}

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
	if o.has("checks_block") {
		v := o.boolean("checks_block")
		c.ChecksBlock = &v
	}
	c.Mode = Mode(o.oneOf("mode", string(ModeOff), string(ModeObserve), string(ModeIssue)))
	return c
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

// Effective is what holds for a repository: its own file over the first match
// of the organisation's, over the rest of that. Either file may be nil. What a
// repository says of mode is not heard.
func Effective(own, organisation *Configuration, r Repository) Configuration {
	out := Configuration{}
	if organisation != nil {
		out = over(Configuration{}, *organisation)
		for _, m := range organisation.Repositories {
			if m.holds(r) {
				out = over(m.Configuration, out)
				break
			}
		}
	}
	mode := out.Mode
	if own != nil {
		out = over(*own, out)
	}
	out.Mode = cmp.Or(mode, ModeIssue)
	out.Repositories = nil
	return out
}

func (m Match) holds(r Repository) bool {
	has := func(wanted []string, have ...string) bool {
		for _, w := range wanted {
			for _, h := range have {
				if strings.EqualFold(w, h) {
					return true
				}
			}
		}
		return len(wanted) == 0
	}
	name, _ := m.Name.Exact()
	return (name == "" || m.Name.Match(strings.ToLower(r.Name))) && has(m.Topics, r.Topics...) && has(m.Visibility, r.Visibility)
}

// over is what above says, else what below says. Waivers and exemptions add up.
func over(above, below Configuration) Configuration {
	out := above
	if out.Checklists == nil {
		out.Checklists = below.Checklists
	}
	if out.EvidenceFrom == nil {
		out.EvidenceFrom = below.EvidenceFrom
	}
	if out.Ignore == nil {
		out.Ignore = below.Ignore
	}
	if out.Controls == nil {
		out.Controls = below.Controls
	}
	out.NotApplicable = merged(above.NotApplicable, below.NotApplicable)
	out.Waivers = merged(above.Waivers, below.Waivers)
	out.AttestationsExpire = cmp.Or(above.AttestationsExpire, below.AttestationsExpire)
	out.ChecksBlock = cmp.Or(above.ChecksBlock, below.ChecksBlock)
	out.Mode = cmp.Or(above.Mode, below.Mode)
	return out
}

func merged[V any](above, below map[string]V) map[string]V {
	if len(above)+len(below) == 0 {
		return nil
	}
	out := map[string]V{}
	for k, v := range below {
		out[k] = v
	}
	for k, v := range above {
		out[k] = v
	}
	return out
}

// Ignored tells whether a path is to be left out.
func (c Configuration) Ignored(path string) bool {
	path = strings.ToLower(path)
	for _, p := range c.Ignore {
		if p.Match(path) {
			return true
		}
	}
	return false
}
