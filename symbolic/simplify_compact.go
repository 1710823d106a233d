package symbolic

import (
	"math"
	"slices"
)

// compact returns a smaller formula equal to e, which is in normal form: common
// factors taken out of sums, squares completed, powers with a common exponent
// grouped, minus signs moved into sums.
func (s *simplifier) compact(e *Expr) *Expr {
	switch e.kind {
	case KindAdd:
		return s.compactSum(e.args)
	case KindMul, KindPow:
		return s.compactProduct(e)
	case KindCall:
		return Call(e.fn, s.compact(e.args[0]))
	}
	return e
}

// compactSum takes the factor out that saves most, again and again.
func (s *simplifier) compactSum(terms []*Expr) *Expr {
	terms = slices.Clone(terms)
	for len(terms) > 1 {
		if shorter, ok := s.completeSquare(terms); ok {
			terms = shorter
			continue
		}
		shorter, ok := s.factorOut(terms)
		if !ok {
			break
		}
		terms = shorter
	}
	if len(terms) == 1 {
		return s.compact(terms[0])
	}
	for i, t := range terms {
		terms[i] = s.compact(t)
	}
	return Add(sortedTerms(terms)...)
}

// factorOut replaces terms with a common factor by their product form, for the
// factor that lowers the complexity most; not ok if none does.
func (s *simplifier) factorOut(terms []*Expr) (shorter []*Expr, ok bool) {
	size := Add(terms...).Complexity()
	parts := make([]factors, len(terms))
	for i, t := range terms {
		parts[i] = split(t)
	}
	seen := map[uint64]bool{}
	try := func(common *Expr, has func(factors) bool) {
		if seen[common.Hash()] {
			return
		}
		seen[common.Hash()] = true
		var out, inner []*Expr
		over := s.power(common, minusOne)
		for i, t := range terms {
			if has(parts[i]) {
				inner = append(inner, s.product([]*Expr{t, over}))
			} else {
				out = append(out, t)
			}
		}
		if len(inner) < 2 {
			return
		}
		out = append(out, Mul(common, s.sum(inner)))
		if n := Add(out...).Complexity(); n < size {
			size, shorter, ok = n, out, true
		}
	}
	for _, p := range parts {
		if n := p.number; !n.IsFree() && math.Abs(n.v) != 1 && n.v != 0 {
			size := n
			if n.v < 0 {
				size = Neg(n)
			}
			try(size, func(o factors) bool {
				return o.number.kind == n.kind && !o.number.free && math.Abs(o.number.v) == size.v
			})
		}
		for _, g := range p.list {
			if hasFree(g.base) || !g.exponent.IsConst() || g.exponent.IsFree() {
				continue
			}
			// The power that all terms with this base share.
			least := g.exponent
			sign := math.Copysign(1, least.v)
			find := func(o factors) *Expr {
				for _, h := range o.list {
					if h.exponent.IsConst() && !h.exponent.IsFree() && h.exponent.v*sign > 0 && h.base.Equal(g.base) {
						return h.exponent
					}
				}
				return nil
			}
			for _, o := range parts {
				if x := find(o); x != nil && math.Abs(x.v) < math.Abs(least.v) {
					least = x
				}
			}
			// Out of some terms only a factor that they have to the same power:
			// a+b*x+c*x^2 is easier to read than a+x*(b+c*x).
			n, same := 0, true
			for _, o := range parts {
				if x := find(o); x != nil {
					n++
					same = same && x.v == least.v
				}
			}
			if same || n == len(parts) {
				try(factor{g.base, least}.expr(), func(o factors) bool { return find(o) != nil })
			}
		}
	}
	if c, _ := s.content(Add(terms...), false, false); !c.IsInt(1) && !c.IsFree() {
		try(c, func(factors) bool { return true })
	}
	return shorter, ok
}

