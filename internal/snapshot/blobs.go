package snapshot

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// blobs reads the blobs of a git repository through a `git cat-file --batch`
// process. Requests are written ahead of the answers, so that git is never
// waiting for us. The process stays for the next few blobs; many are asked of
// one of their own, which need not hand each answer over as soon as it is there.
type blobs struct {
	dir  string
	laid *laidOut // the work tree, whose files need not be unpacked; nil without

	mu   sync.Mutex // one conversation at a time
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	text []byte // reused between blobs
}

var errMissingBlob = errors.New("the blob is not in this clone")

func (b *blobs) texts(ctx context.Context, entries []Entry, yield func(Entry, []byte, error)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	entries, err := b.laid.texts(ctx, entries, yield)
	if len(entries) == 0 || err != nil {
		return err
	}
	many := len(entries) >= manyBlobs
	if many {
		b.end()
	}
	if err := b.start(many); err != nil {
		return err
	}
	if many {
		defer b.end()
	}
	process := b.cmd.Process
	stop := context.AfterFunc(ctx, func() { process.Kill() })
	defer func() {
		if !stop() {
			b.end() // killed: the next call starts anew
		}
	}()
	asked := make(chan error, 1)
	go func(in io.WriteCloser) {
		err := ask(in, entries)
		if many {
			err = errors.Join(err, in.Close())
		}
		asked <- err
	}(b.in)
	for _, e := range entries {
		text, err := b.answer()
		if err != nil && !errors.Is(err, errMissingBlob) {
			b.end()
			<-asked //nolint:errcheck // what the reader met is told already
			return errors.Join(ctx.Err(), fmt.Errorf("git cat-file: %w", err))
		}
		yield(e, text, err)
	}
	return <-asked
}

// manyBlobs is from how many on another process pays.
const manyBlobs = 200

// ask writes one request for each entry.
func ask(in io.Writer, entries []Entry) error {
	w := bufio.NewWriter(in)
	for _, e := range entries {
		_, _ = w.WriteString(e.SHA.String())
		_ = w.WriteByte('\n')
	}
	return w.Flush()
}

// answer reads one answer: SHA TYPE SIZE, the text, and a line's end.
func (b *blobs) answer() ([]byte, error) {
	head, err := b.out.ReadString('\n')
	if err != nil {
		return nil, err
	}
	f := strings.Fields(head)
	if len(f) == 2 {
		return nil, errMissingBlob
	}
	if len(f) != 3 {
		return nil, fmt.Errorf("answer %q is not understood", head)
	}
	size, err := strconv.Atoi(f[2])
	if err != nil {
		return nil, fmt.Errorf("answer %q is not understood", head)
	}
	if cap(b.text) < size {
		b.text = make([]byte, size+size/4)
	}
	if _, err := io.ReadFull(b.out, b.text[:size]); err != nil {
		return nil, err
	}
	_, err = b.out.Discard(1)
	return b.text[:size], err
}

func (b *blobs) start(buffered bool) error {
	if b.cmd != nil {
		return nil
	}
	args := []string{"cat-file", "--batch"}
	if buffered {
		args = append(args, "--buffer")
	}
	cmd := gitCommand(context.Background(), b.dir, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	b.cmd, b.in, b.out = cmd, in, bufio.NewReaderSize(out, 1<<16)
	return nil
}

func (b *blobs) end() {
	if b.cmd == nil {
		return
	}
	b.in.Close()
	b.cmd.Process.Kill()
	_ = b.cmd.Wait()
	b.cmd = nil
}

// Close ends the process.
func (b *blobs) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end()
	b.laid.close()
	return nil
}
