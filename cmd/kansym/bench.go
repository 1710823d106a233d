package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit/bench"
	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/library"
)

// benchOptions are the flags of kansym bench.
type benchOptions struct {
	only           []string
	onlyGiven      bool
	noise          float64
	rows           positive
	time           seconds
	jobs, seeds    positive
	seed           uint64
	threads        positive
	irrelevant     int
	decade         bool
	out            string
	quiet, verbose bool
}

func (p *program) benchCommand() *cobra.Command {
	o := &benchOptions{time: seconds(60 * time.Second), jobs: 1, seeds: 1}
	c := &cobra.Command{
		Use:   "bench SUITE",
		Short: "Measure how many known formulas are found again",
		Long: `Measure how many known formulas are found again from data drawn from them.

SUITE is feynman (100 laws of physics), classics (28 formulas of the
literature), or a CSV file with the columns id, formula and variables, and
optionally suite and rows. variables is a list in JSON like
[{"name": "x", "low": 1, "high": 2}], with "log": true for an input that is
spread evenly over its logarithm.

Each problem reaches the search as a table, as in kansym fit. It is solved if
the answer is the formula but for one added or one multiplied constant: on fresh
points within the ranges and on points up to half a range outside, to 1e-6
without noise, else to the larger of 0.001 and a hundredth of the noise, as it
stands or with its constants rounded to three decimals; and if it is at most
three times as long.

Ctrl-C ends the run; what is finished is printed and written all the same.

Exit codes: 0 a table, whatever was found, 2 wrong use or unreadable suite, 130
interrupted.`,
		Example: `  kansym bench feynman
  kansym bench classics --only Keijzer-4,Nguyen-7 --seeds 3
  kansym bench feynman --rows 10000 --noise 0.01 --seeds 3 --out results.csv
  kansym bench suite.csv --time 20s --jobs 2`,
		Args: exactArgs("SUITE"),
		RunE: func(c *cobra.Command, args []string) error {
			o.onlyGiven = c.Flags().Changed("only")
			return p.bench(c.Context(), args[0], o)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return bench.Suites(), cobra.ShellCompDirectiveDefault
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringSliceVar(&o.only, "only", nil, "run only the problems with these `ids`, separated by commas")
	f.Float64Var(&o.noise, "noise", 0, "standard `deviation` of the noise added to the target, as a share of the target's root mean square")
	f.Var(&o.rows, "rows", "how many rows to draw (default: what the suite says, else 2000)")
	f.Var(&o.time, "time", "how long to search at most for each formula, such as 20s or 5m")
	f.Var(&o.jobs, "jobs", "how many problems to run at once")
	f.Var(&o.seeds, "seeds", "how often to run every problem, with other data each time")
	f.Uint64Var(&o.seed, "seed", 1, "`number` to start everything random from, that of the first run of several")
	f.Var(&o.threads, "threads", "how many fits to run at once for each problem (default: the processors shared by the jobs)")
	f.IntVar(&o.irrelevant, "irrelevant", 0, "add `n` inputs that the formula does not use")
	f.BoolVar(&o.decade, "decade", false, "spread each positive input over the decade around the middle of its range, evenly over the logarithm")
	f.StringVar(&o.out, "out", "", "write everything as CSV to `file`; - is standard output, in place of the table")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the totals alone, and no progress")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "print progress even if standard error is no terminal")
	err := c.RegisterFlagCompletionFunc("only", func(_ *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return completeIDs(args, text), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic("kansym: completion of an unknown flag")
	}
	return c
}

// completeIDs completes the last of several ids behind a comma.
func completeIDs(args []string, text string) []cobra.Completion {
	if len(args) == 0 {
		return nil
	}
	problems, err := bench.Open(args[0])
	if err != nil {
		return nil
	}
	before := text[:strings.LastIndexByte(text, ',')+1]
	var out []cobra.Completion
	for _, q := range problems {
		out = append(out, before+q.ID)
	}
	return out
}

// bench runs the command.
func (p *program) bench(ctx context.Context, suite string, o *benchOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	builtin := slices.Contains(bench.Suites(), suite)
	if !builtin && o.out != "" && o.out != "-" && sameFile(o.out, suite) {
		return fmt.Errorf("%s holds the suite and would be overwritten; choose another file", o.out)
	}
	var out *output
	if o.out != "" {
		var err error
		if out, err = openOutput(o.out, p.stdout); err != nil {
			return err
		}
	}
	defer out.discard()
	problems, err := bench.Open(suite)
	if err != nil {
		return err
	}
	if o.onlyGiven {
		if problems, err = choose(problems, o.only, suite); err != nil {
			return err
		}
	}
	opt := bench.Options{
		Drawing: bench.Drawing{
			Rows: int(o.rows), Noise: o.noise, Seed: o.seed, Irrelevant: o.irrelevant, Decade: o.decade,
		},
		Seeds: int(o.seeds), Time: time.Duration(o.time), Jobs: int(o.jobs), Threads: int(o.threads),
	}
	if opt.Threads == 0 {
		opt.Threads = max(runtime.NumCPU()/opt.Jobs, 1)
	}
	if o.verbose || terminal(p.stderr) != nil && !o.quiet {
		opt.Progress = p.benchProgress
	}
	outcomes, _ := bench.Run(ctx, problems, opt) // its error is that of ctx
	if ctx.Err() != nil && len(outcomes) == 0 {
		return &failure{code: exitInterrupted, err: errors.New("interrupted before the first problem was finished")}
	}
	if out != nil {
		if err := out.write(func(w io.Writer) error { return writeOutcomes(w, outcomes) }); err != nil {
			return err
		}
	}
	if o.out != "-" {
		var text strings.Builder
		if !o.quiet {
			fmt.Fprintf(&text, "%s\n\n", o.heading(suite, problems))
			if err := outcomeTable(&text, outcomes, width(p.stdout)); err != nil {
				return err
			}
			text.WriteByte('\n')
		}
		text.WriteString(totals(outcomes, len(problems)*opt.Seeds, opt.Seeds))
		if _, err := io.WriteString(p.stdout, text.String()); err != nil {
			return fmt.Errorf("cannot write to standard output: %w", err)
		}
	}
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted}
	}
	return nil
}

// check refuses values that make no sense.
func (o *benchOptions) check() error {
	const most = 1000 // irrelevant inputs; more is a slip
	switch {
	case !(o.noise >= 0) || math.IsInf(o.noise, 0):
		return fmt.Errorf("--noise: %v is no share of the target; give 0 or more, such as 0.01", o.noise)
	case o.rows != 0 && (o.rows < bench.MinRows || o.rows > bench.MaxRows):
		return fmt.Errorf("--rows: expected a whole number from %d to %d", bench.MinRows, bench.MaxRows)
	case o.irrelevant < 0 || o.irrelevant > most:
		return fmt.Errorf("--irrelevant: expected a whole number from 0 to %d", most)
	case o.quiet && o.verbose:
		return errors.New("--quiet and --verbose exclude each other")
	}
	return nil
}

// choose returns the problems with the given ids, in the order of the suite.
func choose(problems []*bench.Problem, ids []string, suite string) ([]*bench.Problem, error) {
	var known []string
	for _, q := range problems {
		known = append(known, q.ID)
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		if id = strings.TrimSpace(id); !slices.Contains(known, id) {
			hint := "its first is " + strconv.Quote(known[0])
			if near, ok := library.Nearest(id, known); ok {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return nil, fmt.Errorf("--only: %s has no problem %q; %s", suite, id, hint)
		}
		wanted[id] = true
	}
	if len(wanted) == 0 {
		return nil, errors.New("--only names no problem")
	}
	var out []*bench.Problem
	for _, q := range problems {
		if wanted[q.ID] {
			out = append(out, q)
		}
	}
	return out, nil
}

// benchProgress writes a line about a problem that is finished.
func (p *program) benchProgress(done, total int, o bench.Outcome) {
	what := "solved"
	if !o.Solved {
		what = "missed: " + o.Cause
	}
	// A terminal that went away is no reason to stop.
	fmt.Fprintf(p.stderr, "%*d of %d  %s  %.1f s  %s\n", len(strconv.Itoa(total)), done, total, o.Problem.ID, o.Seconds, what)
}

// heading says what was run, so that a table can be quoted.
func (o *benchOptions) heading(suite string, problems []*bench.Problem) string {
	parts := []string{plural(len(problems), "problem")}
	switch {
	case o.rows != 0:
		parts = append(parts, fmt.Sprintf("%d rows", o.rows))
	case slices.ContainsFunc(problems, func(q *bench.Problem) bool { return q.Rows != 0 }):
		parts = append(parts, "rows as the suite says")
	default:
		parts = append(parts, fmt.Sprintf("%d rows", bench.DefaultRows))
	}
	parts = append(parts, fmt.Sprintf("noise %v", o.noise))
	if o.irrelevant > 0 {
		parts = append(parts, plural(o.irrelevant, "irrelevant input"))
	}
	if o.decade {
		parts = append(parts, "inputs over a decade")
	}
	if o.seeds > 1 {
		parts = append(parts, fmt.Sprintf("seeds %d to %d", o.seed, o.seed+uint64(o.seeds)-1))
	} else {
		parts = append(parts, fmt.Sprintf("seed %d", o.seed))
	}
	return fmt.Sprintf("%s: %s, at most %v each", suite, strings.Join(parts, ", "), &o.time)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// outcomeTable writes a row for each outcome. Formulas are shortened to what
// is left of columns, the width of the terminal, or if that is 0 to a length
// that keeps the causes in sight.
func outcomeTable(w io.Writer, outcomes []bench.Outcome, columns int) error {
	const shortest, usual = 20, 60
	header := []string{"id", "solved", "seconds", "error", "complexity", "formula", "cause of the miss"}
	align := "llrrrll"
	const formula, id = 5, 0
	seeds := slices.ContainsFunc(outcomes, func(o bench.Outcome) bool { return o.Seed != outcomes[0].Seed })
	rows := make([][]string, len(outcomes))
	for i, o := range outcomes {
		solved, size, text := "no", "-", "-"
		if o.Solved {
			solved = "yes"
		}
		if o.Expr != nil {
			size = strconv.Itoa(o.Complexity)
			text = o.Expr.FormatDigits(library.LangExpr, 6)
		}
		rows[i] = []string{o.Problem.ID, solved, fmt.Sprintf("%.1f", o.Seconds), shortError(o.Error), size, text, o.Cause}
		if seeds {
			rows[i][id] += fmt.Sprintf(" (%d)", o.Seed)
		}
	}
	if seeds {
		header[id] = "id (seed)"
	}
	room := usual
	if columns > 0 {
		room = max(columns-tableWidth(header, rows, formula), shortest)
	}
	for _, r := range rows {
		if text := []rune(r[formula]); len(text) > room {
			r[formula] = string(text[:room-3]) + "..."
		}
	}
	return report.Plain(w, header, rows, align)
}

// tableWidth is the width of the table without the text in one column.
func tableWidth(header []string, rows [][]string, without int) int {
	total := 0
	for c := range header {
		wide := utf8.RuneCountInString(header[c])
		for _, r := range rows {
			wide = max(wide, utf8.RuneCountInString(r[c]))
		}
		if c == without {
			wide = 0
		}
		total += wide + 2 // the blanks to both sides
	}
	return total
}

func shortError(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

// totals counts outcomes in words; planned is how many there would be had the
// run not been interrupted.
func totals(outcomes []bench.Outcome, planned, seeds int) string {
	s := bench.Summarize(outcomes)
	var b strings.Builder
	fmt.Fprintf(&b, "Solved %d of %s", s.Solved, plural(s.Runs, "run"))
	switch {
	case s.Runs < planned:
		fmt.Fprintf(&b, "; interrupted before the other %d", planned-s.Runs)
	case seeds > 1:
		fmt.Fprintf(&b, ", on average %.4g of %d for each seed", float64(s.Solved)/float64(seeds), s.Runs/seeds)
	}
	fmt.Fprintf(&b, ".\nSeconds: median %.1f, at most %.1f. Complexity: median %g.\n", s.MedianSeconds, s.MaxSeconds, s.MedianComplexity)
	return b.String()
}

// writeOutcomes writes everything that is known about outcomes as CSV. What
// there is not, such as the error of an undefined answer, is empty.
func writeOutcomes(w io.Writer, outcomes []bench.Outcome) error {
	c := csv.NewWriter(w)
	// Errors of the writer are kept until Flush.
	_ = c.Write([]string{
		"id", "suite", "seed", "solved", "error", "seconds", "complexity", "truth_complexity",
		"exact", "heldout", "formula", "truth", "cause", "message",
	})
	for _, o := range outcomes {
		size, exact, heldout, message := "", "", "", ""
		if o.Expr != nil {
			size, exact, heldout = strconv.Itoa(o.Complexity), strconv.FormatBool(o.Exact), csvNumber(o.Heldout)
		}
		if o.Err != nil {
			message = o.Err.Error()
		}
		_ = c.Write([]string{
			o.Problem.ID, o.Problem.Suite, strconv.FormatUint(o.Seed, 10), strconv.FormatBool(o.Solved),
			csvNumber(o.Error), strconv.FormatFloat(o.Seconds, 'f', 3, 64), size,
			strconv.Itoa(o.Problem.Expr().Complexity()), exact, heldout, o.Formula,
			o.Problem.Expr().Format(library.LangExpr), o.Cause, message,
		})
	}
	c.Flush()
	return c.Error()
}

func csvNumber(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
