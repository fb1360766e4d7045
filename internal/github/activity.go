package github

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/readyline/readyline/internal/facts"
)

// maxDetails bounds how many objects of a list are read one by one.
const maxDetails = 10

// askRulesets reads each ruleset whole: the list leaves out the rules.
func askRulesets(ctx context.Context, a asker) ([]facts.Value, error) {
	list, err := a.list(ctx, a.path("rulesets?includes_parents=true&per_page=100"), "")
	if err != nil {
		return nil, err
	}
	var out []facts.Value
	for _, s := range list[:min(len(list), maxDetails)] {
		whole, err := a.object(ctx, a.path("rulesets/%s?includes_parents=true", s.Get("id").Text))
		if errors.Is(err, ErrNotFound) { // of the organisation, and not for us to read
			out = append(out, s)
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, whole...)
	}
	return out, nil
}

// askCodeScanning joins open alerts, the tools that reported, and the default
// setup where it may be read.
func askCodeScanning(ctx context.Context, a asker) ([]facts.Value, error) {
	found, err := a.alerts(ctx, a.path("code-scanning/alerts?state=open&per_page=100"))
	if errors.Is(err, ErrNotFound) { // no analysis yet
		return enabledIs(false), nil
	}
	if err != nil {
		return nil, err
	}
	v := found[0]
	analyses, err := none(ErrNotFound)(a.list(ctx, a.path("code-scanning/analyses?per_page=30"), ""))
	if err != nil {
		return nil, err
	}
	var tools []string
	for _, an := range analyses {
		if t := an.Get("tool").Get("name").Text; !slices.Contains(tools, t) {
			tools = append(tools, t)
		}
	}
	v = v.With("tools", facts.Strs(tools))
	if setup, err := a.object(ctx, a.path("code-scanning/default-setup")); err == nil {
		v = v.With("default_setup", setup[0].Get("state"))
	} else if !errors.Is(err, ErrForbidden) && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	return []facts.Value{v}, nil
}

// askDeployments reads the latest deployments with their latest state.
func askDeployments(ctx context.Context, a asker) ([]facts.Value, error) {
	list, err := a.list(ctx, a.path("deployments?per_page=%d", maxDetails), "")
	if err != nil {
		return nil, err
	}
	out := make([]facts.Value, 0, len(list))
	for _, d := range list {
		statuses, err := a.list(ctx, a.path("deployments/%s/statuses?per_page=1", d.Get("id").Text), "")
		if err != nil {
			return nil, err
		}
		v := facts.Value{Kind: facts.Map}.With("environment", d.Get("environment")).With("ref", d.Get("ref")).
			With("created_at", d.Get("created_at")).With("creator_type", d.Get("creator").Get("type"))
		if len(statuses) > 0 {
			v = v.With("state", statuses[0].Get("state"))
		}
		out = append(out, v)
	}
	return out, nil
}

// askWorkflowRuns reads the latest finished run of each workflow on the default
// branch, out of the newest hundred.
func askWorkflowRuns(ctx context.Context, a asker) ([]facts.Value, error) {
	runs, err := a.list(ctx, a.path("actions/runs?branch=%s&status=completed&per_page=100", url.QueryEscape(a.r.DefaultBranch)), "workflow_runs")
	if err != nil {
		return nil, err
	}
	var out []facts.Value
	var seen []string
	for _, r := range runs {
		path := r.Get("path").Text
		if slices.Contains(seen, path) {
			continue
		}
		seen = append(seen, path)
		v := facts.Value{Kind: facts.Map}
		for _, key := range []string{"path", "name", "event", "conclusion", "created_at"} {
			v = v.With(key, r.Get(key))
		}
		out = append(out, v)
	}
	return out, nil
}

// askProperties turns the list of names and values into a map.
func askProperties(ctx context.Context, a asker) ([]facts.Value, error) {
	list, err := a.list(ctx, a.path("properties/values"), "")
	if err != nil {
		return nil, err
	}
	v := facts.Value{Kind: facts.Map}
	for _, p := range list {
		v = v.With(p.Get("property_name").Text, p.Get("value"))
	}
	return []facts.Value{v}, nil
}

// askActions joins the policy for actions with the default token permissions.
func askActions(ctx context.Context, a asker) ([]facts.Value, error) {
	found, err := a.object(ctx, a.path("actions/permissions"))
	if err != nil {
		return nil, err
	}
	token, err := a.object(ctx, a.path("actions/permissions/workflow"))
	if err != nil {
		return nil, err
	}
	v := found[0]
	for _, f := range token[0].Fields {
		v = v.With(f.Key, f.Value)
	}
	return []facts.Value{v}, nil
}

// askPackages lists the organisation's container packages that are linked to
// this repository.
func askPackages(ctx context.Context, a asker) ([]facts.Value, error) {
	list, err := a.list(ctx, fmt.Sprintf("orgs/%s/packages?package_type=container&per_page=100", url.PathEscape(a.r.Owner)), "")
	if err != nil {
		return nil, err
	}
	var out []facts.Value
	for _, p := range list {
		if p.Get("repository").Get("full_name").Text == a.r.FullName() {
			out = append(out, facts.Value{Kind: facts.Map}.With("package_type", p.Get("package_type")).With("name", p.Get("name")))
		}
	}
	return out, nil
}
