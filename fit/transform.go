package fit

import (
	"math"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// transform is an invertible function applied to the target before a
// hypothesis is fitted: if T(y) = h(x) then y = inverse(h(x)).
type transform struct {
	name string
	// forward maps a value of the target; NaN where the transform has none.
	forward func(y float64) float64
	// slope is dT/dy: an error e in y is an error slope*e in T(y), which sets
	// the weights of the fit.
	slope func(y float64) float64
	// inverse turns a formula for T(y) into one for y. negative tells that
	// every target value is negative, so that the other branch of a root is
	// meant.
	inverse func(e *symbolic.Expr, negative bool) *symbolic.Expr
	// mirror tells that the branch is chosen by the sign of the target, so
	// that targets of one sign only can be transformed.
	mirror bool
}

func signed(e *symbolic.Expr, negative bool) *symbolic.Expr {
	if negative {
		return symbolic.Neg(e)
	}
	return e
}

// powerTransform is T(y) = |y|^p.
func powerTransform(name string, p, inv float64, inverseExponent *symbolic.Expr) transform {
	return transform{
		name:    name,
		forward: func(y float64) float64 { return math.Pow(math.Abs(y), p) },
		slope:   func(y float64) float64 { return p * math.Pow(math.Abs(y), p-1) },
		inverse: func(e *symbolic.Expr, neg bool) *symbolic.Expr {
			return signed(symbolic.Pow(e, inverseExponent), neg)
		},
		mirror: true,
	}
}

var identity = transform{
	name:    "y",
	forward: func(y float64) float64 { return y },
	slope:   func(float64) float64 { return 1 },
	inverse: func(e *symbolic.Expr, _ bool) *symbolic.Expr { return e },
}

var reciprocal = transform{
	name:    "1/y",
	forward: func(y float64) float64 { return 1 / y },
	slope:   func(y float64) float64 { return -1 / (y * y) },
	inverse: func(e *symbolic.Expr, _ bool) *symbolic.Expr { return symbolic.Div(symbolic.Int(1), e) },
}

// outputTransforms are tried in this order, the plain target first.
func outputTransforms() []transform {
	call := func(name string) func(*symbolic.Expr, bool) *symbolic.Expr {
		f, ok := library.Lookup(name)
		if !ok {
			panic("fit: the library lacks " + name)
		}
		return func(e *symbolic.Expr, _ bool) *symbolic.Expr { return symbolic.Call(f, e) }
	}
	return []transform{
		identity,
		reciprocal,
		powerTransform("y^2", 2, 0.5, symbolic.Rat(1, 2)),
		powerTransform("1/y^2", -2, -0.5, symbolic.Rat(-1, 2)),
		powerTransform("sqrt(y)", 0.5, 2, symbolic.Int(2)),
		powerTransform("1/sqrt(y)", -0.5, -2, symbolic.Int(-2)),
		{
			name:    "log(y)",
			forward: math.Log,
			slope:   func(y float64) float64 { return 1 / y },
			inverse: call("exp"),
		},
		{
			name:    "exp(y)",
			forward: math.Exp,
			slope:   math.Exp,
			inverse: call("log"),
		},
		{
			name:    "sin(y)",
			forward: insideQuarter(math.Sin),
			slope:   math.Cos,
			inverse: call("asin"),
		},
		{
			name:    "cos(y)",
			forward: insideHalf(math.Cos),
			slope:   func(y float64) float64 { return -math.Sin(y) },
			inverse: call("acos"),
		},
		{
			name:    "asin(y)",
			forward: math.Asin,
			slope:   func(y float64) float64 { return 1 / math.Sqrt(1-y*y) },
			inverse: call("sin"),
		},
		{
			name:    "tan(y)",
			forward: insideQuarter(math.Tan),
			slope:   func(y float64) float64 { c := math.Cos(y); return 1 / (c * c) },
			inverse: call("atan"),
		},
		{
			name:    "atanh(y)",
			forward: math.Atanh,
			slope:   func(y float64) float64 { return 1 / (1 - y*y) },
			inverse: call("tanh"),
		},
	}
}

// insideQuarter restricts f to (-pi/2, pi/2), where sin and tan invert.
func insideQuarter(f func(float64) float64) func(float64) float64 {
	return func(y float64) float64 {
		if math.Abs(y) >= math.Pi/2 {
			return math.NaN()
		}
		return f(y)
	}
}

// insideHalf restricts f to (0, pi), where cos inverts.
func insideHalf(f func(float64) float64) func(float64) float64 {
	return func(y float64) float64 {
		if y <= 0 || y >= math.Pi {
			return math.NaN()
		}
		return f(y)
	}
}

// apply returns T(y) and the weights that make its errors comparable with
// errors of y. ok is false when the transform does not exist for some row or
// spreads the values too far to be told apart in float64.
func (t transform) apply(y, w []float64) (ty, tw []float64, ok bool) {
	ty = make([]float64, len(y))
	tw = make([]float64, len(y))
	sign := 0.0
	for i, v := range y {
		ty[i] = t.forward(v)
		s := t.slope(v)
		if !finite(ty[i]) || !finite(s) || s == 0 {
			return nil, nil, false
		}
		if t.mirror {
			if v*sign < 0 {
				return nil, nil, false
			}
			sign = v
		}
		tw[i] = 1 / (s * s)
		if w != nil {
			tw[i] *= w[i]
		}
	}
	// Weights that span many decades let a few rows decide; flatten them.
	limitSpread(tw, 1e6)
	lo, hi := bounds(ty)
	return ty, tw, hi > lo
}

// limitSpread raises small weights to at least the largest over ratio.
func limitSpread(w []float64, ratio float64) {
	_, hi := bounds(w)
	for i := range w {
		w[i] = max(w[i], hi/ratio)
	}
}

func allNegative(y []float64) bool {
	for _, v := range y {
		if v >= 0 {
			return false
		}
	}
	return true
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// bounds returns the smallest and the largest value.
func bounds(v []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}
