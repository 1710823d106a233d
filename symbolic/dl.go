package symbolic

import (
	"math"
	"strconv"
	"strings"
)

// symbolBits is what it takes to say which kind of symbol comes next in a
// formula in prefix notation: one of + - * / ^ minus, sqrt, another function, a
// variable, an exact number, a decimal, pi.
var symbolBits = math.Log2(12)

// Bits returns the description length of e in bits: every symbol of the printed
// formula costs log2(12), a function its Cost, a variable log2(nvars), an
// integer Rissanen's universal code (A universal prior for integers, Annals of
// Statistics 11, 1983), a fixed decimal log2(10) a digit. A fraction is one
// symbol and two integers, a negative number one symbol. Values of free constants
// are not included: see DescriptionLength.
func (e *Expr) Bits(nvars int) float64 {
	return float64(e.Complexity())*symbolBits + e.valueBits(math.Log2(float64(max(nvars, 1))), KindAdd)
}

// valueBits returns what the symbols of e cost beyond being there. parent is
// the kind of node that e is an argument of, KindPow for an exponent.
func (e *Expr) valueBits(variable float64, parent Kind) float64 {
	switch e.kind {
	case KindVar:
		return variable
	case KindFloat:
		if e.free {
			return 0
		}
		return numeralBits(e.v)
	case KindRational:
		return rationalValueBits(e.p, e.q) - symbolBits*e.extraSymbols(parent)
	}
	var bits float64
	if e.kind == KindCall {
		bits = e.fn.Cost
	}
	for i, a := range e.args {
		kind := e.kind
		if kind == KindPow && i == 0 {
			kind = KindAdd
		}
		bits += a.valueBits(variable, kind)
	}
	return bits
}

// extraSymbols is how many symbols Complexity counts for a rational beyond one.
func (e *Expr) extraSymbols(parent Kind) float64 {
	switch parent {
	case KindPow:
		sign := int64(1)
		if e.p < 0 {
			sign = -1 // below a fraction bar
		}
		if extra := powerComplexity(piNode, e, sign) - 3; extra > 0 {
			return float64(extra)
		}
		return 0
	case KindMul:
		if e.q > 1 && e.p != 1 && e.p != -1 && ratioStyleOf(e.p, e.q) == styleFraction {
			return 2
		}
		return 0
	}
	return float64(e.Complexity() - 1)
}

// DescriptionLength returns the bits that it takes to transmit n values of the
// target by way of e: what e leaves of the data, e itself, and its free
// constants (minimum description length; Rissanen, Modeling by shortest data
// description, Automatica 14, 1978; for formulas Udrescu et al., AI Feynman 2.0,
// NeurIPS 2020).
//
//	data       n/2 log2(max(sse/n, f^2)/f^2)      f = noiseFloor
//	structure  e.Bits(nvars)
//	constants  k (1/2 log2 n + log2(scale/s))     s^2 = max(sse/n, f^2)
//
// sse is the sum of squared residuals. noiseFloor, in units of the target, is
// the error that rounding alone makes; it is taken to be 2^-43 (about 1e-13) of
// the target's scale. The data part is 0 for a formula that reproduces the data
// to rounding. If noiseFloor is 0 it is left out, the data part may be negative,
// and a constant costs 1/2 log2 n. It is comparable between formulas for the
// same data and the same noiseFloor. It is +Inf if sse is NaN or infinite.
func DescriptionLength(e *Expr, sse float64, n int, noiseFloor float64, nvars int) float64 {
	if math.IsNaN(sse) || math.IsInf(sse, 0) || sse < 0 {
		return math.Inf(1)
	}
	rows := float64(max(n, 1))
	s := max(math.Sqrt(sse/rows), noiseFloor)
	k := float64(len(e.FreeValues()))
	constant := 0.5 * math.Log2(rows)
	var data float64
	switch {
	case noiseFloor > 0:
		over := math.Log2(s / noiseFloor)
		data = rows * over
		constant += max(floorBits-over, 0)
	case s > 0:
		data = rows * math.Log2(s)
	default:
		data = rows * -1074 // an error of 0 without a floor: the smallest float64
	}
	return data + e.Bits(nvars) + k*constant
}

// floorBits is how far below the scale of the target rounding begins, in bits.
const floorBits = 43

// integerBits is the length of Rissanen's universal code for |n| plus, where
// it matters, a sign: log2*(n) + log2(2.865).
func integerBits(n int64) float64 {
	x := math.Abs(float64(n))
	bits := math.Log2(2.865064)
	for x = math.Log2(max(x, 1)); x > 0; x = math.Log2(x) {
		bits += x
	}
	return bits
}

func rationalBits(p, q int64) float64 {
	if q == 1 {
		return integerBits(p)
	}
	return integerBits(p) + integerBits(q)
}

// numeralBits is the length of a decimal fraction: its significant digits, how
// many they are, and where the point is.
func numeralBits(v float64) float64 {
	text := strconv.FormatFloat(math.Abs(v), 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	digits := len(strings.Replace(mantissa, ".", "", 1))
	exp, _ := strconv.Atoi(exponent)
	return float64(digits)*math.Log2(10) + integerBits(int64(digits)) + integerBits(int64(exp)+1)
}
