package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kansym/kansym/library"
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
	args           []string // the command line without the program's name
	stdin          io.Reader
	stdout, stderr io.Writer
}

// kansym runs a command line without the program's name and returns the exit
// code. Cancelling ctx asks for the best answer so far.
func kansym(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{args: args, stdin: stdin, stdout: stdout, stderr: stderr}
	err := guard(func() error {
		root := p.root()
		root.SetArgs(args)
		return root.ExecuteContext(ctx)
	})
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

// guard calls f and turns a panic into an error: a fault of the program is no
// reason to show its insides to a user.
func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &failure{code: exitNoAnswer, err: &fault{value: v, stack: debug.Stack()}}
		}
	}()
	return f()
}

// fault is a panic.
type fault struct {
	value any
	stack []byte
}

// traceVariable is the environment variable that asks for the stack of a fault.
const traceVariable = "KANSYM_TRACE"

func (f *fault) Error() string {
	text := fmt.Sprintf("internal error: %v\nthis is a fault of kansym, not of your data; please report it with the command line and the data", f.value)
	if os.Getenv(traceVariable) == "" {
		return text + ", and what it prints with " + traceVariable + "=1"
	}
	return fmt.Sprintf("%s\n\nkansym %s\n%s", text, version(), f.stack)
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
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(strings.NewReplacer(
		".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped 80",
		".InheritedFlags.FlagUsages", ".InheritedFlags.FlagUsagesWrapped 80",
		"{{if .Runnable}}", "{{if not .HasSubCommands}}",
	).Replace(root.UsageTemplate()))
	root.AddCommand(p.fitCommand(), p.predictCommand(), p.exportCommand(), p.reportCommand(), p.plotCommand())
	root.AddCommand(p.stepCommands()...)
	root.AddCommand(p.compileCommand(), p.checkCommand(), p.compareCommand())
	root.AddCommand(p.benchCommand(), p.libraryCommand(), p.versionCommand(), p.manCommand())
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	for _, c := range append(root.Commands(), root) {
		if c.HasSubCommands() {
			c.Args = unknownCommand
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
	return root
}

// helpCommand is cobra's, but for a command that does not exist it fails.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(root, args)
			}
			return c.Help()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return commandNames(root), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return names
}

// unknownCommand refuses arguments that are no command below c and says what
// may be meant.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if near, ok := library.Nearest(args[0], commandNames(c)); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	} else if _, err := os.Stat(args[0]); err == nil && !c.HasParent() {
		hint = fmt.Sprintf("; to find a formula in a file, run: kansym fit %s", args[0])
	}
	return fmt.Errorf("there is no command %q%s\nrun %s --help for the commands", args[0], hint, c.CommandPath())
}

// flagError says which flag may be meant by an unknown one, and what a flag takes.
func flagError(c *cobra.Command, err error) error {
	hint := ""
	if unknown := new(pflag.NotExistError); errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near, ok := library.Nearest(unknown.GetSpecifiedName(), names); ok && len(unknown.GetSpecifiedName()) > 1 {
			hint = fmt.Sprintf("; did you mean --%s?", near)
		}
	}
	if bad := new(pflag.InvalidValueError); errors.As(err, &bad) {
		if want, ok := accepted[bad.GetFlag().Value.Type()]; ok {
			// What pflag has to say of these is in the words of package strconv.
			err = fmt.Errorf("invalid argument %q for %q flag: expected %s", bad.GetValue(), "--"+bad.GetFlag().Name, want)
		}
	}
	return fmt.Errorf("%w%s\nrun %s --help for the options", err, hint, c.CommandPath())
}

// accepted says what flags of the types of package pflag take.
var accepted = map[string]string{
	"bool":    "true or false",
	"int":     "a whole number",
	"uint64":  "a whole number from 0 to 18446744073709551615",
	"float64": "a number such as 0.1",
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
