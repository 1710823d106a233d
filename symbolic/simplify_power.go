package symbolic

import "math"

// power returns the normal form of base^exponent, both in normal form.
func (s *simplifier) power(base, exponent *Expr) *Expr {
	switch {
	case exponent.IsInt(0) || base.IsInt(1):
		return one
	case exponent.IsInt(1):
		return base
	case base.IsInt(0) && exponent.IsConst() && exponent.v > 0 && !exponent.IsFree():
		return base
	}
	if e := foldFree(Pow(base, exponent)); e.IsFree() {
		return e
	}
	if e := s.numericPower(base, exponent); e != nil {
		return e
	}
	switch {
	case isExp(base):
		return s.call(base.fn, s.product([]*Expr{base.args[0], exponent}))
	case base.kind == KindPow:
		if e := s.powerOfPower(base, exponent); e != nil {
			return e
		}
	case base.kind == KindMul:
		if e := s.powerOfProduct(base, exponent); e != nil {
			return e
		}
	case base.kind == KindAdd:
		if e := s.powerOfSum(base, exponent); e != nil {
			return e
		}
	case base.kind == KindCall && base.fn.Name == "abs" && evenInteger(exponent):
		return s.power(base.args[0], exponent)
	case base.kind == KindCall && base.fn.Name == "sqrt":
		return s.power(s.power(base.args[0], Rat(1, 2)), exponent)
	}
	return Pow(base, exponent)
}

// numberPower is numericPower for numbers that fold into a number.
func numberPower(base, exponent *Expr) (*Expr, bool) {
	if base.kind == KindRational {
		return integerPower(base, exponent.p)
	}
	v := math.Pow(base.v, exponent.v)
	if base.free {
		return freeValue(v)
	}
	return finiteFloat(v)
}

// numericPower folds a power of numbers; nil if it stays.
func (s *simplifier) numericPower(base, exponent *Expr) *Expr {
	p, q, exact := exponent.Rational()
	switch {
	case base.kind == KindRational && exact && q == 1 && base.p != 0:
		if e, ok := integerPower(base, p); ok {
			return e
		}
	case base.kind == KindFloat && !base.free && exact && q == 1 && base.v != 0:
		if e, ok := finiteFloat(math.Pow(base.v, exponent.v)); ok && e.v != 0 {
			return e
		}
	case base.kind == KindRational && exact && base.p > 0:
		c, fs := radical(base, exponent)
		f := factors{number: c, list: fs}
		s.absorbRoots(&f)
		return f.expr()
	}
	return nil
}

func evenInteger(e *Expr) bool {
	p, q, ok := e.Rational()
	return ok && q == 1 && p%2 == 0
}

func isInteger64(e *Expr) bool { return e.kind == KindRational && e.q == 1 }

// powerOfPower merges (u^a)^b where it holds for the signs of u; nil otherwise.
func (s *simplifier) powerOfPower(base, b *Expr) *Expr {
	u, a := base.args[0], base.args[1]
	if hasFree(a) && hasFree(b) && (hasVar(a) || hasVar(b)) {
		return nil
	}
	r := s.rangeOf(u)
	merged := func(u *Expr) *Expr { return s.power(u, s.product([]*Expr{a, b})) }
	switch {
	case isInteger64(b) || r.nonNegative():
		return merged(u)
	case !a.IsConst() || !b.IsConst():
		return nil
	case !isInteger64(a) && !a.IsFree():
		// A fractional power is real for u >= 0 only.
		return merged(u)
	case isInteger64(a) && !evenInteger(a):
		if b.kind == KindRational && !b.IsFree() {
			// u^3 to a fractional power is real for u >= 0 only.
			return merged(u)
		}
	case evenInteger(a) && r.nonPositive():
		return merged(s.product([]*Expr{minusOne, u}))
	case evenInteger(a):
		if abs, ok := builtinFunc("abs"); ok {
			return merged(s.call(abs, u))
		}
	}
	return nil
}

// powerOfProduct takes out of (u*v)^b what may be taken out; nil if nothing.
func (s *simplifier) powerOfProduct(base, b *Expr) *Expr {
	f := split(base)
	if len(f.list) == 1 && f.number.IsInt(-1) && !isInteger64(b) {
		// (-u)^b stays; (-u^k)^b with odd k is real where u <= 0 only, and
		// (-u)^(k*b) there.
		if g := f.list[0]; isInteger64(g.exponent) && !evenInteger(g.exponent) && !g.exponent.IsInt(1) && b.IsConst() && !b.IsFree() {
			return s.power(s.product([]*Expr{minusOne, g.base}), s.product([]*Expr{g.exponent, b}))
		}
		return nil
	}
	if hasFree(b) {
		// Only a free number may leave: anything else would need b twice.
		if f.number.IsFree() && f.number.v > 0 && b.IsFree() {
			if c, ok := freeValue(math.Pow(f.number.v, b.v)); ok && c.v != 0 {
				f.number = one
				return s.product([]*Expr{c, s.power(f.expr(), b)})
			}
		}
		return nil
	}
	if isInteger64(b) {
		out := make([]*Expr, 0, len(f.list)+1)
		out = append(out, s.power(f.number, b))
		for _, g := range f.list {
			out = append(out, s.power(g.base, s.product([]*Expr{g.exponent, b})))
		}
		return s.product(out)
	}
	if !b.IsConst() {
		return nil
	}
	// A root: factors known to be positive may leave, and when one is left,
	// it is not negative either. Pairs of negative factors are positive.
	var out, unknown []*Expr
	flip := f.number.v < 0
	if c := f.number; !c.IsInt(1) && c.v != 0 {
		if flip {
			c = Neg(c)
		}
		if !c.IsInt(1) {
			out = append(out, s.power(c, b))
		}
	}
	for _, g := range f.list {
		e := g.expr()
		switch r := s.rangeOf(e); {
		case r.positive() || r.nonNegative():
			out = append(out, s.power(e, b))
		case r.negative() || r.nonPositive():
			out = append(out, s.power(s.product([]*Expr{minusOne, e}), b))
			flip = !flip
		default:
			unknown = append(unknown, e)
		}
	}
	if len(out) == 0 {
		return nil
	}
	if len(unknown) == 0 && flip {
		return nil // the root of something negative: nowhere finite but at 0
	}
	if len(unknown) > 0 {
		if flip {
			unknown = append(unknown, minusOne)
		}
		rest := s.product(unknown)
		if rest.kind == KindMul {
			out = append(out, Pow(rest, b))
		} else {
			out = append(out, s.power(rest, b))
		}
	}
	return s.product(out)
}

// powerOfSum takes a common number out of (2u+2v)^b; nil if there is none.
func (s *simplifier) powerOfSum(base, b *Expr) *Expr {
	if b.kind != KindRational {
		return nil
	}
	c, rest := s.content(base, false, b.q == 1)
	if c.IsInt(1) {
		return nil
	}
	if b.q != 1 && c.v < 0 {
		return nil
	}
	if rest.kind == KindAdd {
		return s.product([]*Expr{s.power(c, b), Pow(rest, b)})
	}
	return s.product([]*Expr{s.power(c, b), s.power(rest, b)})
}
