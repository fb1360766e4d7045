package emulator

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// catProcess is one running `git cat-file`.
type catProcess struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startCat(dir, mode string) (*catProcess, error) {
	cmd := exec.Command("git", "--git-dir="+dir, "cat-file", mode)
	cmd.Env = gitEnv()
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("git cat-file in %s: %w", dir, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("git cat-file in %s: %w", dir, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("git cat-file in %s: %w", dir, err)
	}
	return &catProcess{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}, nil
}

// end closes the process's input, at which it exits.
func (p *catProcess) end() {
	p.in.Close()
	_, _ = io.Copy(io.Discard, p.out)
	_ = p.cmd.Wait()
}

// ask looks one object up; a process that broke is started once more.
func (c *catFile) ask(rev string, content bool) (oid, kind string, size int64, data []byte, err error) {
	if strings.ContainsAny(rev, "\n\x00") || rev == "" {
		return "", "", 0, nil, fmt.Errorf("look up %q: %w", rev, errNoObject)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used = time.Now()
	for attempt := 0; ; attempt++ {
		if c.proc == nil {
			if c.proc, err = startCat(c.dir, c.mode); err != nil {
				return "", "", 0, nil, err
			}
		}
		var broken bool
		oid, kind, size, data, broken, err = c.proc.ask(rev, content)
		if !broken {
			return oid, kind, size, data, err
		}
		c.proc.end()
		c.proc = nil
		if attempt == 1 {
			return "", "", 0, nil, fmt.Errorf("git cat-file in %s: %w", c.dir, err)
		}
	}
}

// ask speaks the batch protocol; broken says that the process is of no more use.
func (p *catProcess) ask(rev string, content bool) (oid, kind string, size int64, data []byte, broken bool, err error) {
	if _, err = io.WriteString(p.in, rev+"\n"); err != nil {
		return "", "", 0, nil, true, err
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", "", 0, nil, true, err
	}
	fields := strings.Fields(line)
	if len(fields) < 3 || len(fields[0]) < 40 || strings.HasSuffix(line, " missing\n") || strings.HasSuffix(line, " ambiguous\n") {
		return "", "", 0, nil, false, fmt.Errorf("look up %q: %w", rev, errNoObject)
	}
	size, err = strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return "", "", 0, nil, true, err
	}
	if content {
		data = make([]byte, size+1)
		if _, err = io.ReadFull(p.out, data); err != nil {
			return "", "", 0, nil, true, err
		}
		data = data[:size]
	}
	return fields[0], fields[1], size, data, false, nil
}
