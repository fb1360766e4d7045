package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set when a release is built (-ldflags "-X main.version=1.2.3").
var version = "dev"

type versionCommand struct{}

// Help shows an example.
func (versionCommand) Help() string { return "Example:\n  readyline version" }

// Run prints version, commit and Go version.
func (versionCommand) Run(at console) error {
	commit := "unknown commit"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	_, err := fmt.Fprintf(at.out, "readyline %s (%s) %s %s/%s\n", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
