package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// checkOptions are the flags of the commands below kansym check.
type checkOptions struct {
	all       bool
	json      string
	rows      positive
	seed      uint64
	error     float64
	missing   string
	functions []string
}

// checkFunc is fit.CheckSymmetry or fit.CheckSeparability.
type checkFunc func(context.Context, *kan.Network, symbolic.Data, fit.CheckOptions) (*fit.CheckReport, error)

func (p *program) checkCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Test what structure a trained network shows",
		Long: `Test a trained network for the structure by which kansym fit takes problems
apart. Every property has a residual, which is 0 where the property holds
exactly, and a limit, which is what the error of the network makes of 0.`,
	}
	c.AddCommand(
		p.checkWhat("symmetry", fit.CheckSymmetry, "Test for inputs that act only together",
			`Test whether inputs of a network matter, whether two of them act only by their
difference, sum, quotient or product (or by another simple combination), and
whether the target grows by a power when some inputs grow (scaling).

Of the four combinations of two inputs the one that comes nearest is shown;
--all shows the others too.`),
		p.checkWhat("separability", fit.CheckSeparability, "Test for parts with inputs of their own",
			`Test which inputs of a network act without each other, in sums or in products,
into which groups of inputs it falls, and which inputs x enter only as
a(rest)+b(rest)*h(x), a rank-1 interaction.`),
	)
	return c
}

func (p *program) checkWhat(name string, check checkFunc, short, long string) *cobra.Command {
	o := &checkOptions{}
	c := &cobra.Command{
		Use:   name + " MODEL DATA",
		Short: short,
		Long: long + `

The limits follow from the error of the network: the one on the rows of the
table if it has the target, or the one on held-out rows that the model notes,
if that is larger.`,
		Example: "  kansym check " + name + " model.json data.csv",
		Args:    exactArgs("MODEL", "DATA"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.check(c.Context(), args[0], args[1], check, o)
		},
		ValidArgsFunction: completeFiles(2),
	}
	f := c.Flags()
	f.SortFlags = false
	if name == "symmetry" {
		f.BoolVar(&o.all, "all", false, "show all combinations of two inputs")
	}
	f.StringVar(&o.json, "json", "", "write all results as JSON to `file`; - is standard output, in place of the table")
	f.Var(&o.rows, "rows", "how many rows to use at most, spread over the table (default: 2000)")
	f.Float64Var(&o.error, "error", 0, "`error` that the network is known to have at least, divided by the standard deviation of the target")
	f.Uint64Var(&o.seed, "seed", 1, "`number` to draw from which rows are mixed with each other")
	f.StringVar(&o.missing, "missing", "drop", "`what` to do with rows that lack a number: drop, error or keep-sentinels, as kansym fit has it")
	f.StringArrayVar(&o.functions, "function", nil, "define a function that the model uses by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
	return c
}

// check runs the commands below kansym check.
func (p *program) check(ctx context.Context, path, data string, check checkFunc, o *checkOptions) error {
	missing, err := table.ParseMissing(o.missing)
	if err != nil {
		return fmt.Errorf("--missing: %w", err)
	}
	if !(o.error >= 0) || math.IsInf(o.error, 0) {
		return fmt.Errorf("--error: %v is no error; it is 0 or more", o.error)
	}
	v, err := newVocabulary("", o.functions)
	if err != nil {
		return err
	}
	m, err := openNetwork(path, v)
	if err != nil {
		return err
	}
	for _, name := range []string{path, data} {
		if o.json != "" && o.json != "-" && name != "-" && sameFile(o.json, name) {
			return fmt.Errorf("%s would be overwritten; choose another file", name)
		}
	}
	rows, err := p.readAligned(ctx, data, missing, v, func(table.Header) (wanted, error) {
		return wanted{inputs: modelInputs(m), target: m.Target, optional: true, none: knownSentinels(m.Missing)}, nil
	})
	if err != nil {
		return err
	}
	p.warnOfRows(rows)
	if cols, y := rows.compared(); len(y) > 0 {
		predicted := make([]float64, len(y))
		m.Network.Predict(predicted, cols)
		p.warn(false, disagreementOf(path, data, toldBy(m.Summary), predicted, y))
	}
	r, err := checkOn(ctx, m, rows, check, o)
	switch {
	case ctx.Err() != nil:
		return &failure{code: exitInterrupted}
	case errors.Is(err, fit.ErrUnknownError):
		lacks := fmt.Sprintf("%s names no target", path)
		if m.Target != "" {
			lacks = fmt.Sprintf("%s has no numbers in a column %q", data, m.Target)
		}
		return fmt.Errorf("%s, and the model notes no error of the network, from which the limits follow: give data with the target, or the error by --error", lacks)
	case err != nil:
		return fmt.Errorf("%s on %s: %w", path, data, err)
	}
	if o.json != "" {
		out, err := openOutput(o.json, p.stdout)
		if err != nil {
			return err
		}
		defer out.discard()
		if err := out.write(func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(r)
		}); err != nil {
			return err
		}
		if o.json == "-" {
			return nil
		}
	}
	if err := writeCheck(p.stdout, r, m, o.all); err != nil {
		return fmt.Errorf("cannot write to standard output: %w", err)
	}
	return nil
}

