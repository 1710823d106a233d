package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/stat"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/fit/table"
)

// fitOptions are the flags of kansym fit.
type fitOptions struct {
	tableFlags
	time          seconds
	seed          uint64
	json, model   string
	report        string
	quiet         bool
	maxComplexity positive
	rowsUsed      positive
	threads       positive
	refit         string
	command       string // for the history of the model
}

func (p *program) fitCommand() *cobra.Command {
	o := &fitOptions{time: seconds(60 * time.Second)}
	c := &cobra.Command{
		Use:   "fit DATA",
		Short: "Find a formula for a column of a table",
		Long: `Find a formula that explains one column of a table by the others.

DATA is a table as text, separated by commas, tabs, semicolons, bars or blanks,
with a header line; it may be compressed by gzip, and - is standard input.
Columns are referred to by their names in the header, by the identifiers that
formulas use, or by position as '#1', '#2', ...

The search ends when a formula is certain or the time is over. Ctrl-C ends it
early; the best formula so far is printed and written all the same.

Exit codes: 0 an answer, 1 no answer, 2 wrong use or unreadable input, 130
interrupted.`,
		Example: `  kansym fit data.csv
  kansym fit data.csv --target speed --inputs mass,force --time 20s
  kansym fit data.csv.gz --exclude date,'#1' --weights n --json result.json
  kansym fit data.csv --function 'lorentz(x)=1/(1+x^2)' --library trig
  kansym fit data.csv --refit 'a0*x^a1+a2'`,
		Args: exactArgs("DATA"),
		RunE: func(c *cobra.Command, args []string) error {
			o.inputsGiven = c.Flags().Changed("inputs")
			if c.Flags().Changed("refit") && strings.TrimSpace(o.refit) == "" {
				return errors.New("--refit gives no formula; write one, as in --refit 'a0*x^a1+a2'")
			}
			// Neither where the outputs go nor the threads change the network.
			o.command = recordedCommand(c, []string{"model", "json", "report", "quiet", "threads"}, args[0])
			return p.fit(c.Context(), args[0], o)
		},
		ValidArgsFunction: completeFiles(1),
	}
	f := c.Flags()
	f.SortFlags = false
	o.columnFlags(c, "explain", "that the formula may use")
	f.StringVar(&o.missing, "missing", "drop", "`what` to do with rows that lack a number, or have one that seems to stand for a missing one (-999, far from all others): drop, error, or keep-sentinels, which drops the former and keeps the latter")
	f.Var(&o.time, "time", "how long to search at most, such as 20s or 5m")
	f.Uint64Var(&o.seed, "seed", 1, "`number` to start everything random from; the same gives the same result, except that how far a search gets that is cut off by --time depends on the speed of the machine")
	f.StringVar(&o.json, "json", "", "write the result as JSON to `file`; - is standard output, in place of the report")
	f.StringVar(&o.model, "model", "", "write the trained network to `file`, for kansym predict; the formula, which is often more accurate, is in the JSON")
	f.StringVar(&o.report, "report", "", "write a page for the browser to `file`: the formula, its residuals, the network and the data")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the formula alone")
	o.functionFlags(c)
	f.StringVar(&o.refit, "refit", "", "search nothing and fit the constants of this `formula`, as in 'a0*x^a1+a2'; names that are no columns are constants, or if there are none, decimals such as 2.5")
	f.Var(&o.maxComplexity, "max-complexity", "greatest size of a formula, in operators, functions, variables and numbers")
	f.Var(&o.rowsUsed, "rows-used", "greatest number of rows to fit to, drawn by seed (default: as many as the time allows)")
	f.Var(&o.threads, "threads", "how many fits to run at once (default: one for each processor)")
	return c
}

// fit runs the command.
func (p *program) fit(ctx context.Context, path string, o *fitOptions) error {
	start := time.Now()
	missing, err := table.ParseMissing(o.missing)
	if err != nil {
		return fmt.Errorf("--missing: %w", err)
	}
	if o.inputsGiven && len(o.inputs) == 0 {
		return errors.New("--inputs names no column")
	}
	if err := checkRowsUsed(o.rowsUsed, 0); err != nil {
		return err
	}
	vocabulary, err := newVocabulary(o.library, o.functions)
	if err != nil {
		return err
	}
	outputs, err := p.openOutputs(path, o)
	if err != nil {
		return err
	}
	defer outputs.json.discard()
	defer outputs.model.discard()
	defer outputs.report.discard()

	left, formula := splitEquation(o.refit)
	if left != "" && o.target == "" {
		o.target = left
	}
	data, err := p.readTable(ctx, path, table.Options{
		Target: o.target, Inputs: o.inputs, Exclude: o.exclude, Weights: o.weights,
		Missing: missing, Reserved: vocabulary.reserved,
	})
	if err != nil {
		return err
	}
	if err := checkRowsUsed(o.rowsUsed, len(data.Inputs())); err != nil {
		return err
	}
	opt := fit.Options{
		Seed: o.seed, Threads: int(o.threads), RowsUsed: int(o.rowsUsed),
		MaxComplexity: int(o.maxComplexity),
	}
	if o.library != "" || len(o.functions) > 0 {
		opt.Library = vocabulary.set
	}
	var constants []report.Name
	if o.refit != "" {
		if opt.Refit, constants, err = parseRefit(formula, data, vocabulary); err != nil {
			return err
		}
	}
	// Reading counts: what the user waits for is the answer.
	budget := time.Duration(o.time)
	opt.Time = max(budget-time.Since(start), budget/10)

	var bar *progress
	if f := terminal(p.stderr); f != nil && !o.quiet {
		bar = startProgress(f, width(f), opt.Time)
		opt.Progress = bar.report
	}
	defer bar.stop()
	result, err := fit.Run(ctx, data, opt)
	bar.stop()
	if err != nil || result == nil || result.Best == nil {
		if errors.Is(err, fit.ErrNoAnswer) && time.Since(start) > budget/2 {
			err = fmt.Errorf("%v were over before any formula could be fitted; give it more --time", &o.time)
		}
		return noAnswer(ctx, err)
	}
	if constants != nil {
		constants = report.NameConstants(result.Best.Expr, constants)
	}
	result.Warnings = merge(data.Warnings, result.Warnings)
	result.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
	if err := p.writeOutputs(result, data, vocabulary, outputs, o, constants); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted}
	}
	return nil
}

