package symbolic

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/kansym/kansym/library"
)

// grid returns n points from lo to hi, both included.
func grid(lo, hi float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*float64(i)/float64(n-1)
	}
	return x
}

func mapped(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// Every function of the default set, with constants that are nothing special,
// must come out first from its own exact values.
func TestMatchCurveFindsItsOwn(t *testing.T) {
	type law struct {
		name       string
		a, b, c, d float64
		lo, hi     float64
	}
	laws := []law{
		{"x^2", 1, 0, 1.7, 0.4, -2, 3},
		{"x^2", 1, 0.6, 1.7, 0.4, -2, 3},
		{"x^3", 1, 0, -0.3, 0, -2, 3},
		{"x^6", 1, 0, 2, -1, -1, 1},
		{"1/x", 1, 0.7, 2, 0.1, 0, 4},
		{"1/x^2", 1, 0, 2, 0, 1, 4},
		{"1/x^6", 1, 0, 2, 0, 1, 2},
		{"sqrt", 1, 0.31, 2, 0.1, 0, 4},
		{"1/sqrt", 1, 0.31, 2, 0.1, 0, 4},
		{"x^1.5", 1, 0, 2, 0.1, 0, 4},
		{"exp", -0.81, 0, 2.37, 0, 0, 5},
		{"exp", 3.1, 0, 0.01, -0.4, -1, 1},
		{"log", 1, 0.4, 1.3, 0, 0, 5},
		{"log", 1, 0, 1.3, 0.2, 1, 5},
		{"sin", math.Pi, 0.2, 1, 0, -1, 1},
		{"sin", 17.3, 1.2, 2, 1, 0, 3},
		{"sin", 0.7, 0, 1, 0, 0, 1},
		{"tan", 0.9, 0.1, 1, 0, -1, 1},
		{"asin", 0.8, 0.1, 2, 0, -1, 1},
		{"atan", 3, -1, 2, 0.3, -2, 2},
		{"sinh", 1.2, 0.4, 0.3, 0, -2, 2},
		{"cosh", 1.2, 0.4, 0.3, -2, -2, 2},
		{"tanh", 2.2, -1, 1.3, 0.5, -2, 2},
		{"exp(-x^2)", 1.4, -0.5, 2, 0.3, -2, 2},
		{"sin(x)/x", 3.3, 0.4, 2, 0, -2, 2},
		{"1/(1+x^2)", 1.7, 0.4, 2, 0, -2, 2},
		{"x/(exp(x)-1)", 1.7, 0, 2, 0.1, -2, 2},
	}
	set := library.DefaultSet()
	for _, l := range laws {
		f, ok := library.Lookup(l.name)
		if !ok {
			t.Fatalf("no function %s", l.name)
		}
		x := grid(l.lo, l.hi, 300)
		y := mapped(x, func(x float64) float64 { return l.c*f.Value(l.a*x+l.b) + l.d })
		got := MatchCurve(context.Background(), x, y, nil, set, MatchOptions{})
		if len(got) == 0 {
			t.Errorf("%v: no match", l)
			continue
		}
		s := newSample(x, y, nil, 0)
		if got[0].RMSE > 1e-12*s.sd {
			t.Errorf("%v: best match %s(%g*x%+g) leaves %.2g of the spread", l, got[0].Func.Name, got[0].A, got[0].B, got[0].RMSE/s.sd)
		}
		// Another function that is as exact is the same function (cos for
		// sin); anything else must stay behind.
		for _, m := range got[1:] {
			if m.RMSE < 1e-11*s.sd && m.Func.Name == "x" {
				t.Errorf("%v: a straight line is as good", l)
			}
		}
	}
}

// Real exponents are found to the last digits.
func TestMatchCurveRealPower(t *testing.T) {
	for _, p := range []float64{-2.3, -0.77, 0.123, 1.41, 3.7} {
		x := grid(0.5, 3, 200)
		y := mapped(x, func(x float64) float64 { return 2 * math.Pow(x, p) })
		got := MatchCurve(context.Background(), x, y, nil, library.DefaultSet(), MatchOptions{})
		if len(got) == 0 || !got[0].Func.IsPower || math.Abs(got[0].Func.Exponent-p) > 1e-11 || got[0].B != 0 || got[0].D != 0 {
			t.Errorf("x^%g: got %+v", p, got)
		}
	}
}

// Scaling x and y by any factors changes constants and nothing else.
func TestMatchCurveScales(t *testing.T) {
	f, _ := library.Lookup("tanh")
	rapid.Check(t, func(t *rapid.T) {
		sx := math.Pow(10, rapid.Float64Range(-25, 25).Draw(t, "sx"))
		sy := math.Pow(10, rapid.Float64Range(-25, 25).Draw(t, "sy"))
		x := grid(-2*sx, 3*sx, 60)
		y := mapped(x, func(x float64) float64 { return sy * (f.Value(1.3*x/sx-0.4) + 0.2) })
		set, err := library.ParseSet("x,x^2,tanh,sin,exp")
		if err != nil {
			t.Fatal(err)
		}
		got := MatchCurve(context.Background(), x, y, nil, set, MatchOptions{Keep: 1})
		if len(got) != 1 || got[0].Func.Name != "tanh" {
			t.Fatalf("got %+v", got)
		}
		for _, c := range [][2]float64{{got[0].A * sx, 1.3}, {got[0].B, -0.4}, {got[0].C / sy, 1}, {got[0].D / sy, 0.2}} {
			if math.Abs(math.Abs(c[0])-math.Abs(c[1])) > 1e-8 {
				t.Fatalf("constant %g, want %g", c[0], c[1])
			}
		}
	})
}

// Matches stay finite between the points unless they are exact.
func TestMatchCurveDomains(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		x, y := grid(-1, 1, 40), make([]float64, 40)
		for i := range y {
			y[i] = rng.NormFloat64()
		}
		for _, m := range MatchCurve(context.Background(), x, y, nil, library.DefaultSet(), MatchOptions{Keep: 30}) {
			for _, v := range grid(-1, 1, 4001) {
				if got := m.C*m.Func.Value(m.A*v+m.B) + m.D; !isFinite(got) {
					t.Errorf("%s(%g*x%+g) is %g at %g", m.Func.Name, m.A, m.B, got, v)
					break
				}
			}
		}
	}
}

