package export_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit/export"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// testCase is a model with rows of inputs and what it is there. A value of NaN
// must come out as NaN; one that rounding may change by more than the tolerance
// is not compared.
type testCase struct {
	name    string
	model   *export.Model
	inputs  []int       // of the model's, those that the piece has, in order
	rows    [][]float64 // of the piece's inputs
	want    []float64
	compare []bool
}

const tolerance = 1e-12

// formulas are what each language must get right: division of integers, powers
// of negative numbers, minus before powers, sign, roots, names, functions of
// the user's.
var formulas = []string{
	"m/sqrt(1-(v/c)^2)",
	"1/2*x+2/3*y",
	"x^(1/3)+y^(2/3)",
	"(-x)^3-x^2+(-x)^2*y",
	"-x^2",
	"-x^2*y",
	"-(x*y)^2/3",
	"2-x^2-y^3",
	"2^-x+10^(-y^2)",
	"x^2^y",
	"(x^2)^y",
	"x-(y-3)-(-x)",
	"x/(y/3)/(x/7)",
	"sign(x)*abs(y)^1.5+sign(y)^2",
	"sign(sign(x)+sign(y))",
	"cbrt(x)+cbrt(y)/cbrt(x*y)",
	"sqrt(x)+log(y)+sqrt(x)^2",
	"asin(x/3)+acos(y/3)",
	"abs(log(x))+log(y)^2",
	"exp(-x^2/2)/sqrt(2*pi)",
	"sin(x)*cos(y)+tan(x/4)",
	"sinh(x)+cosh(y)-tanh(x*y)",
	"atan(x)+asinh(y)",
	"erf(x)",
	"1e-7*x+123456.789",
	"20/7*x^7-x^-3",
	"lambda*func+double/in_-end*class",
	"E+I*M_E-linux+np*sympy+math",
	"R1+c+C1*r",
	"_+__*x_",
	"größe*ф+µ-μ",
	"lorentz(x)+lorentz(lorentz(y))",
	"x*1.0000000000000002",
	"9000000000000000*9000000000000000*x",
	"predict_case_helper+y",
	"x+0*y",
	"(x+y)^2*(x-y)^0.5",
	"(-8)^2*x",
	"x^y",
}

// userFunctions are known to the formulas above.
func userFunctions(t *testing.T) *library.Set {
	f, err := symbolic.ParseFunction("lorentz(x)=1/(1+x^2)", nil)
	if err != nil {
		t.Fatal(err)
	}
	return library.DefaultSet().With(f)
}

// formulaCases are the formulas above and drawn ones.
func formulaCases(t *testing.T, drawn int) []*testCase {
	rng := rand.New(rand.NewPCG(11, 12))
	set := userFunctions(t)
	var exprs []*symbolic.Expr
	for _, text := range formulas {
		e, err := symbolic.Parse(text, symbolic.ParseOptions{Functions: set})
		if err != nil {
			t.Fatal(err)
		}
		exprs = append(exprs, e)
	}
	for len(exprs) < len(formulas)+drawn {
		e := draw(rng, 4)
		// Those that are nowhere defined are refused, which has a test of its own.
		if len(e.Vars()) > 0 && export.Write(&bytes.Buffer{}, formulaModel(e), export.Expr, export.Options{}) == nil {
			exprs = append(exprs, e)
		}
	}
	var cases []*testCase
	for _, e := range exprs {
		c := &testCase{name: e.String(), model: formulaModel(e)}
		for i := range c.model.Inputs {
			c.inputs = append(c.inputs, i)
		}
		for range 12 {
			row := make([]float64, len(c.inputs))
			for i := range row {
				row[i] = math.Round(rng.NormFloat64()*2000) / 1000
				if rng.IntN(10) == 0 {
					row[i] = math.Round(row[i])
				}
			}
			c.add(e, row)
		}
		cases = append(cases, c)
	}
	return cases
}

