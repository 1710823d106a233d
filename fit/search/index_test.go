package search

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

var plainOutput = Output{
	Forward: func(y float64) float64 { return y },
	Inverse: func(e *symbolic.Expr, _ bool) *symbolic.Expr { return e },
	Plain:   true, Inverted: true,
}

var squareOutput = Output{
	Forward: func(y float64) float64 { return y * y },
	Inverse: func(e *symbolic.Expr, negative bool) *symbolic.Expr {
		if negative {
			return symbolic.Neg(symbolic.Sqrt(e))
		}
		return symbolic.Sqrt(e)
	},
	OneSign: true, Inverted: true,
}

var inverseOutput = Output{
	Forward:  func(y float64) float64 { return 1 / y },
	Inverse:  func(e *symbolic.Expr, _ bool) *symbolic.Expr { return symbolic.Pow(e, symbolic.Int(-1)) },
	Inverted: true,
}

var logOutput = Output{
	Forward: math.Log,
	Inverse: func(e *symbolic.Expr, _ bool) *symbolic.Expr { return symbolic.Call(fnExp, e) },
}

// rounded gives the target of d with so many significant digits.
func rounded(t testing.TB, d symbolic.Data, digits int) symbolic.Data {
	t.Helper()
	d.Y = append([]float64{}, d.Y...)
	for i, y := range d.Y {
		v, err := strconv.ParseFloat(strconv.FormatFloat(y, 'e', digits-1, 64), 64)
		if err != nil {
			t.Fatal(err)
		}
		d.Y[i] = v
	}
	return d
}

func TestIndexFindsFormulas(t *testing.T) {
	xyz := []string{"x", "y", "z"}
	for _, c := range []struct {
		formula string
		names   []string
		out     Output
		three   bool
	}{
		{"3.7*y/(x+z)-1.4", xyz, plainOutput, false},           // a+b*f
		{"(z^2+3.3)*y/sin(x)", xyz, plainOutput, false},        // f*(a+b*g)
		{"(2.2-exp(x*y))/(x+z*y)", xyz, plainOutput, false},    // (a+b*g)/f
		{"2*x*sin(y)-0.77*z^x+0.3", xyz, plainOutput, false},   // a+k*f+b*g
		{"sqrt(x^3*y+2.6*z/(x+1))", xyz, squareOutput, false},  // under y^2
		{"-sqrt(x^3*y+2.6*z/(x+1))", xyz, squareOutput, false}, // on the other branch
		{"exp(x*z/(1.7+cos(y)))", xyz, logOutput, false},       // f/(a+b*g)
		{"tanh(1+y)+2.9*atan(x/y)", xyz[:2], plainOutput, false},
		{"x+(1.5-x^2*sin(y))/(x+y)", xyz[:2], plainOutput, true},       // x taken off
		{"x*z*sqrt(exp(x*y)+1.3*sin(z)^2/x)", xyz, squareOutput, true}, // x*z taken off before y^2
		{"(x^y+1.3*z^y)^(1/y)", xyz, plainOutput, true},                // a power taken off
		{"1/(1+exp((x-y)/(z*1.3*(x+2*y))))", xyz, logOutput, true},     // of 1/y-1
		{"1.5*cube+1", []string{"cube"}, plainOutput, false},
	} {
		d := draw(t, c.formula, c.names, 200, 0)
		x := NewIndex(context.Background(), d, Digits(d.Y), 30_000)
		list := x.Find(context.Background(), c.out, x.Len())
		if c.three {
			if best(list) < 1e-18 {
				t.Errorf("%s is found without taking anything off: %v", c.formula, list[0].Expr)
			}
			list = x.FindThree(context.Background(), c.out, []Output{plainOutput, inverseOutput}, 40, 2000)
		}
		// Rounding in the shares of the lookup is all that is left.
		if got := best(list); !(got < 1e-18) {
			t.Errorf("%s: %d formulas found, the best leaves %g", c.formula, len(list), got)
			continue
		}
		for i := 1; i < len(list); i++ {
			if list[i].Size < list[i-1].Size {
				t.Errorf("%s: size %d after %d", c.formula, list[i].Size, list[i-1].Size)
			}
		}
	}
}

