package symbolic

import (
	"math/big"
	"slices"
)

// fraction is a rational function taken apart: a polynomial times powers of
// other polynomials that are primitive and no constants.
type fraction struct {
	num  polynomial
	list []polyPower
}

type polyPower struct {
	p polynomial
	k int // not 0
}

// maxExponent bounds the powers of sums.
const maxExponent = 12

func (f *fraction) multiply(p polynomial, k int) bool {
	if p.isConstant() {
		c := p[unitMonomial]
		if c == nil {
			return false // 0, or division by it
		}
		if k < 0 {
			c, k = new(big.Rat).Inv(c), -k
		}
		for range k {
			f.num = f.num.times(c)
		}
		return true
	}
	content, p := p.primitive()
	if !f.multiply(constantPoly(content), k) {
		return false
	}
	for i := range f.list {
		if f.list[i].p.equal(p) {
			f.list[i].k += k
			if f.list[i].k == 0 {
				f.list = slices.Delete(f.list, i, i+1)
			}
			return true
		}
	}
	f.list = append(f.list, polyPower{p, k})
	return true
}

// fraction writes e, a normal form, as a rational function of atoms; not ok if
// it is too large.
func (r *ring) fraction(e *Expr) (fraction, bool) {
	f := fraction{num: constantPoly(big.NewRat(1, 1))}
	switch e.kind {
	case KindRational:
		f.num = constantPoly(big.NewRat(e.p, e.q))
		return f, true
	case KindAdd:
		return r.fractionOfSum(e)
	case KindMul:
		for _, a := range e.args {
			g, ok := r.fraction(a)
			if !ok {
				return f, false
			}
			if len(g.num) == 0 {
				return g, true
			}
			// A sum stays a factor of its own.
			if !f.multiply(g.num, 1) {
				return f, false
			}
			for _, h := range g.list {
				if !f.multiply(h.p, h.k) {
					return f, false
				}
			}
		}
		return f, true
	case KindPow:
		if n, k := e.args[0], e.args[1]; isInteger64(k) && max(k.p, -k.p) <= maxExponent {
			g, ok := r.fraction(n)
			if !ok || len(g.num) == 0 {
				return f, false
			}
			for _, h := range append(g.list, polyPower{g.num, 1}) {
				if !f.multiply(h.p, h.k*int(k.p)) {
					return f, false
				}
			}
			return f, true
		}
	}
	e, k := r.exponentialPower(e)
	atom := r.atom(e)
	if atom < 0 {
		return f, false
	}
	return f, f.multiply(polynomial{monomialOf(atom, 1): big.NewRat(1, 1)}, k)
}

// exponentialPower writes exp(k*u) as exp(u)^k where exponentials found by
// exponentials are powers of exp(u), so that they are powers of one atom;
// otherwise it returns e and 1.
func (r *ring) exponentialPower(e *Expr) (*Expr, int) {
	if e.kind == KindCall {
		primitive, k := r.content(e.args[0])
		if base := r.exponents[primitive.hash]; base > 1 || base == 1 && k != 1 {
			if e.fn.Name == "exp" && isBuiltin(e.fn) {
				return Call(e.fn, r.s.normal(Mul(Int(base), primitive))), int(k / base)
			}
		}
	}
	return e, 1
}

// exponentials notes for the exponentials in e whose arguments are multiples of
// each other their common divisor.
func (r *ring) exponentials(e *Expr) {
	r.exponents = map[uint64]int64{}
	e.Walk(func(n *Expr) bool {
		if n.kind == KindCall && n.fn.Name == "exp" && isBuiltin(n.fn) {
			primitive, k := r.content(n.args[0])
			if k != 0 && max(k, -k) <= maxExponent {
				r.exponents[primitive.hash] = gcd(r.exponents[primitive.hash], k)
			} else {
				r.exponents[primitive.hash] = 1
			}
		}
		return true
	})
}

// content divides e by the integer that is common to its terms; the sign is that
// of the first.
func (r *ring) content(e *Expr) (primitive *Expr, k int64) {
	terms := []*Expr{e}
	if e.kind == KindAdd {
		terms = e.args
	}
	factor := func(t *Expr) int64 {
		if i := slices.IndexFunc(t.args, isInteger64); t.kind == KindMul && i >= 0 {
			return t.args[i].p
		}
		if isInteger64(t) {
			return t.p
		}
		return 1
	}
	for _, t := range terms {
		k = gcd(k, factor(t))
	}
	if factor(terms[0]) < 0 {
		k = -k
	}
	if k == 1 || k == 0 {
		return e, 1
	}
	return r.s.normal(Mul(Rat(1, k), e)), k
}

