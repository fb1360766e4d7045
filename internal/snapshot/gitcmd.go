package snapshot

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// gitCommand makes a git command that asks nobody, fetches nothing and runs no
// program that the checkout's own configuration names. It maps little of the
// packs at a time, which costs nothing that could be measured: by itself it would
// map all of them, hundreds of megabytes.
func gitCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	fixed := []string{"--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false",
		"-c", "core.packedGitWindowSize=8m", "-c", "core.packedGitLimit=32m", "-c", "core.deltaBaseCacheLimit=32m"}
	cmd := exec.CommandContext(ctx, "git", append(fixed, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	return cmd
}

// git runs a command to its end. Its error is what git said.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var out bytes.Buffer
	err := gitTo(ctx, dir, &out, args...)
	return out.Bytes(), err
}

// gitRecords runs a command whose output is records, each ended by a zero
// byte. None is held longer than see runs.
func gitRecords(ctx context.Context, dir string, see func(record []byte) error, args ...string) error {
	in, out := io.Pipe()
	go func() { out.CloseWithError(gitTo(ctx, dir, out, args...)) }()
	defer func() { _ = in.Close() }()
	r := bufio.NewReaderSize(in, 1<<16)
	var long []byte // what a record longer than the reader's buffer begins with
	for {
		record, err := r.ReadSlice(0)
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, record...)
			continue
		}
		if len(long) > 0 {
			record = append(long, record...)
			long = long[:0]
		}
		if errors.Is(err, io.EOF) && len(record) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if err := see(record[:len(record)-1]); err != nil {
			return err
		}
	}
}

func gitTo(ctx context.Context, dir string, out io.Writer, args ...string) error {
	var complaint bytes.Buffer
	cmd := gitCommand(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = out, &complaint
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("git is not on the PATH: install it")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	said := strings.TrimSpace(complaint.String())
	if said == "" {
		said = err.Error()
	}
	return errors.New(strings.TrimPrefix(said, "fatal: "))
}
