// Command readyline tells, and keeps telling, which production-readiness
// practices a repository has evidence for.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// commands is the command line. Every command has a file of its own.
type commands struct {
	Demo       demoCommand       `cmd:"" help:"The whole product on this machine, with no account."`
	Serve      serveCommand      `cmd:"" help:"Run the webhook server, workers and dashboard."`
	Scan       scanCommand       `cmd:"" help:"Assess a local git checkout."`
	Explain    explainCommand    `cmd:"" help:"Say what a control means and how it is recognised."`
	Checklists checklistsCommand `cmd:"" help:"List the checklists, or export one as an issue template."`
	Lint       lintCommand       `cmd:"" help:"Check checklist, control and configuration files."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database's schema up to date."`
	Config     configCommand     `cmd:"" help:"Show what holds for a repository, and which file says so."`
	Doctor     doctorCommand     `cmd:"" help:"Say what is wrong with a server, and what to do."`
	Deliveries deliveriesCommand `cmd:"" help:"List failed or stuck webhook deliveries, or have them processed again."`
	Waves      wavesCommand      `cmd:"" help:"Say how far the opening of new issues is; pause, resume or change it."`
	Recover    recoverCommand    `cmd:"" help:"Rebuild the server's state from GitHub."`
	Rotate     rotateCommand     `cmd:"" help:"Replace a secret of the server without losing a delivery."`
	Export     exportCommand     `cmd:"" help:"Write all that is kept of an organisation, as JSON lines."`
	Forget     forgetCommand     `cmd:"" help:"Delete all that is kept of an organisation."`
	Version    versionCommand    `cmd:"" help:"Print version, commit and Go version."`

	Healthcheck healthcheckCommand `cmd:"" hidden:"" help:"Ask the server on this machine whether it is ready."`
}

func main() {
	runtime.MemProfileRate = 0 // nobody asks, and noting who allocates costs a scan a hundredth of its time
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks twice does not wait for what is under way
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
