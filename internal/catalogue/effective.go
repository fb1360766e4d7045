package catalogue

import (
	"cmp"
	"strings"
)

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
	out.CloseAt100 = cmp.Or(above.CloseAt100, below.CloseAt100)
	out.MentionAuthor = cmp.Or(above.MentionAuthor, below.MentionAuthor)
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