// fractionOfSum brings terms to a common denominator.
func (r *ring) fractionOfSum(e *Expr) (fraction, bool) {
	terms := make([]fraction, len(e.args))
	sum := fraction{num: polynomial{}}
	for i, a := range e.args {
		var ok bool
		if terms[i], ok = r.fraction(a); !ok {
			return sum, false
		}
		for _, h := range terms[i].list {
			if h.k >= 0 {
				continue
			}
			known := false
			for j := range sum.list {
				if sum.list[j].p.equal(h.p) {
					sum.list[j].k = min(sum.list[j].k, h.k)
					known = true
				}
			}
			if !known {
				sum.list = append(sum.list, h)
			}
		}
	}
	for _, t := range terms {
		t.list = slices.Clone(t.list)
		for _, h := range sum.list {
			if !t.multiply(h.p, -h.k) {
				return sum, false
			}
		}
		p, ok := t.expand()
		if !ok {
			return sum, false
		}
		sum.num = sum.num.plus(p)
	}
	return sum.reduced(), len(sum.num) <= maxTerms
}

// expand multiplies out; not ok if there is a denominator or the polynomial is
// too large.
func (f fraction) expand() (polynomial, bool) {
	p := f.num
	for _, h := range f.list {
		if h.k < 0 {
			return nil, false
		}
		q, ok := h.p.power(h.k)
		if !ok {
			return nil, false
		}
		if p, ok = p.product(q); !ok {
			return nil, false
		}
	}
	return p, true
}

// reduced cancels what the numerator has of the denominators.
func (f fraction) reduced() fraction {
	out := fraction{num: f.num}
	for _, h := range f.list {
		for h.k < 0 {
			q, ok := out.num.quotient(h.p)
			if !ok {
				break
			}
			out.num = q
			h.k++
		}
		if h.k != 0 {
			out.list = append(out.list, h)
		}
	}
	return out
}

// split parts f into a numerator, multiplied out, and the denominators with
// positive powers.
func (f fraction) split() (num polynomial, den []polyPower, ok bool) {
	above := fraction{num: f.num}
	for _, h := range f.list {
		if h.k > 0 {
			above.list = append(above.list, h)
		} else {
			den = append(den, polyPower{h.p, -h.k})
		}
	}
	num, ok = above.expand()
	return num, den, ok
}

// rationalForms returns other ways to write e; work is what is left of maxWork.
func (s *simplifier) rationalForms(e *Expr, work *int) []*Expr {
	r := &ring{s: s, work: work}
	e = s.normal(e)
	r.exponentials(e)
	f, ok := r.fraction(e)
	if !ok || len(f.num) == 0 {
		return nil
	}
	var out []*Expr
	add := func(e *Expr) {
		if e != nil {
			out = append(out, e)
		}
	}
	add(r.written(f))
	num, den, ok := f.split()
	if !ok {
		return out
	}
	whole := fraction{num: num}
	for _, h := range den {
		whole.list = append(whole.list, polyPower{h.p, -h.k})
	}
	add(r.written(whole.reduced()))
	for _, form := range r.dividedForms(num, den, 2) {
		add(form)
	}
	return out
}

// dividedForms writes num over den as a sum of two parts, one of which has less
// of the denominator. depth bounds how often a part is divided again.
func (r *ring) dividedForms(num polynomial, den []polyPower, depth int) []*Expr {
	var out []*Expr
	common := num.common()
	monomial := polynomial{common: big.NewRat(1, 1)}
	inner, _ := num.quotient(monomial)
	factor, _ := r.expr(monomial)
	try := func(q polynomial, rest []polyPower) {
		out = append(out, r.dividedBy(num, q, rest, den, depth)...)
		if common == unitMonomial {
			return
		}
		for _, e := range r.dividedBy(inner, q, rest, den, depth) {
			if e = joined(factor, e); e != nil {
				out = append(out, e)
			}
		}
	}
	for i, h := range den {
		if len(h.p) < 2 {
			continue // Simplify has seen what terms over a monomial are
		}
		rest := slices.Clone(den)
		if rest[i].k--; rest[i].k == 0 {
			rest = slices.Delete(rest, i, i+1)
		}
		try(h.p, rest)
	}
	if len(den) > 1 || len(den) == 1 && den[0].k > 1 {
		if q, ok := (fraction{num: constantPoly(big.NewRat(1, 1)), list: den}).expand(); ok {
			try(q, nil)
		}
	}
	return out
}

