package report

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/kansym/kansym/fit/compare"
	"github.com/kansym/kansym/symbolic"
)

// Comparison writes what a comparison of networks found for a person to read:
// the rows and the rules, a line for each network, the formula, and a sentence
// for each claim. The error is w's.
func Comparison(w io.Writer, r *compare.Result, opt Options) error {
	b := bufio.NewWriter(w)
	if opt.Source != "" {
		fmt.Fprintf(b, "%s: ", opt.Source)
	}
	validation := fmt.Sprintf("%d to stop by", r.RowsValidation)
	if r.Shared {
		validation = "too few to set any apart to stop by"
	}
	fmt.Fprintf(b, "%s (%d to fit, %s, %d held out), target %s, %s", count(r.Rows, "row"), r.RowsTrain, validation, r.RowsHeldout, r.Target, inputList(r))
	if opt.Weights != "" {
		fmt.Fprintf(b, ", weighted by %s", opt.Weights)
	}
	fmt.Fprintf(b, `

The same rows for all. Levenberg-Marquardt, one network at a time on one thread,
seconds of training alone. Up to 7 starts make 10 steps, the best 2 go on to 60,
the best of those, an MLP (tanh), to 240 in all; a KAN makes up to 60 on each
grid, 4 intervals alone or 4, 6, 12 and 24 while that helps. The starts of MLPs
are random, some of those of KANs are solved sums of curves. Relative errors are
shares of the spread of the target, and curves are named on the finest grid.

`)
	if err := trimmed(b, opt.Width, func(w io.Writer) error { return comparisonTable(w, r) }); err != nil {
		return err
	}
	if s := r.Search; s != nil {
		fmt.Fprintf(b, "\nThe search for a formula found\n\n    %s = %s\n", r.Target, s.Expression)
		if s.Stopped {
			fmt.Fprint(b, "\nin the time that was left; in more, kansym fit may find a better one.\n")
		}
	}
	fmt.Fprint(b, "\nWhat is said of KANs, on these data:\n")
	for _, c := range r.Claims {
		writeItem(b, fmt.Sprintf("%s: %s; %s", c.Claim, c.Verdict, c.Figures), textColumns)
	}
	fmt.Fprintf(b, "\nSeed %d, %s s", r.Seed, duration(r.Seconds))
	if r.Interrupted {
		fmt.Fprint(b, ", interrupted before all was done")
	}
	fmt.Fprintln(b, ".")
	writeList(b, "Warnings", r.Warnings, itemWidth(opt.Width))
	return b.Flush()
}

func inputList(r *compare.Result) string {
	const most = 12
	text := plural(len(r.Variables), "input")
	for i, v := range r.Variables {
		if i == most {
			return text + fmt.Sprintf(" and %d more", len(r.Variables)-most)
		}
		if i > 0 {
			text += ","
		}
		text += " " + v.Name
	}
	return text
}

// comparisonTable writes a line for each network and one for the formula.
func comparisonTable(w io.Writer, r *compare.Result) error {
	header := []string{"kind", "shape", "grid", "parameters", "RMSE held out", "relative", "steps", "seconds", "formula (RMSE)"}
	var rows [][]string
	for _, m := range r.Models {
		grid := ""
		if m.Grid > 0 {
			grid = strconv.Itoa(m.Grid)
		}
		took := seconds(m.Seconds)
		if m.Stopped {
			took = "> " + took
		}
		rows = append(rows, []string{
			string(m.Kind), compare.ShapeText(m.Shape), grid, strconv.Itoa(m.Parameters),
			number(m.RMSEHeldout), number(m.Relative), strconv.Itoa(m.Steps), took, formulaCell(m),
		})
	}
	if s := r.Search; s != nil {
		rows = append(rows, []string{
			"formula", "size " + strconv.Itoa(s.Complexity), "", strconv.Itoa(s.Parameters),
			number(s.RMSEHeldout), number(s.Relative), "", seconds(s.Seconds), searchCell(s),
		})
	}
	return symbolic.WriteTable(w, symbolic.TablePlain, header, rows, "llrrrrrrl")
}

// formulaCell says whether naming the curves of a network made a formula.
func formulaCell(m *compare.Model) string {
	switch {
	case m.Kind != compare.KAN:
		return "-"
	case m.Formula == nil && m.SeeGrid > 0:
		return "see grid " + strconv.Itoa(m.SeeGrid)
	case m.Formula == nil:
		return "no: " + m.Unnamed
	case m.Formula.Good:
		return "yes (" + number(m.Formula.RMSEHeldout) + ")"
	}
	return "worse (" + number(m.Formula.RMSEHeldout) + ")"
}

func searchCell(s *compare.Search) string {
	if s.Exact {
		return "exact"
	}
	return "yes"
}

// seconds writes a time to hundredths.
func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 2, 64) }

// ComparisonJSON writes a comparison in the manner of JSON. The error is w's.
func ComparisonJSON(w io.Writer, r *compare.Result) error { return writeJSON(w, reflect.ValueOf(r)) }
