package catalogue

import (
	"strings"
	"time"
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
	Ignore             []*Path
	NotApplicable      map[string]string // item to reason
	Waivers            map[string]Exception
	Controls           []Reference // paths only
	AttestationsExpire *time.Duration
	ChecksBlock        *bool
	CloseAt100         *bool
	MentionAuthor      *bool
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
