package symbolic

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kansym/kansym/library"
)

type univariateLaw struct {
	name   string
	f      func(x float64) float64
	lo, hi float64
}

// Laws of one variable of every form that the search knows. All come from the
// general mechanism; none has a rule of its own.
var univariateLaws = []univariateLaw{
	{"exp(-x^2/2)/sqrt(2 pi)", func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }, -3, 3},
	{"1/(1+x^2)", func(x float64) float64 { return 1 / (1 + x*x) }, -2, 2},
	{"sqrt(1-x^2)", func(x float64) float64 { return math.Sqrt(1 - x*x) }, -0.9, 0.9},
	{"log(1+x)", func(x float64) float64 { return math.Log1p(x) }, 0, 5},
	{"1/(exp(x)-1)", func(x float64) float64 { return 1 / math.Expm1(x) }, 0.5, 4},
	{"sin(x)^2", func(x float64) float64 { return math.Sin(x) * math.Sin(x) }, 0, 3},
	{"asin(0.7 sin x)", func(x float64) float64 { return math.Asin(0.7 * math.Sin(x)) }, 0, 3},
	{"x exp(-x)", func(x float64) float64 { return x * math.Exp(-x) }, 0, 5},
	{"sin(x) exp(-x/5)", func(x float64) float64 { return math.Sin(x) * math.Exp(-x/5) }, 0, 20},
	{"x^1.7 exp(-0.6x)", func(x float64) float64 { return math.Pow(x, 1.7) * math.Exp(-0.6*x) }, 0.5, 6},
	{"x sin(2 pi x)", func(x float64) float64 { return x * math.Sin(2*math.Pi*x) }, -1, 1},
	{"x^3+x^2+x", func(x float64) float64 { return x*x*x + x*x + x }, -1, 1},
	{"x^6+..+x", func(x float64) float64 { return x + x*x + x*x*x + x*x*x*x + math.Pow(x, 5) + math.Pow(x, 6) }, -1, 1},
	{"(1+2x)/(3+x^2)", func(x float64) float64 { return (1 + 2*x) / (3 + x*x) }, -3, 3},
	{"2 sin(3x)+0.5x^2", func(x float64) float64 { return 2*math.Sin(3*x) + 0.5*x*x }, -2, 3},
	{"exp(-x)+3 exp(-5x)", func(x float64) float64 { return math.Exp(-x) + 3*math.Exp(-5*x) }, 0, 3},
	{"log(x+1)+log(x^2+1)", func(x float64) float64 { return math.Log(x+1) + math.Log(x*x+1) }, 0, 2},
	{"sin(x)+sin(x^2)", func(x float64) float64 { return math.Sin(x) + math.Sin(x*x) }, -1, 1},
	{"exp(sin(x))", func(x float64) float64 { return math.Exp(math.Sin(x)) }, -3, 3},
	{"1/sqrt(1-x^2/9)", func(x float64) float64 { return 1 / math.Sqrt(1-x*x/9) }, 0, 2},
	{"3 log(2+cos(x))", func(x float64) float64 { return 3 * math.Log(2+math.Cos(x)) }, 0, 5},
	{"x^3 exp(-x) at 1e-9", func(x float64) float64 { x *= 1e9; return 1e20 * x * x * x * math.Exp(-x) }, 1e-10, 1e-8},
	{"1/(x^5(exp(1/x)-1))", func(x float64) float64 { return 1 / (math.Pow(x, 5) * math.Expm1(1/x)) }, 0.1, 2},
	{"x/(1+x)", func(x float64) float64 { return x / (1 + x) }, 0, 4},
	{"cos(x)^2 x", func(x float64) float64 { return x * math.Cos(x) * math.Cos(x) }, 0, 3},
	{"sqrt(x)+1/x", func(x float64) float64 { return math.Sqrt(x) + 1/x }, 0.5, 4},
	{"tanh(x)*x^2", func(x float64) float64 { return x * x * math.Tanh(x) }, -2, 2},
	{"sqrt(1+x+x^2)", func(x float64) float64 { return math.Sqrt(1 + x + x*x) }, -2, 2},
}

// evalExpr evaluates an expression of one variable from the definition.
func evalExpr(e *Expr, x float64) float64 {
	switch e.Kind() {
	case KindVar:
		return x
	case KindAdd:
		s := 0.0
		for _, a := range e.Args() {
			s += evalExpr(a, x)
		}
		return s
	case KindMul:
		s := 1.0
		for _, a := range e.Args() {
			s *= evalExpr(a, x)
		}
		return s
	case KindPow:
		return math.Pow(evalExpr(e.Args()[0], x), evalExpr(e.Args()[1], x))
	case KindCall:
		return e.Func().Value(evalExpr(e.Args()[0], x))
	}
	return e.Const()
}

// relativeError returns the root mean square error over the spread of y.
func relativeError(e *Expr, x, y []float64) float64 {
	s := newSample(x, y, nil, 0)
	ss := 0.0
	for i, v := range s.x {
		r := evalExpr(e, v) - s.y[i]
		ss += r * r
	}
	return math.Sqrt(ss/float64(len(x))) / s.sd
}

func randomPoints(lo, hi float64, n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 7))
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*rng.Float64()
	}
	return x
}

func TestMatchUnivariateExact(t *testing.T) {
	set := library.DefaultSet()
	for i, l := range univariateLaws {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			x := randomPoints(l.lo, l.hi, 1000, uint64(i))
			y := mapped(x, l.f)
			got := MatchUnivariate(context.Background(), x, y, nil, "x", set, MatchOptions{})
			if len(got) == 0 {
				t.Fatal("nothing found")
			}
			// Conditioning decides what lies between rounding and 1e-10; a
			// wrong form is orders of magnitude above it.
			if r := relativeError(got[0], x, y); !(r < 1e-10) {
				t.Errorf("found %v, relative error %.2g", got[0], r)
			}
		})
	}
}
