package github

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// question is one thing to ask of GitHub's settings or activity. Decoding into
// any rather than go-github's structs keeps an answer readable when GitHub adds
// a rule type or a property type that the structs don't know.
type question struct {
	name       string
	permission string // in the words of GitHub's settings page
	ask        func(ctx context.Context, a asker) ([]facts.Value, error)
}

// asker asks about one repository.
type asker struct {
	c *Client
	r Repository
}

func (a asker) path(format string, args ...any) string {
	return fmt.Sprintf("repos/%s/%s/", a.r.Owner, a.r.Name) + fmt.Sprintf(format, args...)
}

// questions are all that can be asked, by the names of docs/writing-controls.md.
func questions() []question {
	return []question{
		{"repository", "Metadata: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.object(ctx, fmt.Sprintf("repos/%s/%s", a.r.Owner, a.r.Name))
		}},
		{"branch_rules", "Metadata: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.list(ctx, a.path("rules/branches/%s?per_page=100", url.PathEscape(a.r.DefaultBranch)), "")
		}},
		{"rulesets", "Metadata: read", askRulesets},
		{"branch", "Contents: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.object(ctx, a.path("branches/%s", url.PathEscape(a.r.DefaultBranch)))
		}},
		{"branch_protection", "Administration: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return none(ErrNotFound)(a.object(ctx, a.path("branches/%s/protection", url.PathEscape(a.r.DefaultBranch))))
		}},
		{"vulnerability_alerts", "Administration: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.enabled(ctx, a.path("vulnerability-alerts"))
		}},
		{"automated_security_fixes", "Administration: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return disabled(ErrNotFound)(a.object(ctx, a.path("automated-security-fixes")))
		}},
		{"dependabot_alerts", "Dependabot alerts: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.alerts(ctx, a.path("dependabot/alerts?state=open&per_page=100"))
		}},
		{"secret_scanning", "Secret scanning alerts: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return disabled(ErrNotFound)(a.alerts(ctx, a.path("secret-scanning/alerts?state=open&per_page=100")))
		}},
		{"code_scanning", "Code scanning alerts: read", askCodeScanning},
		{"private_vulnerability_reporting", "Metadata: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.object(ctx, a.path("private-vulnerability-reporting"))
		}},
		{"environment", "Actions: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.list(ctx, a.path("environments?per_page=100"), "environments")
		}},
		{"deployment", "Deployments: read", askDeployments},
		{"workflow_run", "Actions: read", askWorkflowRuns},
		{"release", "Contents: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.list(ctx, a.path("releases?per_page=30"), "")
		}},
		{"tag", "Metadata: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.list(ctx, a.path("tags?per_page=30"), "")
		}},
		{"community", "Contents: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return none(ErrNotFound)(a.object(ctx, a.path("community/profile")))
		}},
		{"languages", "Metadata: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return a.object(ctx, a.path("languages"))
		}},
		{"custom_properties", "Metadata: read", askProperties},
		{"codeowners_errors", "Contents: read", func(ctx context.Context, a asker) ([]facts.Value, error) {
			return none(ErrNotFound)(a.object(ctx, a.path("codeowners/errors")))
		}},
		{"actions_permissions", "Administration: read", askActions},
		{"package", "Packages: read", askPackages},
	}
}

// Settings asks the wanted questions. A question that can't be answered for
// want of a permission is an answer that says so; only limits, rejected
// credentials and outages are errors; what was answered before comes with them.
func (c *Client) Settings(ctx context.Context, r Repository, want func(name string) bool) (snapshot.Settings, error) {
	out := snapshot.Settings{}
	for _, q := range questions() {
		if !want(q.name) {
			continue
		}
		found, err := q.ask(ctx, asker{c, r})
		switch {
		case err == nil:
			out[q.name] = snapshot.Answer{Facts: found}
		case errors.Is(err, ErrForbidden), errors.Is(err, ErrNotFound), errors.Is(err, ErrGone):
			out[q.name] = snapshot.Answer{Unknown: fmt.Sprintf("not visible to the App; the permission %q would answer it", q.permission)}
		default:
			return out, fmt.Errorf("setting %s of %s: %w", q.name, r.FullName(), err)
		}
	}
	return out, nil
}

// object reads one object.
func (a asker) object(ctx context.Context, path string) ([]facts.Value, error) {
	var v any
	if err := a.c.get(ctx, path, &v); err != nil {
		return nil, err
	}
	return []facts.Value{facts.FromJSON(v)}, nil
}

// list reads the first page of a list, or of the list under a key.
func (a asker) list(ctx context.Context, path, key string) ([]facts.Value, error) {
	found, err := a.object(ctx, path)
	if err != nil {
		return nil, err
	}
	v := found[0]
	if key != "" {
		v = v.Get(key)
	}
	return v.Items, nil
}

// enabled reads a switch that answers 204 for on and 404 for off. GitHub
// answers 403 for want of permission, so 404 is an answer.
func (a asker) enabled(ctx context.Context, path string) ([]facts.Value, error) {
	err := a.c.get(ctx, path, nil)
	if errors.Is(err, ErrNotFound) {
		return enabledIs(false), nil
	}
	if err != nil {
		return nil, err
	}
	return enabledIs(true), nil
}

// alerts counts open alerts of a feature that is on. The alerts themselves are
// not kept: they would tell secrets.
func (a asker) alerts(ctx context.Context, path string) ([]facts.Value, error) {
	found, err := a.list(ctx, path, "")
	if err != nil {
		return nil, err
	}
	return []facts.Value{enabledIs(true)[0].With("open", facts.Num(len(found)))}, nil
}

func enabledIs(on bool) []facts.Value {
	return []facts.Value{facts.Value{Kind: facts.Map}.With("enabled", facts.Boolean(on))}
}

type answer func([]facts.Value, error) ([]facts.Value, error)

// none takes an error for the answer that there is nothing.
func none(target error) answer {
	return func(v []facts.Value, err error) ([]facts.Value, error) {
		if errors.Is(err, target) {
			return nil, nil
		}
		return v, err
	}
}

// disabled takes an error for the answer that the feature is off.
func disabled(target error) answer {
	return func(v []facts.Value, err error) ([]facts.Value, error) {
		if errors.Is(err, target) {
			return enabledIs(false), nil
		}
		return v, err
	}
}
