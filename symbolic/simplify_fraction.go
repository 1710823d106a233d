package symbolic

// together clears fractions below a fraction bar: 1/(1/x+1/y) becomes
// x*y/(x+y).
func (s *simplifier) together(e *Expr) (*Expr, bool) {
	changed := false
	out := e.Map(func(n *Expr) *Expr {
		if n.kind != KindPow || n.args[0].kind != KindAdd || !isInteger64(n.args[1]) || n.args[1].p > 0 || n.args[1].p < -4 {
			return n
		}
		common := s.denominator(n.args[0].args)
		if len(common.list) == 0 {
			return n
		}
		d := common.expr()
		terms := make([]*Expr, len(n.args[0].args))
		for i, t := range n.args[0].args {
			terms[i] = s.product([]*Expr{t, d})
		}
		changed = true
		return s.product([]*Expr{s.power(s.sum(terms), n.args[1]), s.power(d, Neg(n.args[1]))})
	})
	return out, changed
}

// denominator returns the product of the bases that stand in a denominator of
// the terms, each to its largest power. Bases with free constants are left
// where they are: they would have to be written twice.
func (s *simplifier) denominator(terms []*Expr) factors {
	common := factors{number: one}
	for _, t := range terms {
		for _, g := range split(t).list {
			if !isInteger64(g.exponent) || g.exponent.p >= 0 || hasFree(g.base) {
				continue
			}
			found := false
			for i, h := range common.list {
				if h.base.Equal(g.base) {
					found = true
					if -g.exponent.p > h.exponent.p {
						common.list[i].exponent = Int(-g.exponent.p)
					}
				}
			}
			if !found {
				common.list = append(common.list, factor{g.base, Int(-g.exponent.p)})
			}
		}
	}
	return common
}

// divideThrough moves a term t of a sum below a power out of it, (t+u)^p =
// t^p*(1+u/t)^p, once for each such term: c*m/sqrt(c^2-v^2) becomes
// m/sqrt(1-(v/c)^2). A power that is not an integer needs a positive t.
func (s *simplifier) divideThrough(e *Expr) []*Expr {
	var out []*Expr
	e.Walk(func(n *Expr) bool {
		if n.kind != KindPow || n.args[0].kind != KindAdd || n.args[1].kind != KindRational || hasFree(n.args[0]) {
			return true
		}
		p := n.args[1]
		for _, t := range n.args[0].args {
			if f := split(t); len(f.list) == 0 || !isInteger64(p) && !s.rangeOf(t).positive() {
				continue
			}
			over := s.power(t, minusOne)
			terms := make([]*Expr, len(n.args[0].args))
			for i, u := range n.args[0].args {
				terms[i] = s.product([]*Expr{u, over})
			}
			divided := s.product([]*Expr{s.power(t, p), s.power(s.sum(terms), p)})
			out = append(out, e.Map(func(m *Expr) *Expr {
				if m.Equal(n) {
					return divided
				}
				return m
			}))
		}
		return true
	})
	return out
}

// multiplyInto is the reverse of divideThrough: it moves a factor of a product
// into a power of a sum beside it, t^n*(u+v)^p = (t^(n/p)*u+t^(n/p)*v)^p, once for
// each such factor. x*sqrt((y/x)^2+1) becomes sqrt(y^2+x^2), which is also right
// where x is negative.
func (s *simplifier) multiplyInto(e *Expr) []*Expr {
	var out []*Expr
	e.Walk(func(n *Expr) bool {
		if n.kind != KindMul {
			return true
		}
		f := split(n)
		for i, sum := range f.list {
			if sum.base.kind != KindAdd || sum.exponent.kind != KindRational {
				continue
			}
			for j, g := range f.list {
				const largest = 4
				p := sum.exponent
				if j == i || !isInteger64(g.exponent) || max(g.exponent.p, -g.exponent.p) > largest || g.base.kind == KindAdd || hasFree(g.base) ||
					g.exponent.p*p.q%p.p != 0 || p.q != 1 && !s.rangeOf(g.base).positive() {
					continue
				}
				factor := s.power(g.base, Int(g.exponent.p*p.q/p.p))
				terms := make([]*Expr, len(sum.base.args))
				for k, t := range sum.base.args {
					terms[k] = s.product([]*Expr{t, factor})
				}
				rest := factors{number: f.number}
				for k, h := range f.list {
					if k != i && k != j {
						rest.list = append(rest.list, h)
					}
				}
				moved := s.product([]*Expr{rest.expr(), s.power(s.sum(terms), p)})
				out = append(out, e.Map(func(m *Expr) *Expr {
					if m.Equal(n) {
						return moved
					}
					return m
				}))
			}
		}
		return true
	})
	return out
}
