package facts

import (
	"slices"
	"strings"
)

// splitWords cuts a simple command into words, quotes kept.
func splitWords(raw string) []string {
	var words []string
	start, quote, nest := -1, byte(0), 0
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			if start >= 0 && quote == 0 && nest == 0 {
				words = append(words, raw[start:i])
				start = -1
			}
			continue
		}
		if start < 0 {
			start = i
		}
		switch {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(' || c == '{':
			if nest > 0 || i > 0 && (raw[i-1] == '$' || raw[i-1] == '<' || raw[i-1] == 0) { // 0 stands in what make works out
				nest++
			}
		case c == ')' || c == '}':
			nest = max(nest-1, 0)
		}
	}
	if start >= 0 {
		words = append(words, raw[start:])
	}
	return words
}

// dropKeywords takes away the words of the shell's grammar before a command,
// and tells whether the command is only tested.
func dropKeywords(words []string) (rest []string, tested bool) {
	for len(words) > 0 {
		switch w := words[0]; {
		case w == "if" || w == "elif" || w == "while" || w == "until" || w == "!":
			tested = true
		case w == "then" || w == "else" || w == "do" || w == "{" || w == "time" || w == "exec" || w == "eval" || w == "command" && len(words) > 1 && !strings.HasPrefix(words[1], "-"):
		case w == "fi" || w == "done" || w == "esac" || w == "}" || w == "for" || w == "case" || w == "select":
			return nil, tested
		case w == "function" && len(words) > 1:
			words = words[1:]
		case strings.HasSuffix(w, "()"):
		case strings.HasSuffix(w, ")") && !strings.ContainsAny(w, "($"): // a case's pattern
		default:
			return words, tested
		}
		words = words[1:]
	}
	return nil, tested
}

// dropAssignments takes away variables set for one command.
func dropAssignments(words []string) []string {
	for len(words) > 0 && isAssignment(words[0]) {
		array := strings.Contains(words[0], "=(")
		for array && len(words) > 1 && !strings.HasSuffix(words[0], ")") {
			words = words[1:]
		}
		words = words[1:]
	}
	return words
}

func isAssignment(w string) bool {
	name, _, ok := strings.Cut(w, "=")
	if !ok || name == "" {
		return false
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') && !(c == '+' && i == len(name)-1) {
			return false
		}
	}
	return true
}

// spellings is a command as rules may ask for it: as written, without the
// programs that only start another one, and what those start.
func spellings(words []string) []string {
	words = quiet(dropPrefix(words))
	if len(words) == 0 {
		return nil
	}
	texts := []string{strings.Join(words, " ")}
	for range 4 {
		inner := dropPrefix(launched(words))
		if len(inner) == 0 {
			break
		}
		if words = quiet(inner); len(words) == 0 {
			break
		}
		texts = append(texts, strings.Join(words, " "))
	}
	return texts
}

// dropPrefix takes away sudo, env and the like with their options.
func dropPrefix(words []string) []string {
	for {
		words = dropAssignments(words)
		if len(words) == 0 {
			return nil
		}
		switch words[0] {
		case "sudo", "env", "time", "nice", "nohup", "command", "exec", "xvfb-run", "stdbuf", "ionice", "sfw":
			if words[0] == "command" && len(words) > 1 && strings.HasPrefix(words[1], "-") {
				return words
			}
			words = dropOptions(words[1:], "-u", "-g", "-n", "-C", "-c", "--user")
		case "timeout":
			if words = dropOptions(words[1:], "-s", "-k", "--signal", "--kill-after"); len(words) > 0 {
				words = words[1:]
			}
		case "xargs":
			if len(words) == 1 {
				return words
			}
			words = dropOptions(words[1:], "-n", "-P", "-I", "-L", "-s", "-d", "-a", "-E", "--max-args", "--max-procs", "--delimiter")
		default:
			return words
		}
	}
}

