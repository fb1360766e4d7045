//go:build unix

package devdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// errStillThere says that an earlier Postgres on the same data has not quite
// gone; it goes within seconds.
var errStillThere = errors.New("an earlier Postgres still holds the data directory")

// child is the running postmaster.
type child struct {
	cmd    *exec.Cmd
	log    *serverLog
	exited chan struct{}
	err    error // of the process, once exited is closed
}

// contain runs a program as Postgres' account, in the cluster's directory, in
// a process group of its own (a Ctrl-C is for us, we stop it in order) and
// with nothing of our environment.
func (c *cluster) contain(cmd *exec.Cmd) {
	cmd.Dir = c.root
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = sysProcAttr(c.account)
}

func (c *cluster) spawn() (*child, error) {
	args := []string{"-D", c.data, "-k", c.socketDir,
		"-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "timezone=UTC"}
	if c.NoFsync {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	ch := &child{exited: make(chan struct{}), log: &serverLog{logger: c.Logger}}
	ch.cmd = exec.Command(c.bin.path("postgres"), args...)
	c.contain(ch.cmd)
	ch.cmd.Stdout, ch.cmd.Stderr = ch.log, ch.log
	ch.cmd.WaitDelay = 5 * time.Second

	started := make(chan error)
	go func() {
		// The kernel signals the child when the thread that started it ends,
		// not the process: keep that thread.
		runtime.LockOSThread()
		err := ch.cmd.Start()
		started <- err
		if err == nil {
			ch.err = ch.cmd.Wait()
			close(ch.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", ch.cmd.Path, err)
	}
	return ch, nil
}

func (ch *child) stop(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ch.cmd.Process.Signal(syscall.SIGINT) // "fast": roll back what is open
	select {
	case <-ch.exited:
		return nil
	case <-wait.Done():
	}
	ch.cmd.Process.Signal(syscall.SIGQUIT) // "immediate": recover at the next start
	select {
	case <-ch.exited:
		return nil
	case <-time.After(5 * time.Second):
		return errors.New("Postgres does not stop: pid " + fmt.Sprint(ch.cmd.Process.Pid))
	}
}

// reason tells why the process ended by itself.
func (ch *child) reason() error {
	tail := ch.log.tail()
	if strings.Contains(tail, "postmaster.pid") || strings.Contains(tail, "shared memory block") {
		return fmt.Errorf("%w%s", errStillThere, tail)
	}
	return fmt.Errorf("Postgres ended at once (%w)%s", ch.err, tail)
}

// serverLog passes Postgres' log on and remembers its end for error messages.
type serverLog struct {
	logger *slog.Logger
	mu     sync.Mutex
	rest   string // a line not yet complete
	last   []string
}

func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.Split(l.rest+string(p), "\n")
	l.rest = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		l.last = append(l.last, line)
		if len(l.last) > 8 {
			l.last = l.last[1:]
		}
		level := slog.LevelDebug
		if strings.Contains(line, "PANIC:") || strings.Contains(line, "WARNING:") {
			level = slog.LevelWarn
		}
		l.logger.Log(context.Background(), level, line, "from", "postgres")
	}
	return len(p), nil
}

// tail is the end of the log, as the end of an error message.
func (l *serverLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return ""
	}
	return ": " + strings.Join(l.last, " | ")
}
