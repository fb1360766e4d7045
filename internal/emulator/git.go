package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// gitRepo reads one git directory through the git binary. It never writes.
type gitRepo struct {
	dir    string // the git directory itself
	common string // where the refs are, which differs for a linked work tree
	batch  catFile
	check  catFile

	mu    sync.Mutex
	print string            // fingerprint of the refs below
	known map[string]string // refs as last read; never changed once set
	head  string
}

var errNoObject = errors.New("no such object")

// zeroSHA stands for "no commit" in push events.
const zeroSHA = "0000000000000000000000000000000000000000"

// gitEnv keeps the user's configuration and hooks out of what the emulator reads.
func gitEnv() []string {
	env := []string{
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "LC_ALL=C", "GIT_NO_REPLACE_OBJECTS=1",
	}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") && !strings.HasPrefix(v, "LC_") {
			env = append(env, v)
		}
	}
	return env
}

// openGit opens the git repository at path, which must be its top level or a bare repository.
func (s *Server) openGit(ctx context.Context, path string) (*gitRepo, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open git repository %s: %w", path, err)
	}
	s.mu.Lock()
	known := s.gits[abs]
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	cmd := exec.CommandContext(ctx, "git", "-C", abs, "rev-parse", "--absolute-git-dir", "--path-format=absolute", "--git-common-dir")
	cmd.Env = append(gitEnv(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(abs))
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("open git repository %s: %w", path, withStderr(err))
	}
	dirs := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(dirs) != 2 {
		return nil, fmt.Errorf("open git repository %s: git answered %q", path, out)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gits[dirs[0]]
	if g == nil {
		g = &gitRepo{dir: dirs[0], common: dirs[1]}
		g.batch = catFile{dir: g.dir, mode: "--batch"}
		g.check = catFile{dir: g.dir, mode: "--batch-check"}
		s.gits[g.dir] = g
	}
	s.gits[abs] = g
	return g, nil
}

func withStderr(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return err
}

// run runs one git command and returns what it printed.
func (g *gitRepo) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + g.dir, "--no-pager"}, args...)...)
	cmd.Env = gitEnv()
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s in %s: %w", args[0], g.dir, withStderr(err))
	}
	return out, nil
}

// refs maps the full names of branches and tags to object ids. The map is shared and must not be changed.
func (g *gitRepo) refs(ctx context.Context) (map[string]string, error) {
	refs, _, err := g.refsAndHead(ctx)
	return refs, err
}

// refsAndHead also tells the branch of HEAD, "main" when it is detached.
func (g *gitRepo) refsAndHead(ctx context.Context) (refs map[string]string, head string, err error) {
	print := g.fingerprint()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.known != nil && g.print == print {
		return g.known, g.head, nil
	}
	out, err := g.run(ctx, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
	if err != nil {
		return nil, "", err
	}
	refs = map[string]string{}
	for line := range strings.Lines(string(out)) {
		if sha, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			refs[name] = sha
		}
	}
	head = "main"
	if out, err := g.run(ctx, "symbolic-ref", "--short", "-q", "HEAD"); err == nil {
		head = strings.TrimSpace(string(out))
	}
	g.known, g.head, g.print = refs, head, print
	return refs, head, nil
}

// info returns the id, kind and size in bytes of the object that rev names.
func (g *gitRepo) info(rev string) (oid, kind string, size int64, err error) {
	oid, kind, size, _, err = g.check.ask(rev, false)
	return oid, kind, size, err
}

// object returns the kind and content of an object.
func (g *gitRepo) object(rev string) (kind string, data []byte, err error) {
	_, kind, _, data, err = g.batch.ask(rev, true)
	return kind, data, err
}

// commitID resolves what GitHub's API takes for a commit: a branch, a tag, a full or
// abbreviated id. An empty ref is the given default branch.
func (g *gitRepo) commitID(ref, defaultBranch string) (string, error) {
	return g.resolve(ref, defaultBranch, "commit")
}

// treeID is commitID for the tree, and takes a tree's own id too.
func (g *gitRepo) treeID(ref, defaultBranch string) (string, error) {
	return g.resolve(ref, defaultBranch, "tree")
}

func (g *gitRepo) resolve(ref, defaultBranch, kind string) (string, error) {
	if ref == "" || ref == "HEAD" {
		ref = defaultBranch
	}
	candidates := []string{"refs/heads/" + ref, "refs/tags/" + ref, "refs/" + strings.TrimPrefix(ref, "refs/")}
	if isHex(ref) && len(ref) >= 7 {
		candidates = append([]string{ref}, candidates...)
	}
	if strings.ContainsAny(ref, ":^~@{ ") {
		return "", fmt.Errorf("resolve %q: %w", ref, errNoObject)
	}
	for _, candidate := range candidates {
		oid, _, _, err := g.info(candidate + "^{" + kind + "}")
		if err == nil {
			return oid, nil
		}
		if !errors.Is(err, errNoObject) {
			return "", err
		}
	}
	return "", fmt.Errorf("resolve %q: %w", ref, errNoObject)
}

func isHex(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// isEmpty says whether the repository has no branch at all.
func (g *gitRepo) isEmpty(ctx context.Context) bool {
	refs, err := g.refs(ctx)
	if err != nil {
		return false
	}
	for name := range refs {
		if strings.HasPrefix(name, "refs/heads/") {
			return false
		}
	}
	return true
}

// close ends the long-lived processes; the next question starts them again.
func (g *gitRepo) close() {
	g.batch.close()
	g.check.close()
}

// idleSince says when the repository was last read.
func (g *gitRepo) idleSince() time.Time {
	last := g.batch.lastUse()
	if t := g.check.lastUse(); t.After(last) {
		return t
	}
	return last
}

// catFile is a long-lived `git cat-file` process, started at the first question.
type catFile struct {
	dir  string
	mode string // --batch or --batch-check

	mu   sync.Mutex
	proc *catProcess
	used time.Time
}

func (c *catFile) lastUse() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc == nil {
		return time.Time{}
	}
	return c.used
}

func (c *catFile) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc != nil {
		c.proc.end()
		c.proc = nil
	}
}
