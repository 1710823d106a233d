package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes that the documentation promises.
const (
	exitAnswer      = 0
	exitNoAnswer    = 1
	exitUsage       = 2 // wrong use, unreadable input or output that cannot be written
	exitInterrupted = 130
)

// failure is an error that ends the program with a code other than exitUsage.
// A nil err means that everything has been said.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// program is what the commands share: the streams of the process.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// kansym runs a command line without the program's name and returns the exit
// code. Cancelling ctx asks for the best answer so far.
func kansym(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr}
	root := p.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var f *failure
	switch {
	case err == nil:
		return exitAnswer
	case errors.As(err, &f):
		if f.err != nil {
			p.complain(f.err)
		}
		return f.code
	}
	p.complain(err)
	return exitUsage
}

// complain writes an error for the user.
func (p *program) complain(err error) {
	fmt.Fprintf(p.stderr, "kansym: %s\n", strings.TrimSpace(err.Error()))
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "kansym",
		Short: "Find the formula behind a table of data",
		Long: `Kansym finds the formula behind a table of measured data.

It fits Kolmogorov-Arnold networks, names the curves that they learned, and
turns them into a formula whose constants are fitted to full precision.`,
		Example: `  kansym fit data.csv
  kansym fit data.csv --target speed --inputs mass,force --time 20s --json result.json
  kansym predict 'a*exp(-b)' new.csv
  kansym predict result.json new.csv >predicted.csv`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetVersionTemplate("kansym {{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w\nrun %s --help for the options", err, c.CommandPath())
	})
	root.AddCommand(p.fitCommand(), p.predictCommand(), p.libraryCommand(), p.versionCommand(), p.manCommand())
	return root
}

// exactArgs is cobra.ExactArgs with a message that says what is missing.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch n := len(names); {
		case len(args) < n:
			return fmt.Errorf("%s is missing\nusage: %s", names[len(args)], c.UseLine())
		case len(args) > n:
			return fmt.Errorf("%q is one argument too many\nusage: %s", args[n], c.UseLine())
		}
		return nil
	}
}