// noAnswer says why there is no formula. Errors that concern what the user
// gave are wrong use.
func noAnswer(ctx context.Context, err error) error {
	var bad *table.Error
	switch {
	case ctx.Err() != nil:
		return &failure{code: exitInterrupted, err: errors.New("interrupted before any formula was found")}
	case errors.As(err, &bad):
		return err
	case err == nil:
		err = errors.New("no formula was found; give it more --time or more rows")
	}
	return &failure{code: exitNoAnswer, err: err}
}

// fitOutputs are the files that kansym fit writes; nil where none is asked for.
type fitOutputs struct{ json, model, report *output }

// openOutputs makes sure, before the work, that everything can be written.
func (p *program) openOutputs(data string, o *fitOptions) (out fitOutputs, err error) {
	if sameOutput(o.json, o.model) {
		return out, fmt.Errorf("--json and --model both write %s; give two files", o.json)
	}
	if sameOutput(o.report, o.json) || sameOutput(o.report, o.model) {
		return out, fmt.Errorf("--report writes %s, and so does another option; give two files", o.report)
	}
	for _, path := range []string{o.json, o.model, o.report} {
		if path != "" && path != "-" && sameFile(path, data) {
			return out, fmt.Errorf("%s holds the data and would be overwritten; choose another file", path)
		}
	}
	defer func() {
		if err != nil {
			out.json.discard()
			out.model.discard()
			out.report.discard()
		}
	}()
	if o.json != "" {
		if out.json, err = openOutput(o.json, p.stdout); err != nil {
			return out, err
		}
	}
	if o.model != "" {
		if out.model, err = openOutput(o.model, p.stdout); err != nil {
			return out, err
		}
	}
	if o.report != "" {
		if out.report, err = openOutput(o.report, p.stdout); err != nil {
			return out, err
		}
	}
	return out, nil
}

// sameOutput reports whether two outputs go to one file, or both to standard output,
// however they are spelled.
func sameOutput(a, b string) bool {
	if a == "" || b == "" || a == "-" || b == "-" {
		return a != "" && a == b
	}
	pa, erra := filepath.Abs(a)
	pb, errb := filepath.Abs(b)
	return a == b || erra == nil && errb == nil && pa == pb || sameFile(a, b)
}

func sameFile(a, b string) bool {
	ia, erra := os.Stat(a)
	ib, errb := os.Stat(b)
	return erra == nil && errb == nil && os.SameFile(ia, ib) && ia.Mode().IsRegular()
}

// writeOutputs writes standard output and the files. What cannot be written
// does not keep the rest from being: the answer may have taken long to find.
func (p *program) writeOutputs(r *fit.Result, data *table.Table, v *vocabulary, out fitOutputs, o *fitOptions, constants []report.Name) error {
	var stdout, model, json, page error
	spread := stat.StdDev(data.Y(), data.Weights)
	switch {
	case o.json == "-" || o.model == "-" || o.report == "-":
	case o.quiet:
		_, stdout = fmt.Fprintln(p.stdout, r.Best.Expression)
		if r.Doubt != "" {
			fmt.Fprintf(p.stderr, "kansym: %s\n", r.Doubt)
		}
	default:
		stdout = report.Text(p.stdout, r, report.Options{
			Source: data.Source, Width: width(p.stdout), Weights: data.WeightsColumn, Constants: constants, Spread: spread,
		})
	}
	if stdout != nil {
		stdout = fmt.Errorf("cannot write to standard output: %w", stdout)
	}
	if out.model != nil {
		model = out.model.write(func(w io.Writer) error { return writeModel(w, r, data, v, o.command) })
		if model == nil && r.Net != nil && report.NetworkMuchWorse(r, spread) {
			p.warn(false, fmt.Sprintf("the network in %s is much worse than the formula: its held-out RMSE is %.3g, that of the formula %.3g; the formula is in the result that --json writes",
				o.model, r.Network.RMSEHeldout, r.Best.RMSEHeldout))
		}
	}
	if out.json != nil {
		json = out.json.write(func(w io.Writer) error { return report.JSON(w, r) })
	}
	if out.report != nil {
		page = writePage(out.report, p.page(r, data, v, constants))
	}
	return errors.Join(stdout, model, json, page)
}

// merge joins two lists, each line once.
func merge(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if out == nil {
		out = []string{}
	}
	return out
}
