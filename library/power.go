package library

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Power returns the function x^p. It is the built-in function where there is
// one ("x", "x^2", "1/x", "sqrt", "1/sqrt", ...) and a new one otherwise. The
// domain follows from p: the whole line for a positive integer, without 0 for
// a negative one, x >= 0 or x > 0 for other exponents. p = 0 gives the
// constant "1"; p that is not finite panics.
func Power(p float64) *Func {
	if math.IsNaN(p) || math.IsInf(p, 0) {
		panic("library: exponent is not finite")
	}
	if p == 0 {
		return builtin.byName["1"]
	}
	if f, ok := builtin.byName[powerName(p)]; ok {
		return f
	}
	return newPower(p)
}

// powerName returns the name of x^p: small fractions as such, anything else as
// the shortest decimal that gives p back.
func powerName(p float64) string {
	switch p {
	case 1:
		return "x"
	case 0.5:
		return "sqrt"
	case -0.5:
		return "1/sqrt"
	case -1:
		return "1/x"
	}
	prefix := ""
	if p < 0 {
		prefix, p = "1/", -p
	}
	if num, den, ok := smallFraction(p); ok && den > 2 {
		return prefix + "x^(" + strconv.Itoa(num) + "/" + strconv.Itoa(den) + ")"
	}
	return prefix + "x^" + strconv.FormatFloat(p, 'f', -1, 64)
}

// powerFormula spells x^p in the notation of formulas.
func powerFormula(p float64) string {
	prefix := ""
	if p < 0 {
		prefix, p = "1/", -p
	}
	num, den, ok := smallFraction(p)
	switch {
	case p == 1:
		return prefix + "x"
	case p == 0.5:
		return prefix + "sqrt(x)"
	case ok && den == 1:
		return prefix + "x^" + strconv.Itoa(num)
	case ok:
		return prefix + "x^(" + strconv.Itoa(num) + "/" + strconv.Itoa(den) + ")"
	}
	return prefix + "x^" + strconv.FormatFloat(p, 'f', -1, 64)
}

// smallFraction returns p = num/den where p is the float64 nearest to such a
// fraction with den <= 12 and num <= 1000.
func smallFraction(p float64) (num, den int, ok bool) {
	for den = 1; den <= 12; den++ {
		n := math.Round(p * float64(den))
		if n >= 1 && n <= 1000 && n/float64(den) == p {
			return int(n), den, true
		}
	}
	return 0, 0, false
}

// parsePower reads "x^2", "x^-1.5", "x^(1/3)", "1/x^3".
func parsePower(name string) (float64, bool) {
	sign := 1.0
	if rest, ok := strings.CutPrefix(name, "1/"); ok {
		sign, name = -1, rest
	}
	if name == "x" {
		return sign, true
	}
	text, ok := strings.CutPrefix(name, "x^")
	if !ok {
		return 0, false
	}
	if inner, ok := strings.CutPrefix(text, "("); ok {
		if text, ok = strings.CutSuffix(inner, ")"); !ok {
			return 0, false
		}
	}
	// A long exponent would make big.Rat work hard for nothing.
	if len(text) > 32 || strings.ContainsAny(text, "eEpPxX_") {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, false
	}
	p, _ := r.Float64()
	if p == 0 || math.IsInf(p, 0) {
		return 0, false
	}
	return sign * p, true
}

// newPower builds x^p for p other than 0.
func newPower(p float64) *Func {
	f := &Func{
		Name:     powerName(p),
		Formula:  powerFormula(p),
		Cost:     powerCost(p),
		Exponent: p,
		IsPower:  true,
		Starts:   powerStarts(p),
		Domain:   powerDomain(p),
	}
	value := powerValue(p)
	f.Value = value
	switch p {
	case 1:
		f.Derivatives = func(x float64) (float64, float64, float64) { return x, 1, 0 }
	case 2:
		f.Derivatives = func(x float64) (float64, float64, float64) { return x * x, 2 * x, 2 }
	default:
		first, second := powerValue(p-1), powerValue(p-2)
		c2 := p * (p - 1)
		f.Derivatives = func(x float64) (float64, float64, float64) {
			return value(x), p * first(x), c2 * second(x)
		}
	}
	return f
}

// powerValue returns the fastest accurate way to x^p: integer and half-integer
// exponents are products and a square root, an order of magnitude faster than
// math.Pow.
func powerValue(p float64) func(x float64) float64 {
	switch p {
	case 0:
		return func(float64) float64 { return 1 }
	case 1:
		return func(x float64) float64 { return x }
	case 2:
		return func(x float64) float64 { return x * x }
	case 3:
		return func(x float64) float64 { return x * x * x }
	case -1:
		return func(x float64) float64 { return 1 / x }
	case -2:
		return func(x float64) float64 { return 1 / (x * x) }
	case 0.5:
		return math.Sqrt
	case -0.5:
		return func(x float64) float64 { return 1 / math.Sqrt(x) }
	}
	const products = 12
	if n := math.Trunc(p); n == p && math.Abs(p) <= products {
		if n < 0 {
			return func(x float64) float64 { return 1 / intPower(x, int(-n)) }
		}
		return func(x float64) float64 { return intPower(x, int(n)) }
	}
	if n := math.Floor(p); n+0.5 == p && math.Abs(p) <= products {
		if n < 0 { // x^-1.5 = 1/(x sqrt(x))
			return func(x float64) float64 { return 1 / (intPower(x, int(-n-1)) * math.Sqrt(x)) }
		}
		return func(x float64) float64 { return intPower(x, int(n)) * math.Sqrt(x) }
	}
	return func(x float64) float64 { return math.Pow(x, p) }
}

// intPower returns x^n for n >= 0 by repeated squaring.
func intPower(x float64, n int) float64 {
	r := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			r *= x
		}
		x *= x
	}
	return r
}

func powerDomain(p float64) Domain {
	integer := math.Trunc(p) == p
	switch {
	case integer && p > 0:
		return everywhere()
	case integer:
		return exceptZero()
	case p > 0:
		return Domain{Lo: 0, Hi: math.Inf(1)}
	}
	return Domain{Lo: 0, LoOpen: true, Hi: math.Inf(1)}
}

// powerCost charges exponents by how unusual they are.
func powerCost(p float64) float64 {
	switch math.Abs(p) {
	case 1:
		if p > 0 {
			return 0
		}
		return 3
	case 2, 0.5:
		return 3
	case 3:
		return 4
	}
	if num, den, ok := smallFraction(math.Abs(p)); ok {
		return 3 + math.Log2(float64(num)) + math.Log2(float64(den))
	}
	// A general exponent is a constant, charged as such by those who fit it.
	return 4
}
