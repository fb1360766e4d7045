package emulator

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// routes builds the whole handler: REST, GraphQL, sign-in, pages and the emulator's own controls.
func (s *Server) routes() http.Handler {
	s.router = chi.NewRouter()
	s.mountREST(s.router)
	s.mountSettings(s.router)
	s.router.NotFound(func(w http.ResponseWriter, r *http.Request) { writeNotFound(w) })
	s.router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) { writeNotFound(w) })

	rest := s.byID(s.resolveRepository(http.StripPrefix("/api/v3", s.router)))
	rest = s.authenticate(s.limited("core", rest))
	if s.options.Check != nil {
		rest = s.options.Check(rest)
	}
	graphql := s.authenticate(s.limited("graphql", http.HandlerFunc(s.serveGraphQL)))

	root := chi.NewRouter()
	root.Handle("/api/v3", s.recorded(s.faulty(rest)))
	root.Handle("/api/v3/*", s.recorded(s.faulty(rest)))
	root.Handle("/api/graphql", s.recorded(s.faulty(graphql)))
	s.mountOAuth(root)
	s.mountControl(root)
	s.mountPages(root)
	origins := http.NewCrossOriginProtection()
	// An app's set-up page posts its manifest from another origin; nothing happens before the person confirms.
	origins.AddInsecureBypassPattern("POST /settings/apps/new")
	origins.AddInsecureBypassPattern("POST /organizations/{org}/settings/apps/new")
	return loopbackHosts(origins.Handler(root))
}

// mountREST lists every endpoint of the REST API with the permission that it needs.
func (s *Server) mountREST(r chi.Router) {
	s.mountAppRoutes(r)
	s.mountPeopleRoutes(r)
	s.mountRepositoryRoutes(r)
	s.mountIssueRoutes(r)
	s.mountCheckRoutes(r)
}
