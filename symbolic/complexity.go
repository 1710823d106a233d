package symbolic

import "math"

// Complexity returns the size of e as it is printed: the number of operators,
// function calls, variables and numbers, each counting 1. The minus of a negative
// number is part of it, any other leading minus is an operator; pi is a number,
// the fraction 1/3 is two numbers and an operator, sqrt is a call.
// m/sqrt(1-(v/c)^2) has 10: m / sqrt 1 - v / c ^ 2. It counts what the printers
// print without building their notation.
func (e *Expr) Complexity() int {
	switch e.kind {
	case KindRational, KindFloat:
		if e.q > 1 && !isDecimal(e.p, e.q) {
			return 3
		}
		return 1
	case KindAdd:
		n := len(e.args) - 1
		negative := 0
		for _, t := range e.args {
			n += t.Complexity()
			if t.isNegative() {
				negative++
				if t.minusIsOperator() {
					n-- // it is the operator before the term
				}
			}
		}
		if negative == len(e.args) && e.args[0].minusIsOperator() {
			n++ // otherwise a term without a sign is printed first
		}
		return n
	case KindMul:
		return productComplexity(e.args)
	case KindPow:
		if e.args[1].isNegativeConst() {
			return productComplexity([]*Expr{e})
		}
		return powerComplexity(e.args[0], e.args[1], 1)
	case KindCall:
		return 1 + e.args[0].Complexity()
	}
	return 1
}

// productComplexity is the size of a product written as a quotient.
func productComplexity(factors []*Expr) int {
	total, above, below := 0, 0, 0
	negative, number := false, false
	for _, f := range factors {
		switch {
		case f.kind == KindRational:
			p := f.p
			if p < 0 {
				negative = !negative
				p = -p
			}
			style := ratioStyleOf(p, f.q)
			if style == styleDecimal || style == styleFraction && p != 1 {
				above++
				total++
				number = number || above == 1
			}
			if style == styleOver || style == styleFraction && f.q != 1 {
				below++
				total++
			}
		case f.kind == KindFloat:
			negative = negative != math.Signbit(f.v)
			above++
			total++
			number = number || above == 1
		case f.kind == KindPow && f.args[1].isNegativeConst():
			below++
			total += powerComplexity(f.args[0], f.args[1], -1)
		default:
			above++
			total += f.Complexity()
		}
	}
	if above == 0 {
		above, total = 1, total+1
		number = true
	}
	if negative && !number {
		total++
	}
	return total + above + below - 1
}

// powerComplexity is the size of base^(sign*exponent), which is not negative if
// it is a number.
func powerComplexity(base, exponent *Expr, sign int64) int {
	p, q, ok := exponent.Rational()
	p *= sign
	switch {
	case ok && p == 1 && q == 1:
		return base.Complexity()
	case ok && p == 1 && q == 2:
		return 1 + base.Complexity()
	case ok && (q == 1 || isDecimal(p, q)):
		return 2 + base.Complexity()
	case ok:
		return 4 + base.Complexity()
	case exponent.kind == KindFloat:
		return 2 + base.Complexity()
	}
	return 1 + base.Complexity() + exponent.Complexity()
}

// isNegative reports whether e is printed with a leading minus.
func (e *Expr) isNegative() bool {
	switch e.kind {
	case KindRational, KindFloat:
		return math.Signbit(e.v)
	case KindMul:
		negative := false
		for _, f := range e.args {
			if (f.kind == KindRational || f.kind == KindFloat) && math.Signbit(f.v) {
				negative = !negative
			}
		}
		return negative
	}
	return false
}

// minusIsOperator reports whether the leading minus of e, if it has one, stands
// before something else than a number.
func (e *Expr) minusIsOperator() bool {
	if e.kind != KindMul {
		return false
	}
	for _, f := range e.args {
		switch {
		case f.kind == KindFloat:
			return false
		case f.kind == KindRational:
			if f.p != 1 && f.p != -1 && ratioStyleOf(f.p, f.q) != styleOver {
				return false
			}
		case f.kind != KindPow || !f.args[1].isNegativeConst():
			return true
		}
	}
	return false // a 1 is printed above the fraction bar
}

func (e *Expr) isNegativeConst() bool {
	return (e.kind == KindRational || e.kind == KindFloat) && e.v < 0
}
