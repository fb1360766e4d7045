package facts

import (
	"encoding/json"
	"strings"
)

// contexts that say who made a change; the branch of a pull request is named
// by whoever made it.
var actorContexts = map[string]bool{
	"github.actor":                         true,
	"github.triggering_actor":              true,
	"github.head_ref":                      true,
	"github.event.sender.login":            true,
	"github.event.sender.type":             true,
	"github.event.pull_request.user.type":  true,
	"github.event.pull_request.user.login": true,
	"github.event.pull_request.head.ref":   true,
}

// bots that raise versions. What waits for one of them sees no other change.
var updateBots = []string{"dependabot", "renovate", "scala-steward", "pyup", "snyk", "depfu", "greenkeeper", "pre-commit-ci", "mend-"}

// madeByPeople tells whether the situation is a change as people make them.
func (s situation) madeByPeople() bool {
	switch s.name {
	case "pull_request", "pull_request_target", "push_other", "push_default":
		return true
	}
	return false
}

// isBot tells whether the text names a bot, or begins the name of one or of
// its branches. Commits on the default branch can be those of a bot that
// releases; not of one that raises versions.
func (s situation) isBot(text string) bool {
	text = strings.ToLower(text)
	for _, bot := range updateBots {
		if strings.Contains(text, bot) {
			return true
		}
	}
	return s.name != "push_default" && (strings.HasSuffix(text, "[bot]") || text == "bot")
}

// onlyBots tells whether a list in JSON names bots and nobody else.
func (s situation) onlyBots(list string) bool {
	var names []string
	if json.Unmarshal([]byte(list), &names) != nil {
		return false
	}
	for _, name := range names {
		if !s.isBot(name) {
			return false
		}
	}
	return true
}
