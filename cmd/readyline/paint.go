package main

import (
	"io"
	"os"
	"strings"
)

// paint colours text, or leaves it alone.
type paint struct{ on bool }

// newPaint colours on a terminal, unless NO_COLOR says otherwise.
func newPaint(w io.Writer) paint {
	return paint{isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (p paint) with(code, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bold(s string) string   { return p.with("1", s) }
func (p paint) dim(s string) string    { return p.with("2", s) }
func (p paint) green(s string) string  { return p.with("32", s) }
func (p paint) yellow(s string) string { return p.with("33", s) }
func (p paint) red(s string) string    { return p.with("31", s) }
func (p paint) blue(s string) string   { return p.with("34", s) }

// meter draws a percentage.
func (p paint) meter(percent, width int) string {
	full := percent * width / 100
	return p.green(strings.Repeat("█", full)) + p.dim(strings.Repeat("░", width-full))
}
