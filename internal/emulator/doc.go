// Package emulator is a GitHub on one machine. It serves local git repositories
// over GitHub's REST and GraphQL APIs, sends signed webhooks, signs people in,
// registers apps and shows issues and files as pages, so that `readyline demo`
// and the tests need no account and no network. It is not GitHub: it listens on
// loopback addresses only, and every page says so.
//
// Repositories are read through the git binary and never written. Commits made in
// them count as pushes: the refs are looked at every 150 ms, loose, packed or in
// a reftable. Everything else lives in memory, and in Options.StateFile if asked.
//
// # Who is who
//
// A new emulator has the organization demo and the people alice (owns it), bob
// (writes in its repositories) and carol (reads them). `Authorization: token
// LOGIN` acts as that person. Apps use JSON web tokens and installation tokens,
// users' tokens come from /login/oauth, all as on GitHub. A browser is alice
// until somebody else is chosen at the top of a page.
//
// # Addresses
//
//	/api/v3/…             REST; /api/graphql: GraphQL
//	/login/oauth/…        sign-in; ?login=LOGIN answers without a page
//	/settings/apps/new    registration by manifest, also under /organizations/{org}
//	/apps/{slug}/installations/new
//	/{owner}/{repo}       pages: issues/{n}, pull/{n}, blob/{ref}/{path}, commit/{sha}, runs/{id}, …
//	/_emulator/…          what follows
//
// # Control over HTTP
//
// Bodies are JSON. Successful changes answer 204 unless something else is said.
//
//	GET    /_emulator/                      accounts, apps, installations, repositories
//	GET    /_emulator/requests              every API request: method, path, status, by, points; with totals
//	DELETE /_emulator/requests              forgets them
//	GET    /_emulator/notifications         who would have been told of what, and why
//	DELETE /_emulator/notifications         forgets them
//	GET    /_emulator/deliveries            webhook deliveries of all apps, and how many still wait
//	POST   /_emulator/poll                  looks for new commits at once
//	POST   /_emulator/accounts              {"login", "type": "User"|"Organization", "members": []}: 201
//	POST   /_emulator/repos                 {"owner", "name", "git_dir", "private", "archived", "fork",
//	                                         "has_issues", "default_branch", "topics", "description"}: 201
//	PUT    /_emulator/repos/{o}/{r}/settings       keys of RepoSettings replace what was there, null resets: 200
//	PUT    /_emulator/repos/{o}/{r}/permissions    {"bob": "admin"|"maintain"|"write"|"triage"|"read"|"none"}
//	POST   /_emulator/repos/{o}/{r}/rename         {"name"}
//	POST   /_emulator/repos/{o}/{r}/transfer       {"account"}
//	POST   /_emulator/repos/{o}/{r}/{action}       archive, unarchive, privatize, publicize, delete
//	POST   /_emulator/repos/{o}/{r}/issues         {"on": false}
//	POST   /_emulator/repos/{o}/{r}/default-branch {"branch"}
//	POST   /_emulator/repos/{o}/{r}/topics         {"topics": []}
//	POST   /_emulator/repos/{o}/{r}/pulls          {"head", "base", "author"}: 201 {"number"}
//	POST   /_emulator/repos/{o}/{r}/pulls/{n}/close    {"merged"}
//	POST   /_emulator/repos/{o}/{r}/issues/{n}/{action} delete, lock, unlock, transfer {"to": "o/r"} 201; "by" says who
//	PUT    /_emulator/installations/{id}/permissions   {"issues": "write"}: all of them, anew
//	POST   /_emulator/installations/{id}/{action}      suspend, unsuspend, uninstall, expire (its tokens),
//	                                         add and remove {"repositories": []}
//	POST   /_emulator/apps/{slug}/install   {"account", "repositories": [] for all}: 201 {"id"}
//	POST   /_emulator/apps/{slug}/revoke    {"login"}: the person withdraws the authorization
//	PUT    /_emulator/faults                {"faults": []} replaces all; DELETE removes all; GET lists
//	GET    /_emulator/limits                the limits, how often each was broken, and the first thousand who did
//	PUT    /_emulator/limits                {"speed", "core", "tree", "concurrent", "rest_points", "graphql_points",
//	                                         "content_minute", "content_hour"}: those named; forgets what was counted
//
// A fault with a method or path (regular expressions that match whole; the path
// without /api/v3 and query) answers with status, headers and body, after
// latency_ms; without a status only the latency happens; with drop the connection
// breaks. A fault with webhook drop (logged as failed), lose (not logged), double,
// delay (by latency_ms, so that others overtake) or reorder (held back until the
// next has gone) happens to events whose name, or name.action, matches event. times
// limits how often, 0 is for ever; chance (0 to 1, with a seed) how likely.
//
// # Limits
//
// Everybody has GitHub's hourly limit, installations also its secondary ones: 100
// requests at a time, 900 points a minute over REST and 2,000 over GraphQL, 80
// writes of content a minute and 500 an hour. Who breaks one, or comes back before
// the time that an answer named, is counted. With speed 60, a minute of these
// limits takes a second, and an hour a minute; tokens and everything else keep time.
package emulator
