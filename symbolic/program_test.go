package symbolic

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var allCalls = []string{"sin", "cos", "exp", "log", "tanh", "abs", "sqrt", "atan", "asinh", "cosh"}

// drawTable draws columns of n rows, one a variable.
func drawTable(t *rapid.T, vars, n int, lo, hi float64) [][]float64 {
	cols := make([][]float64, vars)
	for i := range cols {
		cols[i] = rapid.SliceOfN(rapid.Float64Range(lo, hi), n, n).Draw(t, "column")
		for k, x := range cols[i] {
			cols[i][k] = math.Round(x*1e6) / 1e6 // no underflow in products
		}
	}
	return cols
}

func rowOf(names []string, cols [][]float64, i int) map[string]float64 {
	row := map[string]float64{}
	for k, name := range names {
		row[name] = cols[k][i]
	}
	return row
}

// A program computes what evaluation node by node does, to rounding.
func TestProgramEqualsNaive(t *testing.T) {
	names := []string{"x", "y", "z"}
	g := exprGen{vars: names, free: true, calls: allCalls}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 4)
		cols := drawTable(t, 3, 5, -3, 3)
		p, err := Compile(e, names)
		if err != nil {
			t.Fatal(err)
		}
		ws := p.NewWorkspace()
		for i := range cols[0] {
			want, size := naive(e, rowOf(names, cols, i))
			got := p.At(ws, []float64{cols[0][i], cols[1][i], cols[2][i]}, nil)
			if math.IsInf(size, 0) || math.IsNaN(size) || math.IsNaN(want) {
				continue // at or beyond the edge of a domain
			}
			if !(math.Abs(got-want) <= 64*0x1p-52*size) {
				t.Fatalf("%s at row %d: program %v, node by node %v", e, i, got, want)
			}
		}
	})
}

// Blocks do not show: a long column gives what its rows give one by one, and
// false exactly if a row is not finite.
func TestProgramBlocks(t *testing.T) {
	e := mustParse(t, "exp(sin(3*x)+y^2)/sqrt(1.5+x*y)")
	p, err := Compile(e, []string{"x", "y"})
	if err != nil {
		t.Fatal(err)
	}
	ws := p.NewWorkspace()
	for _, n := range []int{0, 1, blockRows - 1, blockRows, blockRows + 1, 3*blockRows + 17} {
		cols := [][]float64{make([]float64, n), make([]float64, n)}
		for i := range n {
			cols[0][i], cols[1][i] = math.Sin(float64(i)), math.Cos(1.3*float64(i))
		}
		dst := make([]float64, n)
		if !p.Eval(ws, dst, cols, nil) {
			t.Fatalf("%d rows: not finite", n)
		}
		for i := range dst {
			if got := p.At(ws, []float64{cols[0][i], cols[1][i]}, nil); got != dst[i] {
				t.Fatalf("%d rows: row %d is %v in a block and %v alone", n, i, dst[i], got)
			}
		}
		for _, bad := range []int{0, n / 2, n - 1} {
			if n == 0 {
				continue
			}
			old := cols[0][bad]
			cols[0][bad] = math.NaN()
			if p.Eval(ws, dst, cols, nil) {
				t.Errorf("%d rows: NaN in row %d not reported", n, bad)
			}
			cols[0][bad] = old
		}
	}
}