func checkOn(ctx context.Context, m *kan.Model, rows *alignedRows, check checkFunc, o *checkOptions) (*fit.CheckReport, error) {
	d := symbolic.Data{Cols: rows.cols}
	opt := fit.CheckOptions{Target: statementTarget(m), Rows: int(o.rows), Seed: o.seed, Error: o.error}
	if m.Summary != nil {
		opt.Error = max(opt.Error, m.Summary.HeldRelative)
	}
	if cols, y := rows.compared(); len(y) > 0 {
		d.Cols, d.Y = cols, y
	}
	return check(ctx, m.Network, d, opt)
}

// statementTarget returns what formulas and statements call the target: its
// identifier, or a letter if that is an input.
func statementTarget(m *kan.Model) string {
	for _, name := range []string{table.Identifier(m.Target), "y", "f", "F"} {
		if name != "" && !slices.Contains(m.Network.Inputs, name) {
			return name
		}
	}
	return "the_target"
}

// writeCheck writes the properties as a table.
func writeCheck(w io.Writer, r *fit.CheckReport, m *kan.Model, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "error of the network %.2g of the standard deviation of %s; tested on %s\n\n", r.Error, cmp.Or(m.Target, "the target"), counted(r.Rows, "row"))
	var lines [][]string
	for _, p := range shown(r.Properties, all) {
		lines = append(lines, []string{p.Statement, fmt.Sprintf("%.2g", p.Residual), fmt.Sprintf("%.2g", p.Limit), p.Verdict.String()})
	}
	if len(lines) == 0 {
		b.WriteString("there is nothing to test\n")
	} else {
		if err := report.Plain(&b, []string{"property", "residual", "limit", "verdict"}, lines, "lrrl"); err != nil {
			return err
		}
		b.WriteString("\n")
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shown returns the properties worth a line: of the combinations of two inputs
// those that hold, or the one that comes nearest.
func shown(list []fit.Property, all bool) []fit.Property {
	if all {
		return list
	}
	pair := func(p fit.Property) bool {
		return len(p.Inputs) == 2 && (p.Kind == "difference" || p.Kind == "sum" || p.Kind == "quotient" || p.Kind == "product")
	}
	same := func(a, b fit.Property) bool { return a.Inputs[0] == b.Inputs[0] && a.Inputs[1] == b.Inputs[1] }
	var out []fit.Property
	for _, p := range list {
		nearest := true
		if pair(p) && p.Verdict != fit.Holds {
			for _, q := range list {
				if len(q.Inputs) == 2 && q.Kind != "scaling" && same(p, q) && (q.Residual < p.Residual || q.Verdict == fit.Holds) {
					nearest = false
				}
			}
		}
		if nearest {
			out = append(out, p)
		}
	}
	return out
}