// dropOptions takes away leading options; those named take a word along.
func dropOptions(words []string, valued ...string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		w := words[0]
		words = words[1:]
		if w == "--" {
			return words
		}
		for _, v := range valued {
			if w == v && len(words) > 0 {
				words = words[1:]
				break
			}
		}
	}
	return words
}

// launched is the command that words start by way of a launcher such as npx.
func launched(words []string) []string {
	second := ""
	if len(words) > 1 {
		second = words[1]
	}
	switch words[0] {
	case "npx", "bunx", "pnpx", "uvx", "pipx":
		if words[0] == "pipx" && second != "run" {
			return nil
		}
		if words[0] == "pipx" {
			words = words[1:]
		}
		return unversioned(dropOptions(words[1:], "-p", "--package", "--from", "--with", "--python"))
	case "poetry", "uv", "pipenv", "pdm", "hatch", "rye", "conda", "mamba", "micromamba":
		if second == "run" {
			return dropOptions(words[2:], "--with", "--extra", "--group", "--python", "-p", "-n", "--name", "--directory", "--project")
		}
	case "bundle", "npm", "pnpm", "mise", "rbenv", "dotenv":
		if second == "exec" || words[0] == "pnpm" && second == "dlx" || words[0] == "npm" && second == "x" {
			return dropOptions(words[2:], "--package", "-p")
		}
		if words[0] == "dotenv" {
			return afterSettings(words[1:])
		}
	case "yarn":
		if second == "exec" || second == "dlx" {
			return dropOptions(words[2:])
		}
	case "docker", "podman":
		if second == "compose" {
			return inService(words[2:])
		}
		return inContainer(words[1:])
	case "docker-compose", "podman-compose":
		return inService(words[1:])
	case "op", "doppler", "infisical", "chamber", "aws-vault", "with-secrets":
		if i := slices.Index(words, "--"); i > 0 {
			return words[i+1:]
		}
	case "cross-env", "cross-env-shell", "dotenvx", "env-cmd":
		return afterSettings(words[1:])
	case "start-server-and-test", "server-test", "start-test":
		if inner := strings.Fields(unquote(words[len(words)-1])); len(inner) > 1 {
			return inner
		}
	case "coverage":
		if second == "run" {
			if i := slices.Index(words, "-m"); i > 0 {
				return words[i+1:]
			}
		}
	}
	if isPython(words[0]) {
		return module(words[1:])
	}
	if name := toolName(words[0]); name != "" {
		return append([]string{name}, words[1:]...)
	}
	return nil
}

// unversioned is a command without the version of its package: prettier of
// prettier@3.
func unversioned(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	if i := strings.LastIndexByte(words[0], '@'); i > 0 {
		words = append([]string{words[0][:i]}, words[1:]...)
	}
	return words
}

// afterSettings is the command behind variables, and files of them, that are
// set for it.
func afterSettings(words []string) []string {
	if i := slices.Index(words, "--"); i >= 0 {
		return words[i+1:]
	}
	return dropAssignments(dropOptions(words, "-e", "-c", "-v", "-f", "--file", "--environments"))
}

func isPython(w string) bool {
	w = strings.Trim(w, `"'`)
	if i := strings.LastIndexByte(w, '/'); i >= 0 {
		w = w[i+1:]
	}
	return w == "py" || strings.HasPrefix(w, "python") && strings.Trim(w[len("python"):], "0123456789.") == ""
}

// module is what `-m name args` runs.
func module(words []string) []string {
	for i, w := range words {
		if w == "-m" && i+1 < len(words) {
			return words[i+1:]
		}
		if !strings.HasPrefix(w, "-") {
			return nil
		}
	}
	return nil
}

// unquote takes away the quotes around a word.
func unquote(w string) string {
	if len(w) >= 2 && (w[0] == '"' || w[0] == '\'') && w[len(w)-1] == w[0] {
		return w[1 : len(w)-1]
	}
	return w
}
