package emulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// state is everything the emulator remembers. Entities name each other by id,
// so that the whole of it can be written down as JSON and read back.
type state struct {
	NextID        int64
	Accounts      map[int64]*Account
	Repositories  map[int64]*Repository
	Apps          map[int64]*App
	Installations map[int64]*Installation
	// Redirects maps "owner/name" in lower case, as it once was, to a repository.
	Redirects     map[string]int64
	Tokens        map[string]*token
	Refreshes     map[string]*refreshToken
	Deliveries    []*delivery
	Notifications []Notification
}

func newState() *state {
	return &state{
		NextID: 1000, Accounts: map[int64]*Account{}, Repositories: map[int64]*Repository{},
		Apps: map[int64]*App{}, Installations: map[int64]*Installation{}, Redirects: map[string]int64{},
		Tokens: map[string]*token{}, Refreshes: map[string]*refreshToken{},
	}
}

// Kinds of account, as GitHub's `type` spells them.
const (
	typeUser         = "User"
	typeOrganization = "Organization"
	typeBot          = "Bot"
)

// Account is a person, an organization or an app's bot.
type Account struct {
	ID        int64
	Login     string
	Type      string
	Name      string
	CreatedAt time.Time
	// Members maps the account ids of an organization's members to "admin" or "member".
	Members map[int64]string
}

// Repository is one repository; its files live in the git directory GitDir.
// Its fields are guarded by Server.mu.
type Repository struct {
	ID            int64
	OwnerID       int64
	Name          string
	GitDir        string
	Description   string
	DefaultBranch string
	Topics        []string
	Private       bool
	Archived      bool
	Fork          bool
	HasIssues     bool
	CreatedAt     time.Time
	UpdatedAt     time.Time
	PushedAt      time.Time
	// Roles maps account ids to admin, maintain, write, triage, read or none.
	Roles map[int64]string
	// Refs are the branches and tags that pushes were last announced for.
	Refs       map[string]string
	NextNumber int
	Issues     map[int]*Issue
	Labels     []*Label
	CheckRuns  []*CheckRun
	// Settings holds what settings.go serves, by top-level name.
	Settings map[string]json.RawMessage
}

// Label is one label of a repository.
type Label struct {
	ID          int64
	Name        string
	Color       string
	Description string
}

// Issue is an issue, or a pull request when Pull is set.
type Issue struct {
	ID          int64
	Number      int
	Title       string
	Body        string
	AuthorID    int64
	AppID       int64 // the app that opened it, 0 for a person
	Closed      bool
	StateReason string
	ClosedByID  int64
	Locked      bool
	LockReason  string
	Labels      []string
	Assignees   []int64
	Comments    []*Comment
	Reactions   []*Reaction
	Edits       []Edit
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ClosedAt    time.Time
	Pinned      bool
	Deleted     bool
	// MovedTo is the API URL of the issue this one was transferred to.
	MovedTo string
	Pull    *Pull
}

// Pull is what a pull request has beyond an issue.
type Pull struct {
	HeadBranch string
	BaseBranch string
	HeadSHA    string
	BaseSHA    string
	MergedAt   time.Time
	Draft      bool
}

// Edit is one edit of an issue's body, oldest first; Body is the body after it.
type Edit struct {
	ID       int64
	EditorID int64
	At       time.Time
	Body     string
}

// Comment is a comment on an issue.
type Comment struct {
	ID        int64
	AuthorID  int64
	AppID     int64
	Body      string
	CreatedAt time.Time
	UpdatedAt time.Time
	Reactions []*Reaction
}

// Reaction is one account's reaction to an issue or a comment.
type Reaction struct {
	ID        int64
	UserID    int64
	Content   string
	CreatedAt time.Time
}

// id returns a number not used for anything yet.
func (st *state) id() int64 {
	st.NextID++
	return st.NextID
}

// nodeID is the GraphQL id of an object: a prefix for its kind and its number.
func nodeID(prefix string, id int64) string {
	return prefix + "_" + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d", id))
}

// parseNodeID reverses nodeID; 0 when the id is not of that kind.
func parseNodeID(prefix, node string) int64 {
	rest, ok := strings.CutPrefix(node, prefix+"_")
	if !ok {
		return 0
	}
	raw, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil {
		return 0
	}
	var id int64
	if _, err := fmt.Sscanf(string(raw), "%d", &id); err != nil {
		return 0
	}
	return id
}
