package symbolic

import (
	"math"
	"slices"
	"strconv"
)

// form is an exact candidate for a constant.
type form struct {
	node *Expr
	bits float64
}

// formsNear returns the exact forms within tol of c, fewest bits first.
func formsNear(c, tol float64) []form {
	var out []form
	add := func(e *Expr) {
		if v := constValue(e); math.Abs(v-c) <= tol {
			// The constant is a symbol of the formula whatever its form.
			out = append(out, form{e, e.Bits(1) - symbolBits})
		}
	}
	if math.Abs(c) <= tol {
		add(Int(0))
	}
	if c == 0 {
		return out
	}
	rel := tol / math.Abs(c)
	mag := math.Abs(c)
	sign := func(e *Expr) *Expr {
		if c < 0 {
			return Neg(e)
		}
		return e
	}
	half := Rat(1, 2)
	// Fractions, and square roots of fractions, times powers of sqrt(pi).
	for _, k := range []int64{0, 2, -2, 1, -1, 4, -4, 3, -3, 6, -6} {
		unit := math.Pow(math.Pi, float64(k)/2)
		power := Pow(Pi(), Rat(k, 2))
		if k == 0 {
			power = one
		} else if k == 2 {
			power = Pi()
		}
		t := mag / unit
		if r, ok := simplestFraction(t, rel*t); ok && k%2 == 0 {
			add(sign(compactNumber(Mul(r, power))))
		}
		// sqrt(r)*pi^(k/2) = sqrt(r*pi^k)
		if r, ok := simplestFraction(t*t, 2*rel*t*t); ok {
			if root := (&simplifier{}).power(r, half); !root.IsConst() || k%2 != 0 {
				add(sign(compactNumber(Mul(root, power))))
			}
		}
	}
	// Fractions times e or 1/e, and exp of fractions.
	if f, ok := builtinFunc("exp"); ok {
		for _, k := range []int64{1, -1} {
			t := mag * math.Exp(float64(-k))
			if r, ok := simplestFraction(t, rel*t); ok {
				add(sign(compactNumber(Mul(r, Call(f, Int(k))))))
			}
		}
		if l := math.Log(mag); math.Abs(l) > 2*rel {
			if r, ok := simplestFraction(math.Abs(l), rel); ok {
				if l < 0 {
					r = Neg(r)
				}
				add(sign(Call(f, r)))
			}
		}
	}
	// Fractions times logarithms of 2 and 10 and powers of these: half-lives,
	// decades, bits.
	if f, ok := builtinFunc("log"); ok {
		for _, n := range []int64{2, 10} {
			for _, k := range []int64{1, -1, 2, -2} {
				unit := math.Pow(math.Log(float64(n)), float64(k))
				t := mag / unit
				if r, ok := simplestFraction(t, rel*t); ok {
					add(sign(compactNumber(Mul(r, Pow(Call(f, Int(n)), Int(k))))))
				}
			}
		}
	}
	add(shortestDecimal(c, tol))
	if over := shortestDecimal(1/c, rel/mag); over.kind == KindFloat {
		if e, ok := decimalFraction(over.v); ok {
			if r, ok := reciprocal(e); ok {
				add(r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b form) int {
		switch {
		case a.bits < b.bits:
			return -1
		case a.bits > b.bits:
			return 1
		}
		return 0
	})
	return out
}

// compactNumber simplifies a constant.
func compactNumber(e *Expr) *Expr { return Simplify(e, SimplifyOptions{}) }

// maxDenominator bounds fractions: beyond it a decimal says more.
const maxDenominator = 1000

// simplestFraction returns the fraction of least denominator within tol of
// x > 0, by continued fractions (the Stern-Brocot tree). It is not ok if numerator
// or denominator would be large.
func simplestFraction(x, tol float64) (*Expr, bool) {
	if !(x > 0) || math.IsInf(x, 0) || x >= 1<<53 {
		return nil, false
	}
	p, q, ok := simplestBetween(x-tol, x+tol, 64)
	if !ok || q > maxDenominator || p < 1 {
		return nil, false
	}
	return Rat(int64(p), int64(q)), true
}

// simplestBetween returns the fraction of least denominator in [lo, hi].
func simplestBetween(lo, hi float64, depth int) (p, q float64, ok bool) {
	if lo <= 0 {
		return 0, 1, true
	}
	whole := math.Ceil(lo)
	if whole <= hi {
		return whole, 1, true
	}
	if depth == 0 {
		return 0, 0, false
	}
	whole--
	p, q, ok = simplestBetween(1/(hi-whole), 1/(lo-whole), depth-1)
	if !ok || p == 0 {
		return 0, 0, false
	}
	p, q = q+whole*p, p
	return p, q, p < 1<<53 && q < 1<<53
}

// shortestDecimal returns the decimal with the fewest digits within tol of c.
func shortestDecimal(c, tol float64) *Expr {
	for digits := range 17 {
		text := strconv.FormatFloat(c, 'e', digits, 64)
		v, err := strconv.ParseFloat(text, 64)
		if err == nil && math.Abs(v-c) <= tol {
			return exactNumber(Float(v), false)
		}
	}
	return Float(c)
}

// decimalFraction returns the fraction that a decimal of a few digits is.
func decimalFraction(v float64) (*Expr, bool) {
	for q := int64(1); q <= 1_000_000_000_000; q *= 10 {
		p := math.Round(v * float64(q))
		if math.Abs(p) >= 1<<53 {
			break
		}
		if p/float64(q) == v {
			return Rat(int64(p), q), p != 0
		}
	}
	return nil, false
}
