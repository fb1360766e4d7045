package emulator

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/bmatcuk/doublestar/v4"
)

// branchRules lists the active rules that hold for a branch, which need not exist.
// Rulesets that are disabled or only evaluated are left out, and so is classic protection.
func (v settingsView) branchRules(w http.ResponseWriter, r *http.Request) {
	branch := param(r, "*")
	rules := []object{}
	for _, set := range v.Rulesets {
		if cmp.Or(set.Target, "branch") != "branch" || cmp.Or(set.Enforcement, "active") != "active" ||
			!set.Conditions.RefName.match("refs/heads/"+branch, branch == v.repo.DefaultBranch) {
			continue
		}
		for _, rule := range set.Rules {
			o := rule.json()
			o["ruleset_source_type"] = cmp.Or(set.SourceType, "Repository")
			o["ruleset_source"] = v.rulesetSource(set)
			o["ruleset_id"] = set.ID
			rules = append(rules, o)
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), rules))
}

// match follows GitHub: any include pattern and no exclude pattern, fnmatch on the full ref.
func (n RefName) match(ref string, isDefault bool) bool {
	fits := func(pattern string) bool {
		switch pattern {
		case "~ALL":
			return true
		case "~DEFAULT_BRANCH":
			return isDefault
		}
		return doublestar.MatchUnvalidated(pattern, ref)
	}
	if len(n.Include) == 0 {
		return isDefault && !slices.ContainsFunc(n.Exclude, fits)
	}
	return slices.ContainsFunc(n.Include, fits) && !slices.ContainsFunc(n.Exclude, fits)
}

func (rule Rule) json() object {
	o := object{"type": rule.Type}
	if rule.Parameters != nil {
		o["parameters"] = rule.Parameters
	}
	return o
}

func (v settingsView) rulesetSource(set Ruleset) string {
	if set.SourceType == "Organization" {
		return v.owner.Login
	}
	return v.fullName()
}

func (v settingsView) rulesets(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, set := range v.Rulesets {
		if set.SourceType == "Organization" && r.URL.Query().Get("includes_parents") == "false" {
			continue
		}
		list = append(list, v.rulesetJSON(set))
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

func (v settingsView) ruleset(w http.ResponseWriter, r *http.Request) {
	for _, set := range v.Rulesets {
		if strconv.FormatInt(set.ID, 10) == param(r, "id") {
			writeJSON(w, http.StatusOK, v.rulesetDetail(set, v.may(r, "administration", "write")))
			return
		}
	}
	writeNotFound(w)
}

func (v settingsView) rulesetJSON(set Ruleset) object {
	id := strconv.FormatInt(set.ID, 10)
	self, html := v.api+"/rulesets/"+id, v.html+"/rules/"+id
	if set.SourceType == "Organization" {
		self = v.s.APIURL() + "/orgs/" + v.owner.Login + "/rulesets/" + id
		html = v.s.URL() + "/organizations/" + v.owner.Login + "/settings/rules/" + id
	}
	return object{
		"id": set.ID, "node_id": nodeID("RRS", set.ID), "name": set.Name, "target": cmp.Or(set.Target, "branch"),
		"source_type": cmp.Or(set.SourceType, "Repository"), "source": v.rulesetSource(set),
		"enforcement": cmp.Or(set.Enforcement, "active"),
		"_links":      object{"self": object{"href": self}, "html": object{"href": html}},
		"created_at":  v.since(set.CreatedAt), "updated_at": v.since(set.UpdatedAt),
	}
}

// rulesetDetail adds what the list leaves out; only those who may edit the ruleset see who bypasses it.
func (v settingsView) rulesetDetail(set Ruleset, editor bool) object {
	o := v.rulesetJSON(set)
	names := set.Conditions.RefName
	if len(names.Include) == 0 {
		names.Include = []string{"~DEFAULT_BRANCH"}
	}
	if names.Exclude == nil {
		names.Exclude = []string{}
	}
	o["conditions"] = object{"ref_name": names}
	rules := []object{}
	for _, rule := range set.Rules {
		rules = append(rules, rule.json())
	}
	o["rules"] = rules
	if editor {
		actors := []object{}
		for _, a := range set.BypassActors {
			actors = append(actors, object{
				"actor_id": a.ActorID, "actor_type": a.ActorType, "bypass_mode": cmp.Or(a.BypassMode, "always"),
			})
		}
		o["bypass_actors"] = actors
		o["current_user_can_bypass"] = "never"
	}
	return o
}
