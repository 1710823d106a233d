package export

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// onnxInputs is what the graph calls its input.
const onnxInputs = "inputs"

// onnx writes the formula or the network as an ONNX model.
func (p *piece) onnx() ([]byte, error) {
	if len(p.inputs) == 0 {
		return nil, fmt.Errorf("the formula is a number, for which there is no graph over inputs")
	}
	g := &graph{values: map[string]string{}, columns: map[string]string{}}
	for i, in := range p.inputs {
		at := g.constant(tensor{kind: onnxInt64, dims: []int{1}, ints: []int64{int64(i)}})
		g.columns[in.Name] = g.op("Gather", []string{onnxInputs, at}, attribute{"axis", 1})
	}
	var result string
	var err error
	if p.formula != nil {
		result, err = g.expr(p.formula)
	} else {
		result, err = g.network(p)
	}
	if err != nil {
		return nil, err
	}
	output := p.targetName()
	if output == onnxInputs {
		output += "_"
	}
	g.operations = append(g.operations, operation{op: "Identity", in: []string{result}, out: []string{output}})
	g.prune(output)
	m := onnxModel{input: onnxInputs, columns: len(p.inputs), output: output, constants: g.constants, operations: g.operations}
	var names []string
	for _, in := range p.inputs {
		names = append(names, strconv.Quote(in.Column))
	}
	m.doc = fmt.Sprintf("%s from the columns %s", strconv.Quote(p.target), strings.Join(names, ", "))
	m.metadata = [][2]string{{"target", p.target}, {"columns", "[" + strings.Join(names, ", ") + "]"}}
	if p.formula != nil {
		m.metadata = append(m.metadata, [2]string{"formula", p.formula.Format(library.LangExpr)})
	}
	return m.encode(), nil
}

// graph grows the nodes of an ONNX graph. Every value is a column of float64,
// one row for each row of the data, or a constant of one number. Names of
// values begin with a point, which no target does.
type graph struct {
	constants  []tensor
	operations []operation
	values     map[string]string // what was computed already, by how
	columns    map[string]string // the inputs, by name
}

// prune drops what the output does not need.
func (g *graph) prune(output string) {
	needed := map[string]bool{output: true}
	for k := len(g.operations) - 1; k >= 0; k-- {
		if o := g.operations[k]; needed[o.out[0]] {
			for _, in := range o.in {
				needed[in] = true
			}
		}
	}
	g.operations = slices.DeleteFunc(g.operations, func(o operation) bool { return !needed[o.out[0]] })
	g.constants = slices.DeleteFunc(g.constants, func(t tensor) bool { return !needed[t.name] })
}

// op appends an operation of one output, unless the same was there before, and
// returns the name of its value.
func (g *graph) op(op string, in []string, attributes ...attribute) string {
	key := fmt.Sprint(op, in, attributes)
	if v, ok := g.values[key]; ok {
		return v
	}
	name := ".v" + strconv.Itoa(len(g.operations))
	g.operations = append(g.operations, operation{op, in, []string{name}, attributes})
	g.values[key] = name
	return name
}

func (g *graph) constant(t tensor) string {
	key := fmt.Sprint("constant ", t.kind, t.dims, t.floats, t.ints)
	if v, ok := g.values[key]; ok {
		return v
	}
	t.name = ".c" + strconv.Itoa(len(g.constants))
	g.constants = append(g.constants, t)
	g.values[key] = t.name
	return t.name
}

// number is a constant of shape [1, 1].
func (g *graph) number(v float64) string {
	return g.constant(tensor{kind: onnxDouble, dims: []int{1, 1}, floats: []float64{v}})
}

func (g *graph) add(a, b string) string { return g.op("Add", []string{a, b}) }
func (g *graph) sub(a, b string) string { return g.op("Sub", []string{a, b}) }
func (g *graph) mul(a, b string) string { return g.op("Mul", []string{a, b}) }
func (g *graph) div(a, b string) string { return g.op("Div", []string{a, b}) }
func (g *graph) one(op, a string) string {
	return g.op(op, []string{a})
}

// where takes a where condition holds and b elsewhere.
func (g *graph) where(condition, a, b string) string {
	return g.op("Where", []string{condition, a, b})
}

func (g *graph) less(a string, v float64) string { return g.op("Less", []string{a, g.number(v)}) }

