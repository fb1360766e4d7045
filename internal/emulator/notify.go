package emulator

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Notification is one thing that GitHub would tell somebody.
type Notification struct {
	ID         int64     `json:"id"`
	Kind       string    `json:"kind"` // issue_opened, comment_created, mention_added or reference_added
	Repository string    `json:"repository"`
	Issue      int       `json:"issue"`
	URL        string    `json:"url"`
	User       string    `json:"user"`   // who is told; empty for a reference
	Known      bool      `json:"known"`  // whether the emulator has such an account
	Reason     string    `json:"reason"` // subscribed, author, comment, mention or cross-reference
	Target     string    `json:"target,omitempty"`
	Actor      string    `json:"actor"`
	At         time.Time `json:"at"`
}

var (
	mention   = regexp.MustCompile(`(^|[^\w@/.` + "`" + `-])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))(/[A-Za-z0-9._-]+)?`)
	reference = regexp.MustCompile(`(^|[^\w&/#` + "`" + `-])((?:[A-Za-z0-9-]+/[A-Za-z0-9._-]+)?#|GH-)(\d{1,9})\b`)
)

// notifyLocked records one notification.
func (s *Server) notifyLocked(repo *Repository, issue *Issue, kind, user, reason, target string, actor *Account) {
	s.state.Notifications = append(s.state.Notifications, Notification{
		ID: s.state.id(), Kind: kind, Repository: s.fullNameLocked(repo), Issue: issue.Number, URL: s.issueHTMLLocked(repo, issue),
		User: user, Known: user != "" && s.accountLocked(user) != nil, Reason: reason, Target: target, Actor: actor.Login, At: s.now().UTC(),
	})
}

func (s *Server) notifyOpenedLocked(repo *Repository, issue *Issue, actor *Account) {
	mentioned := s.notifyTextLocked(repo, issue, actor, "", issue.Body)
	for _, watcher := range s.watchersLocked(repo) {
		if watcher.ID != actor.ID && !slices.Contains(mentioned, strings.ToLower(watcher.Login)) {
			s.notifyLocked(repo, issue, "issue_opened", watcher.Login, "subscribed", "", actor)
		}
	}
}

// notifyCommentLocked tells watchers, the author and all who commented before.
func (s *Server) notifyCommentLocked(repo *Repository, issue *Issue, c *Comment, actor *Account) {
	told := s.notifyTextLocked(repo, issue, actor, "", c.Body)
	tell := func(account *Account, reason string) {
		if account == nil || account.Type != typeUser || account.ID == actor.ID || slices.Contains(told, strings.ToLower(account.Login)) {
			return
		}
		told = append(told, strings.ToLower(account.Login))
		s.notifyLocked(repo, issue, "comment_created", account.Login, reason, "", actor)
	}
	tell(s.state.Accounts[issue.AuthorID], "author")
	for _, earlier := range issue.Comments {
		tell(s.state.Accounts[earlier.AuthorID], "comment")
	}
	for _, watcher := range s.watchersLocked(repo) {
		tell(watcher, "subscribed")
	}
}

// notifyEditedLocked tells only those whom an edit newly mentions: other edits are silent.
func (s *Server) notifyEditedLocked(repo *Repository, issue *Issue, actor *Account, was, is string) {
	s.notifyTextLocked(repo, issue, actor, was, is)
}

// notifyTextLocked records the mentions and references that a text adds to what it was,
// and returns the logins mentioned, in lower case.
func (s *Server) notifyTextLocked(repo *Repository, issue *Issue, actor *Account, was, is string) []string {
	people, issues := linksIn(is)
	oldPeople, oldIssues := linksIn(was)
	var added []string
	for _, login := range people {
		if !slices.Contains(oldPeople, login) && login != strings.ToLower(actor.Login) {
			added = append(added, login)
			s.notifyLocked(repo, issue, "mention_added", login, "mention", "", actor)
		}
	}
	for _, target := range issues {
		if !slices.Contains(oldIssues, target) {
			s.notifyLocked(repo, issue, "reference_added", "", "cross-reference", target, actor)
		}
	}
	return added
}

// linksIn lists the people mentioned and the issues referred to in a text, outside code,
// links and hidden comments, each once, in order.
func linksIn(markdown string) (people, issues []string) {
	for _, text := range proseOf(markdown) {
		for _, m := range mention.FindAllStringSubmatch(text, -1) {
			if login := strings.ToLower(m[2]); !slices.Contains(people, login) {
				people = append(people, login)
			}
		}
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			if target := m[2] + m[3]; !slices.Contains(issues, target) {
				issues = append(issues, target)
			}
		}
	}
	return people, issues
}
