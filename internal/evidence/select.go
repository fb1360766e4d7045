package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
)

// evidence makes evidence of the best hits of a rule, one for each place.
func (a *assessment) evidence(r *rule, strength readiness.Strength, hits []hit) []readiness.Evidence {
	checks := a.checks(r)
	best := byRank(hits, checks)
	best = slices.CompactFunc(best, func(x, y hit) bool {
		return x.source == y.source && x.path == y.path && x.start == y.start && x.path != ""
	})
	left := len(best) - keepBest
	if left > 0 {
		best = best[:keepBest]
	}
	out := make([]readiness.Evidence, 0, len(best))
	for i, h := range best {
		src := a.sources[h.source]
		e := readiness.Evidence{Strength: strength, Repository: src.Repository, Commit: src.Commit, Path: h.path,
			StartLine: int(h.start), EndLine: int(h.end), Rule: r.ID, Summary: r.Summary, URL: h.url(), Rank: rank(h, checks)}
		if h.why != "" && strength == readiness.Suggests {
			e.Summary += " (" + h.why + ")"
		}
		if left > 0 && i == len(best)-1 {
			e.Summary += a.others(r, left)
		}
		out = append(out, e)
	}
	return out
}

// others says how many hits there are besides, where all were looked for.
func (a *assessment) others(r *rule, n int) string {
	some := func(id int) bool { few := a.engine.probes[id].few; return few > 0 && len(a.hits[id]) >= few }
	if slices.ContainsFunc(r.any, some) {
		return " (and more)"
	}
	return fmt.Sprintf(" (and %d more)", n)
}

// byRank puts the best hits first.
func byRank(hits []hit, checks bool) []hit {
	type place struct{ at, rank, depth int } // a hit is large, and there may be thousands
	order := make([]place, len(hits))
	for i, h := range hits {
		order[i] = place{i, rank(h, checks), depth(h.path)}
	}
	slices.SortFunc(order, func(a, b place) int {
		x, y := &hits[a.at], &hits[b.at]
		if c := cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(a.rank, b.rank), cmp.Compare(a.depth, b.depth),
			cmp.Compare(len(x.path), len(y.path))); c != 0 {
			return c
		}
		return cmp.Or(x.compare(*y), cmp.Compare(a.at, b.at))
	})
	out := make([]hit, len(order))
	for i, p := range order {
		out[i] = hits[p.at]
	}
	return out
}

// checks tells whether a rule is about what checks changes.
func (a *assessment) checks(r *rule) bool {
	return slices.ContainsFunc(r.any, func(id int) bool { return a.engine.probes[id].When == catalogue.WhenCI })
}

// rank puts production first, then what names no environment, then the rest;
// of what checks changes, that which looks at pull requests.
func rank(h hit, checks bool) int {
	env := ""
	if h.fact != nil {
		env = h.fact.Value.Get("_env").Text
		if checks && h.fact.Kind == facts.Workflow {
			triggers := h.fact.Value.Get("triggers")
			if _, in := among(&triggers, "pull_request"); in {
				return 0
			}
			return 1 + rankOfPath(h.path)
		}
	}
	return rankOfPath(env + "/" + h.path)
}

// rankOfPath goes by the first word that tells: deployProd.yml is of
// production, infra/review/alb.tf is not.
func rankOfPath(path string) int {
	for len(path) > 0 {
		n := wordLength(path)
		switch strings.ToLower(path[:n]) {
		case "prod", "prd", "production", "live":
			return 0
		case "dev", "development", "staging", "stage", "stg", "qa", "uat", "sandbox", "preview", "demo", "training":
			return 2
		case "test", "review", "integration", "tools": // test.yml is what tests
			if strings.Contains(path, "/") {
				return 2
			}
		}
		path = path[min(max(n, 1), len(path)):]
	}
	return 1
}

// wordLength is how long the word is with which a name begins, none where it
// begins with what separates words.
func wordLength(name string) int {
	for i := range len(name) {
		c := name[i]
		if c == '/' || c == '-' || c == '_' || c == '.' || i > 0 && isUpper(c) && !isUpper(name[i-1]) {
			return i
		}
	}
	return len(name)
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
