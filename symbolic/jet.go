package symbolic

import (
	"math"

	"github.com/kansym/kansym/library"
)

// The functions of this file turn a formula of x into plain functions of a
// number, which need no scratch memory and may be called from any goroutine.
// They are for the Value and Derivatives of a library.Func; over columns a
// Program is faster.

// valueOf returns e, a formula of x, as a function.
func valueOf(e *Expr) func(x float64) float64 {
	switch e.kind {
	case KindVar:
		return func(x float64) float64 { return x }
	case KindAdd, KindMul:
		parts := make([]func(float64) float64, len(e.args))
		for i, a := range e.args {
			parts[i] = valueOf(a)
		}
		if e.kind == KindAdd {
			return func(x float64) float64 {
				v := parts[0](x)
				for _, p := range parts[1:] {
					v += p(x)
				}
				return v
			}
		}
		return func(x float64) float64 {
			v := parts[0](x)
			for _, p := range parts[1:] {
				v *= p(x)
			}
			return v
		}
	case KindPow:
		base := valueOf(e.args[0])
		if f, ok := powerFunc(e.args[1]); ok {
			return func(x float64) float64 { return f.Value(base(x)) }
		}
		exponent := valueOf(e.args[1])
		return func(x float64) float64 { return math.Pow(base(x), exponent(x)) }
	case KindCall:
		f, arg := e.fn.Value, valueOf(e.args[0])
		return func(x float64) float64 { return f(arg(x)) }
	}
	v := e.v
	return func(float64) float64 { return v }
}

// powerFunc returns the power function of a constant exponent.
func powerFunc(p *Expr) (*library.Func, bool) {
	if !p.IsConst() || !isFinite(p.v) {
		return nil, false
	}
	return library.Power(p.v), true
}

// jet is a value with its first and second derivative by x.
type jet struct{ v, d, d2 float64 }

// derivativesOf returns e, a formula of x, with its first two derivatives,
// carried through the formula from the leaves up (Griewank and Walther,
// Evaluating Derivatives, 2nd edition, chapter 13). Where e is finite but an
// intermediate overflows, as in 1/(1+exp(-x)) far to the left, derivatives are
// differences.
func derivativesOf(e *Expr) func(x float64) (f, df, d2f float64) {
	at := jetOf(e)
	return func(x float64) (f, df, d2f float64) {
		j := at(x)
		if !isFinite(j.v) || !math.IsNaN(j.d) && !math.IsNaN(j.d2) {
			return j.v, j.d, j.d2
		}
		h := 1e-4 * (1 + math.Abs(x))
		lo, hi := at(x-h).v, at(x+h).v
		if math.IsNaN(j.d) {
			j.d = (hi - lo) / (2 * h)
		}
		if math.IsNaN(j.d2) {
			j.d2 = (hi - j.v - (j.v - lo)) / (h * h)
		}
		return j.v, j.d, j.d2
	}
}

func jetOf(e *Expr) func(x float64) jet {
	switch e.kind {
	case KindVar:
		return func(x float64) jet { return jet{x, 1, 0} }
	case KindAdd, KindMul:
		parts := make([]func(float64) jet, len(e.args))
		for i, a := range e.args {
			parts[i] = jetOf(a)
		}
		combine := jet.plus
		if e.kind == KindMul {
			combine = jet.times
		}
		return func(x float64) jet {
			j := parts[0](x)
			for _, p := range parts[1:] {
				j = combine(j, p(x))
			}
			return j
		}
	case KindPow:
		base := jetOf(e.args[0])
		if f, ok := powerFunc(e.args[1]); ok {
			return func(x float64) jet { return base(x).into(f) }
		}
		exponent := jetOf(e.args[1])
		return func(x float64) jet { return base(x).power(exponent(x)) }
	case KindCall:
		f, arg := e.fn, jetOf(e.args[0])
		return func(x float64) jet { return arg(x).into(f) }
	}
	v := e.v
	return func(float64) jet { return jet{v: v} }
}

func (a jet) plus(b jet) jet { return jet{a.v + b.v, a.d + b.d, a.d2 + b.d2} }

func (a jet) times(b jet) jet {
	return jet{a.v * b.v, a.d*b.v + a.v*b.d, a.d2*b.v + 2*a.d*b.d + a.v*b.d2}
}

// into returns f(a). Where a does not change, neither does f(a), be its slope
// infinite.
func (a jet) into(f *library.Func) jet {
	v, d, d2 := f.Derivatives(a.v)
	out := jet{v: v}
	if a.d != 0 {
		out.d, out.d2 = d*a.d, d2*a.d*a.d
	}
	if a.d2 != 0 {
		out.d2 += d * a.d2
	}
	return out
}

// power returns a^b = exp(b*log(a)).
func (a jet) power(b jet) jet {
	log, _ := library.Lookup("log")
	t := b.times(a.into(log))
	v := math.Pow(a.v, b.v)
	return jet{v, v * t.d, v * (t.d2 + t.d*t.d)}
}
