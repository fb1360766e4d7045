package server

import (
	"cmp"
	"context"
	"errors"
	"net/url"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/store"
)

// library is a catalogue, and where the pages about what is in it are.
type library struct {
	*catalogue.Catalogue
	shipped *catalogue.Catalogue
	base    string   // of pages about what does not ship; empty: there are none
	whose   string   // an owner or a repository; empty: what ships
	more    *library // where else what a repository's file speaks of may be; nil: nowhere
}

// names is the library of what ships. An organisation's own is known beside
// its configuration only; elsewhere ids stand for titles.
func (s *Server) names() library { return library{Catalogue: s.Catalogue, shipped: s.Catalogue} }

// libraryOf is what ships and what an organisation's file brings, to who may
// read that file.
func (s *Server) libraryOf(ctx context.Context, sight store.Sight, owner string) (library, error) {
	l := s.names()
	repo, err := s.Store.Sees(ctx, sight, owner, ".github")
	if errors.Is(err, store.ErrNotFound) || err == nil && repo.Name != ".github" {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	organisation, files := catalogue.OpenBundle(repo.Config)
	_, l.Catalogue = s.Catalogue.Under(nil, nil, organisation, files, catalogue.Repository{Name: repo.Name, Visibility: repo.Visibility})
	l.base, l.whose = orgLink(repo.Owner), repo.Owner
	return l, nil
}

// libraryIn is what ships and what a repository's own file brings, for who may
// see the repository. What its organisation brings is not in it: that has
// pages of its own, for who may read where it is written.
func (s *Server) libraryIn(ctx context.Context, sight store.Sight, repo store.Repository) (library, error) {
	organisation, err := s.libraryOf(ctx, sight, repo.Owner)
	l := s.names()
	l.more = &organisation
	own, files := catalogue.OpenBundle(repo.Config)
	if err != nil || own == nil || repo.Name == ".github" {
		return l, err
	}
	about := catalogue.Repository{Name: repo.Name, Topics: repo.Topics, Visibility: repo.Visibility}
	_, l.Catalogue = s.Catalogue.Under(own, files, nil, nil, about)
	l.base, l.whose = repoLink(repo.Owner, repo.Name), repo.FullName()
	return l, nil
}

func (l library) item(checklist, item string) string {
	list, _ := l.Checklist(checklist)
	for _, i := range list.Items {
		if i.ID == item {
			return cmp.Or(i.Title, item)
		}
	}
	return item
}

func (l library) control(id string) string {
	if c := l.Control(id); c != nil {
		return cmp.Or(c.Title, id)
	}
	return id
}

func (l library) checklist(id string) string {
	list, _ := l.Checklist(id)
	return cmp.Or(list.Title, id)
}

// controlLink leads to the page of a control, where it has one.
func (l library) controlLink(id string) controlLink {
	c := controlLink{ID: id, Title: l.control(id)}
	switch {
	case l.shipped.Control(id) != nil:
		c.Link = "/controls/" + url.PathEscape(id)
	case l.base != "" && l.Control(id) != nil:
		c.Link = l.base + "/controls/" + url.PathEscape(id)
	case l.more != nil:
		return l.more.controlLink(id)
	}
	return c
}

// checklistLink leads to the page of a checklist, or is empty.
func (l library) checklistLink(id string) string {
	if _, ships := l.shipped.Checklist(id); ships {
		return "/checklists/" + url.PathEscape(id)
	}
	if _, known := l.Checklist(id); known && l.base != "" {
		return l.base + "/checklists/" + url.PathEscape(id)
	}
	if l.more != nil {
		return l.more.checklistLink(id)
	}
	return ""
}
