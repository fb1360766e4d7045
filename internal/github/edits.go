package github

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// BodyEdit is one edit of an issue's body, as GitHub remembers it.
type BodyEdit struct {
	By   Sender // a bot's login is without its suffix
	At   time.Time
	Body string // after the edit; empty where GitHub does not show it
}

// lastEdits is how many edits are asked for: more than anybody makes while a
// webhook is on its way.
const lastEdits = 50

// BodyEdits are the last edits of an issue's body, oldest first; the first of
// all is the body with which it was opened. What GitHub calls an edit's diff is
// the whole body after it.
func (c *Client) BodyEdits(ctx context.Context, r Repository, number int) ([]BodyEdit, error) {
	const query = `query($owner:String!,$name:String!,$number:Int!,$last:Int!){repository(owner:$owner,name:$name){issue(number:$number){
		userContentEdits(first:$last){nodes{editedAt diff editor{__typename login}}}}}}`
	var data struct {
		Repository struct {
			Issue struct {
				UserContentEdits struct {
					Nodes []struct {
						EditedAt time.Time
						Diff     string
						Editor   *struct {
							Type  string `json:"__typename"`
							Login string
						}
					}
				}
			}
		}
	}
	variables := map[string]any{"owner": r.Owner, "name": r.Name, "number": number, "last": lastEdits}
	if err := c.graphql(ctx, query, variables, &data); err != nil {
		return nil, fmt.Errorf("edits of issue %s#%d: %w", r.FullName(), number, err)
	}
	var out []BodyEdit
	for _, n := range data.Repository.Issue.UserContentEdits.Nodes {
		e := BodyEdit{At: n.EditedAt, Body: n.Diff}
		if n.Editor != nil { // an account that is gone has none
			e.By = Sender{Login: n.Editor.Login, Bot: n.Editor.Type == "Bot"}
		}
		out = append(out, e)
	}
	slices.Reverse(out) // GitHub lists the newest first
	return out, nil
}
