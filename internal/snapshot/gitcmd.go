package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// gitCommand makes a git command that asks nobody, fetches nothing and runs no
// program that the checkout's own configuration names.
func gitCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	fixed := []string{"--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"}
	cmd := exec.CommandContext(ctx, "git", append(fixed, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	return cmd
}

// git runs a command to its end. Its error is what git said.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var out, complaint bytes.Buffer
	cmd := gitCommand(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	switch {
	case err == nil:
		return out.Bytes(), nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("git is not on the PATH: install it")
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	said := strings.TrimSpace(complaint.String())
	if said == "" {
		said = err.Error()
	}
	return nil, errors.New(strings.TrimPrefix(said, "fatal: "))
}