func TestIndexFindsWhatIsInsideOfFunctions(t *testing.T) {
	for _, formula := range []string{
		"1.7+2.6*sin(x*(y^2+z))", // periodic
		"y*cos(x*y-z^2)",         // y taken off
		"3+exp(sqrt(x)-y*z)/2",   // a summand outside
		"x+0.3*log(1+x*y^2/z)",
	} {
		d := draw(t, formula, []string{"x", "y", "z"}, 200, 0)
		x := NewIndex(context.Background(), d, 16, 60_000)
		if list := x.FindInside(context.Background(), []Output{plainOutput, logOutput}, 12); !(best(list) < 1e-18) {
			t.Errorf("%s: %d formulas found, the best leaves %g", formula, len(list), best(list))
		}
	}
}

func TestIndexTakesRoundedTargets(t *testing.T) {
	names := []string{"x", "y", "z"}
	for _, formula := range []string{"3.7*x*y/(x+z)", "x*sin(y)-0.77*z^x", "(2.2+exp(x*y))/(x+z*y)"} {
		for _, digits := range []int{7, 8, 10, 12, 15} {
			d := rounded(t, draw(t, formula, names, 200, 0), digits)
			list := NewIndex(context.Background(), d, Digits(d.Y), 20_000).Find(context.Background(), plainOutput, 20_000)
			// The rounded target differs by half a unit of its last digit from
			// the true one, and the constants of few rows by some more.
			if got := math.Sqrt(best(list)); !(got < 100*math.Pow(10, -float64(digits))) {
				t.Errorf("%s with %d digits: the best of %d leaves %g", formula, digits, len(list), got)
			}
		}
	}
}

func TestIndexFindsNothingInNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, noise := range []float64{1e-5, 0.01} {
		d := draw(t, "x*y/(x+z)", []string{"x", "y", "z"}, 200, noise)
		x := NewIndex(context.Background(), d, Digits(d.Y), 20_000)
		if list := x.FindInside(context.Background(), []Output{plainOutput, squareOutput, logOutput}, 10); len(list) > 0 {
			t.Errorf("noise of %g: %v", noise, list[0].Expr)
		}
		for _, out := range []Output{plainOutput, squareOutput, logOutput} {
			if list := append(x.Find(context.Background(), out, x.Len()), x.FindThree(context.Background(), out, nil, 10, 100)...); len(list) > 0 {
				t.Errorf("noise of %g: %v", noise, list[0].Expr)
			}
		}
	}
	// Seven digits are few enough that chance could agree.
	d := draw(t, "x*y*z", []string{"x", "y", "z"}, 200, 0)
	for i := range d.Y {
		d.Y[i] = 1 + rng.Float64()
	}
	d = rounded(t, d, 7)
	if list := NewIndex(context.Background(), d, 7, 20_000).Find(context.Background(), plainOutput, 20_000); len(list) > 0 {
		t.Errorf("in numbers drawn at random: %v", list[0].Expr)
	}
}

func TestIndexNeedsDigitsRowsAndFewInputs(t *testing.T) {
	d := draw(t, "x*y", []string{"x", "y"}, 50, 0)
	many := draw(t, "a", []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}, 50, 0)
	for name, x := range map[string]*Index{
		"5 digits": NewIndex(context.Background(), d, 5, 1000),
		"7 rows":   NewIndex(context.Background(), d.Rows(0, 7), 16, 1000),
		"9 inputs": NewIndex(context.Background(), many, 16, 1000),
		"none":     NewIndex(context.Background(), symbolic.Data{Y: d.Y}, 16, 1000),
	} {
		if x != nil {
			t.Errorf("%s make an index", name)
		}
	}
	if x := NewIndex(context.Background(), d.Rows(0, 8), 16, 1000); x == nil || x.Len() != 1000 {
		t.Error("8 rows make no index")
	}
}

func TestDigits(t *testing.T) {
	for _, c := range []struct {
		y    []float64
		want int
	}{
		{[]float64{1, 2, 30}, 1},
		{[]float64{1.25, -0.0031, 1e9}, 3},
		{[]float64{0.1234567, 12}, 7},
		{[]float64{1.0 / 3}, 16},
		{[]float64{float64(float32(1.0 / 3)), float64(float32(0.1))}, 7},
		{nil, 0},
	} {
		if got := Digits(c.y); got != c.want {
			t.Errorf("%v: %d digits, want %d", c.y, got, c.want)
		}
	}
}

