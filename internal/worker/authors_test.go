package worker

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
)

// Who made an edit, from what GitHub remembers of the body.
func TestAuthors(t *testing.T) {
	const (
		none = "- [ ] One <!-- readyline item=\"one\" -->\n- [ ] Two <!-- readyline item=\"two\" -->\n"
		one  = "- [x] One <!-- readyline item=\"one\" -->\n- [ ] Two <!-- readyline item=\"two\" -->\n"
		both = "- [x] One <!-- readyline item=\"one\" -->\n- [x] Two <!-- readyline item=\"two\" -->\n"
	)
	bot, ann, ben := github.Sender{Login: "readyline", Bot: true}, github.Sender{Login: "ann"}, github.Sender{Login: "ben"}
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 12, minute, 0, 0, time.UTC) }
	ticks := []issue.Edit{{Item: "one", Ticked: true}, {Item: "two", Ticked: true}}
	cases := []struct {
		name string
		told []github.BodyEdit
		want []store.BoxEdit
	}{
		{"nothing is remembered", nil, nil},
		{"each their own", []github.BodyEdit{{By: bot, Body: none}, {By: ann, At: at(1), Body: one}, {By: ben, At: at(2), Body: both}},
			[]store.BoxEdit{{Item: "one", Ticked: true, By: "ann", At: at(1)}, {Item: "two", Ticked: true, By: "ben", At: at(2)}}},
		{"the last of two counts", []github.BodyEdit{{By: bot, Body: none}, {By: ann, At: at(1), Body: one}, {By: ann, At: at(2), Body: none}, {By: ben, At: at(3), Body: one}},
			[]store.BoxEdit{{Item: "one", Ticked: true, By: "ben", At: at(3)}}},
		{"texts out of sight, one person", []github.BodyEdit{{By: bot}, {By: ann, At: at(1)}, {By: ann, At: at(2)}},
			[]store.BoxEdit{{Item: "one", Ticked: true, By: "ann", At: at(2)}, {Item: "two", Ticked: true, By: "ann", At: at(2)}}},
		{"texts out of sight, two people", []github.BodyEdit{{By: bot}, {By: ann, At: at(1)}, {By: ben, At: at(2)}}, nil},
		{"an account that is gone", []github.BodyEdit{{By: bot, Body: none}, {At: at(1), Body: both}}, nil},
		{"a bot", []github.BodyEdit{{By: bot, Body: none}, {By: bot, At: at(1), Body: both}}, nil},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, authors(ticks, c.told)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}
