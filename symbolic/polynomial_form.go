package symbolic

import (
	"math/big"
	"slices"
)

// form returns the shortest formula for p that factoring, completing powers and
// grouping give; nil if its numbers are too large, or the work too much.
func (r *ring) form(p polynomial) *Expr {
	key := p.String()
	if e, ok := r.known[key]; ok {
		return e
	}
	if *r.work -= len(p) * len(p); *r.work < 0 {
		return nil
	}
	const depth = 4
	e := r.formWithin(p, depth)
	if r.known == nil {
		r.known = map[string]*Expr{}
	}
	r.known[key] = e
	return e
}

func (r *ring) formWithin(p polynomial, depth int) *Expr {
	sum, ok := r.expr(p)
	if !ok {
		return nil
	}
	best := r.s.compact(sum)
	if len(p) < 2 || depth == 0 {
		return best
	}
	try := func(e *Expr) {
		if e != nil && e.Complexity() < best.Complexity() {
			best = e
		}
	}
	product := func(a, b polynomial) {
		x, y := r.formWithin(a, depth-1), r.formWithin(b, depth-1)
		if x == nil || y == nil {
			return
		}
		if x.Equal(y) {
			try(Pow(x, Int(2)))
			return
		}
		try(joined(x, y))
	}
	if m := p.common(); m != unitMonomial {
		factor := polynomial{m: big.NewRat(1, 1)}
		if rest, ok := p.quotient(factor); ok {
			product(factor, rest)
		}
	} else if g, rest, ok := r.factor(p); ok {
		product(g, rest)
	}
	try(r.completed(p, false))
	try(r.completed(p, true))
	return best
}

// joined is the product of two formulas, powers of one base and numbers put
// together.
func joined(x, y *Expr) *Expr {
	var list []factor
	number := one
	for _, e := range []*Expr{x, y} {
		f := split(e)
		if n, ok := times(number, f.number); ok {
			number = n
		} else {
			return nil
		}
	next:
		for _, g := range f.list {
			for i, h := range list {
				if h.base.Equal(g.base) && !hasFree(h.base) {
					if n, ok := addNumbers(h.exponent, g.exponent); ok {
						list[i].exponent = n
						continue next
					}
				}
			}
			list = append(list, g)
		}
	}
	return factors{number: number, list: list}.expr()
}

// factor returns a divisor of p that has at least two terms, and p over it.
func (r *ring) factor(p polynomial) (g, rest polynomial, ok bool) {
	for atom := range r.atoms {
		all := p.coefficients(atom)
		if len(all) < 2 {
			continue
		}
		var least polynomial
		for _, c := range all {
			if len(c) > 0 && (least == nil || len(c) < len(least)) {
				least = c
			}
		}
		if len(least) > 1 {
			// The content: up to a monomial it is what the shortest coefficient is.
			if m := least.common(); m != unitMonomial {
				least, _ = least.quotient(polynomial{m: big.NewRat(1, 1)})
			}
			_, least = least.primitive()
			if rest, ok := p.quotient(least); ok && len(least) > 1 {
				return least, rest, true
			}
		}
		if g, rest, ok := r.linearFactor(p, atom); ok {
			return g, rest, true
		}
	}
	return r.linearForm(p)
}

// linearForm looks for a divisor that is a sum or difference of atoms, for a
// polynomial of few atoms all of whose terms have the same degree.
func (r *ring) linearForm(p polynomial) (g, rest polynomial, ok bool) {
	const most = 4
	total := -1
	used := make([]bool, maxAtoms)
	for m := range p {
		sum := 0
		for i := range m {
			sum += int(m[i])
			used[i] = used[i] || m[i] > 0
		}
		if total >= 0 && sum != total {
			return nil, nil, false
		}
		total = sum
	}
	var atoms []int
	for i, u := range used {
		if u {
			atoms = append(atoms, i)
		}
	}
	if total < 3 || len(atoms) < 2 || len(atoms) > most {
		return nil, nil, false // x^2-y^2 is as short as (x-y)*(x+y)
	}
	combinations := 1
	for range atoms {
		combinations *= 3
	}
	for code := range combinations {
		g := polynomial{}
		lead := int64(0)
		for i, c := 0, code; i < len(atoms); i, c = i+1, c/3 {
			if sign := int64(c%3) - 1; sign != 0 {
				if lead == 0 {
					lead = sign
				}
				g[monomialOf(atoms[i], 1)] = big.NewRat(sign, 1)
			}
		}
		if len(g) < 2 || lead < 0 {
			continue
		}
		if rest, ok := p.quotient(g); ok {
			return g, rest, true
		}
	}
	return nil, nil, false
}

