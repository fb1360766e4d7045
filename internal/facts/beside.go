package facts

import (
	"fmt"
	"runtime/debug"
)

// beside runs f while its caller goes on. The caller waits for its end, and is
// handed a panic of it: it would be the end of the process otherwise, not of
// one reading.
func beside(f func()) (wait func()) {
	fault := make(chan string, 1)
	go func() {
		defer func() {
			p := recover()
			if p == nil {
				fault <- ""
				return
			}
			fault <- fmt.Sprintf("%v\n%s", p, debug.Stack())
		}()
		f()
	}()
	return func() {
		if p := <-fault; p != "" {
			panic(p)
		}
	}
}
