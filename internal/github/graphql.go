package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// graphqlFault is one error of an answer to a query.
type graphqlFault struct {
	Type, Message string
}

// translate makes it one of this package's errors.
func (f graphqlFault) translate() error {
	cause := errors.New(f.Message)
	switch f.Type {
	case "NOT_FOUND":
		return fmt.Errorf("%w: %w", ErrNotFound, cause)
	case "RATE_LIMITED":
		return &Limited{Until: time.Now().Add(time.Minute), Cause: cause}
	case "FORBIDDEN":
		return &Forbidden{Cause: cause}
	}
	return cause
}

// graphql posts a query through the installation's transport.
func (c *Client) graphql(ctx context.Context, query string, variables map[string]any, out any) error {
	return c.partly(ctx, query, variables, out, func(graphqlFault) bool { return false })
}

// partly is graphql for queries that may be answered in part: faults that pass
// leave their field null.
func (c *Client) partly(ctx context.Context, query string, variables map[string]any, out any, pass func(graphqlFault) bool) error {
	req, err := c.api.NewRequest(http.MethodPost, c.app.Host.GraphQL(), map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	var answer struct {
		Data   json.RawMessage
		Errors []graphqlFault
	}
	if _, err := c.api.Do(ctx, req, &answer); err != nil {
		return translate(err)
	}
	for _, f := range answer.Errors {
		if !pass(f) {
			return f.translate()
		}
	}
	return json.Unmarshal(answer.Data, out)
}

// TipsPerQuery is how many repositories' tips one query asks for.
const TipsPerQuery = 100

// Tips reads the commits at the tips of the default branches of up to
// TipsPerQuery repositories in one query, by id. Those that have no commit, or
// can't be seen, are left out.
func (c *Client) Tips(ctx context.Context, repos []Repository) (map[int64]string, error) {
	if len(repos) > TipsPerQuery {
		return nil, fmt.Errorf("tips of %d repositories in one query, at most %d", len(repos), TipsPerQuery)
	}
	var q strings.Builder
	q.WriteString("query{")
	for i, r := range repos {
		fmt.Fprintf(&q, "r%d:repository(owner:%q,name:%q){databaseId defaultBranchRef{target{oid}}}", i, r.Owner, r.Name)
	}
	q.WriteString("}")
	var data map[string]*struct {
		DatabaseID       int64
		DefaultBranchRef *struct{ Target struct{ OID string } }
	}
	unseen := func(f graphqlFault) bool { return f.Type == "NOT_FOUND" || f.Type == "FORBIDDEN" }
	if err := c.partly(ctx, q.String(), nil, &data, unseen); err != nil {
		return nil, fmt.Errorf("tips of %d repositories from %s on: %w", len(repos), repos[0].FullName(), err)
	}
	out := make(map[int64]string, len(repos))
	for i, r := range repos {
		// Another id: renamed away, and the name was taken by somebody else.
		if d := data[fmt.Sprintf("r%d", i)]; d != nil && d.DatabaseID == r.ID && d.DefaultBranchRef != nil {
			out[r.ID] = d.DefaultBranchRef.Target.OID
		}
	}
	return out, nil
}