func formulaModel(e *symbolic.Expr) *export.Model {
	m := &export.Model{Target: "case", Formula: e}
	for _, name := range e.Vars() {
		m.Inputs = append(m.Inputs, export.Input{Name: name, Column: name + " \"*/ */\n%} \\\n'''\"\"\""})
	}
	return m
}

// add appends a row. Where the value depends too much on rounding, or is
// infinite, it is not compared.
func (c *testCase) add(e *symbolic.Expr, row []float64) {
	at := map[string]float64{}
	for k, i := range c.inputs {
		at[c.model.Inputs[i].Name] = row[k]
	}
	v, size, safe := reference(e, at)
	c.rows = append(c.rows, row)
	c.want = append(c.want, v)
	ok := !math.IsInf(v, 0) && safe
	if !math.IsNaN(v) {
		ok = ok && size*0x1p-53*16 < tolerance*math.Abs(v) || v == 0 && size == 0
	}
	c.compare = append(c.compare, ok)
}

// reference evaluates e node by node. size bounds the magnitude that rounding
// errors of the value are relative to; safe is false where rounding decides what
// the value is: at a jump, the end of a domain, an infinity.
func reference(e *symbolic.Expr, at map[string]float64) (v, size float64, safe bool) {
	args, sizes := make([]float64, len(e.Args())), make([]float64, len(e.Args()))
	safe = true
	for i, a := range e.Args() {
		var ok bool
		args[i], sizes[i], ok = reference(a, at)
		safe = safe && ok
	}
	switch e.Kind() {
	case symbolic.KindVar:
		v = at[e.Name()]
		return v, 0, true // inputs are exact
	case symbolic.KindAdd:
		for i, w := range args {
			v += w
			size += sizes[i] + math.Abs(w)
		}
	case symbolic.KindMul:
		v = 1
		for _, w := range args {
			v *= w
		}
		size = math.Abs(v)
		for i := range args {
			rest := 1.0
			for j, w := range args {
				if i != j {
					rest *= math.Abs(w)
				}
			}
			size += sizes[i] * rest
		}
		safe = safe && !math.IsInf(v, 0)
	case symbolic.KindPow, symbolic.KindCall:
		f := func(x float64) float64 { return e.Func().Value(x) }
		if e.Kind() == symbolic.KindPow {
			f = func(x float64) float64 { return math.Pow(x, args[1]) }
		}
		v = f(args[0])
		h := 1e-10*math.Abs(args[0]) + 1e-300
		up, down := f(args[0]+h), f(args[0]-h)
		exact := sizes[0] == 0
		if !exact && math.IsNaN(v) != math.IsNaN(up) || !exact && math.IsNaN(v) != math.IsNaN(down) ||
			!exact && e.Name() == "sign" && up != down || math.IsInf(v, 0) {
			safe = false
		}
		slope := math.Max(math.Abs(up-v), math.Abs(down-v)) / h
		size = math.Abs(v)
		if !exact {
			size += slope * (sizes[0] + math.Abs(args[0]))
		}
		if e.Kind() == symbolic.KindPow {
			if b := math.Abs(args[0]); sizes[1] != 0 && b > 0 {
				size += math.Abs(v*math.Log(b)) * sizes[1]
			}
			// Functions of two numbers lose digits where the result is huge, and
			// spreadsheets know no 0^0.
			size += math.Abs(v * math.Log(math.Abs(v)+1e-300))
			safe = safe && (args[0] != 0 || args[1] > 0)
			// A whole exponent is one only if it is computed exactly.
			if args[0] < 0 && args[1] != math.Trunc(args[1]) && sizes[1] != 0 && math.Abs(args[1]-math.Round(args[1])) < 1e-9 {
				safe = false
			}
		}
		if e.Name() == "sin" || e.Name() == "cos" || e.Name() == "tan" {
			size += math.Abs(args[0]) // arguments are reduced by pi
			safe = safe && math.Abs(args[0]) < 1e6
		}
	default:
		return e.Const(), math.Abs(e.Const()), true
	}
	return v, size, safe
}