// dividedBy splits p/den, where den is q*rest, into s/rest+t/den, p = s*q+t: in
// each atom of q by long division, in each other atom by taking to s the
// coefficients that q divides.
func (r *ring) dividedBy(p, q polynomial, rest, den []polyPower, depth int) []*Expr {
	var out []*Expr
	for atom := range r.atoms {
		var s, t polynomial
		var ok bool
		if q.degree(atom) > 0 {
			s, t, ok = p.divide(q, atom)
		} else {
			s, t, ok = p.divideCoefficients(q, atom)
		}
		const readable = 16
		if !ok || len(s) == 0 || len(t) == 0 || len(s)+len(t) > readable {
			continue
		}
		left := over(t, den)
		x, y := r.written(over(s, rest)), r.written(left)
		if x == nil || y == nil {
			continue
		}
		if n, d, ok := left.split(); ok && len(n) > 1 && depth > 0 {
			for _, z := range r.dividedForms(n, d, depth-1) {
				if z.Complexity() < y.Complexity() {
					y = z
				}
			}
		}
		sum := Add(sortedTerms(Add(x, y).args)...)
		out = append(out, r.s.compact(sum), sum)
	}
	return out
}

// divideCoefficients returns s and rest with p = s*q+rest, for a q without the
// atom: s has those coefficients of the powers of the atom that q divides.
func (p polynomial) divideCoefficients(q polynomial, atom int) (s, rest polynomial, ok bool) {
	s, rest = polynomial{}, polynomial{}
	for k, c := range p.coefficients(atom) {
		power := polynomial{monomialOf(atom, k): big.NewRat(1, 1)}
		d, divides := c.quotient(q)
		if !divides {
			d = c
		}
		if d, ok = d.product(power); !ok {
			return nil, nil, false
		}
		if divides {
			s = s.plus(d)
		} else {
			rest = rest.plus(d)
		}
	}
	return s, rest, true
}

// over is p over a product of powers.
func over(p polynomial, den []polyPower) fraction {
	f := fraction{num: p}
	for _, h := range den {
		f.list = append(f.list, polyPower{h.p, -h.k})
	}
	return f.reduced()
}

// written is the shortest product of powers that f can be written as, nil if its
// numbers are too large. Factors that are sums may take the number in, or give up
// one of their coefficients: 2*x/(2*y+5) is x/(y+2.5).
func (r *ring) written(f fraction) *Expr {
	number, num := f.num.primitive()
	var parts []polyPower
	if m := num.common(); m != unitMonomial {
		for i, k := range []byte(m) {
			if k > 0 {
				parts = append(parts, polyPower{polynomial{monomialOf(i, 1): big.NewRat(1, 1)}, int(k)})
			}
		}
		num, _ = num.quotient(polynomial{m: big.NewRat(1, 1)})
	}
	if !num.isConstant() {
		parts = append(parts, polyPower{num, 1})
	}
	parts = append(parts, f.list...)
	forms := make([]*Expr, len(parts))
	for i, h := range parts {
		if forms[i] = r.form(h.p); forms[i] == nil {
			return nil
		}
	}
	best := r.assembled(number, parts, forms)
	for i, h := range parts {
		const readable = 16
		if len(h.p) < 2 || len(h.p) > readable {
			continue
		}
		before := number // which the scales below are relative to
		// Each coefficient, the number to the root of the power, and one of both.
		scales := []*big.Rat{big.NewRat(-1, 1)}
		for _, m := range h.p.keys() {
			scales = append(scales, h.p[m])
		}
		if h.k == 1 {
			scales = append(scales, new(big.Rat).Inv(before))
		} else if h.k == -1 {
			scales = append(scales, before)
		}
		for _, c := range scales {
			scaled := h.p.times(new(big.Rat).Inv(c))
			form := r.form(scaled)
			if form == nil {
				continue
			}
			n := before
			for range max(h.k, -h.k) {
				if h.k > 0 {
					n = new(big.Rat).Mul(n, c)
				} else {
					n = new(big.Rat).Quo(n, c)
				}
			}
			old := forms[i]
			forms[i] = form
			if e := r.assembled(n, parts, forms); e != nil && (best == nil || shorterThan(e, best)) {
				best, number = e, n
			} else {
				forms[i] = old
			}
		}
	}
	return best
}

// assembled multiplies a number and powers of forms.
func (r *ring) assembled(number *big.Rat, parts []polyPower, forms []*Expr) *Expr {
	n, ok := bigNumber(number)
	if !ok {
		return nil
	}
	out := n
	for i, h := range parts {
		f := forms[i]
		if h.k != 1 {
			// A form that is a product gives up its factors.
			if f.kind == KindMul || f.kind == KindPow {
				p := split(f)
				g := factors{number: one}
				if p.number.v != 1 {
					if g.number, ok = integerPower(p.number, int64(h.k)); !ok {
						return nil
					}
				}
				for _, x := range p.list {
					if !isInteger64(x.exponent) {
						g.list = append(g.list, factor{x.expr(), Int(int64(h.k))})
						continue
					}
					g.list = append(g.list, factor{x.base, Int(x.exponent.p * int64(h.k))})
				}
				f = g.expr()
			} else {
				f = Pow(f, Int(int64(h.k)))
			}
		}
		if out = joined(out, f); out == nil {
			return nil
		}
	}
	return r.s.compactProduct(out)
}
