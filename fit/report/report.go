// Package report shows the result of a recovery: to a person as text with tables
// (Text), as pictures (NetworkPicture, EdgePlot, FrontPlot, FitPlot) and as a page
// for the browser (HTML), to a program as JSON, which Read reads back.
//
// Pictures are drawn by one function for SVG, PNG and PDF. Names from files are
// text wherever they appear, and numbers that are not finite do not.
package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/symbolic"
)

// Options steer Text. The zero value is useful.
type Options struct {
	// Source is what the data are called, usually the file's name.
	Source string

	// Width is the number of characters in a line of the terminal; formulas in
	// tables are cut to fit. 0 means that nothing is cut.
	Width int

	// Weights is the column that weighted the rows, empty if none did.
	Weights string

	// Spread is the standard deviation of the target, 0 if it is not known.
	Spread float64

	// Constants are the names of the constants of the chosen formula in the order
	// in which it is printed, if they have any.
	Constants []Name
}

// Name is what the user calls a constant.
type Name struct {
	Text    string
	Negated bool // the formula has minus the constant
}

// Text writes the whole result for a person to read: the data in a line, the
// chosen formula with its errors and constants, all formulas worth comparing,
// the curves of the network and what they were called, what is known about the
// structure, and warnings. Sections that have nothing to say are left out. The
// error is w's.
func Text(w io.Writer, r *fit.Result, opt Options) error {
	b := bufio.NewWriter(w)
	writeData(b, r, opt)
	if r.Best != nil {
		if err := writeBest(b, r, opt); err != nil {
			return err
		}
	}
	if len(r.Front) > 1 {
		fmt.Fprint(b, "\nFormulas by complexity (* chosen; long numbers cut to 6 digits):\n")
		if err := FrontTable(b, r.Front, r.Best, opt.Width); err != nil {
			return err
		}
	}
	if n := r.Network; n != nil && len(n.Edges) > 0 {
		if err := writeNetwork(b, r, opt); err != nil {
			return err
		}
	}
	width := itemWidth(opt.Width)
	writeList(b, "Structure", structure(r), width)
	writeList(b, "How it was found", r.Found, width)
	writeList(b, "Warnings", r.Warnings, width)
	return b.Flush()
}

// writeData writes the line about the data.
func writeData(w io.Writer, r *fit.Result, opt Options) {
	if opt.Source != "" {
		fmt.Fprintf(w, "%s: ", opt.Source)
	}
	fmt.Fprintf(w, "%s (%d to fit, %d held out), target %s, ", count(r.Rows, "row"), r.RowsUsed, r.RowsHeldout, r.Target)
	const most = 12
	names := make([]string, 0, most)
	for _, v := range r.Variables {
		if len(names) == most {
			break
		}
		names = append(names, v.Name)
	}
	fmt.Fprintf(w, "%s %s", plural(len(r.Variables), "input"), strings.Join(names, ", "))
	if more := len(r.Variables) - most; more > 0 {
		fmt.Fprintf(w, " and %d more", more)
	}
	if opt.Weights != "" {
		fmt.Fprintf(w, ", weighted by %s", opt.Weights)
	}
	fmt.Fprintln(w)
}

// writeBest writes the chosen formula, how good it is, and its constants.
func writeBest(w io.Writer, r *fit.Result, opt Options) error {
	c := r.Best
	fmt.Fprintf(w, "\n    %s = %s\n\n", r.Target, c.Expression)
	if c.Expr != nil && len(c.Expr.Vars()) == 0 {
		fmt.Fprintf(w, "No formula of the inputs was found that predicts %s better than a constant.\n", r.Target)
	}
	if c.Exact {
		fmt.Fprintf(w, "Exact: it reproduces the held-out rows to the precision of the numbers (RMSE %s).\n", number(c.RMSEHeldout))
	} else {
		fmt.Fprintf(w, "Held-out RMSE %s%s, R^2 %s; training RMSE %s.\n",
			number(c.RMSEHeldout), share(c.R2Heldout), r2(c.R2Heldout), number(c.RMSETrain))
	}
	if r.Doubt != "" {
		fmt.Fprintf(w, "Note: %s.\n", r.Doubt)
	}
	fmt.Fprintf(w, "Complexity %d, description length %.1f bits, seed %d, %s s", c.Complexity, c.DescriptionLength, r.Seed, duration(r.Seconds))
	if r.Interrupted {
		fmt.Fprint(w, ", stopped before the search was complete")
	}
	fmt.Fprintln(w, ".")
	if approximate(r) && r.Doubt == "" {
		fmt.Fprintf(w, "It is %s.\n", approximation)
	}
	return writeConstants(w, c, opt)
}