// draw makes a random formula of x, y and z.
func draw(rng *rand.Rand, depth int) *symbolic.Expr {
	if depth == 0 || rng.IntN(6) == 0 {
		switch rng.IntN(10) {
		case 0:
			return symbolic.Rat(rng.Int64N(13)-6, rng.Int64N(4)+1)
		case 1:
			return symbolic.Pi()
		case 2:
			return symbolic.Float(math.Round(rng.NormFloat64()*100) / 100)
		}
		return symbolic.Var([]string{"x", "y", "z"}[rng.IntN(3)])
	}
	a := func() *symbolic.Expr { return draw(rng, depth-1) }
	switch rng.IntN(8) {
	case 0, 1:
		return symbolic.Add(a(), a())
	case 2:
		return symbolic.Sub(a(), a())
	case 3:
		return symbolic.Mul(a(), a())
	case 4:
		return symbolic.Div(a(), a())
	case 5:
		powers := []*symbolic.Expr{
			symbolic.Int(2), symbolic.Int(3), symbolic.Int(-1), symbolic.Int(-2), symbolic.Rat(1, 2),
			symbolic.Rat(-1, 2), symbolic.Rat(3, 2), symbolic.Rat(1, 3), symbolic.Rat(-1, 5), symbolic.Float(1.7),
		}
		return symbolic.Pow(a(), powers[rng.IntN(len(powers))])
	case 6:
		return symbolic.Neg(symbolic.Pow(a(), symbolic.Int(2)))
	}
	calls := []string{"sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sign", "cbrt", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "erf"}
	f, _ := library.Lookup(calls[rng.IntN(len(calls))])
	if f.Name == "sqrt" {
		return symbolic.Sqrt(a())
	}
	return symbolic.Call(f, a())
}

// networkCases are networks with splines, with named edges between them, scales,
// products, edges that lead nowhere, and rows far outside of the grids.
func networkCases(t *testing.T) []*testCase {
	rng := rand.New(rand.NewPCG(21, 22))
	var cases []*testCase
	for k, shape := range [][]int{{1, 1}, {2, 3, 1}, {3, 2, 2, 1}, {2, 2, 1}} {
		names := []string{"lambda", "double", "x"}[:shape[0]]
		net, err := kan.New(shape, kan.NewOptions{Inputs: names})
		if err != nil {
			t.Fatal(err)
		}
		net.OutputScale = math.Ldexp(1, k)
		for i := range names {
			net.InputScale[i] = math.Ldexp(1, k-i-1)
		}
		for l, layer := range net.Layers {
			for i := range layer.Edges {
				s := bspline.New(bspline.NewGrid(-1-float64(i%2), 1, 1+3*i))
				for j := range s.Coef {
					s.Coef[j] = rng.NormFloat64()
				}
				layer.Edges[i] = kan.SplineEdge(s)
			}
			if k == 2 {
				layer.Ops[0] = kan.Product
				layer.Edges[0] = kan.ZeroEdge()
			}
			if k == 1 && l == 1 {
				layer.Edges[2] = kan.ZeroEdge()
			}
		}
		if k == 3 {
			for i, name := range []string{"sin(x)/x", "softplus", "x/(exp(x)-1)"} {
				f, _ := library.Lookup(name)
				net.Layers[0].Edges[i] = kan.NamedEdge(f, 1.5, -0.25*float64(i%2), 0.7, 0.1)
			}
		}
		cases = append(cases, networkCase(fmt.Sprintf("network %v", shape), net, nil))
	}
	// One network for each named function over its domain, beside a spline.
	for _, f := range library.Builtin() {
		if f.IsRealPower() {
			continue
		}
		net, err := kan.New([]int{2, 1}, kan.NewOptions{Inputs: []string{"u", "v"}, Grid: 3})
		if err != nil {
			t.Fatal(err)
		}
		net.Layers[0].Edges[0] = kan.NamedEdge(f, 0.5, 0, 3, 0)
		cases = append(cases, networkCase("edge "+f.Name, net, []float64{0, 1e-9, 1e-5, 0.3, -0.3, 1.25, 1.9999, -1.9999, 3, -7, 20, -90, 1500}))
	}
	return cases
}

