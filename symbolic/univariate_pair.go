package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/library"
)

// An atom is a chain at one start, with its values on the coarse points.
type atom struct {
	chain    composite
	name     string
	raw, col []float64 // as they are, scaled to size 1; and normalised
	dot      float64   // of col with the target
	cost     float64   // of its functions
	simple   bool      // one link, not a chain of two
}

// atoms returns the chains that sums and products are made of: single functions
// at all their starts, and functions of a power of x at some.
func (u *univariate) atoms() []atom {
	var list []atom
	add := func(name string, c composite) {
		x := u.coarse.s.x
		a := atom{chain: c, name: name, simple: len(c) == 1, raw: make([]float64, len(x)), col: make([]float64, len(x))}
		for k := range c {
			a.cost += c[k].f.Cost
		}
		most := 0.0
		for i, v := range x {
			a.raw[i] = c.value(v)
			most = math.Max(most, math.Abs(a.raw[i]))
		}
		copy(a.col, a.raw)
		if !u.coarse.normalise(a.col) {
			return
		}
		for i := range a.raw {
			a.raw[i] /= most
		}
		a.dot = dot(a.col, u.coarse.y)
		list = append(list, a)
	}
	for _, l := range u.links(30) {
		add(l.f.Name, composite{l})
	}
	mid := make([]float64, len(u.coarse.s.x))
	for _, p := range [...]float64{2, -1, 0.5} {
		in := newLink(library.Power(p), 1, 0)
		lo, hi := in.column(mid, u.coarse.s.x)
		if !isFinite(lo) || !isFinite(hi) || lo == hi {
			continue
		}
		_, e := math.Frexp(math.Max(math.Abs(lo), math.Abs(hi)))
		scale := math.Ldexp(1, -min(max(e, -1000), 1000))
		for _, f := range u.set.Funcs() {
			if f.Name == "x" || f.Name == "1" || isRealPower(f) {
				continue
			}
			for _, l := range spreadLinks(startLinks(f, lo, hi, scale, u.scan.zeros), 14) {
				if !f.IsPower || l.b != 0 {
					add(f.Name+"("+in.f.Name+")", composite{in, l})
				}
			}
		}
	}
	return list
}

// pairs ranks sums a*f+b*g+d and products c*f*g+d of two atoms, over all pairs
// of them. For a sum the best a, b and d follow from three inner products of
// normalised columns, so that a pair costs one of them. Products of which one
// factor is a power come with that power as a second term, c*x^p*f + d*x^p.
func (u *univariate) pairs(ctx context.Context) []*model {
	atoms := u.atoms()
	sums, products := newShortlist(), newShortlist()
	col := make([]float64, len(u.coarse.s.x))
	for i := range atoms {
		if ctx.Err() != nil {
			break
		}
		p := &atoms[i]
		for j := range i + 1 {
			q := &atoms[j]
			name := p.name + "," + q.name
			if i != j {
				g := dot(p.col, q.col)
				if rest := 1 - g*g; rest > 1e-6 {
					left := 1 - (p.dot*p.dot+q.dot*q.dot-2*p.dot*q.dot*g)/rest
					if sums.wants(name, left) {
						sums.put(name, left, p.cost+q.cost, func() *model {
							return &model{freeD: true, terms: []term{
								{c: 1, chains: []composite{p.chain}}, {c: 1, chains: []composite{q.chain}},
							}}
						})
					}
				}
			}
			if !p.simple && !q.simple || p.plain() && q.plain() {
				continue
			}
			for k, v := range p.raw {
				col[k] = v * q.raw[k]
			}
			if left := u.coarse.leaves(col); products.wants(name, left) {
				products.put(name, left, p.cost+q.cost, func() *model { return u.product(p, q) })
			}
			if q.plain() {
				u.factored(p, q, col, products)
			}
		}
	}
	u.evals += len(atoms) * len(atoms)
	return append(products.models(raceStart), sums.models(raceStart)...)
}

// plain reports whether the atom is a power of x itself.
func (a *atom) plain() bool {
	return a.simple && a.chain[0].f.IsPower && a.chain[0].b == 0
}

func (u *univariate) product(p, q *atom) *model {
	t := term{c: 1}
	for _, a := range [...]*atom{p, q} {
		c := append(composite(nil), a.chain...)
		if a.plain() {
			c = composite{u.powerFactor(a.chain[0].f.Exponent)}
		}
		t.chains = append(t.chains, c)
	}
	return &model{freeD: true, terms: []term{t}}
}

// factored ranks c*x^k*f + d*x^k, for the product of power and function in col.
func (u *univariate) factored(f, power *atom, col []float64, top *shortlist) {
	sc := u.coarse
	var a11, a12, a22, b1, b2 float64
	for i, v := range col {
		v *= sc.rw[i]
		w := power.raw[i] * sc.rw[i]
		a11 += v * v
		a12 += v * w
		a22 += w * w
		b1 += v * sc.weighted[i]
		b2 += w * sc.weighted[i]
	}
	det := a11*a22 - a12*a12
	if !(det > 1e-9*a11*a22) {
		return
	}
	left := (sc.square - (b1*b1*a22-2*b1*b2*a12+b2*b2*a11)/det) / sc.variance
	name := power.name + "*(" + f.name + "+1)"
	if left >= 0 && top.wants(name, left) {
		top.put(name, left, f.cost+power.cost+operatorBits, func() *model {
			m := u.product(power, f)
			m.terms = append(m.terms, term{c: 1, chains: []composite{append(composite(nil), m.terms[0].chains[0]...)}})
			// One exponent for both terms: as a formula has it.
			for i := range m.terms {
				m.terms[i].chains[0][0] = newLink(power.chain[0].f, 1, 0)
			}
			m.freeD = false
			return m
		})
	}
}
