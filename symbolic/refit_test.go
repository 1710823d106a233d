package symbolic

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// sampleLaw draws n rows of x, y, z in [lo, hi] and the target from a formula,
// with normal noise of the given share of its root mean square.
func sampleLaw(t testing.TB, law string, n int, lo, hi, noise float64, seed uint64) Data {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	d := Data{Names: []string{"x", "y", "z"}, Y: make([]float64, n)}
	for range d.Names {
		col := make([]float64, n)
		for i := range col {
			col[i] = lo + (hi-lo)*rng.Float64()
		}
		d.Cols = append(d.Cols, col)
	}
	p, err := Compile(mustParse(t, law), d.Names)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Eval(p.NewWorkspace(), d.Y, d.Cols, nil) {
		t.Fatalf("%s is not finite", law)
	}
	sd := noise * rootMeanSquare(d.Y)
	for i := range d.Y {
		d.Y[i] += sd * rng.NormFloat64()
	}
	return d
}

func rootMeanSquare(v []float64) float64 {
	var ss float64
	for _, x := range v {
		ss += x * x
	}
	return math.Sqrt(ss / float64(len(v)))
}

// template parses a formula whose unknown names are free constants of value 1.
func template(t testing.TB, text string) *Expr {
	t.Helper()
	e, err := Parse(text, ParseOptions{Vars: []string{"x", "y", "z"}, Params: true})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// laws are templates, the laws behind them and a range in which to sample.
var laws = []struct {
	template, law string
	lo, hi        float64
}{
	{"a*x*y/z^2", "x*y/(4*pi*z^2)", 1, 5},
	{"a*exp(b*x^2)", "exp(-x^2/2)/sqrt(2*pi)", -3, 3},
	{"a*x^p*y^q*z^r", "x*y/(4*pi*z^2)", 1, 5},
	{"a*exp(b*x)", "2.37*exp(-0.81*x)", 0, 4},
	{"a*x^p+b*y^q", "x^2.5+3*y^(1/3)", 1, 5},
	{"a*sin(b*x+c)+d", "2*sin(1.5*x+0.25)-3", 1, 5},
	{"a*sqrt(b*x+c*y+d)", "2*sqrt(x+3*y+1)", 1, 5},
	{"a*x/(b+c*y)", "x/(1+y)", 1, 5},
	{"a*x+b*y+c*z+d", "8.314*x-1.5*y", 1, 5},
	{"a*exp(sin(b*x)+c*y^2)", "exp(sin(pi*x)+y^2)", -1, 1},
}

// Without noise the constants of a true formula reach the last bits.
func TestRefitExact(t *testing.T) {
	for _, c := range laws {
		d := sampleLaw(t, c.law, 300, c.lo, c.hi, 0, 3)
		f, err := Refit(context.Background(), template(t, c.template), d, RefitOptions{Starts: 8})
		if err != nil {
			t.Errorf("%s: %v", c.template, err)
			continue
		}
		if rel := f.RMSE / rootMeanSquare(d.Y); !(rel < 3e-15) {
			t.Errorf("%s: relative RMSE %.2g after %d steps: %s", c.template, rel, f.Iter, f.Expr)
		}
	}
}

// Scales of columns and target up to 1e30 do not matter.
func TestRefitScales(t *testing.T) {
	for _, sx := range []float64{1e-30, 1, 1e30} {
		for _, sy := range []float64{1e-30, 1, 1e30} {
			d := sampleLaw(t, "1.5*x/(2.5+y)", 200, 1, 5, 0, 4)
			for i := range d.Y {
				d.Cols[0][i] *= sx
				d.Y[i] *= sy
			}
			f, err := Refit(context.Background(), template(t, "a*x/(b+y)"), d, RefitOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if v := f.Expr.FreeValues(); f.RMSE > 1e-14*sy || math.Abs(v[0]/(1.5*sy/sx)-1) > 1e-12 || math.Abs(v[1]-2.5) > 1e-12 {
				t.Errorf("x scaled by %g, y by %g: RMSE %g, constants %v", sx, sy, f.RMSE, v)
			}
		}
	}
}

// The standard errors cover the truth about as often as they claim: the 95%
// intervals of 100 repetitions hold it 88 to 100 times with probability 0.999.
func TestRefitCoverage(t *testing.T) {
	truth := []float64{2.37, -0.81}
	hits := [2]int{}
	for rep := range 100 {
		d := sampleLaw(t, "2.37*exp(-0.81*x)", 200, 0, 4, 0.02, uint64(rep))
		f, err := Refit(context.Background(), template(t, "a*exp(b*x)"), d, RefitOptions{})
		if err != nil || f.StdErr == nil {
			t.Fatalf("repetition %d: %v, standard errors %v", rep, err, f.StdErr)
		}
		for k, v := range f.Expr.FreeValues() {
			if math.Abs(v-truth[k]) <= 1.96*f.StdErr[k] {
				hits[k]++
			}
		}
	}
	for k, n := range hits {
		if n < 88 {
			t.Errorf("constant %d: %d of 100 intervals cover the truth", k, n)
		}
	}
}

// A weight of 2 is the same as a row that occurs twice, a weight of 0 as none.
func TestRefitWeights(t *testing.T) {
	d := sampleLaw(t, "2*x+y*0+0.3", 60, 1, 5, 0.1, 5)
	d.W = make([]float64, 60)
	rep := Data{Names: d.Names, Cols: make([][]float64, 3)}
	for i := range d.W {
		d.W[i] = float64(i % 3)
		for range i % 3 {
			for k := range d.Cols {
				rep.Cols[k] = append(rep.Cols[k], d.Cols[k][i])
			}
			rep.Y = append(rep.Y, d.Y[i])
		}
	}
	e := template(t, "a*x^b+c")
	f, err := Refit(context.Background(), e, d, RefitOptions{})
	g, err2 := Refit(context.Background(), e, rep, RefitOptions{})
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if math.Abs(f.SSE-g.SSE) > 1e-10*g.SSE || math.Abs(f.RMSE-g.RMSE) > 1e-10*g.RMSE {
		t.Errorf("weighted SSE %v RMSE %v, repeated %v %v", f.SSE, f.RMSE, g.SSE, g.RMSE)
	}
	// The valley is flat: constants agree to the root of the precision.
	for k, v := range f.Expr.FreeValues() {
		if w := g.Expr.FreeValues()[k]; math.Abs(v-w) > 1e-6*math.Abs(w) {
			t.Errorf("constant %d: weighted %v, repeated %v", k, v, w)
		}
	}
}

func TestRefitErrors(t *testing.T) {
	d := sampleLaw(t, "x", 5, 1, 2, 0, 1)
	short := d
	short.Y = d.Y[:4]
	negative := d
	negative.W = []float64{1, 1, -1, 1, 1}
	zero := d
	zero.W = make([]float64, 5)
	for name, c := range map[string]struct {
		e string
		d Data
	}{
		"unknown variable": {"a*x", Data{Names: []string{"u"}, Cols: d.Cols[:1], Y: d.Y}},
		"ragged":           {"a*x", short},
		"no rows":          {"a*x", Data{Names: []string{"x", "y", "z"}, Cols: make([][]float64, 3)}},
		"negative weight":  {"a*x", negative},
		"zero weights":     {"a*x", zero},
		"not finite":       {"a*log(-x)", d},
	} {
		f, err := Refit(context.Background(), template(t, c.e), c.d, RefitOptions{})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if !math.IsInf(f.SSE, 1) || !math.IsInf(f.RMSE, 1) || f.Expr == nil {
			t.Errorf("%s: SSE %v, RMSE %v", name, f.SSE, f.RMSE)
		}
	}
}

// The same seed gives the same bits.
func TestRefitDeterministic(t *testing.T) {
	d := sampleLaw(t, "2*sin(3*x)", 100, 0, 5, 0.01, 6)
	var first string
	for range 3 {
		f, err := Refit(context.Background(), template(t, "a*sin(b*x+c)"), d, RefitOptions{Starts: 10, Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = f.Expr.String()
		} else if f.Expr.String() != first {
			t.Errorf("%s, then %s", first, f.Expr)
		}
	}
}

func TestAffineParams(t *testing.T) {
	for text, want := range map[string]string{
		"a*x+b*y+c":       "[true true true]",
		"a*(x+b)":         "[true false]",
		"a*exp(b*x)+c":    "[true false true]",
		"(a*x+b)/(c+x)":   "[true true false]",
		"sqrt(a*x+b)":     "[false false]",
		"a*x^p":           "[true false]",
		"a*b*x":           "[true false]",
		"(a*x+b)*(c*y+d)": "[true true false false]",
	} {
		if got := fmt.Sprint(affineParams(template(t, text))); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func ExampleRefit() {
	x := []float64{0, 1, 2, 3, 4, 5}
	d := Data{Names: []string{"x"}, Cols: [][]float64{x}, Y: make([]float64, len(x))}
	for i := range x {
		d.Y[i] = 3*math.Exp(-0.5*x[i]) + 1
	}
	e, _ := Parse("a*exp(b*x)+c", ParseOptions{Vars: d.Names, Params: true})
	f, err := Refit(context.Background(), e, d, RefitOptions{})
	fmt.Println(f.Expr.FormatDigits("expr", 6), f.RMSE < 1e-14, err)
	// Output: 3*exp(-0.5*x)+1 true <nil>
}

func TestDataRows(t *testing.T) {
	d := Data{Names: []string{"x"}, Cols: [][]float64{{1, 2, 3}}, Y: []float64{4, 5, 6}, W: []float64{7, 8, 9}}
	for _, c := range []struct{ from, to, first, n int }{
		{0, 2, 4, 2}, {1, 3, 5, 2}, {0, 9, 4, 3}, {-1, 1, 4, 1}, {5, 9, 0, 0}, {2, 1, 0, 0},
	} {
		got := d.Rows(c.from, c.to)
		if len(got.Y) != c.n || len(got.Cols[0]) != c.n || len(got.W) != c.n {
			t.Fatalf("rows %d to %d: %d of them, want %d", c.from, c.to, len(got.Y), c.n)
		}
		if c.n > 0 && (got.Y[0] != float64(c.first) || got.W[0] != got.Y[0]+3 || got.Cols[0][0] != got.Y[0]-3) {
			t.Errorf("rows %d to %d begin with %v", c.from, c.to, got)
		}
	}
}
