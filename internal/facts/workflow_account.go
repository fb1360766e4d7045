package facts

import (
	"strings"
)

var (
	accountOfRole = lazily(`^arn:aws[\w-]*:iam::(\d{12}):`)
	projectOfUser = lazily(`@([a-z][a-z0-9-]+)\.iam\.gserviceaccount\.com$`)
	projectName   = lazily(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	subscription  = lazily(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	heldByName    = lazily(`\$\{\{\s*(secrets|vars|env)\.(\w+)\s*\}\}`)
)

// accountOf is the account of AWS, the project of Google Cloud or the
// subscription of Azure that an action signs in to: its own name, or that of
// the secret or variable that holds it, if it is called after an environment,
// which is told besides.
func accountOf(uses string, with, env Value) (account, of string) {
	switch {
	case uses == "azure/login":
		return accountIn(with.Get("subscription-id").Text, env, subscription, "subscription")
	case strings.HasPrefix(uses, "google-github-actions/"):
		if account, of = accountIn(with.Get("project_id").Text, env, projectName, "project"); account != "" {
			return account, of
		}
		if m := projectOfUser().FindStringSubmatch(with.Get("service_account").Text); m != nil {
			return m[1], ""
		}
		return "", ""
	}
	role := with.Get("role-to-assume").Text
	if m := accountOfRole().FindStringSubmatch(role); m != nil {
		return m[1], ""
	}
	_, part, _ := strings.Cut(role, "::")
	part, _, ok := strings.Cut(part, ":")
	if !ok {
		return "", ""
	}
	return accountIn(part, env, nil, "account")
}

// accountIn is what a text says of an account, written out or by the name that
// holds it, which has to say what it holds.
func accountIn(text string, env Value, known expression, word string) (account, of string) {
	text = strings.TrimSpace(text)
	m := heldByName().FindStringSubmatch(text)
	if m != nil && m[0] == text && m[1] == "env" {
		text = strings.TrimSpace(env.Get(m[2]).Text)
		m = heldByName().FindStringSubmatch(text)
	}
	if known != nil && known().MatchString(text) {
		return text, ""
	}
	if m == nil || m[0] != text || m[1] == "env" {
		return "", ""
	}
	name := strings.ToLower(m[2])
	if of = environmentOf(name); of == "" || !strings.Contains(name, word) {
		return "", ""
	}
	return name, of
}
