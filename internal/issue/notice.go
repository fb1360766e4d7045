package issue

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Remark is one thing to say in a comment: why, and about which item.
type Remark struct {
	ID     int64
	Kind   string // regression, contradiction, expiry
	Item   string // its id
	Title  string
	Commit string
	Actor  string
	Notify string // login of whom to tell; empty: nobody
	Detail string
	Until  time.Time
}

// Remarks is one comment for all that is to be said at once. Hidden numbers at
// its end tell which remarks it is about.
func Remarks(list []Remark, p Page) string {
	var b strings.Builder
	for _, r := range list {
		b.WriteString("- " + p.remark(r) + "\n")
	}
	b.WriteString("\n<sub>Said once. Comment `/readyline why ITEM` for more, or close this issue to silence it.</sub>\n<!-- readyline remarks=\"")
	for i, r := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(r.ID, 10))
	}
	b.WriteString("\" -->\n")
	return b.String()
}

func (p Page) remark(r Remark) string {
	title := "**" + Escape(r.Title) + "**"
	switch r.Kind {
	case "regression":
		text := title + " is required, and nothing proves it any more"
		if r.Commit != "" {
			text += fmt.Sprintf(" since [`%.7s`](%s/%s/commit/%s)", r.Commit, p.WebURL, p.Repository, r.Commit)
		}
		switch {
		case isLogin.MatchString(r.Notify):
			text += " by @" + r.Notify
		case r.Actor != "":
			text += " by " + Code(r.Actor)
		}
		if r.Detail != "" {
			text += ". It was proven by " + Code(r.Detail)
		}
		return text + "."
	case "contradiction":
		return fmt.Sprintf("%s is required and attested by %s, but %s speaks against it. The tick stands.", title, person(r.Actor), Code(r.Detail))
	}
	return p.endingRemark(r, title)
}

// isLogin is what a person's login looks like; one of an enterprise has a suffix.
var isLogin = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]+)?$`)

// endingRemark says that something is about to end, and how to keep it: where
// it was said, which for a waiver in a file is that file.
func (p Page) endingRemark(r Remark, title string) string {
	text := fmt.Sprintf("The %s of %s by %s ends on %s.", Escape(r.Detail), title, person(r.Actor), r.Until.UTC().Format("2006-01-02"))
	switch {
	case strings.Contains(r.Actor, "/"):
		return text + " Another date there keeps it."
	case r.Detail == "waiver":
		return text + fmt.Sprintf(" `/readyline waive %s until DATE REASON` keeps it.", r.Item)
	}
	return text + fmt.Sprintf(" `/readyline attest %s` keeps it.", r.Item)
}

// Answer is a comment that answers the command in another one. A hidden number at
// its end tells which.
func Answer(text string, comment int64) string {
	return fmt.Sprintf("%s\n\n<!-- readyline answer=\"%d\" -->\n", strings.TrimRight(text, "\n"), comment)
}

// Answers tells whether a comment is the answer to the command in another one.
func Answers(comment string, asked int64) bool {
	return strings.Contains(comment, fmt.Sprintf("<!-- readyline answer=\"%d\" -->", asked))
}

var remarksMarker = regexp.MustCompile(`<!-- readyline remarks="([0-9 ]*)" -->`)

// RemarksIn are the numbers of the remarks that a comment says.
func RemarksIn(comment string) []int64 {
	m := remarksMarker.FindStringSubmatch(comment)
	if m == nil {
		return nil
	}
	var out []int64
	for _, s := range strings.Fields(m[1]) {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}
