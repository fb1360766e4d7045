package emulator

import (
	"cmp"
	"maps"
)

// userJSON is GitHub's simple user.
func (s *Server) userJSON(a *Account) any {
	if a == nil {
		return nil
	}
	api := s.APIURL() + "/users/" + a.Login
	html := s.URL() + "/" + a.Login
	if a.Type == typeBot {
		html = s.URL() + "/apps/" + a.Login
	}
	return object{
		"login": a.Login, "id": a.ID, "node_id": nodeID("U", a.ID), "avatar_url": s.URL() + "/_emulator/avatar/" + itoa(a.ID) + ".svg", "gravatar_id": "",
		"url": api, "html_url": html, "followers_url": api + "/followers",
		"following_url": api + "/following{/other_user}", "gists_url": api + "/gists{/gist_id}",
		"starred_url": api + "/starred{/owner}{/repo}", "subscriptions_url": api + "/subscriptions",
		"organizations_url": api + "/orgs", "repos_url": api + "/repos", "events_url": api + "/events{/privacy}",
		"received_events_url": api + "/received_events", "type": a.Type, "user_view_type": "public", "site_admin": false,
	}
}

// profileJSONLocked is GitHub's public user.
func (s *Server) profileJSONLocked(a *Account) object {
	out := s.userJSON(a).(object)
	public := 0
	for _, repo := range s.state.Repositories {
		if repo.OwnerID == a.ID && !repo.Private {
			public++
		}
	}
	maps.Copy(out, object{
		"name": orNull(a.Name), "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"public_repos": public, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": stamp(a.CreatedAt), "updated_at": stamp(a.CreatedAt),
	})
	return out
}

// organizationBriefJSON is the organization as events and lists show it.
func (s *Server) organizationBriefJSON(a *Account) object {
	api := s.APIURL() + "/orgs/" + a.Login
	return object{
		"login": a.Login, "id": a.ID, "node_id": nodeID("O", a.ID), "url": api, "repos_url": api + "/repos",
		"events_url": api + "/events", "hooks_url": api + "/hooks", "issues_url": api + "/issues",
		"members_url": api + "/members{/member}", "public_members_url": api + "/public_members{/member}",
		"avatar_url": s.URL() + "/_emulator/avatar/" + itoa(a.ID) + ".svg", "description": "",
	}
}

// organizationJSONLocked is GitHub's full organization.
func (s *Server) organizationJSONLocked(a *Account) object {
	out := s.organizationBriefJSON(a)
	maps.Copy(out, object{
		"name": a.Name, "html_url": s.URL() + "/" + a.Login, "type": typeOrganization,
		"has_organization_projects": true, "has_repository_projects": true, "followers": 0, "following": 0,
		"public_gists": 0, "public_repos": s.profileJSONLocked(a)["public_repos"],
		"created_at": stamp(a.CreatedAt), "updated_at": stamp(a.CreatedAt), "archived_at": nil,
	})
	return out
}

// appJSONLocked is GitHub's integration.
func (s *Server) appJSONLocked(app *App) object {
	count := 0
	for _, inst := range s.state.Installations {
		if inst.AppID == app.ID {
			count++
		}
	}
	return object{
		"id": app.ID, "slug": app.Slug, "node_id": nodeID("A", app.ID), "client_id": app.ClientID,
		"owner": s.userJSON(s.state.Accounts[app.OwnerID]), "name": app.Name, "description": orNull(app.Description),
		"external_url": cmp.Or(app.HomepageURL, s.URL()), "html_url": s.URL() + "/apps/" + app.Slug,
		"created_at": stamp(app.CreatedAt), "updated_at": stamp(app.UpdatedAt), "installations_count": count,
		"permissions": maps.Clone(app.Permissions), "events": append([]string{}, app.Events...),
	}
}

// installationJSONLocked is GitHub's installation.
func (s *Server) installationJSONLocked(i *Installation) object {
	account := s.state.Accounts[i.AccountID]
	app := s.state.Apps[i.AppID]
	selection := "selected"
	if i.All {
		selection = "all"
	}
	html := s.URL() + "/settings/installations/" + itoa(i.ID)
	if account.Type == typeOrganization {
		html = s.URL() + "/organizations/" + account.Login + "/settings/installations/" + itoa(i.ID)
	}
	return object{
		"id": i.ID, "node_id": nodeID("MDIz", i.ID), "account": s.userJSON(account), "repository_selection": selection,
		"access_tokens_url": s.APIURL() + "/app/installations/" + itoa(i.ID) + "/access_tokens",
		"repositories_url":  s.APIURL() + "/installation/repositories", "html_url": html,
		"app_id": app.ID, "app_slug": app.Slug, "client_id": app.ClientID, "target_id": account.ID, "target_type": account.Type,
		"permissions": maps.Clone(i.Permissions), "events": append([]string{}, i.Events...),
		"created_at": stamp(i.CreatedAt), "updated_at": stamp(i.UpdatedAt), "single_file_name": nil,
		"has_multiple_single_files": false, "single_file_paths": []string{},
		"suspended_by": s.userJSON(s.state.Accounts[i.SuspendedByID]), "suspended_at": stamp(i.SuspendedAt),
	}
}
