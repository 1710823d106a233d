package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/compare"
	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/fit/table"
)

// compareOptions are the flags of kansym compare.
type compareOptions struct {
	tableFlags
	time          seconds
	seed          uint64
	picture, json string
	rowsUsed      positive
	threads       positive
}

func (p *program) compareCommand() *cobra.Command {
	o := &compareOptions{time: seconds(60 * time.Second)}
	c := &cobra.Command{
		Use:   "compare DATA",
		Short: "Compare Kolmogorov-Arnold networks with perceptrons on a table",
		Long: `Train Kolmogorov-Arnold networks (KANs) and multilayer perceptrons (MLPs) of
several sizes on the same rows of a table, and check what is said of the former:
that they are more accurate for their parameters, that they can be read, that
they take longer to train, and that they can be rewritten as perceptrons.

Rows are split as by kansym fit with the same seed. Both kinds are trained by
the same Levenberg-Marquardt steps with the same rules of starting and stopping,
one network at a time and on one thread; errors are those on held-out rows. The
curves of the KANs are then named, and a formula is searched for as by kansym
fit in what is left of the time.

Ctrl-C ends the comparison; what is finished is printed and written all the
same.

Exit codes: 0 a table, 1 nothing to compare, 2 wrong use or unreadable input,
130 interrupted.`,
		Example: `  kansym compare data.csv
  kansym compare data.csv --target speed -o compare.svg
  kansym compare data.csv --time 5m --seed 2 --json compare.json`,
		Args: exactArgs("DATA"),
		RunE: func(c *cobra.Command, args []string) error {
			o.inputsGiven = c.Flags().Changed("inputs")
			return p.compare(c.Context(), args[0], o)
		},
		ValidArgsFunction: completeFiles(1),
	}
	f := c.Flags()
	f.SortFlags = false
	o.columnFlags(c, "predict", "to predict it from")
	f.StringVar(&o.missing, "missing", "drop", "`what` to do with rows that lack a number: drop, error or keep-sentinels, as kansym fit has it")
	f.Var(&o.time, "time", "how long to take at most, such as 20s or 5m")
	f.Uint64Var(&o.seed, "seed", 1, "`number` to start everything random from; the same gives the same networks")
	f.StringVarP(&o.picture, "output", "o", "", "draw error against parameters into `file`, whose name ends in .svg, .png or .pdf")
	f.StringVar(&o.json, "json", "", "write everything as JSON to `file`; - is standard output, in place of the table")
	o.functionFlags(c)
	f.Var(&o.rowsUsed, "rows-used", "greatest number of rows to fit to, drawn by seed (default: 10000)")
	f.Var(&o.threads, "threads", "how many fits the search for a formula runs at once (default: one for each processor)")
	return c
}

// compare runs the command.
func (p *program) compare(ctx context.Context, path string, o *compareOptions) error {
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
	format, err := o.check(path)
	if err != nil {
		return err
	}
	var picture, json *output
	if o.picture != "" {
		if picture, err = openOutput(o.picture, p.stdout); err != nil {
			return err
		}
		defer picture.discard()
	}
	if o.json != "" {
		if json, err = openOutput(o.json, p.stdout); err != nil {
			return err
		}
		defer json.discard()
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
	budget := time.Duration(o.time)
	opt := compare.Options{
		Time: max(budget-time.Since(start), budget/10), Seed: o.seed, Threads: int(o.threads), RowsUsed: int(o.rowsUsed),
	}
	if o.library != "" || len(o.functions) > 0 {
		opt.Library = vocabulary.set
	}
	var bar *progress
	if f := terminal(p.stderr); f != nil {
		bar = startProgress(f, width(f), opt.Time)
		opt.Progress = func(stage string) { bar.report(fit.Progress{Stage: stage}) }
	}
	defer bar.stop()
	result, err := compare.Run(ctx, data, opt)
	bar.stop()
	switch {
	case err != nil:
		return &failure{code: exitNoAnswer, err: err}
	case len(result.Models) == 0 && ctx.Err() != nil:
		return &failure{code: exitInterrupted, err: errors.New("interrupted before the first network was trained")}
	case len(result.Models) == 0:
		return &failure{code: exitNoAnswer, err: fmt.Errorf("no network could be trained: %s", strings.Join(result.Warnings, "; "))}
	}
	result.Warnings = merge(data.Warnings, result.Warnings)
	result.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
	if err := p.writeComparison(result, data, picture, format, json, o); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted}
	}
	return nil
}

// check refuses outputs that make no sense and returns the format of the
// picture.
func (o *compareOptions) check(data string) (format string, err error) {
	if o.picture != "" {
		format = strings.ToLower(strings.TrimPrefix(filepath.Ext(o.picture), "."))
		switch format {
		case "svg", "png", "pdf":
		default:
			return "", fmt.Errorf("--output: %s is no picture that can be drawn; give a file whose name ends in .svg, .png or .pdf", o.picture)
		}
		if o.picture == o.json {
			return "", fmt.Errorf("--output and --json both write %s; give two files", o.json)
		}
	}
	for _, path := range []string{o.picture, o.json} {
		if path != "" && path != "-" && sameFile(path, data) {
			return "", fmt.Errorf("%s holds the data and would be overwritten; choose another file", path)
		}
	}
	return format, nil
}

// writeComparison writes standard output and the files; what cannot be written
// does not keep the rest from being.
func (p *program) writeComparison(r *compare.Result, data *table.Table, picture *output, format string, json *output, o *compareOptions) error {
	var errs []error
	if o.json != "-" {
		err := report.Comparison(p.stdout, r, report.Options{Source: data.Source, Width: width(p.stdout), Weights: data.WeightsColumn})
		if err != nil {
			errs = append(errs, fmt.Errorf("cannot write to standard output: %w", err))
		}
	}
	if json != nil {
		errs = append(errs, json.write(func(w io.Writer) error { return report.ComparisonJSON(w, r) }))
	}
	if picture != nil {
		errs = append(errs, picture.write(func(w io.Writer) error { return report.ComparisonPlot(w, r, format) }))
	}
	return errors.Join(errs...)
}
