package facts

import (
	"slices"
	"strings"
)

// handing is the reference with the words that npm, pnpm, yarn or bun hands
// on to the script: all that stand behind --, and, but for npm, what stands
// behind the script's name.
func (r reference) handing(tool, name string, args []string) reference {
	if r.script == nil {
		return r
	}
	rest := handedOn(tool, name, args)
	if len(rest) == 0 {
		return r
	}
	r.handed, r.name = strings.Join(rest, " "), name
	r.more = slices.Clone(r.more)
	for i := range r.more {
		r.more[i].handed, r.more[i].name = r.handed, name
	}
	return r
}

func handedOn(tool, name string, args []string) []string {
	end := slices.Index(args, "--")
	if tool != "npm" {
		at := slices.IndexFunc(args, func(a string) bool { return unquote(a) == name })
		if at < 0 || end >= 0 && end < at {
			return nil
		}
		return slices.DeleteFunc(slices.Clone(args[at+1:]), func(a string) bool { return a == "--" })
	}
	if end < 0 {
		return nil
	}
	return args[end+1:]
}

// withHanded is what a script runs, the last command with the words that it
// is handed.
func (r reference) withHanded(name string, commands []command) []command {
	if n := len(commands); r.handed != "" && name == r.name && n > 0 && commands[n-1].text != "echo" && commands[n-1].text != "printf" {
		commands[len(commands)-1].text += " " + r.handed
	}
	return commands
}
