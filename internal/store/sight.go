package store

import "time"

// Sight is what somebody may see. The zero Sight sees nothing. Every page
// query takes one, so that hidden repositories are in no list, sum or chart.
type Sight struct {
	All    bool      // the server itself, and its admins
	Public bool      // public repositories
	Viewer int64     // what GitHub lets this viewer read, 0: nobody
	Since  time.Time // as far as GitHub said so after this time
}

// Everything is for the server's own work, for no page.
var Everything = Sight{All: true}

// seen is the condition, on repositories as r, that a Sight sees them; its
// arguments come first in the query.
const seen = ` r.removed_at is null and not r.name_lost and ($1 or ($2 and r.visibility = 'public')
	or exists (select from viewer_repositories v where v.viewer_id = $3 and v.repository_id = r.id
		and v.checked_at >= $4 and v.permission <> 'none')) `

func (s Sight) args(more ...any) []any {
	return append([]any{s.All, s.Public, s.Viewer, s.Since}, more...)
}
