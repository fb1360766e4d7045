package github

import (
	"encoding/json"

	gh "github.com/google/go-github/v60/github"
)

// permissionsOf reads the permissions as GitHub names them ("issues": "write").
// go-github has a field for each; its JSON is the map.
func permissionsOf(p *gh.InstallationPermissions) map[string]string {
	out := map[string]string{}
	if p == nil {
		return out
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return out
	}
	if json.Unmarshal(raw, &out) != nil {
		return map[string]string{}
	}
	return out
}
