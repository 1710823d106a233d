package search

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/symbolic"
)

// draw samples the formula on rows of inputs between 1 and 3, with noise of the
// given share of its root mean square.
func draw(t testing.TB, formula string, names []string, rows int, noise float64) symbolic.Data {
	t.Helper()
	e, err := symbolic.Parse(formula, symbolic.ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	d := symbolic.Data{Names: names}
	for range names {
		c := make([]float64, rows)
		for i := range c {
			c[i] = 1 + 2*rng.Float64()
		}
		d.Cols = append(d.Cols, c)
	}
	p, err := symbolic.Compile(e, names)
	if err != nil {
		t.Fatal(err)
	}
	d.Y = make([]float64, rows)
	if !p.Eval(p.NewWorkspace(), d.Y, d.Cols, p.Params()) {
		t.Fatalf("%s is undefined somewhere", formula)
	}
	sum := 0.0
	for _, y := range d.Y {
		sum += y * y
	}
	rms := math.Sqrt(sum / float64(rows))
	for i := range d.Y {
		d.Y[i] += noise * rms * rng.NormFloat64()
	}
	return d
}

func best(list []Candidate) float64 {
	least := math.Inf(1)
	for _, c := range list {
		least = min(least, c.Residual)
	}
	return least
}

func TestBankHoldsEachExpressionOnce(t *testing.T) {
	d := draw(t, "x*y", []string{"x", "y"}, 60, 0)
	b := NewBank(t.Context(), d, 600)
	if b.Len() != 600 {
		t.Fatalf("%d expressions, want 600", b.Len())
	}
	rows := make([][]float64, b.Len())
	for i := range rows {
		c := b.cols[i]
		// Up to a factor: divided by the first value.
		for _, v := range c {
			rows[i] = append(rows[i], v/c[0])
		}
		p, err := symbolic.Compile(b.expr(int32(i)), d.Names)
		if err != nil {
			t.Fatal(err)
		}
		out := make([]float64, len(d.Y))
		if !p.Eval(p.NewWorkspace(), out, d.Cols, p.Params()) {
			t.Fatalf("%v is not finite", b.expr(int32(i)))
		}
		for r, v := range out {
			// Both are computed in float64, in orders that may differ.
			if math.Abs(v-c[r]) > 1e-9*(1+math.Abs(v)) {
				t.Fatalf("%v is %g on row %d, the bank has %g", b.expr(int32(i)), v, r, c[r])
			}
		}
	}
	same := 0
	for i := range rows {
		for j := range i {
			equal := true
			for r := range rows[i] {
				equal = equal && math.Abs(rows[i][r]-rows[j][r]) < 1e-12*math.Abs(rows[i][r])
			}
			if equal {
				same++
			}
		}
	}
	// A pair that rounding puts into different classes is possible, a few in
	// a thousand.
	if same > b.Len()/100 {
		t.Errorf("%d pairs of expressions are equal up to a factor", same)
	}
}

func TestSumsFindFormulas(t *testing.T) {
	for _, c := range []struct {
		formula string
		names   []string
	}{
		{"3+2*x*exp(y)", []string{"x", "y"}},
		{"x/y-5*sqrt(x+y)", []string{"x", "y"}},
		{"1.5*y*sin(x)-0.3*x/y", []string{"x", "y"}},
	} {
		t.Run(c.formula, func(t *testing.T) {
			d := draw(t, c.formula, c.names, 200, 0)
			list := NewBank(t.Context(), d, 1200).Sums(t.Context(), d.Y, d.W)
			// Inner products of unit vectors are exact to about 1e-15, and
			// the residual is a difference of them over a determinant of
			// at least 1e-5.
			if r := best(list); r > 1e-9 {
				t.Errorf("the best of %d leaves %g", len(list), r)
			}
		})
	}
}

func TestProductsFindFormulas(t *testing.T) {
	for _, c := range []struct {
		formula string
		names   []string
	}{
		{"x*y/(y+z)", []string{"x", "y", "z"}},
		{"5*(x+y)/sqrt(1+x*y)", []string{"x", "y"}},
		{"-2*(x+y)^2*sin(z)^2", []string{"x", "y", "z"}},
		{"3*(x-y)*(y+z)", []string{"x", "y", "z"}}, // changes its sign
	} {
		t.Run(c.formula, func(t *testing.T) {
			d := draw(t, c.formula, c.names, 200, 0)
			b := NewBank(t.Context(), d, 1200)
			list := append(b.Products(t.Context(), d.Y, d.W), b.Sums(t.Context(), d.Y, d.W)...)
			if r := best(list); r > 1e-9 {
				t.Errorf("the best of %d leaves %g", len(list), r)
			}
			// What a candidate says about itself holds for its formula.
			for _, m := range list {
				f, err := symbolic.Refit(t.Context(), m.Expr, d, symbolic.RefitOptions{})
				if err == nil && m.Residual < 1e-9 && f.RMSE > 1e-4*math.Sqrt(meanSquareAboutMean(d)) {
					t.Errorf("%v leaves %g", m.Expr, f.RMSE)
				}
			}
		})
	}
}

func TestScalarsSeeThroughNoise(t *testing.T) {
	const noise = 0.02
	d := draw(t, "z*tanh(x-y)+2*z", []string{"x", "y", "z"}, 500, noise)
	list := NewBank(t.Context(), d, 800).Scalars(t.Context(), d.Y, d.W)
	sum := 0.0
	for _, y := range d.Y {
		sum += y * y
	}
	level := noise * noise * sum / float64(len(d.Y)) / meanSquareAboutMean(d)
	for _, s := range list {
		f, g := s.F.String(), s.G.String()
		if (f == "x-y" || f == "y-x") && g == "z" {
			// The estimate is from 500 differences.
			if s.Noise > 1.3*level || s.Noise < 0.7*level {
				t.Errorf("noise %g, want about %g", s.Noise, level)
			}
			return
		}
		if s.Noise < level {
			t.Errorf("%s and %s seem as good", f, g)
		}
	}
	t.Error("x-y was not found")
}

func TestScalarsOfNoiseAreNone(t *testing.T) {
	d := draw(t, "x+y", []string{"x", "y"}, 400, 0)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range d.Y {
		d.Y[i] = rng.NormFloat64()
	}
	for _, s := range NewBank(t.Context(), d, 500).Scalars(t.Context(), d.Y, nil) {
		// Without a relation neighbours differ by the variance; the least
		// of some thousand estimates from 400 values stays above this.
		if s.Noise < 0.6 {
			t.Errorf("noise seems to be a function of %v by %v: %g", s.F, s.G, s.Noise)
		}
	}
}

func TestEvolveFindsConstantsInside(t *testing.T) {
	d := draw(t, "2.7*exp(-0.8*x)+0.4*y", []string{"x", "y"}, 200, 0)
	list := Evolve(t.Context(), d, nil, EvolveOptions{Largest: 16, Work: 2e8, Threads: 2, Seed: 1, Domains: symbolic.IntervalsOf(d)})
	if r := best(list); r > 1e-6 {
		t.Errorf("the best of %d leaves %g", len(list), r)
	}
	for i, c := range list {
		if i > 0 && (c.Residual >= list[i-1].Residual || c.Size <= list[i-1].Size) {
			t.Errorf("%v is no step of a front", c.Expr)
		}
	}
}

func TestEvolveIsTheSameOnAnyNumberOfThreads(t *testing.T) {
	d := draw(t, "x*sqrt(y)+z/(1+x)", []string{"x", "y", "z"}, 150, 0.01)
	run := func(threads int) string {
		var b strings.Builder
		for _, c := range Evolve(t.Context(), d, nil, EvolveOptions{Largest: 20, Work: 3e7, Threads: threads, Seed: 7}) {
			fmt.Fprintln(&b, c.Expr, c.Residual)
		}
		return b.String()
	}
	if one, three := run(1), run(3); one != three || one == "" {
		t.Errorf("one thread:\n%sthree threads:\n%s", one, three)
	}
}

func TestDoneContextEndsTheSearch(t *testing.T) {
	d := draw(t, "x+y", []string{"x", "y"}, 50, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := NewBank(ctx, d, 1e6)
	if b.Len() > 100 {
		t.Errorf("%d expressions after the end", b.Len())
	}
	b.Scalars(ctx, d.Y, nil)
	b.Sums(ctx, d.Y, nil)
	Evolve(ctx, d, nil, EvolveOptions{Largest: 20, Work: math.MaxInt64})
}

// Any table of finite numbers is searched without a fault, and what is found is
// finite.
func TestAnyTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(20, 60).Draw(t, "rows")
		inputs := rapid.IntRange(1, 3).Draw(t, "inputs")
		column := func(name string) []float64 {
			unit := rapid.SampledFrom([]float64{1e-9, 1, 1e9}).Draw(t, name+" unit")
			v := rapid.SliceOfN(rapid.Float64Range(-3, 3), rows, rows).Draw(t, name)
			for i := range v {
				v[i] *= unit
			}
			return v
		}
		d := symbolic.Data{Y: column("target")}
		for i := range inputs {
			d.Names = append(d.Names, string(rune('a'+i)))
			d.Cols = append(d.Cols, column(d.Names[i]))
		}
		b := NewBank(context.Background(), d, 120)
		list := append(b.Sums(context.Background(), d.Y, nil), b.Products(context.Background(), d.Y, nil)...)
		list = append(list, Evolve(context.Background(), d, nil, EvolveOptions{Largest: 10, Work: 1e5})...)
		for _, c := range list {
			if math.IsNaN(c.Residual) || c.Residual < 0 {
				t.Fatalf("%v leaves %g", c.Expr, c.Residual)
			}
			for _, v := range c.Expr.FreeValues() {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%v", c.Expr)
				}
			}
		}
		for _, s := range b.Scalars(context.Background(), d.Y, nil) {
			if math.IsNaN(s.Noise) {
				t.Fatalf("%v by %v", s.F, s.G)
			}
		}
	})
}