// approximation is what a formula is called that approximate holds of.
const approximation = "a good approximation, probably not the law"

// approximate reports whether the chosen formula follows the data without being
// their law, most likely: it is long or has many constants, and the search was
// stopped before it had tried what is shorter.
func approximate(r *fit.Result) bool {
	const manyNodes, manyConstants = 40, 7
	c := r.Best
	if !r.Interrupted || c == nil || c.Exact {
		return false
	}
	constants := 0
	for _, k := range c.Constants {
		if k.Snapped == "" {
			constants++
		}
	}
	return c.Complexity >= manyNodes || constants >= manyConstants
}

// NetworkMuchWorse reports whether the network of a result predicts held-out rows
// so much worse than the chosen formula that it should not stand in for it: its
// error is more than three times that of the formula and more than 1% of the spread
// of the target, its standard deviation. It is false where the spread is not known.
func NetworkMuchWorse(r *fit.Result, spread float64) bool {
	const times, share = 3, 0.01
	n := r.Network
	return n != nil && r.Best != nil && spread > 0 && !math.IsInf(spread, 0) &&
		n.RMSEHeldout > times*r.Best.RMSEHeldout && n.RMSEHeldout > share*spread
}

// writeNetwork writes what the edges of the network were named.
func writeNetwork(w io.Writer, r *fit.Result, opt Options) error {
	n := r.Network
	var named []symbolic.EdgeRow
	for _, e := range n.Edges {
		if e.Name != spline {
			named = append(named, briefEdge(e))
		}
	}
	fmt.Fprintf(w, "\nCurves of the network [%s], held-out RMSE %s", joinInts(n.Shape), number(n.RMSEHeldout))
	if NetworkMuchWorse(r, opt.Spread) {
		fmt.Fprint(w, " (much worse than the formula)")
	}
	unnamed := len(n.Edges) - len(named)
	if len(named) == 0 {
		_, err := fmt.Fprintf(w, ": %s, not named yet.\n", count(unnamed, "spline"))
		return err
	}
	fmt.Fprintln(w, "; edge layer:from:to was named c*name(a*x+b)+d:")
	if err := trimmed(w, opt.Width, func(w io.Writer) error { return symbolic.EdgeTable(w, named) }); err != nil {
		return err
	}
	if unnamed > 0 {
		fmt.Fprintf(w, " and %s, not named yet.\n", count(unnamed, "spline"))
	}
	return writeEdgeNote(w, named)
}

// briefEdge is an edge with the powers in its names to 6 digits.
func briefEdge(e symbolic.EdgeRow) symbolic.EdgeRow {
	e.Name = brief(e.Name)
	e.Alternatives = slices.Clone(e.Alternatives)
	for i, m := range e.Alternatives {
		f := *m.Func
		f.Name = brief(f.Name)
		e.Alternatives[i].Func = &f
	}
	return e
}

// spline is the name of an edge that has none.
const spline = "spline"

// structure is what is known about the formula, in words, and the noise.
func structure(r *fit.Result) []string {
	lines := append([]string(nil), r.Structure...)
	if n := r.Noise.Estimate; n > 0 && (r.Best == nil || !r.Best.Exact) {
		line := fmt.Sprintf("the noise of %s is at most about %s", r.Target, number(n))
		if r.Best != nil && r.Best.R2Heldout < 1 && r.Best.RMSEHeldout > 0 {
			// The spread follows from the two measures of the same error.
			spread := r.Best.RMSEHeldout / math.Sqrt(1-r.Best.R2Heldout)
			if n >= spread {
				return lines // nothing was explained, so that nothing is known
			}
			line += fmt.Sprintf(", %s of its spread", percent(n/spread))
		}
		lines = append(lines, line)
	}
	return lines
}

func writeList(w io.Writer, title string, lines []string, width int) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s:\n", title)
	for _, l := range lines {
		writeItem(w, l, width)
	}
}

// share is the part of the spread that is left unexplained, in parentheses.
func share(r2 float64) string {
	if r2 >= 1 || math.IsNaN(r2) || math.IsInf(r2, 0) {
		return ""
	}
	left := math.Sqrt(1 - r2)
	if left >= 10 {
		return fmt.Sprintf(" (%s times the spread)", number(left))
	}
	return fmt.Sprintf(" (%s of the spread)", percent(left))
}