// completeSquare turns g*a^2+2*g*a*b+g*b^2 into g*(a+b)^2.
func (s *simplifier) completeSquare(terms []*Expr) ([]*Expr, bool) {
	if len(terms) < 3 {
		return nil, false
	}
	size := Add(terms...).Complexity()
	for i := range terms {
		if !evenPowers(terms[i]) {
			continue
		}
		for j := i + 1; j < len(terms); j++ {
			if !evenPowers(terms[j]) {
				continue
			}
			g, a, b, ok := commonSquare(terms[i], terms[j])
			if !ok {
				continue
			}
			double := s.product([]*Expr{Int(2), g, a, b})
			opposite := s.product([]*Expr{minusOne, double})
			for k, m := range terms {
				sign := one
				switch {
				case k == i || k == j:
					continue
				case m.Equal(opposite):
					sign = minusOne
				case !m.Equal(double):
					continue
				}
				square := Pow(s.sum([]*Expr{a, s.product([]*Expr{sign, b})}), Int(2))
				if !g.IsInt(1) {
					square = Mul(g, square)
				}
				out := []*Expr{square}
				for l, o := range terms {
					if l != i && l != j && l != k {
						out = append(out, o)
					}
				}
				if Add(out...).Complexity() < size {
					return out, true
				}
			}
		}
	}
	return nil, false
}

// commonSquare writes two terms of even powers as g*a^2 and g*b^2 if their
// numbers allow it.
func commonSquare(t, u *Expr) (g, a, b *Expr, ok bool) {
	m, n := split(t).number, split(u).number
	if (m.v < 0) != (n.v < 0) {
		return nil, nil, nil, false
	}
	x, okx := mulInt(m.p, n.q)
	y, oky := mulInt(n.p, m.q)
	q, okq := mulInt(m.q, n.q)
	if !okx || !oky || !okq {
		return nil, nil, nil, false
	}
	common := gcd(x, y)
	if common < 0 {
		common = -common
	}
	if m.v < 0 {
		common = -common
	}
	g = Rat(common, q)
	a, oka := rootOver(t, g)
	b, okb := rootOver(u, g)
	return g, a, b, oka && okb
}

// evenPowers reports whether t is an exact number times even integer powers.
func evenPowers(t *Expr) bool {
	f := split(t)
	if f.number.kind != KindRational || f.number.p == 0 {
		return false
	}
	for _, g := range f.list {
		if hasFree(g.base) || !evenInteger(g.exponent) {
			return false
		}
	}
	return true
}

// rootOver returns a with t = g*a^2 for a term of even powers, not ok if the
// number of a is not rational.
func rootOver(t, g *Expr) (*Expr, bool) {
	f := split(t)
	over, ok := reciprocal(g)
	if !ok {
		return nil, false
	}
	n, ok := mulNumbers(f.number, over)
	if !ok {
		return nil, false
	}
	p, okp := squareRoot(n.p)
	q, okq := squareRoot(n.q)
	if !okp || !okq {
		return nil, false
	}
	root := factors{number: Rat(p, q)}
	for _, h := range f.list {
		root.list = append(root.list, factor{h.base, Int(h.exponent.p / 2)})
	}
	return root.expr(), true
}

// squareRoot returns the integer root of a square.
func squareRoot(n int64) (int64, bool) {
	r := int64(math.Round(math.Sqrt(float64(n))))
	return r, r < 1<<31 && r*r == n
}

// compactProduct groups powers and moves a minus sign into a sum.
func (s *simplifier) compactProduct(e *Expr) *Expr {
	f := split(e)
	var out []*Expr
	done := make([]bool, len(f.list))
	for i, g := range f.list {
		if done[i] {
			continue
		}
		group := []int{i}
		if x := g.exponent; x.IsConst() && !x.IsFree() && math.Abs(x.v) != 1 && x.kind != KindPi {
			for j := i + 1; j < len(f.list); j++ {
				if y := f.list[j].exponent; !done[j] && y.kind == x.kind && !y.free && math.Abs(y.v) == math.Abs(x.v) {
					group = append(group, j)
				}
			}
		}
		if len(group) == 1 {
			out = append(out, factor{s.compact(g.base), s.compact(g.exponent)}.expr())
			continue
		}
		out = append(out, s.group(f.list, group, done))
	}
	number := f.number
	if s.doubleAngle(&number, &out) {
		return Mul(append(numberFirst(number), out...)...)
	}
	if number.v < 0 {
		for i, x := range out {
			b, y := baseAndExponent(x)
			if p, q, ok := y.Rational(); b.kind != KindAdd || !ok || q != 1 || p%2 == 0 {
				continue
			}
			flipped := negated(b)
			if flipped.Complexity() <= b.Complexity() {
				number = Neg(number)
				out[i] = factor{flipped, y}.expr()
				break
			}
		}
	}
	out = sortedFactors(out)
	return Mul(append(numberFirst(number), out...)...)
}

