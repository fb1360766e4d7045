package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar on a terminal, once a scan has taken long enough for
// people to wonder.
type progress struct {
	w     io.Writer // nil: nobody looks
	since time.Time
	bar   *progressbar.ProgressBar
}

const patience = 700 * time.Millisecond

func newProgress(w io.Writer) *progress {
	if !isTerminal(w) {
		w = nil
	}
	return &progress{w: w, since: time.Now()}
}

func (p *progress) update(done, of int) {
	if p.w == nil || p.bar == nil && time.Since(p.since) < patience {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription("reading"),
			progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
	}
	_ = p.bar.Set(done)
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
