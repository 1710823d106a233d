// Kansym finds the formula behind a table of measured data.
//
//	kansym fit DATA.csv --target y
//
// fits Kolmogorov-Arnold networks to the data, names what they learned and
// prints a formula, its error on rows that it has not seen, and its constants
// with their standard errors. Run kansym help for all commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second Ctrl-C ends the program at once
	os.Exit(kansym(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
