package snapshot

import "github.com/readyline/readyline/internal/facts"

// Settings is what GitHub answered about a repository's settings and activity,
// by the names of the table in docs/writing-controls.md. A nil map is an
// offline snapshot: nobody asked.
type Settings map[string]Answer

// Answer is GitHub's answer to one question. Unknown, when not empty, says in
// words why there is none, naming the permission that would help; Facts is
// then empty. An answer without facts is an answer: there are none.
type Answer struct {
	Facts   []facts.Value `json:"facts,omitempty"`
	Unknown string        `json:"unknown,omitempty"`
}
