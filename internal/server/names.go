package server

import (
	"cmp"

	"github.com/readyline/readyline/internal/catalogue"
)

// names are the titles of the shipped checklists' items. Those of an
// organisation's own are known only beside its configuration; elsewhere their
// ids stand for them.
type names struct{ catalogue *catalogue.Catalogue }

func (s *Server) names() names { return names{s.Catalogue} }

func (n names) item(checklist, item string) string {
	list, ok := n.catalogue.Checklist(checklist)
	if !ok {
		return item
	}
	for _, i := range list.Items {
		if i.ID == item {
			return cmp.Or(i.Title, item)
		}
	}
	return item
}

func (n names) control(id string) string {
	if c := n.catalogue.Control(id); c != nil {
		return cmp.Or(c.Title, id)
	}
	return id
}

func (n names) checklist(id string) string {
	if list, ok := n.catalogue.Checklist(id); ok {
		return cmp.Or(list.Title, id)
	}
	return id
}