func networkCase(name string, net *kan.Network, first []float64) *testCase {
	c := &testCase{name: name, model: &export.Model{Target: "case", Network: net}}
	rng := rand.New(rand.NewPCG(1, 2))
	for i, in := range net.Inputs {
		c.model.Inputs = append(c.model.Inputs, export.Input{Name: in, Column: "column " + in})
		for j := range net.Layers[0].Out {
			if net.Layers[0].Edge(i, j).Active() {
				c.inputs = append(c.inputs, i)
				break
			}
		}
	}
	n := 20
	if first != nil {
		n = len(first)
	}
	cols := make([][]float64, len(net.Inputs))
	for i := range cols {
		cols[i] = make([]float64, n)
		for r := range n {
			cols[i][r] = rng.NormFloat64()
			if r%5 == 0 {
				cols[i][r] *= 10
			}
			if i == 0 && first != nil {
				cols[i][r] = first[r]
			}
		}
	}
	c.want = make([]float64, n)
	net.Predict(c.want, cols)
	for r, v := range c.want {
		var row []float64
		for _, i := range c.inputs {
			row = append(row, cols[i][r])
		}
		c.rows = append(c.rows, row)
		c.compare = append(c.compare, !math.IsInf(v, 0))
	}
	return c
}

// check compares what a language computed with what is wanted. unit is added to
// the size that errors are relative to.
func (c *testCase) check(t *testing.T, got []float64, unit float64) (compared int) {
	t.Helper()
	if len(got) != len(c.want) {
		t.Errorf("%s: %d values for %d rows", c.name, len(got), len(c.want))
		return 0
	}
	for r, want := range c.want {
		if !c.compare[r] {
			continue
		}
		compared++
		if math.IsNaN(want) != math.IsNaN(got[r]) || math.Abs(got[r]-want) > tolerance*(math.Abs(want)+unit) {
			t.Errorf("%s at %v: %v, want %v", c.name, c.rows[r], got[r], want)
			return compared
		}
	}
	return compared
}

// checkAll compares all cases; enough of the rows must have been compared.
func checkAll(t *testing.T, cases []*testCase, got [][]float64, unit float64) {
	t.Helper()
	if len(got) != len(cases) {
		t.Fatalf("values of %d cases, want %d", len(got), len(cases))
	}
	rows, compared := 0, 0
	for i, c := range cases {
		rows += len(c.rows)
		compared += c.check(t, got[i], unit)
	}
	if compared < rows*6/10 {
		t.Errorf("only %d of %d rows were compared", compared, rows)
	}
	t.Logf("%d of %d rows of %d cases compared", compared, rows, len(cases))
}

// need skips the test where a program is not installed.
func need(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed: what is exported for it is not run", program)
	}
	if len(args) > 0 {
		if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
			t.Skipf("%s %s: %v\n%s", program, strings.Join(args, " "), err, firstLines(out))
		}
	}
	return path
}

func firstLines(out []byte) string {
	lines := strings.SplitN(string(out), "\n", 12)
	return strings.Join(lines[:min(len(lines), 11)], "\n")
}

// written exports a case under a name of its own.
func written(t *testing.T, c *testCase, f export.Format, k int) string {
	t.Helper()
	var b bytes.Buffer
	if err := export.Write(&b, c.model, f, export.Options{Name: fmt.Sprintf("predict_case%d", k)}); err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	return b.String()
}
