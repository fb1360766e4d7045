package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"
)

// Exit codes, as the documentation has them.
const (
	exitDone       = 0
	exitFailed     = 1 // a check failed
	exitUnreadable = 2 // wrong usage, or input that can't be read
	exitOutside    = 3 // an outside system failed
)

// exitError is an error with the code to leave with. Others leave with 2.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

// failed says that a check did what it was asked to do and did not pass.
func failed(format string, args ...any) error {
	return exitError{exitFailed, fmt.Errorf(format, args...)}
}

// outside says that something that is not ours let us down.
func outside(err error) error { return exitError{exitOutside, err} }

// console is where a command writes.
type console struct {
	out, err io.Writer
}

// run is a command from its arguments to its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	left := -1 // what help left with
	vars := readVariables(os.Environ())
	parser, err := parserFor(args, kong.Name("readyline"),
		kong.Description("Production-readiness checklists that tick themselves from what is in the repository."),
		kong.Writers(stdout, stderr), kong.UsageOnError(), kong.Exit(func(code int) { left = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(console{stdout, stderr}),
		kong.Resolvers(vars), kong.Bind(vars))
	if err != nil {
		return report(stderr, err)
	}
	if len(args) == 0 || args[0] == "help" {
		args = append(args[min(1, len(args)):len(args):len(args)], "--help")
	}
	k, err := parser.Parse(args)
	switch {
	case left >= 0:
		return left
	case err != nil && len(vars.faults) > 0: // a missing value may be one that could not be read
		return report(stderr, fmt.Errorf("%s\n%w", strings.Join(vars.faults, "\n"), err))
	case err != nil:
		return report(stderr, fmt.Errorf("%w\nreadyline --help lists the commands; readyline COMMAND --help shows an example", err))
	}
	return report(stderr, k.Run())
}

// parserFor makes a parser of all commands, or of the one alone that is asked for:
// to learn all their flags takes several milliseconds, which a scan waits for.
func parserFor(args []string, options ...kong.Option) (*kong.Kong, error) {
	all := reflect.ValueOf(&commands{}).Elem()
	for i := range all.NumField() {
		field := all.Type().Field(i)
		if len(args) == 0 || strings.ToLower(field.Name) != args[0] {
			continue
		}
		one := kong.DynamicCommand(args[0], field.Tag.Get("help"), "", all.Field(i).Addr().Interface())
		return kong.New(&struct{}{}, append(options, one)...)
	}
	return kong.New(all.Addr().Interface(), options...)
}

// report writes an error and picks the exit code.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(stderr, "readyline: %v\n", err)
	if e := (exitError{}); errors.As(err, &e) {
		return e.code
	}
	return exitUnreadable
}

// isTerminal tells whether w is a terminal that people look at.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
