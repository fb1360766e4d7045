package issue

import (
	"regexp"
	"strings"
	"time"
)

// Said is what a line of ours says that a person had said of its item.
type Said struct {
	Item  string
	Kind  SaidKind
	By    string
	Note  string
	Until time.Time
}

// SaidKind is what sort of thing a line says that a person said.
type SaidKind string

const (
	SaidAttested SaidKind = "attested"
	SaidWaived   SaidKind = "waived"
	SaidExempt   SaidKind = "exempt"
	SaidDisputed SaidKind = "disputed"
)

// Claims reads a body of ours of which nothing else is known. base is the body
// as we must have written it: each box as the words on its line say, so that
// what differs was done by a person since. said is what those words tell of
// people.
func Claims(body string) (base string, said []Said) {
	lines := parse(body)
	for i, l := range lines {
		id, ok := strings.CutPrefix(l.key, "item:")
		if !ok {
			continue
		}
		words := l.words()
		s := saidIn(words)
		ticked := s.Kind == SaidAttested || s.Kind == SaidWaived || proof.MatchString(words)
		lines[i].text = l.withBox(ticked)
		if s.Item = id; s.Kind != "" {
			said = append(said, s)
		}
	}
	return join(lines), said
}

var (
	// titled is the beginning of an item's line, up to the end of its title.
	titled = regexp.MustCompile(`^\s*(?:>\s*)*[-*+]\s+\[[ xX]\]\s+\*\*(?:\\.|[^\\*])*\*\*`)
	// boldTitle is a title without the box before it.
	boldTitle = regexp.MustCompile(`^\*\*(?:\\.|[^\\*])*\*\*`)
	// proof is how a line begins that a proof has ticked.
	proof = regexp.MustCompile("^(?:\\[`|\\[settings\\]\\(|repository settings|" + hidden + ")")

	saidWho = regexp.MustCompile("^(attested by|waived by|not applicable, says|disputed by) (?:`([^`]*)`|somebody)(.*)$")
	lastDay = regexp.MustCompile(`, until ([0-9]{4}-[0-9]{2}-[0-9]{2})$`)
	linked  = regexp.MustCompile("^\\[`[^`]*`\\]\\(([^()\\s]*)\\)$")
)

// words is what the line of an item tells after its title.
func (l line) words() string {
	text := l.text
	if i := strings.LastIndex(text, "<!-- readyline"); i >= 0 {
		text = text[:i]
	}
	at := titled.FindStringIndex(text)
	if at == nil {
		return ""
	}
	_, words, _ := strings.Cut(text[at[1]:], " — ")
	for _, tail := range []string{" · [how](", " · but see ", " · " + cameBack} {
		words, _, _ = strings.Cut(words, tail)
	}
	return strings.TrimSpace(words)
}

func (l line) withBox(ticked bool) string {
	at := boxIn(l.text)
	if at < 0 {
		return l.text
	}
	box := " "
	if ticked {
		box = "x"
	}
	return l.text[:at] + box + l.text[at+1:]
}

func saidIn(words string) Said {
	m := saidWho.FindStringSubmatch(words)
	if m == nil {
		return Said{}
	}
	s := Said{By: m[2], Kind: map[string]SaidKind{
		"attested by": SaidAttested, "waived by": SaidWaived, "not applicable, says": SaidExempt, "disputed by": SaidDisputed,
	}[m[1]]}
	rest := m[3]
	if d := lastDay.FindStringSubmatchIndex(rest); d != nil {
		if until, err := time.Parse("2006-01-02", rest[d[2]:d[3]]); err == nil {
			s.Until, rest = until, rest[:d[0]]
		}
	}
	note, ok := strings.CutPrefix(rest, ": ")
	if !ok {
		return s
	}
	if m := linked.FindStringSubmatch(note); m != nil {
		s.Note = m[1]
	} else {
		s.Note = unescape(note)
	}
	return s
}

// unescape takes back what Escape did.
func unescape(s string) string {
	s = strings.ReplaceAll(s, zeroWidth, "")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(b.String())
}

// Broken tells whether an edit took away or changed lines of ours, boxes aside,
// so that they are due to be written again.
func Broken(before, after string) bool {
	have := map[string]string{}
	for _, l := range parse(after) {
		if l.key != "" {
			have[l.key] = boxless(l.text)
		}
	}
	for _, l := range parse(before) {
		if l.key != "" && have[l.key] != boxless(l.text) {
			return true
		}
	}
	return false
}
