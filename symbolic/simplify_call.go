package symbolic

import (
	"math"

	"github.com/kansym/kansym/library"
)

// builtinFunc returns the built-in function of a name.
func builtinFunc(name string) (*library.Func, bool) { return library.Lookup(name) }

// isBuiltin reports whether f is the built-in function of its name: a user may
// have given the name to another one.
func isBuiltin(f *library.Func) bool {
	b, ok := library.Lookup(f.Name)
	return ok && b == f
}

// call returns the normal form of f(u), u in normal form.
func (s *simplifier) call(f *library.Func, u *Expr) *Expr {
	if e := foldFree(Call(f, u)); e.IsFree() {
		return e
	}
	if !isBuiltin(f) {
		return Call(f, u)
	}
	if u.IsInt(0) {
		switch f.Name {
		case "sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "cbrt", "erf", "abs", "sign", "sqrt":
			return u
		case "cos", "exp", "cosh":
			return one
		}
	}
	switch f.Name {
	case "sin", "cos", "tan":
		return s.trig(f, u)
	case "asin", "atan", "sinh", "tanh", "asinh", "cbrt", "erf":
		if v, flipped := s.flip(u); flipped {
			return s.product([]*Expr{minusOne, Call(f, v)})
		}
	case "cosh":
		if v, flipped := s.flip(u); flipped {
			return Call(f, v)
		}
	case "abs", "sign":
		return s.absolute(f, u)
	case "sqrt":
		return s.power(u, Rat(1, 2))
	case "exp":
		return s.exponential(f, u)
	case "log":
		return s.logarithm(f, u)
	}
	return Call(f, u)
}

// flip returns -u if u begins with a minus sign in canonical order.
func (s *simplifier) flip(u *Expr) (*Expr, bool) {
	first := u
	if u.kind == KindAdd {
		first = u.args[0]
	}
	if split(first).number.v >= 0 {
		return u, false
	}
	return s.product([]*Expr{minusOne, u}), true
}

// trig makes the argument begin without a minus sign and removes quarter turns.
func (s *simplifier) trig(f *library.Func, u *Expr) *Expr {
	sign := int64(1)
	if v, flipped := s.flip(u); flipped {
		u = v
		if f.Name != "cos" {
			sign = -1
		}
	}
	rest, quarters := s.quarterTurns(u)
	sin, _ := builtinFunc("sin")
	cos, _ := builtinFunc("cos")
	switch f.Name {
	case "tan":
		if quarters%2 == 0 {
			u = rest
		}
		if u.IsInt(0) {
			return u
		}
		return s.signed(sign, Call(f, u))
	case "cos":
		quarters++ // cos(u) = sin(u+pi/2)
	}
	quarters &= 3
	if quarters >= 2 {
		sign = -sign
	}
	f = sin
	if quarters%2 == 1 {
		f = cos
	}
	if v, flipped := s.flip(rest); flipped {
		rest = v
		if f == sin {
			sign = -sign
		}
	}
	if rest.IsInt(0) {
		if f == sin {
			return rest
		}
		return Int(sign)
	}
	return s.signed(sign, Call(f, rest))
}

func (s *simplifier) signed(sign int64, e *Expr) *Expr {
	if sign < 0 {
		return s.product([]*Expr{minusOne, e})
	}
	return e
}

// quarterTurns splits multiples of pi/2 off a sum, and whole turns off a free
// phase.
func (s *simplifier) quarterTurns(u *Expr) (rest *Expr, quarters int64) {
	terms := []*Expr{u}
	if u.kind == KindAdd {
		terms = u.args
	}
	var kept []*Expr
	for _, t := range terms {
		f := split(t)
		if p, q, ok := f.number.Rational(); ok && len(f.list) == 1 && f.list[0].base.kind == KindPi && f.list[0].exponent.IsInt(1) {
			// p/q pi = (n/2 + r) pi with |r| < 1/2
			if twice, ok := mulInt(p, 2); ok {
				n := twice / q
				quarters += n & 3
				if twice%q != 0 {
					kept = append(kept, s.product([]*Expr{Rat(twice-n*q, 2*q), Pi()}))
				}
				continue
			}
		}
		if t.IsFree() && len(terms) > 1 && math.Abs(t.v) > math.Pi && math.Abs(t.v) < 1e6 {
			t = Free(math.Remainder(t.v, 2*math.Pi))
		}
		kept = append(kept, t)
	}
	return s.sum(kept), quarters
}