// BenchmarkBank reports node-rows per second: how many operations of formulas on
// rows an enumeration gets through, finding out which are new included.
func BenchmarkBank(b *testing.B) {
	d := draw(b, "x*y*z", []string{"x", "y", "z"}, 1000, 0)
	var work int64
	for b.Loop() {
		work += NewBank(context.Background(), d, 3000).Work()
	}
	b.ReportMetric(float64(work)/b.Elapsed().Seconds(), "node-rows/s")
}

// BenchmarkMatch is an enumeration with all pairs of it matched to a target.
func BenchmarkMatch(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the figure is for one core
	d := draw(b, "x*y/(x+z)", []string{"x", "y", "z"}, 500, 0.01)
	var work int64
	for b.Loop() {
		bank := NewBank(context.Background(), d, 1500)
		bank.Sums(context.Background(), d.Y, nil)
		work += bank.Work()
	}
	b.ReportMetric(float64(work)/b.Elapsed().Seconds(), "node-rows/s")
}

func BenchmarkEvolve(b *testing.B) {
	d := draw(b, "x*y/(x+z)", []string{"x", "y", "z"}, 500, 0.01)
	const work = 1e8
	for b.Loop() {
		Evolve(context.Background(), d, nil, EvolveOptions{Largest: 30, Work: work, Seed: 1})
	}
	b.ReportMetric(work*float64(b.N)/b.Elapsed().Seconds(), "node-rows/s")
}
