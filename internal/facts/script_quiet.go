package facts

import (
	"path"
	"strings"
)

// quiet leaves out words that name a tool without running it: what is
// printed, what is installed, what a message says, what is asked for its version.
func quiet(words []string) []string {
	if len(words) == 0 || asksOnly(words) {
		return nil
	}
	switch words[0] {
	case "echo", "printf", "which", "type", "hash", "command", "whereis", "man", "alias":
		return words[:1]
	case "cat", "ls", "touch", "rm", "mkdir", "chmod", "chown", "cp", "mv", "grep", "sed", "awk", "head", "tail", "find", "ln", "less", "wc", "diff":
		if words[0] == "find" {
			if i := finds(words); i > 0 {
				return words[:i]
			}
			return words
		}
		return keep(words, 1)
	case "git", "gh", "glab":
		return withoutMessages(words)
	case "curl", "wget":
		return withoutTarget(words)
	}
	if n := installs(words); n > 0 {
		return keep(words, n)
	}
	if name := path.Base(words[0]); name == "gradle" || strings.HasPrefix(name, "gradlew") {
		return withExclusions(words)
	}
	return words
}

// withExclusions joins what Gradle leaves out to the option that says so: no
// word of its own is a task that runs.
func withExclusions(words []string) []string {
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); i++ {
		w := words[i]
		if (w == "-x" || w == "--exclude-task") && i+1 < len(words) {
			i++
			w = "--exclude-task=" + words[i]
		}
		out = append(out, w)
	}
	return out
}

// asksOnly tells of a command that has a program say what it is, as where one
// has just been installed: tflint --version.
func asksOnly(words []string) bool {
	last := len(words)
	for last > 1 && strings.ContainsAny(words[last-1], "<>") || last > 2 && strings.HasSuffix(words[last-2], ">") {
		last--
	}
	switch words[last-1] {
	case "--version", "--help":
		return last > 1
	case "version":
		return last == 2 && strings.HasSuffix(words[0], "lint")
	}
	return false
}

// keep is the first n words and the options after them.
func keep(words []string, n int) []string {
	out := append([]string(nil), words[:n]...)
	for i := n; i < len(words); i++ {
		w := words[i]
		switch {
		case strings.HasPrefix(w, "-"):
			out = append(out, w)
		case i > n && (words[i-1] == "-r" || words[i-1] == "-c" || words[i-1] == "-e" || words[i-1] == "--requirement"), w == ".":
			out = append(out, w)
		}
	}
	return out
}

// installs is the number of words that say "install", or 0.
func installs(words []string) int {
	second, third := "", ""
	if len(words) > 1 {
		second = words[1]
	}
	if len(words) > 2 {
		third = words[2]
	}
	adds := second == "install" || second == "add" || second == "i" || second == "upgrade" || second == "update"
	switch strings.TrimRight(words[0], "0123456789.") {
	case "npm", "pnpm", "bun", "pip", "apt", "apt-get", "brew", "gem", "go", "cargo", "yum", "dnf", "apk", "choco", "winget", "scoop", "pipx", "snap", "conda", "mamba", "poetry", "pdm", "composer", "krew", "asdf", "microdnf", "zypper", "luarocks", "opam", "cpanm", "tdnf":
		if adds && (words[0] != "go" || second == "install") && (words[0] != "apk" || second == "add") {
			return 2
		}
		if second == "get" && words[0] == "go" || second == "tool" && words[0] == "poetry" {
			return 2
		}
		for i := 1; i < len(words) && i < 4; i++ { // apt-get -y install
			if !strings.HasPrefix(words[i], "-") {
				if i > 1 && (words[i] == "install" || words[i] == "add") {
					return i + 1
				}
				break
			}
		}
	case "yarn":
		if second == "add" || second == "global" && third == "add" {
			return 2
		}
	case "dotnet", "uv", "helm", "rustup", "mix", "kubectl", "gcloud", "az":
		if second == "tool" && (third == "install" || third == "update") ||
			second == "pip" && third == "install" || second == "plugin" && third == "install" ||
			second == "component" && third == "add" || second == "components" && third == "install" ||
			second == "extension" && third == "add" || second == "krew" && third == "install" {
			return 3
		}
		if words[0] == "uv" && second == "add" {
			return 2
		}
	}
	if isPython(words[0]) && second == "-m" && third == "pip" && len(words) > 3 && words[3] == "install" {
		return 4
	}
	return 0
}

// withoutMessages leaves out what a commit, an issue or a release says.
func withoutMessages(words []string) []string {
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); i++ {
		w := words[i]
		out = append(out, w)
		switch w {
		case "-m", "-am", "--message", "--body", "--title", "--notes", "-t", "-b", "-n":
			i++
		}
	}
	return out
}

// withoutTarget leaves out the file that something is fetched into: a tool that
// is put in its place does not run yet.
func withoutTarget(words []string) []string {
	flag, long := "o", "--output"
	if words[0] == "wget" {
		flag, long = "O", "--output-document"
	}
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); i++ {
		w := words[i]
		out = append(out, w)
		if w == long || strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.HasSuffix(w, flag) {
			i++
		}
	}
	return out
}
