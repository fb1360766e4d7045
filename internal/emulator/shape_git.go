package emulator

import (
	"net/url"
	"strings"
)

// pathEscape escapes one segment of a URL's path.
func pathEscape(s string) string { return url.PathEscape(s) }

// escapePath escapes a path but keeps its slashes.
func escapePath(p string) string {
	parts := strings.Split(p, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

func signatureJSON(sig signature) object {
	return object{"name": sig.Name, "email": sig.Email, "date": stamp(sig.When)}
}

// byEmailLocked finds the account that a commit's address belongs to: LOGIN@anything.
func (s *Server) byEmailLocked(email string) *Account {
	login, _, _ := strings.Cut(email, "@")
	if _, after, ok := strings.Cut(login, "+"); ok {
		login = after
	}
	return s.personLocked(login)
}

// commitJSONLocked is GitHub's commit.
func (s *Server) commitJSONLocked(repo *Repository, c *commit) object {
	api := s.repoAPILocked(repo)
	html := s.URL() + "/" + s.fullNameLocked(repo) + "/commit/"
	parents := []object{}
	for _, sha := range c.Parents {
		parents = append(parents, object{"sha": sha, "url": api + "/commits/" + sha, "html_url": html + sha})
	}
	return object{
		"sha": c.SHA, "node_id": "C_" + c.SHA, "url": api + "/commits/" + c.SHA, "html_url": html + c.SHA, "comments_url": api + "/commits/" + c.SHA + "/comments",
		"commit": object{
			"url": api + "/git/commits/" + c.SHA, "author": signatureJSON(c.Author), "committer": signatureJSON(c.Committer),
			"message": c.Message, "tree": object{"sha": c.Tree, "url": api + "/git/trees/" + c.Tree}, "comment_count": 0,
			"verification": object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
		"author": s.userJSON(s.byEmailLocked(c.Author.Email)), "committer": s.userJSON(s.byEmailLocked(c.Committer.Email)), "parents": parents,
	}
}

// pushCommitJSONLocked is a commit as push events show it.
func (s *Server) pushCommitJSONLocked(repo *Repository, c *commit, touched *change) object {
	person := func(sig signature) object {
		out := object{"name": sig.Name, "email": sig.Email, "date": stamp(sig.When)}
		if a := s.byEmailLocked(sig.Email); a != nil {
			out["username"] = a.Login
		}
		return out
	}
	if touched == nil {
		touched = &change{Added: []string{}, Removed: []string{}, Modified: []string{}}
	}
	return object{
		"id": c.SHA, "tree_id": c.Tree, "distinct": true, "message": c.Message, "timestamp": stamp(c.Committer.When),
		"url": s.URL() + "/" + s.fullNameLocked(repo) + "/commit/" + c.SHA, "author": person(c.Author), "committer": person(c.Committer),
		"added": touched.Added, "removed": touched.Removed, "modified": touched.Modified,
	}
}

// refJSONLocked is GitHub's git ref.
func (s *Server) refJSONLocked(repo *Repository, name, sha, kind string) object {
	api := s.repoAPILocked(repo)
	return object{
		"ref": name, "node_id": "REF_" + sha, "url": api + "/git/" + escapePath(name),
		"object": object{"sha": sha, "type": kind, "url": api + "/git/" + kind + "s/" + sha},
	}
}
