package symbolic

// factor is base^exponent.
type factor struct{ base, exponent *Expr }

// factors is a product taken apart: a number and powers of distinct bases in
// normal form.
type factors struct {
	number *Expr // other than pi
	list   []factor
}

// split takes a product in normal form apart.
func split(e *Expr) factors {
	f := factors{number: one}
	list := []*Expr{e}
	if e.kind == KindMul {
		list = e.args
	}
	for _, a := range list {
		if isNumber(a) && f.number == one {
			f.number = a
			continue
		}
		b, x := baseAndExponent(a)
		f.list = append(f.list, factor{b, x})
	}
	return f
}

// expr puts the product together in canonical order.
func (f factors) expr() *Expr {
	if f.number.IsInt(0) {
		return f.number
	}
	list := make([]*Expr, 0, len(f.list)+1)
	for _, g := range f.list {
		list = append(list, g.expr())
	}
	list = sortedFactors(list)
	if !f.number.IsInt(1) || len(list) == 0 {
		list = append([]*Expr{f.number}, list...)
	}
	return Mul(list...)
}

func (g factor) expr() *Expr {
	if g.exponent.IsInt(1) {
		return g.base
	}
	return Pow(g.base, g.exponent)
}

// product returns the normal form of a product of normal forms.
func (s *simplifier) product(args []*Expr) *Expr {
	f := factors{number: one}
	for _, a := range args {
		s.multiply(&f, a)
	}
	s.settle(&f)
	return s.distribute(f)
}

// multiply adds the factors of e, a normal form, to f.
func (s *simplifier) multiply(f *factors, e *Expr) {
	switch {
	case e.kind == KindMul:
		for _, a := range e.args {
			s.multiply(f, a)
		}
		return
	case isNumber(e):
		if n, ok := times(f.number, e); ok {
			f.number = n
			return
		}
	}
	b, x := baseAndExponent(e)
	for i, g := range f.list {
		switch {
		case isExp(g.base) && isExp(b) && g.exponent.IsInt(1) && x.IsInt(1):
			// exp(a)*exp(b) = exp(a+b)
			f.list = append(f.list[:i], f.list[i+1:]...)
			s.multiply(f, s.call(b.fn, s.sum([]*Expr{g.base.args[0], b.args[0]})))
			return
		case g.base.Equal(b) && !hasFree(b):
			f.list = append(f.list[:i], f.list[i+1:]...)
			s.multiply(f, s.power(b, s.sum([]*Expr{g.exponent, x})))
			return
		}
	}
	f.list = append(f.list, factor{b, x})
}

func isExp(e *Expr) bool { return e.kind == KindCall && e.fn.Name == "exp" }

// settle lets numbers of different kinds in f meet: a free number takes in
// every factor without variables, sin/cos becomes tan, roots of integers absorb
// what the number has of them, and sums give up common numbers.
func (s *simplifier) settle(f *factors) {
	s.tangents(f)
	for i := 0; i < len(f.list); i++ {
		g := f.list[i]
		if g.base.kind != KindAdd || (g.exponent.IsInt(1) && len(f.list) == 1 && !f.number.IsFree()) {
			continue
		}
		if _, q, ok := g.exponent.Rational(); ok {
			content, rest := s.content(g.base, f.number.IsFree(), q == 1)
			if content.IsInt(1) {
				continue
			}
			if q != 1 && !content.IsFree() {
				continue // power has pulled these out
			}
			c, ok := numberPower(content, g.exponent)
			if !ok {
				continue
			}
			if n, fits := times(f.number, c); fits {
				f.number = n
				f.list[i].base = rest
			}
		}
	}
	if f.number.IsFree() {
		list := f.list[:0]
		for _, g := range f.list {
			e := g.expr()
			if !hasVar(e) {
				if n, ok := freeValue(f.number.v * constValue(e)); ok && (n.v != 0 || f.number.v == 0) {
					f.number = n
					continue
				}
			}
			list = append(list, g)
		}
		f.list = list
		return
	}
	s.absorbRoots(f)
}