// Weights decide which points count.
func TestMatchCurveWeights(t *testing.T) {
	x := grid(0, 2, 100)
	w := make([]float64, 100)
	y := mapped(x, math.Exp)
	for i := range y {
		w[i] = 1
		if i%3 == 0 {
			y[i], w[i] = 100, 0
		}
	}
	y[1] = math.NaN()
	got := MatchCurve(context.Background(), x, y, w, library.DefaultSet(), MatchOptions{})
	if len(got) == 0 || got[0].Func.Name != "exp" || math.Abs(got[0].A-1) > 1e-12 {
		t.Fatalf("got %+v", got)
	}
}

func TestMatchCurveDegenerate(t *testing.T) {
	set := library.DefaultSet()
	ctx := context.Background()
	if got := MatchCurve(ctx, []float64{1, 1, 2}, []float64{1, 2, 3}, nil, set, MatchOptions{}); got != nil {
		t.Errorf("two distinct points: got %v", got)
	}
	got := MatchCurve(ctx, []float64{1, 2, 3, 4}, []float64{5, 5, 5, 5}, nil, set, MatchOptions{})
	if len(got) != 1 || got[0].Func.Name != "1" || got[0].C != 5 {
		t.Errorf("constant: got %v", got)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if got := MatchCurve(cancelled, grid(0, 1, 9), grid(0, 1, 9), nil, set, MatchOptions{}); len(got) != 0 {
		t.Errorf("cancelled: got %v", got)
	}
}

// The derivatives of models are those of their values.
func TestModelGradient(t *testing.T) {
	sin, _ := library.Lookup("sin")
	exp, _ := library.Lookup("exp")
	m := &model{freeD: true, d: 0.3, terms: []term{
		{c: 1.2, chains: []composite{
			{{f: library.Power(2), a: 0.7, b: 0.1, freeA: true, freeB: true}, {f: exp, a: -0.5, b: 0.2, freeA: true, freeB: true}},
			{{f: sin, a: 2, b: 0.3, freeA: true, freeB: true}},
		}},
		{c: -0.4, chains: []composite{{{f: library.Power(1.3), p: 1.3, a: 1, b: 2, freeB: true, freeP: true}}}},
	}, den: []monomial{{1, 0.2}, {3, 0.05}}}
	s := newSample(grid(-1, 2, 7), grid(0, 1, 7), []float64{1, 2, 1, 3, 1, 1, 2}, 0)
	params, _ := m.params()
	n := len(s.x)
	jac, dst, up, down := newColumns(n, len(params)), make([]float64, n), make([]float64, n), make([]float64, n)
	if !m.jacobian(dst, jac, s, 0, n) {
		t.Fatal("not finite")
	}
	const h = 1e-6
	for k := range params {
		p := append([]float64(nil), params...)
		p[k] = params[k] + h
		m.setParams(p)
		m.residual(up, s, 0, n)
		p[k] = params[k] - h
		m.setParams(p)
		m.residual(down, s, 0, n)
		for i := range n {
			// Central differences are good to h^2 times the third derivative.
			if want := (up[i] - down[i]) / (2 * h); math.Abs(jac[k][i]-want) > 1e-7*(1+math.Abs(want)) {
				t.Errorf("parameter %d, row %d: derivative %g, difference quotient %g", k, i, jac[k][i], want)
			}
		}
	}
}