// Derivatives agree with central differences of the program itself.
func TestProgramDerivatives(t *testing.T) {
	names := []string{"x", "y"}
	for _, text := range []string{
		"2.5*x+1.5*y-0.5", "1.5*x*y/(2.5+x^2)", "1.5*x^2.5*y^(-1.5)", "sqrt(1.5*x+0.5*y)/x", "exp(-0.5*x^2)*sin(2.5*x+0.5)",
		"cos(1.5*x)*log(2.5*y)+tanh(0.5*x*y)", "1.5*abs(x-2.5*y)", "2.5^x", "x^y*1.5", "asinh(1.5*x)+atan(y)*cosh(0.5*x)",
		"1.5*sin(x+2.5*sin(x+0.5))", "(1.5*x+y)^3/(x+2.5)^2", "sqrt(x^2+y^2-1.5*x*y*cos(x-y))", "0.5-(1.5-x)", "1.5/(2.5/(x+0.5))",
		"1.5*sqrt(2.5)*exp(0.5)*x", "x-1.5*y/2.5^1.5", "y*1.5*cbrt(x)-erf(0.5*x)",
	} {
		e, err := Parse(text, ParseOptions{FreeNumbers: true})
		if err != nil {
			t.Fatal(err)
		}
		p, err := Compile(e, names)
		if err != nil {
			t.Fatal(err)
		}
		n := 300 // more than a block
		cols := [][]float64{make([]float64, n), make([]float64, n)}
		for i := range n {
			cols[0][i], cols[1][i] = 1.6+0.6*math.Sin(float64(i)), 2.1+0.7*math.Cos(1.7*float64(i))
		}
		ws := p.NewWorkspace()
		params := p.Params()
		dst, jac, grad := make([]float64, n), matrix(len(params), n), matrix(2, n)
		if !p.EvalJac(ws, dst, jac, cols, params) || !p.EvalGrad(ws, dst, grad, cols, params) {
			t.Fatalf("%s: not finite", text)
		}
		for i := 0; i < n; i += 37 {
			row := []float64{cols[0][i], cols[1][i]}
			check := func(what string, v *float64, got float64) {
				old := *v
				h := 1e-5 * math.Max(math.Abs(old), 0.1)
				*v = old + h
				up := p.At(ws, row, params)
				*v = old - h
				down := p.At(ws, row, params)
				*v = old
				// The error of a central difference is about h^2 = 1e-10
				// times a third derivative.
				if want := (up - down) / (2 * h); math.Abs(got-want) > 1e-7*(1+math.Abs(want)+math.Abs(dst[i])) {
					t.Errorf("%s row %d: derivative by %s is %v, difference %v", text, i, what, got, want)
				}
			}
			for k := range params {
				check(fmt.Sprintf("constant %d", k), &params[k], jac[k][i])
			}
			for k := range row {
				check(names[k], &row[k], grad[k][i])
			}
		}
	}
}

// Where only the derivative is infinite it is 0 and the row counts as good.
func TestProgramDerivativeAtEdge(t *testing.T) {
	e, err := Parse("1.5*sqrt(2.5*x)", ParseOptions{FreeNumbers: true})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(e, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	dst, jac := make([]float64, 2), matrix(2, 2)
	if !p.EvalJac(p.NewWorkspace(), dst, jac, [][]float64{{0, 1}}, nil) {
		t.Fatal("not finite")
	}
	if jac[0][0] != 0 || jac[1][0] != 0 {
		t.Errorf("derivatives at 0: %v and %v, want 0", jac[0][0], jac[1][0])
	}
	if want := 1.5 * 0.5 / math.Sqrt(2.5); math.Abs(jac[1][1]-want) > 1e-15 {
		t.Errorf("derivative at 1 is %v, want %v", jac[1][1], want)
	}
}

func TestProgramUnknownVariable(t *testing.T) {
	if _, err := Compile(mustParse(t, "x+nope"), []string{"x"}); err == nil {
		t.Error("no error for a variable without a column")
	}
}

// Evaluation allocates nothing once there is a workspace.
func TestProgramAllocations(t *testing.T) {
	p, ws, dst, jac, cols := benchProgram(t, 1000)
	params := p.Params()
	if n := testing.AllocsPerRun(10, func() {
		p.Eval(ws, dst, cols, params)
		p.EvalJac(ws, dst, jac, cols, params)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func matrix(k, n int) [][]float64 {
	m := make([][]float64, k)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

func mustParse(t testing.TB, text string) *Expr {
	t.Helper()
	e, err := Parse(text, ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func benchProgram(t testing.TB, n int) (p *Program, ws *Workspace, dst []float64, jac, cols [][]float64) {
	e, err := Parse("1.5*x*y/(2.5+x^2)+0.5*(x-y)^2", ParseOptions{FreeNumbers: true})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = Compile(e, []string{"x", "y"}); err != nil {
		t.Fatal(err)
	}
	cols = matrix(2, n)
	for i := range n {
		cols[0][i], cols[1][i] = float64(i), 1/float64(i+1)
	}
	ws, dst, jac = p.NewWorkspace(), make([]float64, n), matrix(p.NumParams(), n)
	p.EvalJac(ws, dst, jac, cols, nil)
	return p, ws, dst, jac, cols
}

// The formula has 10 operations, so ns a row divided by 10 is ns an operation.
func BenchmarkEval(b *testing.B) {
	p, ws, dst, _, cols := benchProgram(b, 10000)
	params := p.Params()
	for b.Loop() {
		p.Eval(ws, dst, cols, params)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/row")
}

func BenchmarkEvalJac(b *testing.B) {
	p, ws, dst, jac, cols := benchProgram(b, 10000)
	params := p.Params()
	for b.Loop() {
		p.EvalJac(ws, dst, jac, cols, params)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/row")
}
