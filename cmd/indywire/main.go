// Command indywire is the whole program: the server of a node, and what is done
// on its command line. Each command has a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a collective's time zone must be known on a machine without the files

	"github.com/indywire/indywire/internal/config"
)

// commands are the flags that hold for all, and the commands by their names.
type commands struct {
	config.Place

	Serve   serve           `cmd:"" help:"Serve every collective's site and the portal."`
	Migrate migrateCommands `cmd:"" help:"Bring the database up to date, or say how it stands."`
	Site    siteCommands    `cmd:"" help:"Open collectives' sites, list them, freeze them."`
	Account accountCommands `cmd:"" help:"Make accounts, invite editors, disable an account."`
	Import  importCommands  `cmd:"" help:"Bring in what another system published."`
	Node    nodeCommands    `cmd:"" help:"List the nodes of the network, and what is wrong with it."`
	Version version         `cmd:"" help:"Say which version this is."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
