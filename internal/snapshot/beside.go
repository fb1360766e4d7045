package snapshot

import (
	"context"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/readyline/readyline/internal/facts"
)

// stretch is how many paths that follow each other one goroutine takes at a
// time: they mostly lie in few folders.
const stretch = 64

// maxLooking bounds the goroutines that only look at files: beyond a few, the
// kernel is what they all wait for.
const maxLooking = 4

// maxReading is how many read files, and do with them what there is to do: one
// more than there are processors, for one may wait for the disk.
func maxReading() int { return runtime.GOMAXPROCS(0) + 1 }

// beside calls see for each number below n, so many at a time where there are
// many, each caller with a folder of its own below root.
func beside(ctx context.Context, root *os.Root, n, most int, see func(in *folder, i int)) error {
	var next atomic.Int64
	walk := func(in *folder) {
		defer in.close()
		for ctx.Err() == nil {
			to := int(next.Add(stretch))
			if to-stretch >= n {
				return
			}
			for i := to - stretch; i < min(to, n) && ctx.Err() == nil; i++ {
				see(in, i)
			}
		}
	}
	first, err := newFolder(root)
	if err != nil {
		return err
	}
	var crew facts.Crew
	for range min(n/stretch, most-1) {
		if in, err := newFolder(root); err == nil { // without, there are fewer
			crew.Go(func() { walk(in) })
		}
	}
	crew.Go(func() { walk(first) })
	crew.Wait()
	return ctx.Err()
}

// oneByOne makes a function of texts one that any number may call at a time.
func oneByOne(yield func(Entry, []byte, error)) func(Entry, []byte, error) {
	var lock sync.Mutex
	return func(e Entry, text []byte, err error) {
		lock.Lock()
		defer lock.Unlock()
		yield(e, text, err)
	}
}
