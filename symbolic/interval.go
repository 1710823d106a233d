package symbolic

import "math"

// Interval is a closed interval of real numbers; its ends may be infinite.
type Interval struct{ Lo, Hi float64 }

// IntervalsOf returns the range of each column of d. Columns that hold
// anything but finite numbers are left out.
func IntervalsOf(d Data) map[string]Interval {
	out := make(map[string]Interval, len(d.Names))
	for i, name := range d.Names {
		if len(d.Cols[i]) == 0 || !finite(d.Cols[i]) {
			continue
		}
		iv := Interval{math.Inf(1), math.Inf(-1)}
		for _, x := range d.Cols[i] {
			iv.Lo, iv.Hi = min(iv.Lo, x), max(iv.Hi, x)
		}
		out[name] = iv
	}
	return out
}

func (a Interval) positive() bool    { return a.Lo > 0 }
func (a Interval) negative() bool    { return a.Hi < 0 }
func (a Interval) nonNegative() bool { return a.Lo >= 0 }
func (a Interval) nonPositive() bool { return a.Hi <= 0 }

var (
	realLine = Interval{math.Inf(-1), math.Inf(1)}
	halfLine = Interval{0, math.Inf(1)}
)

// rangeOf bounds the values of e over the data, by interval arithmetic with a
// margin for rounding. Only signs are asked of it.
func (s *simplifier) rangeOf(e *Expr) Interval {
	switch e.kind {
	case KindRational, KindFloat, KindPi:
		return Interval{e.v, e.v}
	case KindVar:
		if iv, ok := s.domains[e.name]; ok {
			return iv
		}
		return realLine
	case KindAdd:
		sum := Interval{}
		var size float64
		for _, t := range e.args {
			iv := s.rangeOf(t)
			sum.Lo += iv.Lo
			sum.Hi += iv.Hi
			size += max(math.Abs(iv.Lo), math.Abs(iv.Hi))
		}
		// Rounding must not turn a bound of about 0 into a sign.
		if slack := 1e-12 * size; !math.IsInf(size, 0) {
			if math.Abs(sum.Lo) < slack && sum.Lo != 0 {
				sum.Lo -= slack
			}
			if math.Abs(sum.Hi) < slack && sum.Hi != 0 {
				sum.Hi += slack
			}
		}
		if s.rows != nil && sum.Lo <= 0 && sum.Hi >= 0 {
			switch s.signOnRows(e) {
			case 1:
				sum.Lo = math.SmallestNonzeroFloat64
			case -1:
				sum.Hi = -math.SmallestNonzeroFloat64
			}
		}
		return sum.orLine()
	case KindMul:
		product := Interval{1, 1}
		for _, f := range e.args {
			product = product.times(s.rangeOf(f))
		}
		return product
	case KindPow:
		return s.rangeOfPower(e)
	case KindCall:
		return rangeOfCall(e.fn.Name, s.rangeOf(e.args[0]))
	}
	return realLine
}

func (a Interval) orLine() Interval {
	if math.IsNaN(a.Lo) {
		a.Lo = math.Inf(-1)
	}
	if math.IsNaN(a.Hi) {
		a.Hi = math.Inf(1)
	}
	return a
}

func (a Interval) times(b Interval) Interval {
	mul := func(x, y float64) float64 {
		if x == 0 || y == 0 {
			return 0 // a bound that is infinite is not reached
		}
		return x * y
	}
	p, q, r, t := mul(a.Lo, b.Lo), mul(a.Lo, b.Hi), mul(a.Hi, b.Lo), mul(a.Hi, b.Hi)
	out := Interval{min(p, q, r, t), max(p, q, r, t)}
	// Underflow must not make a positive factor 0, nor 0 a sign.
	if a.positive() && b.positive() || a.negative() && b.negative() {
		out.Lo = max(out.Lo, math.SmallestNonzeroFloat64)
	}
	if a.positive() && b.negative() || a.negative() && b.positive() {
		out.Hi = min(out.Hi, -math.SmallestNonzeroFloat64)
	}
	return out
}

