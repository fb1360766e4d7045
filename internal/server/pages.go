package server

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// pages mounts what people open in a browser, and the API.
func (s *Server) pages(r chi.Router) {
	r.Get("/assets/{name}", s.asset)
	r.Head("/assets/{name}", s.asset)
	r.Get("/favicon.ico", s.favicon)
	r.Get("/api/v1/openapi.json", s.openAPI)
	r.Group(func(r chi.Router) {
		r.Use(http.NewCrossOriginProtection().Handler, middleware.Compress(5), private)
		r.Get("/auth/login", s.login)
		r.Get("/auth/callback", s.signedIn)
		r.Post("/auth/logout", s.logout)
		r.Group(func(r chi.Router) {
			r.Use(s.identified)
			r.Get("/", s.home)
			r.Get("/orgs/{owner}", s.organisation)
			r.Get("/orgs/{owner}/controls", s.practices)
			r.Get("/orgs/{owner}/controls/{control}", s.ownControl)
			r.Get("/orgs/{owner}/checklists/{id}", s.ownChecklist)
			r.Get("/orgs/{owner}/changes", s.changes)
			r.Get("/repos/{owner}/{repo}", s.repository)
			r.Get("/repos/{owner}/{repo}/history", s.timeline)
			r.Get("/repos/{owner}/{repo}/evidence.zip", s.evidencePack)
			r.Get("/repos/{owner}/{repo}/checklists/{id}", s.repositoryChecklist)
			r.Get("/repos/{owner}/{repo}/controls/{control}", s.repositoryControl)
			r.Get("/controls", s.controls)
			r.Get("/controls/{control}", s.control)
			r.Get("/checklists", s.checklists)
			r.Get("/checklists/{id}", s.checklist)
			r.Get("/admin", s.admin)
			r.Post("/admin/deliveries/retry", s.retryDelivery)
			r.Post("/admin/events/resend", s.resendEvent)
			r.Post("/admin/waves", s.setWaves)
			r.Get("/tokens", s.tokens)
			r.Post("/tokens", s.createToken)
			r.Post("/tokens/revoke", s.revokeToken)
			r.Route("/api/v1", s.api)
		})
	})
	r.NotFound(s.identified(http.HandlerFunc(s.notFound)).ServeHTTP)
}

// private keeps what one viewer sees out of shared caches.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Add("Vary", "Cookie, Authorization")
		next.ServeHTTP(w, r)
	})
}
