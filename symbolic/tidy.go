package symbolic

import "math"

// tidyAdd is Add without terms 0 and with its exact numbers added up; decimals are
// added up too, unless they are free.
func tidyAdd(terms ...*Expr) *Expr {
	flat := Add(terms...)
	if flat.kind != KindAdd {
		return flat
	}
	number, rest := Int(0), make([]*Expr, 0, len(flat.args))
	for _, t := range flat.args {
		if n, ok := addNumbers(number, t); ok {
			number = n
		} else {
			rest = append(rest, t)
		}
	}
	if number.v == 0 && len(rest) > 0 {
		return Add(rest...)
	}
	return Add(append(rest, number)...)
}

// tidyMul is Mul without factors 1, 0 if a factor is 0, and with its numbers
// multiplied; decimals are multiplied too, unless they are free.
func tidyMul(factors ...*Expr) *Expr {
	flat := Mul(factors...)
	if flat.kind != KindMul {
		return flat
	}
	number, rest := Int(1), make([]*Expr, 1, len(flat.args)+1)
	for _, f := range flat.args {
		if f.IsInt(0) {
			return f
		}
		if n, ok := mulNumbers(number, f); ok {
			number = n
		} else {
			rest = append(rest, f)
		}
	}
	if number.v == 1 {
		return Mul(rest[1:]...)
	}
	rest[0] = number
	return Mul(rest...)
}

// tidyPow is Pow without exponents 0 and 1 and with integer powers of powers
// merged, which holds for every sign: (b^p)^n = b^(p*n) if n is an integer.
func tidyPow(b, p *Expr) *Expr {
	switch {
	case p.IsInt(0):
		return Int(1)
	case p.IsInt(1):
		return b
	case b.IsInt(1):
		return b
	}
	if n, q, ok := p.Rational(); ok && q == 1 && b.kind == KindPow {
		if e, ok := mulNumbers(b.args[1], Int(n)); ok {
			return tidyPow(b.args[0], e)
		}
	}
	return Pow(b, p)
}

// addNumbers returns a+b if both are fixed numbers and the sum is finite, and
// exact if both are.
func addNumbers(a, b *Expr) (*Expr, bool) {
	if !foldable(a) || !foldable(b) {
		return nil, false
	}
	if a.kind == KindRational && b.kind == KindRational {
		x, okx := mulInt(a.p, b.q)
		y, oky := mulInt(b.p, a.q)
		q, okq := mulInt(a.q, b.q)
		s := x + y
		if okx && oky && okq && (s > x) == (y > 0) && s != math.MinInt64 {
			return Rat(s, q), true
		}
		return nil, false
	}
	return finiteFloat(a.v + b.v)
}

// mulNumbers returns a*b under the same conditions.
func mulNumbers(a, b *Expr) (*Expr, bool) {
	if !foldable(a) || !foldable(b) {
		return nil, false
	}
	if a.kind == KindRational && b.kind == KindRational {
		g, h := max(gcd(a.p, b.q), 1), max(gcd(b.p, a.q), 1)
		p, okp := mulInt(a.p/g, b.p/h)
		q, okq := mulInt(a.q/h, b.q/g)
		if okp && okq {
			return Rat(p, q), true
		}
		return nil, false
	}
	return finiteFloat(a.v * b.v)
}

// foldable reports whether e is a number that may be computed with: not free,
// and not pi, which would lose its name.
func foldable(e *Expr) bool {
	return e.kind == KindRational || (e.kind == KindFloat && !e.free)
}

func finiteFloat(v float64) (*Expr, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, false
	}
	return Float(v), true
}

// mulInt is a*b, not ok if it overflows.
func mulInt(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	p := a * b
	if a == math.MinInt64 || b == math.MinInt64 || p/b != a || p == math.MinInt64 {
		return 0, false
	}
	return p, true
}
