package issue

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseCommand(t *testing.T) {
	day := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		comment string
		want    Command
		ok      bool
		problem string
	}{
		{comment: "looks good"},
		{comment: "please /readyline rescan"},
		{comment: "/readyliner help"},
		{comment: "/readyline", want: Command{Verb: "help"}, ok: true},
		{comment: "/readyline rescan\r\nthanks", want: Command{Verb: "rescan"}, ok: true},
		{comment: "  /readyline why `use-a-cdn`", want: Command{Verb: "why", Item: "use-a-cdn"}, ok: true},
		{comment: "/readyline attest use-a-cdn seen by us", want: Command{Verb: "attest", Item: "use-a-cdn", Text: "seen by us"}, ok: true},
		{comment: "/readyline waive x until 2027-03-31 two users", want: Command{Verb: "waive", Item: "x", Text: "two users", Until: day}, ok: true},
		{comment: "/readyline waive x until then it is", want: Command{Verb: "waive", Item: "x"}, ok: true, problem: "`then` is not a date like 2027-03-31."},
		{comment: "/readyline na x", want: Command{Verb: "na", Item: "x"}, ok: true, problem: "`na` needs a reason: `/readyline na ITEM reason`."},
		{comment: "/readyline why", want: Command{Verb: "why"}, ok: true, problem: "`why` needs the id of an item: `/readyline why ITEM`."},
		{comment: "/readyline evidence x <https://github.com/a/b>", want: Command{Verb: "evidence", Item: "x", URL: "https://github.com/a/b"}, ok: true},
		{comment: "/readyline dance", want: Command{Verb: "dance"}, ok: true, problem: "There is no command `dance`. Try `/readyline help`."},
	}
	for _, c := range cases {
		got, ok, err := ParseCommand(c.comment)
		problem := ""
		if err != nil {
			problem, got.Until = err.Error(), time.Time{}
		}
		if diff := cmp.Diff(c.want, got); diff != "" || ok != c.ok || problem != c.problem {
			t.Errorf("%q: ok %v, problem %q %s", c.comment, ok, problem, diff)
		}
	}
}
