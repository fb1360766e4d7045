package evidence

import (
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
)

// facet tells whether a facet holds. What can be no more than a hint of a
// control is enough for a facet: a module that nothing calls is Terraform all
// the same. A file that can't be read leaves it open; a setting that can't be
// read does not, or else nothing could be ruled out offline.
func (a *assessment) facet(f *facet) truth {
	out := yes
	if len(f.any) > 0 {
		out = no
		for i := range f.any {
			out = out.or(a.facetClause(&f.any[i]))
		}
	}
	for i := range f.all {
		out = out.and(a.facetClause(&f.all[i]))
	}
	for i := range f.none {
		out = out.and(a.facetClause(&f.none[i]).not())
	}
	return out
}

func (a *assessment) facetClause(c *clause) truth {
	out := no
	for _, name := range c.facets {
		out = out.or(a.facets[name])
	}
	if len(c.any) == 0 || out == yes {
		return out
	}
	if a.clause(c).truth() != no {
		return yes
	}
	for _, k := range c.kinds {
		if a.unread(c, k) != nil {
			return unknown
		}
	}
	return out
}

// blind names what GitHub would have to answer for the clause to be decided;
// empty when all of it is known.
func (a *assessment) blind(c *clause) string {
	var names, reasons []string
	for _, name := range c.settings {
		if answer, asked := a.settings[name]; !asked {
			names = append(names, name)
		} else if answer.Unknown != "" {
			reasons = append(reasons, name+": "+answer.Unknown)
		}
	}
	if len(names) > 0 {
		reasons = append(reasons, "needs the repository's settings: "+strings.Join(names, ", "))
	}
	slices.Sort(reasons)
	return strings.Join(reasons, "; ")
}

// applies tells whether a control concerns the repository, and if not, why.
func (a *assessment) applies(when catalogue.Applies) (bool, string) {
	for _, name := range when.None {
		if a.facets[name] == yes {
			return false, "not for a repository that " + a.means(name)
		}
	}
	for _, name := range when.All {
		if a.facets[name] == no {
			return false, "only for a repository that " + a.means(name)
		}
	}
	if len(when.Any) == 0 {
		return true, ""
	}
	var means []string
	for _, name := range when.Any {
		if a.facets[name] != no {
			return true, ""
		}
		means = append(means, a.means(name))
	}
	return false, "only for a repository that " + strings.Join(means, ", or ")
}

func (a *assessment) means(facet string) string {
	if d := a.engine.catalogue.Facet(facet); d != nil {
		return d.Means
	}
	return facet
}
