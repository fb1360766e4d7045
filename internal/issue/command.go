package issue

import (
	"fmt"
	"strings"
	"time"
)

// Command is what somebody asked for in the first line of a comment.
type Command struct {
	Verb  string // help, rescan, why, attest, na, waive, evidence, restore
	Item  string
	Text  string // note or reason
	URL   string
	Until time.Time // the waiver's last day; zero: no end
}

// States tells whether a command says something of an item that is to stand.
func (c Command) States() bool {
	switch c.Verb {
	case "attest", "na", "waive", "evidence", "restore":
		return true
	}
	return false
}

// A BadCommand says what is wrong with a command, for the person who wrote it.
type BadCommand struct{ Problem string }

func (b *BadCommand) Error() string { return b.Problem }

const prefix = "/readyline"

// ParseCommand reads the first line of a comment. ok is false when the comment
// is no command at all; err is a *BadCommand when it is one that can't be read.
func ParseCommand(comment string) (c Command, ok bool, err error) {
	first, _, _ := strings.Cut(normalise(comment), "\n")
	fields := strings.Fields(first)
	if len(fields) == 0 || fields[0] != prefix {
		return Command{}, false, nil
	}
	if len(fields) == 1 {
		return Command{Verb: "help"}, true, nil
	}
	c.Verb = strings.ToLower(fields[1])
	rest := fields[2:]
	switch c.Verb {
	case "help", "rescan":
		return c, true, nil
	case "why", "attest", "na", "waive", "evidence", "restore":
	default:
		return c, true, bad("There is no command %s. Try `/readyline help`.", Code(fields[1]))
	}
	if len(rest) == 0 {
		return c, true, bad("`%s` needs the id of an item: %s.", c.Verb, usage(c.Verb))
	}
	c.Item = strings.Trim(rest[0], "`")
	rest = rest[1:]
	switch c.Verb {
	case "waive":
		if len(rest) >= 2 && strings.EqualFold(rest[0], "until") {
			if c.Until, err = time.Parse("2006-01-02", rest[1]); err != nil {
				return c, true, bad("%s is not a date like 2027-03-31.", Code(rest[1]))
			}
			rest = rest[2:]
		}
	case "evidence":
		if len(rest) == 0 {
			return c, true, bad("`evidence` needs the address of a file, a line or a pull request: %s.", usage(c.Verb))
		}
		c.URL, rest = strings.Trim(rest[0], "<>"), rest[1:]
	}
	c.Text = strings.Join(rest, " ")
	if c.Text == "" && (c.Verb == "na" || c.Verb == "waive") {
		return c, true, bad("`%s` needs a reason: %s.", c.Verb, usage(c.Verb))
	}
	return c, true, nil
}

func bad(format string, args ...any) error { return &BadCommand{fmt.Sprintf(format, args...)} }

func usage(verb string) string {
	for _, u := range usages() {
		if u[0] == verb {
			return "`/readyline " + u[1] + "`"
		}
	}
	return ""
}

// usages are the commands with their form and meaning, in the order of help.
func usages() [][3]string {
	return [][3]string{
		{"why", "why ITEM", "what was looked for, what was found, and what would prove it"},
		{"attest", "attest ITEM [note]", "vouch for an item, as ticking its box does"},
		{"na", "na ITEM reason", "the item does not concern this repository"},
		{"waive", "waive ITEM [until YYYY-MM-DD] reason", "accept the exception, for a time or for good"},
		{"evidence", "evidence ITEM URL", "nominate a file, line or pull request as proof"},
		{"restore", "restore ITEM", "take back what people said of an item"},
		{"rescan", "rescan", "look at the repository again now"},
		{"help", "help", "this list"},
	}
}

// Help is the answer to the help command.
func Help() string {
	var b strings.Builder
	b.WriteString("In the first line of a comment, for people with write access:\n\n| command | does |\n|---|---|\n")
	for _, u := range usages() {
		fmt.Fprintf(&b, "| `/readyline %s` | %s |\n", u[1], u[2])
	}
	b.WriteString("\nAn ITEM is the id in the item's hidden marker; its title in lower case with dashes usually is it.\n")
	return b.String()
}
