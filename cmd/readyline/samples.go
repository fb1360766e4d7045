package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// sampleFiles are the demo's own repositories, one archive each. A file named
// LATER/… is committed while somebody looks; an empty one there is removed.
//
//go:embed samples/*.txtar
var sampleFiles embed.FS

// samples are the demo's own repositories: one nearly ready, one half way, one
// bare, and one that loses a proof while you look.
type samples struct {
	dirs  []string
	later []change
}

// change is a commit that the demo makes while somebody looks.
type change struct {
	dir     string
	message string
	files   []txtar.File
}

const laterPrefix = "LATER/"

// newSamples writes the repositories into a directory. One that is there
// already, from an earlier run with the same data directory, is left alone.
func newSamples(ctx context.Context, into string) (*samples, error) {
	names, err := sampleFiles.ReadDir("samples")
	if err != nil {
		return nil, err
	}
	s := &samples{}
	for _, n := range names {
		text, err := sampleFiles.ReadFile(path.Join("samples", n.Name()))
		if err != nil {
			return nil, err
		}
		archive := txtar.Parse(text)
		dir := filepath.Join(into, strings.TrimSuffix(n.Name(), ".txtar"))
		var now, later []txtar.File
		for _, f := range archive.Files {
			if name, ok := strings.CutPrefix(f.Name, laterPrefix); ok {
				later = append(later, txtar.File{Name: name, Data: f.Data})
			} else {
				now = append(now, f)
			}
		}
		s.dirs = append(s.dirs, dir)
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		if err := git(ctx, dir, "init", "-q", "-b", "main"); err != nil {
			return nil, err
		}
		if err := commitFiles(ctx, dir, "Begin", now); err != nil {
			return nil, err
		}
		if len(later) > 0 {
			s.later = append(s.later, change{dir, strings.TrimSpace(string(archive.Comment)), later})
		}
	}
	return s, nil
}

// play makes the later commits, after the reader had time to look around.
func (s *samples) play(ctx context.Context, say func(string)) {
	for _, c := range s.later {
		select {
		case <-ctx.Done():
			return
		case <-time.After(25 * time.Second):
		}
		if err := commitFiles(ctx, c.dir, c.message, c.files); err != nil && ctx.Err() == nil {
			say(fmt.Sprintf("sample %s: %v", filepath.Base(c.dir), err))
		}
	}
}

// commitFiles writes files, removes the empty ones, and commits.
func commitFiles(ctx context.Context, dir, message string, files []txtar.File) error {
	if err := stageFiles(ctx, dir, files); err != nil {
		return err
	}
	return git(ctx, dir, "commit", "-q", "-m", message)
}

func stageFiles(ctx context.Context, dir string, files []txtar.File) error {
	for _, f := range files {
		at := filepath.Join(dir, filepath.FromSlash(f.Name))
		if len(f.Data) == 0 {
			if err := os.Remove(at); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, f.Data, 0o644); err != nil {
			return err
		}
	}
	return git(ctx, dir, "add", "-A")
}

// git runs git apart from anybody's configuration, so that a signing key or a
// hook of the machine's owner does not get in the way.
func git(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Sam Sample", "GIT_AUTHOR_EMAIL=sam@example.com",
		"GIT_COMMITTER_NAME=Sam Sample", "GIT_COMMITTER_EMAIL=sam@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}