func numberFirst(n *Expr) []*Expr {
	if n.IsInt(1) {
		return nil
	}
	return []*Expr{n}
}

// group joins factors with exponents x and -x into one power. For an x that is
// not an integer every base is positive where the product is finite.
func (s *simplifier) group(list []factor, members []int, done []bool) *Expr {
	x := list[members[0]].exponent
	positive := 0
	for _, m := range members {
		if list[m].exponent.v > 0 {
			positive++
		}
	}
	if (positive > 0) != (x.v > 0) {
		x = Neg(x)
	}
	inner := make([]*Expr, 0, len(members))
	for _, m := range members {
		done[m] = true
		b := list[m].base
		if (list[m].exponent.v > 0) != (x.v > 0) {
			b = s.power(b, minusOne)
		}
		inner = append(inner, b)
	}
	return Pow(s.compact(s.product(inner)), x)
}

// negated returns -e for a sum, term by term.
func negated(e *Expr) *Expr {
	out := make([]*Expr, len(e.args))
	for i, t := range e.args {
		f := split(t)
		f.number = Neg(f.number)
		out[i] = f.expr()
	}
	return Add(out...)
}

// doubleAngle turns 2*sin(u)*cos(u) into sin(2u).
func (s *simplifier) doubleAngle(number **Expr, list *[]*Expr) bool {
	n := *number
	if n.kind != KindRational || n.p%2 != 0 || n.p == 0 {
		return false
	}
	for i, a := range *list {
		if a.kind != KindCall || a.fn.Name != "sin" || !isBuiltin(a.fn) || hasFree(a) {
			continue
		}
		for j, b := range *list {
			if b.kind != KindCall || b.fn.Name != "cos" || !isBuiltin(b.fn) || !b.args[0].Equal(a.args[0]) {
				continue
			}
			out := []*Expr{Call(a.fn, s.compact(s.product([]*Expr{Int(2), s.normal(a.args[0])})))}
			for k, o := range *list {
				if k != i && k != j {
					out = append(out, o)
				}
			}
			*number = Rat(n.p/2, n.q)
			*list = sortedFactors(out)
			return true
		}
	}
	return false
}

// maxExpanded bounds the terms that multiplying out may make.
const maxExpanded = 64

// expand multiplies out products and small integer powers of sums.
func (s *simplifier) expand(e *Expr) (*Expr, bool) {
	changed := false
	out := e.Map(func(n *Expr) *Expr {
		if n.kind != KindMul && n.kind != KindPow || hasFree(n) {
			return n
		}
		f := split(n)
		rest := factors{number: f.number}
		var sums []*Expr
		for _, g := range f.list {
			p, q, ok := g.exponent.Rational()
			if g.base.kind == KindAdd && ok && q == 1 && p >= 1 && p <= 4 {
				for range p {
					sums = append(sums, g.base)
				}
			} else {
				rest.list = append(rest.list, g)
			}
		}
		if len(sums) == 0 {
			return n
		}
		terms := []*Expr{rest.expr()}
		for _, sum := range sums {
			if len(terms)*len(sum.args) > maxExpanded {
				return n
			}
			next := make([]*Expr, 0, len(terms)*len(sum.args))
			for _, a := range terms {
				for _, b := range sum.args {
					next = append(next, s.product([]*Expr{a, b}))
				}
			}
			terms = next
		}
		changed = true
		return s.sum(terms)
	})
	return out, changed
}