// absorbRoots turns 2*2^(-1/2) into 2^(1/2) and 1/2*2^(1/2) into 2^(-1/2).
func (s *simplifier) absorbRoots(f *factors) {
	for i := range f.list {
		b, x := f.list[i].base, f.list[i].exponent
		if b.kind != KindRational || b.q != 1 || b.p < 2 || x.kind != KindRational || f.number.kind != KindRational {
			continue
		}
		switch {
		case x.p < 0 && f.number.p%b.p == 0 && f.number.p != 0:
			f.number = Rat(f.number.p/b.p, f.number.q)
			f.list[i].exponent = Rat(x.p+x.q, x.q)
		case x.p > 0 && f.number.q%b.p == 0:
			f.number = Rat(f.number.p, f.number.q/b.p)
			f.list[i].exponent = Rat(x.p-x.q, x.q)
		}
	}
}

// tangents turns sin(u)^n/cos(u)^n into tan(u)^n.
func (s *simplifier) tangents(f *factors) {
	for i := range f.list {
		for j := range f.list {
			a, b := f.list[i], f.list[j]
			if a.base.kind != KindCall || b.base.kind != KindCall || a.base.fn.Name != "sin" || b.base.fn.Name != "cos" ||
				!a.base.args[0].Equal(b.base.args[0]) || hasFree(a.base) {
				continue
			}
			p, q, ok := a.exponent.Rational()
			r, t, ok2 := b.exponent.Rational()
			tan, known := builtinFunc("tan")
			if !ok || !ok2 || q != 1 || t != 1 || p != -r || !known {
				continue
			}
			f.list[i] = factor{Call(tan, a.base.args[0]), a.exponent}
			f.list = append(f.list[:j], f.list[j+1:]...)
			return
		}
	}
}

// distribute returns f as an expression, a number times a sum multiplied out:
// an exact number always, a free one if that makes no more free constants.
func (s *simplifier) distribute(f factors) *Expr {
	if len(f.list) != 1 || f.list[0].base.kind != KindAdd || !f.list[0].exponent.IsInt(1) || f.number.IsInt(1) {
		return f.expr()
	}
	terms := f.list[0].base.args
	if f.number.IsFree() {
		fixed := 0
		for _, t := range terms {
			if !split(t).number.IsFree() {
				fixed++
			}
		}
		if fixed > 1 {
			return f.expr()
		}
	}
	out := make([]*Expr, len(terms))
	for i, t := range terms {
		out[i] = s.product([]*Expr{f.number, t})
	}
	return s.sum(out)
}

// content takes the number out of a sum that leaves coprime integers, the
// first positive. If signed is false the number is positive. If all
// coefficients are free and so is what they are multiplied with, it is the
// first of them.
func (s *simplifier) content(sum *Expr, outerFree, signed bool) (*Expr, *Expr) {
	numbers := make([]*Expr, len(sum.args))
	exact, free := true, true
	for i, t := range sum.args {
		numbers[i] = split(t).number
		exact = exact && numbers[i].kind == KindRational
		free = free && numbers[i].IsFree()
	}
	c := one
	switch {
	case exact:
		num, den := int64(0), int64(1)
		for _, n := range numbers {
			num = gcd(num, n.p)
			l, ok := mulInt(den/gcd(den, n.q), n.q)
			if !ok {
				return one, sum
			}
			den = l
		}
		if num == 0 {
			return one, sum
		}
		c = Rat(max(num, -num), den)
	case free && outerFree && numbers[0].v != 0:
		c = numbers[0]
		if !signed && c.v < 0 {
			c = Free(-c.v)
		}
	}
	if signed && numbers[0].v < 0 && c.v > 0 {
		c = Neg(c)
	}
	if c.IsInt(1) {
		return one, sum
	}
	r, ok := reciprocal(c)
	if !ok {
		return one, sum
	}
	out := make([]*Expr, len(sum.args))
	for i, t := range sum.args {
		f := split(t)
		if i == 0 && c == numbers[0] {
			f.number = one
		} else if f.number, ok = times(f.number, r); !ok {
			return one, sum
		}
		out[i] = f.expr()
	}
	return c, s.sum(out)
}
