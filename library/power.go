package library

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Power returns x^p. The same p gives the same name: x, x^2, 1/x, 1/x^3, sqrt,
// 1/sqrt, x^1.5, x^-0.7. It panics when p is not finite.
func Power(p float64) *Func {
	if math.IsNaN(p) || math.IsInf(p, 0) {
		panic("library: power with an exponent that is not finite")
	}
	if p == 0 {
		return constant()
	}
	f := &Func{Exponent: p, IsPower: true, Starts: shiftStarts}
	digits := strconv.FormatFloat(math.Abs(p), 'g', -1, 64)
	whole := p == math.Trunc(p)
	f.Cost = 3
	switch {
	case p == 1:
		f.Name, f.Cost = "x", 1
	case p == 0.5:
		f.Name, f.Callable = "sqrt", true
		f.templates = sqrtTemplates
	case p == -0.5:
		f.Name, f.Cost = "1/sqrt", 4
	case p == -1:
		f.Name = "1/x"
	case whole && p > 0:
		f.Name, f.Cost = "x^"+digits, 2+math.Log2(p)/2
	case whole:
		f.Name, f.Cost = "1/x^"+digits, 3+math.Log2(-p)/2
	default:
		f.Name, f.Cost = "x^"+strconv.FormatFloat(p, 'g', -1, 64), 5
	}
	f.Formula = powerFormula(p)
	f.DerivativeFormula = derivativeOfPower(p)
	f.Value = powerValue(p)
	f.Derivatives = func(x float64) (float64, float64, float64) {
		v := f.Value(x)
		return v, p * power(x, p-1), p * (p - 1) * power(x, p-2)
	}
	f.Domain = Domain{Lo: math.Inf(-1), Hi: math.Inf(1)}
	if !whole {
		f.Domain.Lo, f.Domain.LoOpen = 0, p < 0
	} else if p < 0 {
		f.Domain.Poles = poleAtZero
	}
	return f
}

func powerFormula(p float64) string {
	digits := strconv.FormatFloat(math.Abs(p), 'g', -1, 64)
	switch {
	case p == 1:
		return "x"
	case p == 0.5:
		return "sqrt(x)"
	case p == -0.5:
		return "1/sqrt(x)"
	case p == -1:
		return "1/x"
	case p < 0 && p == math.Trunc(p):
		return "1/x^" + digits
	case p < 0:
		return "x^(-" + digits + ")"
	}
	return "x^" + digits
}

func derivativeOfPower(p float64) string {
	if p == 1 {
		return "1"
	}
	// p-1 rounds for exponents such as 0.1; the quotient does not.
	return fmt.Sprintf("(%s)*(%s)/x", strconv.FormatFloat(p, 'g', -1, 64), powerFormula(p))
}

// power is x^p with the conventions of the package: exponent 0 gives 1, and
// integer and half-integer exponents avoid math.Pow, which is slower and less
// accurate for them.
func power(x, p float64) float64 {
	switch p {
	case 0:
		return 1
	case 1:
		return x
	case 2:
		return x * x
	case 3:
		return x * x * x
	case -1:
		return 1 / x
	case -2:
		return 1 / (x * x)
	case 0.5:
		return math.Sqrt(x)
	case -0.5:
		return 1 / math.Sqrt(x)
	case 1.5:
		return x * math.Sqrt(x)
	}
	return math.Pow(x, p)
}

func powerValue(p float64) func(float64) float64 {
	switch p {
	case 1:
		return func(x float64) float64 { return x }
	case 2:
		return func(x float64) float64 { return x * x }
	case -1:
		return func(x float64) float64 { return 1 / x }
	case 0.5:
		return math.Sqrt
	}
	return func(x float64) float64 { return power(x, p) }
}

// parsePower reads the exponent of a name such as "x^2.5", "x^-0.7" or
// "1/x^3".
func parsePower(name string) (p float64, ok bool) {
	sign := 1.0
	if rest, found := strings.CutPrefix(name, "1/"); found {
		sign, name = -1, rest
	}
	switch name {
	case "x":
		return sign, true
	case "sqrt", "sqrt(x)":
		return sign * 0.5, true
	}
	digits, found := strings.CutPrefix(name, "x^")
	if !found {
		return 0, false
	}
	p, err := strconv.ParseFloat(strings.Trim(digits, "()"), 64)
	if err != nil || math.IsNaN(p) || math.IsInf(p, 0) || p == 0 {
		return 0, false
	}
	return sign * p, true
}

func poleAtZero(lo, hi float64) []float64 {
	if lo <= 0 && hi >= 0 {
		return []float64{0}
	}
	return nil
}