// TestIndexHoldsWhatItSays compares the values of every expression with those of
// its formula, and the expressions with each other.
func TestIndexHoldsWhatItSays(t *testing.T) {
	d := draw(t, "x+y", []string{"x", "y"}, 60, 0)
	x := NewIndex(context.Background(), d, 16, 3000)
	if x.Len() != 3000 {
		t.Fatalf("%d expressions", x.Len())
	}
	ratios := map[[3]float64]int32{}
	for i := range x.nodes {
		e := x.expr(int32(i))
		p, err := symbolic.Compile(e, d.Names)
		if err != nil {
			t.Fatal(err)
		}
		out := make([]float64, len(d.Y))
		p.Eval(p.NewWorkspace(), out, d.Cols, p.Params())
		v := &x.vals[i]
		for k, r := range x.rows {
			// Sums of terms that cancel to eight digits are kept.
			if math.Abs(out[r]-v[k]) > 1e-7*math.Abs(v[k]) {
				t.Fatalf("%v is %g on row %d, and %g in the index", e, out[r], r, v[k])
			}
		}
		if i > 0 && x.nodes[i].size < x.nodes[i-1].size {
			t.Fatalf("%v of size %d comes late", e, x.nodes[i].size)
		}
		var key [3]float64
		for k := range key {
			key[k] = math.Round(1e7 * share(v[k+1], math.Copysign(1, v[0]), math.Abs(v[0])))
		}
		if j, ok := ratios[key]; ok {
			t.Errorf("%v is a multiple of %v", e, x.expr(j))
		}
		ratios[key] = int32(i)
	}
}

func TestDoneContextEndsTheIndex(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	d := draw(t, "x*y*z", []string{"x", "y", "z"}, 50, 0)
	x := NewIndex(ctx, d, 16, 20_000)
	cancel()
	before := x.Work()
	if list := x.FindThree(ctx, logOutput, nil, 20, 1000); list != nil || x.Work() != before {
		t.Errorf("%d formulas after %d more node-rows", len(list), x.Work()-before)
	}
	if n := NewIndex(ctx, d, 16, 1_000_000).Len(); n > 100 {
		t.Errorf("%d expressions of a done context", n)
	}
}

func TestIndexOfAnyTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(8, 40).Draw(t, "rows")
		inputs := rapid.IntRange(1, 3).Draw(t, "inputs")
		column := func(name string) []float64 {
			unit := rapid.SampledFrom([]float64{1e-9, 1, 1e9}).Draw(t, name+" unit")
			whole := rapid.Bool().Draw(t, name+" whole")
			v := rapid.SliceOfN(rapid.Float64Range(-3, 3), rows, rows).Draw(t, name)
			for i := range v {
				if whole {
					v[i] = math.Round(v[i])
				}
				v[i] *= unit
			}
			return v
		}
		d := symbolic.Data{Y: column("target")}
		for i := range inputs {
			d.Names = append(d.Names, string(rune('a'+i)))
			d.Cols = append(d.Cols, column(d.Names[i]))
		}
		x := NewIndex(context.Background(), d, rapid.IntRange(6, 17).Draw(t, "digits"), 500)
		outputs := []Output{plainOutput, squareOutput, logOutput}
		inside := x.FindInside(context.Background(), outputs, 5)
		for _, out := range outputs {
			for _, c := range append(append(x.Find(context.Background(), out, x.Len()), inside...), x.FindThree(context.Background(), out, []Output{plainOutput, squareOutput, inverseOutput}, 5, 50)...) {
				if !(c.Residual >= 0 && c.Residual < 1) {
					t.Fatalf("%v leaves %g", c.Expr, c.Residual)
				}
				for _, v := range c.Expr.FreeValues() {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatal(c.Expr.Format(library.LangExpr))
					}
				}
			}
		}
	})
}

// BenchmarkIndex reports node-rows per second of an enumeration, and how many
// expressions it kept per second.
func BenchmarkIndex(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the figure is for one core
	d := draw(b, "x*y*z", []string{"x", "y", "z"}, 1000, 0)
	var work int64
	kept := 0
	for b.Loop() {
		x := NewIndex(context.Background(), d, 16, 200_000)
		work, kept = work+x.Work(), kept+x.Len()
	}
	b.ReportMetric(float64(work)/b.Elapsed().Seconds(), "node-rows/s")
	b.ReportMetric(float64(kept)/b.Elapsed().Seconds(), "expressions/s")
}

// BenchmarkIndexFind reports look-ups in four rows each as node-rows per second.
func BenchmarkIndexFind(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the figure is for one core
	d := draw(b, "x*y*z", []string{"x", "y", "z"}, 1000, 0.1)
	x := NewIndex(context.Background(), d, 16, 200_000)
	before := x.Work()
	for b.Loop() {
		x.Find(context.Background(), plainOutput, 20_000)
	}
	b.ReportMetric(float64(x.Work()-before)/b.Elapsed().Seconds(), "node-rows/s")
}
