//go:build unix

package devdb

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// maxSocketPath is what fits into sockaddr_un on Linux, less the final zero.
const maxSocketPath = 107

type cluster struct {
	Options
	bin       binaries
	root      string // DataDir/postgres, owned by the account Postgres runs as
	data      string
	socketDir string
	account   *syscall.Credential // nil: our own
}

func prepare(o Options) (*cluster, error) {
	if o.DataDir == "" {
		return nil, errors.New("no data directory given: set READYLINE_DATA_DIR")
	}
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return nil, err
	}
	c := &cluster{Options: o, root: filepath.Join(dir, "postgres")}
	c.data = filepath.Join(c.root, "data")
	if c.account, err = account(); err != nil {
		return nil, err
	}
	if err := c.makeDirs(dir); err != nil {
		return nil, err
	}
	major, err := dataMajor(c.data)
	if err != nil {
		return nil, err
	}
	c.bin, err = findBinaries(major)
	return c, err
}

// account is whom to run Postgres as: it refuses root. initdb wants a uid with
// a name.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), Groups: []uint32{}}, nil
		}
	}
	return nil, errors.New("Postgres does not run as root and there is no user postgres or nobody: " +
		"run readyline as an ordinary user or set READYLINE_DATABASE_URL")
}

// makeDirs creates what is missing. The data directory itself may hold keys of
// ours, so Postgres' account may pass through it, not read it.
func (c *cluster) makeDirs(dir string) error {
	mode := os.FileMode(0o700)
	if c.account != nil {
		mode = 0o711
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	if c.account != nil {
		if err := c.passable(dir); err != nil {
			return err
		}
	}
	if err := c.ownDir(c.root); err != nil {
		return err
	}
	c.socketDir = filepath.Join(c.root, "run")
	if len(c.socketDir)+len("/.s.PGSQL.5432") > maxSocketPath {
		// The same for every process on this directory, so that commands find it.
		sum := sha256.Sum256([]byte(c.root))
		c.socketDir = filepath.Join(os.TempDir(), fmt.Sprintf("readyline-%d-%x", os.Geteuid(), sum[:6]))
	}
	return c.ownDir(c.socketDir)
}

// passable lets Postgres' account through the data directory and says which
// directory above it stands in the way.
func (c *cluster) passable(dir string) error {
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o001 == 0 {
			if at != dir {
				return fmt.Errorf("%s is closed to other users and Postgres does not run as root: choose a data directory outside of it", at)
			}
			if err := os.Chmod(at, info.Mode().Perm()|0o011); err != nil {
				return err
			}
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// ownDir makes dir a directory that only Postgres' account can enter. One that
// somebody else put there is refused: who owns the socket's directory owns the
// database.
func (c *cluster) ownDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner := os.Geteuid()
	if c.account != nil {
		owner = int(c.account.Uid)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || (int(stat.Uid) != owner && int(stat.Uid) != os.Geteuid()) {
		return fmt.Errorf("%s belongs to somebody else: remove it or choose another data directory", dir)
	}
	if c.account != nil {
		if err := os.Chown(dir, owner, int(c.account.Gid)); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}

// run creates the cluster if need be, starts it and waits until it answers.
func (c *cluster) run(ctx context.Context) (*child, error) {
	if err := c.initialise(ctx); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(15 * time.Second)
	for {
		ch, err := c.attempt(ctx)
		if err == nil {
			return ch, nil
		}
		if !errors.Is(err, errStillThere) || time.Now().After(deadline) {
			return nil, err
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func (c *cluster) attempt(ctx context.Context) (*child, error) {
	ch, err := c.spawn()
	if err != nil {
		return nil, err
	}
	if err = c.await(ctx, ch); err == nil {
		err = c.createDatabase(ctx)
	}
	if err != nil {
		_ = ch.stop(ctx)
		return nil, err
	}
	return ch, nil
}

// await returns when the server answers or has ended. Recovery after a crash
// may take long, so only ctx limits the wait.
func (c *cluster) await(ctx context.Context, ch *child) error {
	for {
		if c.holds(ch) && ping(ctx, c.url("postgres")) == nil {
			return nil
		}
		select {
		case <-ch.exited:
			return ch.reason()
		case <-ctx.Done():
			return fmt.Errorf("Postgres does not answer: %w%s", ctx.Err(), ch.log.tail())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// holds tells whether the data directory is our child's, and not still that of
// a server on its way out, which would answer a ping as well.
func (c *cluster) holds(ch *child) bool {
	text, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
	pid, _, _ := strings.Cut(string(text), "\n")
	return err == nil && pid == strconv.Itoa(ch.cmd.Process.Pid)
}

func (c *cluster) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = 'readyline')`).Scan(&exists); err != nil {
		return err
	}
	if !exists {
		_, err = conn.Exec(ctx, `create database readyline`)
	}
	return err
}

// initialise runs initdb beside the final place and renames: a half-made
// cluster never looks like a whole one.
func (c *cluster) initialise(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.data, "PG_VERSION")); err == nil {
		return nil
	}
	fresh := c.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"}
	if c.NoFsync {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, c.bin.path("initdb"), args...)
	c.contain(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", cmd.Path, err, strings.TrimSpace(string(out)))
	}
	return os.Rename(fresh, c.data)
}