func (s *simplifier) absolute(f *library.Func, u *Expr) *Expr {
	r := s.rangeOf(u)
	sign := f.Name == "sign"
	switch {
	case r.positive() && sign:
		return one
	case r.negative() && sign:
		return minusOne
	case r.nonNegative() && !sign:
		return u
	case r.nonPositive() && !sign:
		return s.product([]*Expr{minusOne, u})
	}
	if u.kind == KindCall && u.fn == f {
		return u
	}
	// Factors of known sign leave.
	p := split(u)
	if len(p.list) == 0 {
		return Call(f, u)
	}
	var out, unknown []*Expr
	if c := p.number; !c.IsInt(1) && c.v != 0 && !(sign && c.IsFree()) {
		switch {
		case sign && c.v < 0:
			out = append(out, minusOne)
		case sign:
		case c.v < 0:
			out = append(out, Neg(c))
		default:
			out = append(out, c)
		}
		p.number = one
	} else if sign && c.IsFree() {
		return Call(f, u)
	}
	for _, g := range p.list {
		e := g.expr()
		switch r := s.rangeOf(e); {
		case r.positive():
			if !sign {
				out = append(out, e)
			}
		case r.negative():
			out = append(out, minusOne)
			if !sign {
				out = append(out, e)
			}
		default:
			unknown = append(unknown, e)
		}
	}
	rest := factors{number: p.number}
	for _, e := range unknown {
		s.multiply(&rest, e)
	}
	inner := rest.expr()
	if v, flipped := s.flip(inner); flipped {
		inner = v
		if sign {
			out = append(out, minusOne)
		}
	}
	return s.product(append(out, Call(f, inner)))
}

// exponential takes logarithms and free constants out of exp.
func (s *simplifier) exponential(f *library.Func, u *Expr) *Expr {
	terms := []*Expr{u}
	if u.kind == KindAdd {
		terms = u.args
	}
	var out, kept []*Expr
	for _, t := range terms {
		if e := s.expOfLog(t); e != nil {
			out = append(out, e)
			continue
		}
		if t.IsFree() && len(terms) > 1 {
			if c, ok := freeValue(math.Exp(t.v)); ok && c.v != 0 {
				out = append(out, c)
				continue
			}
		}
		kept = append(kept, t)
	}
	if len(out) == 0 {
		return Call(f, u)
	}
	if len(kept) > 0 {
		out = append(out, Call(f, s.sum(kept)))
	}
	return s.product(out)
}

// expOfLog returns v^c for c*log(v), nil for other terms.
func (s *simplifier) expOfLog(t *Expr) *Expr {
	p := split(t)
	for i, g := range p.list {
		if g.base.kind == KindCall && g.base.fn.Name == "log" && isBuiltin(g.base.fn) && g.exponent.IsInt(1) {
			rest := factors{number: p.number}
			rest.list = append(append(rest.list, p.list[:i]...), p.list[i+1:]...)
			return s.power(g.base.args[0], rest.expr())
		}
	}
	return nil
}

// logarithm takes exponents, exponentials and free factors out of log.
func (s *simplifier) logarithm(f *library.Func, u *Expr) *Expr {
	if u.IsInt(1) {
		return Int(0)
	}
	p := split(u)
	var out []*Expr
	// The logarithm is finite for u > 0 only.
	if p.number.IsFree() && p.number.v > 0 && len(p.list) > 0 {
		out = append(out, Free(math.Log(p.number.v)))
		p.number = one
	}
	list := p.list[:0:0]
	for _, g := range p.list {
		if isExp(g.base) && g.exponent.IsInt(1) {
			out = append(out, g.base.args[0])
			continue
		}
		list = append(list, g)
	}
	p.list = list
	if len(p.list) == 1 && p.number.IsInt(1) && !p.list[0].exponent.IsInt(1) {
		g := p.list[0]
		r := s.rangeOf(g.base)
		switch {
		case r.nonNegative() || !evenInteger(g.exponent):
			if r.nonNegative() || g.exponent.kind == KindRational || g.exponent.v != math.Trunc(g.exponent.v) {
				out = append(out, s.product([]*Expr{g.exponent, s.call(f, g.base)}))
				return s.sum(out)
			}
		case r.nonPositive():
			out = append(out, s.product([]*Expr{g.exponent, s.call(f, s.product([]*Expr{minusOne, g.base}))}))
			return s.sum(out)
		}
	}
	if len(out) == 0 {
		return Call(f, u)
	}
	if rest := p.expr(); !rest.IsInt(1) {
		out = append(out, s.call(f, rest))
	}
	return s.sum(out)
}