// linearFactor looks for a rational root of a polynomial of one atom alone.
func (r *ring) linearFactor(p polynomial, atom int) (g, rest polynomial, ok bool) {
	if p.degree(atom) < 2 {
		return nil, nil, false
	}
	for m := range p {
		for i := range m {
			if i != atom && m[i] > 0 {
				return nil, nil, false
			}
		}
	}
	_, whole := p.primitive()
	top, bottom := whole[monomialOf(atom, p.degree(atom))], whole[unitMonomial]
	if top == nil || bottom == nil {
		return nil, nil, false
	}
	for _, a := range divisors(top.Num()) {
		for _, b := range divisors(bottom.Num()) {
			for _, sign := range []int64{-1, 1} {
				g := polynomial{monomialOf(atom, 1): big.NewRat(a, 1), unitMonomial: big.NewRat(sign*b, 1)}
				if new(big.Int).GCD(nil, nil, big.NewInt(a), big.NewInt(b)).Int64() != 1 {
					continue
				}
				if rest, ok := p.quotient(g); ok {
					return g, rest, true
				}
			}
		}
	}
	return nil, nil, false
}

// divisors returns the divisors of a number that is not large.
func divisors(n *big.Int) []int64 {
	const most = 1000
	v := new(big.Int).Abs(n)
	if !v.IsInt64() || v.Int64() > most {
		return []int64{1}
	}
	var out []int64
	for d := int64(1); d <= v.Int64(); d++ {
		if v.Int64()%d == 0 {
			out = append(out, d)
		}
	}
	return out
}

// completed writes p with powers completed: terms of one atom alone as powers of
// that atom minus a number, wherever this is shorter or, if all is set, wherever
// it can be; nil if it never is.
func (r *ring) completed(p polynomial, all bool) *Expr {
	rest := make(polynomial, len(p))
	for m, c := range p {
		rest[m] = c
	}
	var powers []*Expr
	shorter := func() *Expr {
		sum, ok := r.expr(rest)
		if !ok {
			return nil
		}
		sum = r.s.compact(sum)
		if len(powers) == 0 {
			return sum
		}
		if len(rest) == 0 {
			return Add(sortedTerms(powers)...)
		}
		return Add(sortedTerms(append(slices.Clone(powers), sum))...)
	}
	best := shorter()
	if best == nil {
		return nil
	}
	found := false
	for atom := range r.atoms {
		pure := polynomial{}
		for m, c := range rest {
			if m[atom] > 0 && m == monomialOf(atom, int(m[atom])) {
				pure[m] = c
			}
		}
		n := pure.degree(atom)
		if n < 2 || pure[monomialOf(atom, n-1)] == nil {
			continue
		}
		h := new(big.Rat).Quo(pure[monomialOf(atom, n-1)], pure[monomialOf(atom, n)])
		h.Quo(h, big.NewRat(-int64(n), 1))
		where, ok := bigNumber(h)
		if !ok {
			continue
		}
		base := r.s.sum([]*Expr{r.atoms[atom], Neg(where)})
		// p0 + sum c_k (x-h)^k; the sum without c_0 leaves p0.
		c := pure.shifted(atom, h)
		trial := rest.minus(pure)
		trial.addTo(unitMonomial, c[0])
		var added []*Expr
		ok = true
		for k := n; k >= 1; k-- {
			if c[k].Sign() == 0 {
				continue
			}
			if k == 1 && n > 2 {
				// A straight line may as well stay what it was.
				trial.addTo(monomialOf(atom, 1), c[1])
				trial.addTo(unitMonomial, new(big.Rat).Neg(new(big.Rat).Mul(c[1], h)))
				continue
			}
			number, fits := bigNumber(c[k])
			ok = ok && fits
			if !ok {
				break
			}
			term := Pow(base, Int(int64(k)))
			if k == 1 {
				term = base
			}
			if !number.IsInt(1) {
				term = Mul(number, term)
			}
			added = append(added, term)
		}
		if !ok {
			continue
		}
		oldRest, oldPowers := rest, powers
		rest, powers = trial, append(slices.Clone(powers), added...)
		if e := shorter(); e != nil && (all || e.Complexity() < best.Complexity()) {
			best, found = e, true
		} else {
			rest, powers = oldRest, oldPowers
		}
	}
	if !found {
		return nil
	}
	return best
}