// expr appends the nodes of a formula. Shared parts are computed once.
func (g *graph) expr(e *symbolic.Expr) (string, error) {
	args := make([]string, len(e.Args()))
	for i, a := range e.Args() {
		var err error
		if args[i], err = g.expr(a); err != nil {
			return "", err
		}
	}
	switch e.Kind() {
	case symbolic.KindVar:
		return g.columns[e.Name()], nil
	case symbolic.KindAdd:
		sum := args[0]
		for _, a := range args[1:] {
			sum = g.add(sum, a)
		}
		return sum, nil
	case symbolic.KindMul:
		return g.product(e, args), nil
	case symbolic.KindPow:
		return g.power(e, args[0], args[1]), nil
	case symbolic.KindCall:
		return g.call(e.Func(), args[0])
	}
	return g.number(e.Const()), nil
}

// product multiplies what stands over the line and divides by what stands under
// it.
func (g *graph) product(e *symbolic.Expr, args []string) string {
	over, under := "", ""
	times := func(a, b string) string {
		if a == "" {
			return b
		}
		return g.mul(a, b)
	}
	for i, f := range e.Args() {
		if f.Kind() == symbolic.KindPow && f.Args()[1].IsInt(-1) {
			// The power itself was appended as a node too; nothing refers to
			// it, and prune drops it.
			base, _ := g.expr(f.Args()[0])
			under = times(under, base)
			continue
		}
		over = times(over, args[i])
	}
	switch {
	case under == "":
		return over
	case over == "":
		over = g.number(1)
	}
	return g.div(over, under)
}

// power is base^exponent. Small whole and half exponents are products and
// roots.
func (g *graph) power(e *symbolic.Expr, base, exponent string) string {
	x := e.Args()[1]
	if x.Kind() != symbolic.KindRational {
		return g.op("Pow", []string{base, exponent})
	}
	switch p, q, _ := x.Rational(); {
	case q == 2 && p == 1:
		return g.one("Sqrt", base)
	case q == 2 && p == -1:
		return g.div(g.number(1), g.one("Sqrt", base))
	case q == 1 && p == -1:
		return g.div(g.number(1), base)
	case q == 1 && p == 1:
		return base
	case q == 1 && p == 2:
		return g.mul(base, base)
	case q == 1 && p == -2:
		return g.div(g.number(1), g.mul(base, base))
	}
	return g.op("Pow", []string{base, exponent})
}

// network appends the nodes of a network, each curve once.
func (g *graph) network(p *piece) (string, error) {
	net := p.network
	values := make([]string, len(net.Inputs))
	for i, in := range p.all {
		if p.live.nodes[0][i] {
			values[i] = g.scaled(g.columns[in.Name], net.InputScale[i])
		}
	}
	for l, layer := range net.Layers {
		next := make([]string, layer.Out)
		for j := range layer.Out {
			if !p.live.nodes[l+1][j] {
				continue
			}
			var err error
			if next[j], err = g.node(layer, j, values); err != nil {
				return "", err
			}
		}
		values = next
	}
	return g.scaled(values[0], net.OutputScale), nil
}

func (g *graph) scaled(v string, by float64) string {
	if by == 1 {
		return v
	}
	return g.mul(v, g.number(by))
}

func (g *graph) node(layer *kan.Layer, j int, values []string) (string, error) {
	result, join := "", g.add
	if layer.Ops[j] == kan.Product {
		join = g.mul
	}
	for i := range layer.In {
		e := layer.Edge(i, j)
		if !e.Active() {
			continue
		}
		v, err := g.edge(e, values[i])
		switch {
		case err != nil:
			return "", err
		case result == "":
			result = v
		default:
			result = join(result, v)
		}
	}
	if result == "" { // a node without edges, as a column
		zero := g.mul(g.op("Gather", []string{onnxInputs, g.constant(tensor{kind: onnxInt64, dims: []int{1}, ints: []int64{0}})}, attribute{"axis", 1}), g.number(0))
		if layer.Ops[j] == kan.Product {
			return g.add(zero, g.number(1)), nil
		}
		return zero, nil
	}
	return result, nil
}

func (g *graph) edge(e *kan.Edge, x string) (string, error) {
	if e.Kind == kan.Spline {
		return g.spline(e.Spline, x), nil
	}
	arg := x
	if e.A != 1 {
		arg = g.mul(g.number(e.A), arg)
	}
	if e.B != 0 {
		arg = g.add(arg, g.number(e.B))
	}
	v, err := g.shape(e.Func, arg)
	if err != nil {
		return "", err
	}
	if e.C != 1 {
		v = g.mul(g.number(e.C), v)
	}
	if e.D != 0 {
		v = g.add(v, g.number(e.D))
	}
	return v, nil
}

