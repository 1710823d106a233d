package main

import (
	"context"
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

// compileOptions are the flags of kansym compile.
type compileOptions struct {
	model     string
	target    string
	missing   string
	functions []string
}

func (p *program) compileCommand() *cobra.Command {
	o := &compileOptions{}
	c := &cobra.Command{
		Use:   "compile 'FORMULA' DATA -m MODEL",
		Short: "Turn a formula into a network of named edges",
		Long: `Turn a formula into a network of named edges that has the same values, and
write it as a model, which the commands for trained networks take.

Sums and products become nodes, functions and powers become edges, and edges
that are the identity carry values through layers. The inputs are the columns
that the formula uses. Decimals such as 2.5 stay open to training; edges with
exact numbers alone are fixed.

The formula may be an equation, 'y = 2*sin(x)'. The network is compared with the
formula on all rows of the table, and with the target if the table has one: the
column of --target, the left side of the equation, or the last column unless the
formula uses it.`,
		Example: `  kansym compile 'm*c^2/sqrt(1-(v/c)^2)' data.csv -m energy.json
  kansym compile 'y = 2.4*exp(-0.8*t)*cos(5*t)' data.csv -m model.json`,
		Args: exactArgs("FORMULA", "DATA"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.compile(c.Context(), args[0], args[1], o)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&o.model, "model", "m", "", "write the network to `file`; - is standard output, in place of the tables")
	f.StringVar(&o.target, "target", "", "`column` to compare with (default: the left side of an equation, or the last column)")
	f.StringVar(&o.missing, "missing", "drop", "`what` to do with rows that lack a number: drop, error or keep-sentinels, as kansym fit has it")
	f.StringArrayVar(&o.functions, "function", nil, "define a function that the formula uses by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
	completeColumns(c, "target")
	return c
}

// compile runs the command.
func (p *program) compile(ctx context.Context, text, path string, o *compileOptions) error {
	if o.model == "" {
		return errors.New("--model names no file for the network; write, for example, -m model.json")
	}
	missing, err := table.ParseMissing(o.missing)
	if err != nil {
		return fmt.Errorf("--missing: %w", err)
	}
	v, err := newVocabulary("", o.functions)
	if err != nil {
		return err
	}
	left, formula := splitEquation(text)
	e, err := symbolic.Parse(formula, symbolic.ParseOptions{FreeNumbers: true, Functions: v.set})
	if err != nil {
		if syntax := new(symbolic.SyntaxError); errors.As(err, &syntax) && strings.HasPrefix(syntax.Msg, "no function") {
			err = fmt.Errorf("%w\nfunctions of your own are defined by --function", err)
		}
		return err
	}
	if o.model != "-" && path != "-" && sameFile(o.model, path) {
		return fmt.Errorf("%s holds the data and would be overwritten; choose another file", o.model)
	}
	out, err := openOutput(o.model, p.stdout)
	if err != nil {
		return err
	}
	defer out.discard()
	rows, err := p.readAligned(ctx, path, missing, v, func(h table.Header) (wanted, error) {
		return columnsOfFormula(h, e, left, o.target)
	})
	if err != nil {
		return err
	}
	p.warnOfRows(rows)
	net, err := compileOn(e, rows)
	if err != nil {
		return err
	}
	m := &kan.Model{Target: left, Snapshot: kan.Snapshot{
		Command: "compile " + strings.TrimSpace(text), Network: net, Summary: summaryOn(net, rows),
	}}
	if rows.target != "" {
		m.Target = rows.target
	}
	for _, x := range rows.inputs {
		m.Columns = append(m.Columns, x.Column)
	}
	m.Missing = missingCodes(rows.sentinels, append(slices.Clone(m.Columns), m.Target))
	for _, col := range rows.cols {
		m.Ranges = append(m.Ranges, [2]float64{slices.Min(col), slices.Max(col)})
	}
	if err := out.write(m.Save); err != nil {
		return err
	}
	if o.model == "-" {
		return nil
	}
	if err := writeCompiled(p.stdout, e, net, rows, o.model); err != nil {
		return fmt.Errorf("cannot write to standard output: %w", err)
	}
	return nil
}

// columnsOfFormula chooses the columns that a formula uses, in the order of the
// file, and the target. left is the left side of an equation.
func columnsOfFormula(h table.Header, e *symbolic.Expr, left, target string) (wanted, error) {
	names := make([]string, len(h.Columns)) // the variable that each column is
	for _, name := range e.Vars() {
		i, err := h.Index(name, "for a variable of the formula")
		if err != nil {
			return wanted{}, err
		}
		names[i] = name
	}
	w := wanted{target: target}
	for i, name := range names {
		if name != "" {
			w.inputs = append(w.inputs, fit.Variable{Name: name, Column: h.Columns[i]})
		}
	}
	last := len(h.Columns) - 1
	if w.target == "" {
		w.optional = true
		if w.target = left; left == "" && names[last] == "" {
			w.target = h.Columns[last]
		}
	}
	if i, err := h.Index(w.target, ""); err == nil && w.target != "" && names[i] != "" {
		return wanted{}, fmt.Errorf("the formula uses the target %s itself", names[i])
	}
	if len(w.inputs) == 0 {
		// A constant: it hangs on the first column that is not the target.
		first := 0
		if i, err := h.Index(w.target, ""); err == nil && i == 0 && last > 0 {
			first = 1
		}
		w.inputs = []fit.Variable{{Name: h.Names[first], Column: h.Columns[first]}}
	}
	return w, nil
}

// compileOn compiles e on rows; errors name lines of the file.
func compileOn(e *symbolic.Expr, rows *alignedRows) (*kan.Network, error) {
	d := symbolic.Data{Cols: rows.cols}
	for _, x := range rows.inputs {
		d.Names = append(d.Names, x.Name)
	}
	net, err := symbolic.CompileNetwork(e, d)
	var bad *symbolic.NotFiniteError
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("%s:%d: %s", rows.source, rows.lines[bad.Row], bad.Reason())
	}
	return net, err
}

// summaryOn compares a network with the target, nil if there is none.
func summaryOn(net *kan.Network, rows *alignedRows) *kan.Summary {
	cols, y := rows.compared()
	if len(y) == 0 {
		return nil
	}
	pred := make([]float64, len(y))
	net.Predict(pred, cols)
	d := differences(pred, y)
	s := &kan.Summary{Rows: len(y), RMSETrain: d.rmse, RMSEHeldout: d.rmse}
	if math.IsInf(d.rmse, 0) || math.IsNaN(d.rmse) {
		return nil
	}
	if sd := deviation(y); sd > 0 && !math.IsInf(d.rmse/sd, 0) {
		s.HeldRelative = d.rmse / sd
	}
	return s
}

// difference is how far two columns are apart.
type difference struct {
	rows          int
	largest, rmse float64
	r2            float64 // of a for b; NaN where b does not vary
}

func differences(a, b []float64) difference {
	d := difference{rows: len(b), r2: math.NaN()}
	sum := 0.0
	for r, v := range b {
		x := math.Abs(a[r] - v)
		d.largest = max(d.largest, x)
		sum += x * x
	}
	d.rmse = math.Sqrt(sum / float64(len(b)))
	if sd := deviation(b); sd > 0 {
		d.r2 = 1 - (d.rmse/sd)*(d.rmse/sd)
	}
	return d
}

// deviation is the standard deviation.
func deviation(v []float64) float64 {
	mean, sum := 0.0, 0.0
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return math.Sqrt(sum / float64(len(v)))
}

// writeCompiled tells about a network that was compiled from e.
func writeCompiled(w io.Writer, e *symbolic.Expr, net *kan.Network, rows *alignedRows, path string) error {
	var b strings.Builder
	left := ""
	if rows.target != "" {
		left = rows.target + " = "
	}
	fmt.Fprintf(&b, "%s%s\n\n", left, e)
	sums, products, named, carried := countParts(net)
	shape := make([]string, 0, len(net.Layers)+1)
	for _, n := range net.Shape() {
		shape = append(shape, fmt.Sprint(n))
	}
	fmt.Fprintf(&b, "network of shape %s: ", strings.Join(shape, ","))
	if sums > 0 {
		fmt.Fprintf(&b, "%s, ", counted(sums, "sum"))
	}
	if products > 0 {
		fmt.Fprintf(&b, "%s, ", counted(products, "product"))
	}
	if carried > 0 {
		fmt.Fprintf(&b, "%s only to carry a value, ", counted(carried, "node"))
	}
	fmt.Fprintf(&b, "%s; %s open to training\n", counted(named, "named edge"), counted(net.NumParams(), "constant"))
	fmt.Fprintf(&b, "written to %s\n\n", path)

	if err := report.Plain(&b, []string{"edge", "from", "to", "function", "a", "b", "c", "d", "constants"}, edgeLines(net), "llllrrrrl"); err != nil {
		return err
	}
	b.WriteString("\neach edge is c*function(a*x+b)+d of the value x that it comes from\n\n")

	formula, err := evaluated(e, rows)
	if err != nil {
		return err
	}
	pred := make([]float64, len(formula))
	net.Predict(pred, rows.cols)
	lines := [][]string{differenceLine("the formula", differences(pred, formula))}
	if cols, y := rows.compared(); len(y) > 0 {
		pred = pred[:len(y)]
		net.Predict(pred, cols)
		lines = append(lines, differenceLine("the column "+rows.target, differences(pred, y)))
	}
	if err := report.Plain(&b, []string{"the network against", "rows", "largest difference", "RMSE", "R^2"}, lines, "lrrrr"); err != nil {
		return err
	}
	b.WriteString("\n")
	if rows.left > 0 {
		fmt.Fprintf(&b, "%s left out\n", counted(rows.left, "incomplete row"))
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func differenceLine(against string, d difference) []string {
	return []string{against, fmt.Sprint(d.rows), fmt.Sprintf("%.2g", d.largest), fmt.Sprintf("%.3g", d.rmse), symbolic.TableR2(d.r2)}
}

// evaluated computes e on the rows.
func evaluated(e *symbolic.Expr, rows *alignedRows) ([]float64, error) {
	names := make([]string, len(rows.inputs))
	for i, x := range rows.inputs {
		names[i] = x.Name
	}
	prog, err := symbolic.Compile(e, names)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(rows.lines))
	prog.Eval(prog.NewWorkspace(), out, rows.cols, nil)
	return out, nil
}

// countParts counts the nodes of either kind, the edges, and those of them that
// only carry a value into a node of its own.
func countParts(net *kan.Network) (sums, products, named, carried int) {
	for l, layer := range net.Layers {
		for to, op := range layer.Ops {
			var in []*kan.Edge
			for from := range layer.In {
				if e := layer.Edge(from, to); e.Active() {
					in = append(in, e)
				}
			}
			named += len(in)
			switch {
			case op == kan.Product:
				products++
			case len(in) == 1 && l+1 < len(net.Layers) && isIdentityEdge(in[0]):
				carried++
			default:
				sums++
			}
		}
	}
	return sums, products, named, carried
}

// isIdentityEdge reports whether an edge hands on the value that it gets.
func isIdentityEdge(e *kan.Edge) bool {
	return e.Kind == kan.Named && e.Func.Name == "x" && e.A*e.C == 1 && e.C*e.B+e.D == 0
}

// edgeLines lists the edges with what they join.
func edgeLines(net *kan.Network) [][]string {
	var lines [][]string
	for l, layer := range net.Layers {
		for to := range layer.Out {
			node := fmt.Sprintf("%s %d:%d", layer.Ops[to], l+1, to)
			if l+1 == len(net.Layers) {
				node = layer.Ops[to].String() + ", the output"
			}
			for from := range layer.In {
				e := layer.Edge(from, to)
				if !e.Active() {
					continue
				}
				source := fmt.Sprintf("node %d:%d", l, from)
				if l == 0 {
					source = net.Inputs[from]
				}
				fixed := "open"
				if e.Fixed {
					fixed = "fixed"
				}
				lines = append(lines, slices.Concat([]string{fmt.Sprintf("%d:%d:%d", l, from, to), source, node, e.Func.Name},
					[]string{symbolic.TableNumber(e.A), symbolic.TableNumber(e.B), symbolic.TableNumber(e.C), symbolic.TableNumber(e.D), fixed}))
			}
		}
	}
	return lines
}

// counted writes "1 row", "2 rows".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
