package server

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/readyline/readyline/internal/store"
)

// head finds an organisation that the visitor sees something of, and the
// checklist that its page is about.
func (s *Server) head(r *http.Request, tab string) (orgHead, error) {
	ctx, v := r.Context(), visitorOf(r)
	all, err := s.Store.Survey(ctx, v.sight, unescaped(r, "owner"))
	if err == nil && len(all.Rows) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return orgHead{}, err
	}
	owner := all.Owner()
	h := orgHead{Owner: owner, Tab: tab, GitHub: s.githubURL() + "/" + url.PathEscape(owner)}
	if h.names, err = s.libraryOf(ctx, v.sight, owner); err != nil {
		return h, err
	}
	uses := all.Checklists()
	wanted := r.URL.Query().Get("checklist")
	if !slices.ContainsFunc(uses, func(u store.ChecklistUse) bool { return u.Checklist == wanted }) {
		wanted = ""
	}
	filter := fleetQuery{values: r.URL.Query()}
	for _, u := range uses {
		if wanted == "" {
			wanted = u.Checklist
		}
		current := u.Checklist == wanted
		if current {
			h.Checklist, h.Title = u.Checklist, cmp.Or(u.Title, u.Checklist)
		}
		h.Checklists = append(h.Checklists, option{
			Label: cmp.Or(u.Title, u.Checklist), Value: u.Checklist, Link: filter.with("checklist", u.Checklist, "item", ""), Current: current,
		})
	}
	h.fleet = all.About(h.Checklist)
	return h, nil
}
