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
