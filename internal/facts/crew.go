package facts

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Crew is functions that run beside each other for one reading. A panic of one
// is handed to whoever waits: by itself it would be the end of the process, not
// of the reading.
type Crew struct {
	group sync.WaitGroup
	fault atomic.Value
}

// Go runs f.
func (c *Crew) Go(f func()) {
	c.group.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				c.fault.CompareAndSwap(nil, fmt.Sprintf("%v\n%s", p, debug.Stack()))
			}
		}()
		f()
	})
}

// Wait waits for all, and panics with what the first that panicked said, and its
// stack.
func (c *Crew) Wait() {
	c.group.Wait()
	if p := c.fault.Load(); p != nil {
		panic(p)
	}
}
