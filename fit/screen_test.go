package fit

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kansym/kansym/symbolic"
)

// Probabilities of a test are uniform where there is nothing to find.
func TestEqualMeansOfNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const trials, rows, level = 1000, 300, 0.05
	below := 0
	for range trials {
		x, y := make([]float64, rows), make([]float64, rows)
		for i := range x {
			x[i], y[i] = rng.Float64(), rng.NormFloat64()
		}
		p := equalMeans(x, ranked(y), 8)
		if p < 0 || p > 1 || math.IsNaN(p) {
			t.Fatalf("probability %g", p)
		}
		if p < level {
			below++
		}
	}
	// Binomial with mean 50 and standard deviation 7.
	if below < 25 || below > 75 {
		t.Errorf("%d of %d below %g", below, trials, level)
	}
}

func TestEqualMeans(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const rows = 500
	x, y := make([]float64, rows), make([]float64, rows)
	for i := range x {
		x[i] = rng.Float64()
		y[i] = math.Sin(9*x[i]) + rng.NormFloat64()
	}
	if p := equalMeans(x, ranked(y), 8); p > 1e-6 {
		t.Errorf("a relation has the probability %g", p)
	}
	// A column of one value says nothing, and one of two values has two bins.
	if p := equalMeans(make([]float64, rows), ranked(y), 8); p != 1 {
		t.Errorf("a constant column has the probability %g", p)
	}
	for i := range x {
		x[i] = float64(i % 2)
		y[i] = x[i] + 0.1*rng.NormFloat64()
	}
	if p := equalMeans(x, ranked(y), 8); p > 1e-6 {
		t.Errorf("two values have the probability %g", p)
	}
}

// Columns that have nothing to do with a law do not hide it, not even where it
// oscillates.
func TestNeedlessInputs(t *testing.T) {
	l := law{
		formula: "2*U*(1-cos(d*k))",
		inputs:  []string{"p", "U", "q", "k", "d", "r", "s"},
		ranges: map[string][2]float64{
			"U": {1, 5}, "k": {1, 5}, "d": {1, 5}, "p": {1, 5}, "q": {1, 5}, "r": {1, 5}, "s": {1, 5},
		},
	}
	r, err := Run(t.Context(), l.draw(t, 2000, 0, 3), Options{Time: 60 * time.Second, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Best.Exact {
		t.Errorf("found %s", r.Best.Expression)
	}
}

// Gradients under noise only suggest symmetries, and networks tell which of them
// hold.
func TestNestedReductions(t *testing.T) {
	l := law{
		formula: "T*k/(exp(a*b/(T*k))-1)",
		inputs:  []string{"T", "k", "a", "b"},
		ranges:  map[string][2]float64{"T": {1, 3}, "k": {1, 3}, "a": {1, 3}, "b": {1, 3}},
	}
	opt := Options{Time: time.Minute, Seed: 1, Threads: 2}
	s := newState(split(l.draw(t, 6000, 0.02, 3), opt), opt)
	list := slices.Collect(s.nested(t.Context(), s.views(t.Context(), 6)))
	if len(list) == 0 {
		t.Fatal("no reduction")
	}
	// The true ones lose nothing: the error on unseen rows is the noise.
	for _, c := range list {
		if e := c.unseenError(t.Context(), false); e > 0.025 {
			t.Errorf("%s leaves %g, the noise is 0.02", c.key, e)
		}
	}
	if n := len(list[0].data.search.Names); n > 3 {
		t.Errorf("the first has %d inputs: %s", n, list[0].key)
	}
}

func TestLawInNoise(t *testing.T) {
	l := law{
		formula: "m/sqrt(1-(v/c)^2)",
		inputs:  []string{"m", "v", "c"},
		ranges:  map[string][2]float64{"m": {1, 5}, "v": {1, 2}, "c": {3, 10}},
	}
	r, err := Run(t.Context(), l.draw(t, 6000, 0.03, 2), Options{Time: 60 * time.Second, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(r.Best.Expression, " ", ""); got != "m/sqrt(1-(v/c)^2)" {
		t.Errorf("found %s", got)
	}
}

// Mutations find formulas of moderate length where there is no law.
func TestMutations(t *testing.T) {
	l := law{
		formula: "exp(-0.3*x*y)*abs(x-1.7)+tanh(y^1.3)/(0.4+x)",
		inputs:  []string{"x", "y"},
		ranges:  map[string][2]float64{"x": {0, 3}, "y": {0, 3}},
	}
	opt := Options{Time: time.Minute, Seed: 1, Threads: 2, MaxComplexity: 25}
	s := newState(split(l.draw(t, 300, 0.01, 3), opt), opt)
	s.baselines(t.Context())
	before := s.front.best()
	s.evolve(t.Context(), 3e8)
	after := s.front.best()
	// R^2 of 0.97 against 0.3 of the line.
	if math.Sqrt(after.error()) > 0.17*s.scale || after.complexity > 25 {
		t.Errorf("from %v (%g) to %v (%g)", before.expr, math.Sqrt(before.error()), after.expr, math.Sqrt(after.error()))
	}
	if vars := after.expr.Vars(); len(vars) == 0 || symbolic.Simplify(after.expr, symbolic.SimplifyOptions{}).Complexity() > 25 {
		t.Errorf("%v", after.expr)
	}
}

// Nothing that was postponed for its length is forgotten at the end.
func TestMutationsAssessLong(t *testing.T) {
	d := makeLaw("sin(x)*y+x/y", "x", 1., 4., "y", 1., 4.).draw(t, 28, 0, 1)
	s := newState(split(d, Options{Seed: 1}), Options{Seed: 1})
	s.reached = 1e-9 // a network that leaves next to nothing: anything long can wait
	s.baselines(t.Context())
	long, err := symbolic.Parse("x/y+y*(0.9*x-0.15*x^3)+0.01*(x*y+x+y+x^2+y^2+x^2*y^2+x^3+y^3)", symbolic.ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := s.approximation(long)
	if c == nil {
		t.Fatal("the formula is not postponed")
	}
	s.postpone(c)
	s.mutations(t.Context())
	if len(s.postponed) > 0 {
		t.Errorf("%d classes of postponed formulas are left", len(s.postponed))
	}
}