func (s *simplifier) rangeOfPower(e *Expr) Interval {
	base, exponent := s.rangeOf(e.args[0]), e.args[1]
	p, q, exact := exponent.Rational()
	switch {
	case base.positive() && exponent.IsConst():
		lo, hi := math.Pow(base.Lo, exponent.v), math.Pow(base.Hi, exponent.v)
		return Interval{max(min(lo, hi), math.SmallestNonzeroFloat64), max(lo, hi)}.orLine()
	case base.positive():
		return Interval{math.SmallestNonzeroFloat64, math.Inf(1)}
	case exact && q == 1 && p > 0 && p%2 == 1:
		return Interval{math.Pow(base.Lo, exponent.v), math.Pow(base.Hi, exponent.v)}
	case exact && q == 1 && p%2 == 0:
		if base.negative() {
			lo, hi := math.Pow(base.Lo, exponent.v), math.Pow(base.Hi, exponent.v)
			return Interval{max(min(lo, hi), math.SmallestNonzeroFloat64), max(lo, hi)}.orLine()
		}
		if p < 0 { // finite values are positive
			return Interval{math.SmallestNonzeroFloat64, math.Inf(1)}
		}
		return halfLine
	case exact && q == 1 && base.negative():
		return Interval{math.Inf(-1), -math.SmallestNonzeroFloat64}
	case exact && q == 1:
		return realLine
	case exact && p < 0:
		return Interval{math.SmallestNonzeroFloat64, math.Inf(1)}
	case exact || (exponent.IsConst() && exponent.v != math.Trunc(exponent.v)):
		return halfLine // a fractional power is real and not negative
	}
	return realLine
}

func rangeOfCall(name string, arg Interval) Interval {
	switch name {
	case "exp":
		return Interval{max(math.Exp(arg.Lo), math.SmallestNonzeroFloat64), math.Exp(arg.Hi)}
	case "log":
		if arg.Lo > 0 {
			return Interval{math.Log(arg.Lo), math.Log(arg.Hi)}
		}
		return Interval{math.Inf(-1), math.Log(max(arg.Hi, math.SmallestNonzeroFloat64))}
	case "sin", "cos", "sign":
		if name == "sign" && arg.positive() {
			return Interval{1, 1}
		}
		return Interval{-1, 1}
	case "cosh":
		return Interval{1, math.Inf(1)}
	case "abs":
		if arg.negative() {
			return Interval{-arg.Hi, -arg.Lo}
		}
		if arg.nonNegative() {
			return arg
		}
		return halfLine
	case "sqrt":
		if arg.positive() {
			return Interval{math.Sqrt(arg.Lo), math.Sqrt(arg.Hi)}
		}
		return halfLine
	case "acos":
		return Interval{0, math.Pi}
	case "tanh", "atan", "asinh", "sinh", "cbrt", "erf", "asin":
		// Odd and growing: the sign is that of the argument.
		switch {
		case arg.positive():
			return Interval{math.SmallestNonzeroFloat64, math.Inf(1)}
		case arg.negative():
			return Interval{math.Inf(-1), -math.SmallestNonzeroFloat64}
		case arg.nonNegative():
			return halfLine
		case arg.nonPositive():
			return Interval{math.Inf(-1), 0}
		}
	}
	return realLine
}

// signOnRows returns the sign that e has on all rows, 0 if it has several.
func (s *simplifier) signOnRows(e *Expr) int {
	key := e.Hash()
	if sign, ok := s.signs[key]; ok {
		return sign
	}
	if s.signs == nil {
		s.signs = map[uint64]int{}
	}
	sign := 0
	if p, err := Compile(e, s.rows.Names); err == nil {
		v := make([]float64, len(s.rows.Y))
		if p.Eval(p.NewWorkspace(), v, s.rows.Cols, p.Params()) && len(v) > 0 {
			sign = signOf(v)
		}
	}
	s.signs[key] = sign
	return sign
}

func signOf(values []float64) int {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	switch {
	case lo > 0:
		return 1
	case hi < 0:
		return -1
	}
	return 0
}