// spline appends a curve: the four basis functions at x, with what the tangents
// add beyond the grid, times the four coefficients of the interval of x.
// Splines on one grid share the basis.
func (g *graph) spline(s *bspline.Spline, x string) string {
	n := float64(s.N)
	u := g.mul(g.sub(x, g.number(s.Lo)), g.number(n/(s.Hi-s.Lo)))
	inside := g.op("Min", []string{g.op("Max", []string{u, g.number(0)}), g.number(n)})
	interval := g.op("Min", []string{g.one("Floor", inside), g.number(n - 1)})
	t := g.sub(inside, interval)
	r := g.sub(g.number(1), t)
	beyond := g.sub(u, inside)

	t2, r2 := g.mul(t, t), g.mul(r, r)
	sixth := g.number(1.0 / 6)
	// (4 - 6t^2 + 3t^3)/6 and its mirror image.
	middle := func(t, t2 string) string {
		return g.mul(g.add(g.sub(g.number(4), g.mul(g.number(6), t2)), g.mul(g.number(3), g.mul(t2, t))), sixth)
	}
	half := g.number(0.5)
	basis := []string{
		g.sub(g.mul(g.mul(r2, r), sixth), g.mul(beyond, g.mul(half, r2))),
		g.add(middle(t, t2), g.mul(beyond, g.mul(t, g.sub(g.mul(g.number(1.5), t), g.number(2))))),
		g.add(middle(r, r2), g.mul(beyond, g.mul(r, g.sub(g.number(2), g.mul(g.number(1.5), r))))),
		g.add(g.mul(g.mul(t2, t), sixth), g.mul(beyond, g.mul(half, t2))),
	}
	// The index of a NaN, which no cast defines, is that of 0; t stays NaN.
	known := g.where(g.op("Equal", []string{interval, interval}), interval, g.number(0))
	index := g.op("Cast", []string{known}, attribute{"to", onnxInt64})
	flat := g.op("Reshape", []string{index, g.constant(tensor{kind: onnxInt64, dims: []int{1}, ints: []int64{-1}})})
	weights := g.op("Concat", basis, attribute{"axis", 1})
	table := tensor{kind: onnxDouble, dims: []int{s.N, 4}}
	for i := range s.N {
		table.floats = append(table.floats, s.Coef[i:i+4]...)
	}
	coef := g.op("Gather", []string{g.constant(table), flat}, attribute{"axis", 0})
	axis := g.constant(tensor{kind: onnxInt64, dims: []int{1}, ints: []int64{1}})
	return g.op("ReduceSum", []string{g.mul(coef, weights), axis}, attribute{"keepdims", 1})
}

// shape appends a function of the library. Those that formulas spell out are
// written so that they keep their digits and do not divide 0 by 0.
func (g *graph) shape(f *library.Func, x string) (string, error) {
	one := g.number(1)
	// guard evaluates v away from 0, where it is not defined, and is at there.
	guard := func(v func(x string) string, small, at float64) string {
		near := g.less(g.one("Abs", x), small)
		return g.where(near, g.number(at), v(g.where(near, one, x)))
	}
	switch builtinName(f) {
	case "sin(x)/x":
		return guard(func(x string) string { return g.div(g.one("Sin", x), x) }, 1e-8, 1), nil
	case "x*log(x)":
		return guard(func(x string) string { return g.mul(x, g.one("Log", x)) }, math.SmallestNonzeroFloat64, 0), nil
	case "x/(exp(x)-1)":
		v := guard(func(x string) string { return g.div(x, g.expm1(x)) }, math.SmallestNonzeroFloat64, 1)
		tail := g.mul(x, g.one("Exp", g.one("Neg", x)))
		return g.where(g.op("Greater", []string{x, g.number(700)}), tail, v), nil
	case "1/(exp(x)-1)":
		return g.div(one, g.expm1(x)), nil
	case "softplus":
		// log(1+y) for y = exp(-|x|) is 2 atanh(y/(2+y)); atanh by its
		// series would be long, so log1p as by Kahan: y*log(1+y)/((1+y)-1).
		y := g.one("Exp", g.one("Neg", g.one("Abs", x)))
		w := g.add(one, y)
		d := g.sub(w, one)
		flat := g.op("Equal", []string{w, one})
		tail := g.where(flat, y, g.div(g.mul(y, g.one("Log", w)), g.where(flat, one, d)))
		return g.add(g.op("Max", []string{x, g.number(0)}), tail), nil
	}
	g.columns[graphVar] = x
	e, err := shape(f, symbolic.Var(graphVar))
	if err != nil {
		return "", err
	}
	return g.expr(e)
}

// graphVar stands for the argument of a function; no input has the name.
const graphVar = "\x00"
