package symbolic

import "math"

// plus returns a+b for numbers other than pi; the sum is free if one of them
// is. ok is false if the sum is not finite.
func plus(a, b *Expr) (*Expr, bool) {
	if a.IsFree() || b.IsFree() {
		return freeValue(a.v + b.v)
	}
	if n, ok := addNumbers(a, b); ok {
		return n, true
	}
	return finiteFloat(a.v + b.v) // beyond 64-bit fractions
}

// times returns a*b under the same conditions.
func times(a, b *Expr) (*Expr, bool) {
	switch {
	case a.IsInt(1):
		return b, true
	case b.IsInt(1):
		return a, true
	case a.IsInt(0) || b.IsInt(0):
		return Int(0), true
	case a.IsFree() || b.IsFree():
		return freeValue(a.v * b.v)
	}
	if n, ok := mulNumbers(a, b); ok {
		return n, true
	}
	return finiteFloat(a.v * b.v)
}

func freeValue(v float64) (*Expr, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, false
	}
	return Free(v), true
}

// exactNumber returns the rational that a fixed decimal is: integers, a half and
// a quarter, and as an exponent any fraction with a small denominator. The value
// stays the same to the last bit.
func exactNumber(e *Expr, exponent bool) *Expr {
	if e.kind != KindFloat || e.free || math.Abs(e.v) > 1<<53 {
		return e
	}
	for _, q := range []int64{1, 2, 4, 3, 5, 10} {
		p := int64(math.Round(e.v * float64(q)))
		if float64(p)/float64(q) != e.v {
			continue
		}
		if q == 1 || exponent || q != 3 && (p == 1 || p == -1) && q <= 4 {
			return Rat(p, q)
		}
	}
	return e
}

// isNumber reports whether e is a number other than pi.
func isNumber(e *Expr) bool { return e.kind == KindRational || e.kind == KindFloat }

// reciprocal returns 1/a for a number that is not 0.
func reciprocal(a *Expr) (*Expr, bool) {
	if a.v == 0 {
		return nil, false
	}
	if a.kind == KindRational {
		if a.p == math.MinInt64 {
			return nil, false
		}
		return Rat(a.q, a.p), true
	}
	if a.free {
		return freeValue(1 / a.v)
	}
	return finiteFloat(1 / a.v)
}

// integerPower returns the rational a^n, not ok if it leaves 64 bits.
func integerPower(a *Expr, n int64) (*Expr, bool) {
	if n < 0 {
		r, ok := reciprocal(a)
		if !ok || n == math.MinInt64 {
			return nil, false
		}
		a, n = r, -n
	}
	if n > 64 && !a.IsInt(1) && !a.IsInt(-1) && !a.IsInt(0) {
		return nil, false
	}
	out := Int(1)
	if a.IsInt(-1) || a.IsInt(1) || a.IsInt(0) {
		n = n%2 + 2
		if a.IsInt(0) {
			return a, true
		}
	}
	for range n {
		var ok bool
		if out, ok = mulNumbers(out, a); !ok {
			return nil, false
		}
	}
	return out, true
}

// radical writes a^(p/q), a > 0 rational and q > 1, as a rational times powers
// of primes with exponents between -1 and 1: sqrt(8) is 2*2^(1/2).
func radical(a *Expr, exponent *Expr) (*Expr, []factor) {
	coefficient := Int(1)
	var fs []factor
	for _, side := range []struct {
		n    int64
		sign int64
	}{{a.p, 1}, {a.q, -1}} {
		n := side.n
		take := func(prime, times int64) {
			// times*p/q = whole + rest, the rest of the sign of the exponent.
			num, ok := mulInt(times*side.sign, exponent.p)
			if !ok {
				fs = append(fs, factor{Int(prime), exponent})
				return
			}
			whole := num / exponent.q
			if w, ok := integerPower(Int(prime), whole); ok {
				if c, ok := mulNumbers(coefficient, w); ok {
					coefficient = c
					num -= whole * exponent.q
				}
			}
			if num != 0 {
				fs = append(fs, factor{Int(prime), Rat(num, exponent.q)})
			}
		}
		for prime := int64(2); prime <= 1000 && prime*prime <= n; prime++ {
			k := int64(0)
			for n%prime == 0 {
				n /= prime
				k++
			}
			if k > 0 {
				take(prime, k)
			}
		}
		if n > 1 {
			// A prime, or a number without small factors; perhaps a square.
			if r, ok := squareRoot(n); ok {
				take(r, 2)
			} else {
				take(n, 1)
			}
		}
	}
	return coefficient, fs
}
