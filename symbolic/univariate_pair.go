package symbolic

import (
	"context"
	"math"
	"sort"

	"gonum.org/v1/gonum/floats"

	"github.com/kansym/kansym/library"
)

// An atom is a chain at one start, with its values on the coarse points.
type atom struct {
	chain  composite
	name   string
	form   int       // numbers the names
	raw    []float64 // values scaled to size 1
	sq     []float64 // their squares
	col    []float64 // weighted, centred, of norm 1
	dot    float64   // of col with the target
	cost   float64   // of its functions
	simple bool      // one link, not a chain of two
	power  *powerSums
}

// powerSums are the sums that a power x^k brings into c*x^k*f + d*x^k: the
// weighted square, its sum, the weighted target times the power, and its sum.
type powerSums struct {
	square, target []float64
	a, b           float64
}

// atoms returns the chains that sums and products are made of: single functions
// at all their starts, and functions of a power of x at some. Powers of x come
// first.
func (u *univariate) atoms() (list []atom, forms int) {
	x := u.coarse.s.x
	number := map[string]int{}
	add := func(name string, c composite) {
		a := atom{chain: c, name: name, simple: len(c) == 1}
		flat := newColumns(len(x), 3)
		a.raw, a.sq, a.col = flat[0], flat[1], flat[2]
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
		floats.Scale(1/most, a.raw)
		floats.MulTo(a.sq, a.raw, a.raw)
		a.dot = floats.Dot(a.col, u.coarse.y)
		form, ok := number[name]
		if !ok {
			form = len(number)
			number[name] = form
		}
		a.form = form
		if a.plain() {
			a.power = u.powerSums(&a)
		}
		list = append(list, a)
	}
	for _, l := range append(u.links(16), unshifted(u.scan, u.set)...) {
		add(l.name(), composite{l})
	}
	mid := make([]float64, len(x))
	for _, p := range [...]float64{2, -1, 0.5} {
		in := newLink(library.Power(p), 1, 0)
		lo, hi := in.column(mid, x)
		if !isFinite(lo) || !isFinite(hi) || lo == hi {
			continue
		}
		for _, f := range u.set.Funcs() {
			if f.Name == "x" || f.Name == "1" || isRealPower(f) {
				continue
			}
			starts := startLinks(f, lo, hi, scaleOf(lo, hi), u.scan.zeros)
			links := spreadLinks(starts, 8)
			for _, l := range starts {
				if l.b == 0 && l.freeB {
					l.freeB = false
					links = append(links, l)
				}
			}
			for _, l := range links {
				if !f.IsPower || l.b != 0 {
					add(l.name()+"("+in.f.Name+")", composite{in, l})
				}
			}
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].plain() && !list[j].plain() })
	return list, len(number)
}

func (u *univariate) powerSums(a *atom) *powerSums {
	flat := newColumns(len(a.raw), 2)
	s := &powerSums{square: flat[0], target: flat[1]}
	for i, r := range u.coarse.rw {
		s.square[i] = r * r * a.sq[i]
		s.target[i] = r * u.coarse.weighted[i] * a.raw[i]
	}
	s.a, s.b = floats.Sum(s.square), floats.Sum(s.target)
	return s
}

// racePairs tries pairs of single functions, and then those with chains.
func (u *univariate) racePairs(ctx context.Context) {
	atoms, forms := u.atoms()
	simple := 0
	for simple < len(atoms) && atoms[simple].simple {
		simple++
	}
	for _, part := range [...][2]int{{0, simple}, {simple, len(atoms)}} {
		first, rest := u.pairs(ctx, atoms, forms, part[0], part[1])
		for _, models := range [...][]*model{first, rest} {
			if u.race(ctx, models); u.done() {
				return
			}
		}
	}
}

// A formTable keeps the best pair of every pair of forms. Pairs are so many
// that a map would take most of the time.
type formTable struct {
	forms    int
	left     []float64
	from, to []int32
}

func newFormTable(forms int) *formTable {
	t := &formTable{forms: forms, left: make([]float64, forms*forms), from: make([]int32, forms*forms), to: make([]int32, forms*forms)}
	for i := range t.left {
		t.left[i] = math.Inf(1)
	}
	return t
}

func (t *formTable) offer(p, q *atom, i, j int, left float64) {
	k := p.form*t.forms + q.form
	if left < t.left[k] {
		t.left[k], t.from[k], t.to[k] = left, int32(i), int32(j)
	}
}

// models returns the n best of the table.
func (t *formTable) models(n int, atoms []atom, extra float64, build func(p, q *atom) *model) []*model {
	top := newShortlist()
	for k, left := range t.left {
		if math.IsInf(left, 1) {
			continue
		}
		p, q := &atoms[t.from[k]], &atoms[t.to[k]]
		top.put(p.name+","+q.name, left, p.cost+q.cost+extra, func() *model { return build(p, q) })
	}
	return top.models(n)
}

// pairs ranks sums a*f+b*g+d and products c*f*g+d of two atoms, over all pairs
// of them. For a sum the best a, b and d follow from three inner products of
// normalised columns, so that a pair costs one of them; a product costs three.
// Products of which one factor is a power come with that power as a second term,
// c*x^p*f + d*x^p. Only pairs are looked at that have an atom from number lo to
// hi-1 and another before it. It returns those to try first, and others.
func (u *univariate) pairs(ctx context.Context, atoms []atom, forms, lo, hi int) (first, rest []*model) {
	sums, products, factored := newFormTable(forms), newFormTable(forms), newFormTable(forms)
	j := u.coarse.judge()
	flat := newColumns(len(u.coarse.s.x), 3)
	w, w2, wy := flat[0], flat[1], flat[2] // weighted values of one factor
	for at := lo; at < hi; at++ {
		if ctx.Err() != nil {
			break
		}
		p := &atoms[at]
		floats.MulTo(w, j.w, p.raw)
		floats.MulTo(w2, j.w, p.sq)
		floats.MulTo(wy, j.wy, p.raw)
		for to := range at + 1 {
			q := &atoms[to]
			if at != to {
				g := floats.Dot(p.col, q.col)
				if rest := 1 - g*g; rest > 1e-6 {
					sums.offer(p, q, at, to, 1-(p.dot*p.dot+q.dot*q.dot-2*p.dot*q.dot*g)/rest)
				}
			}
			if !p.simple && !q.simple || p.power != nil && q.power != nil {
				continue
			}
			s1, s2, sy := floats.Dot(w, q.raw), floats.Dot(w2, q.sq), floats.Dot(wy, q.raw)
			products.offer(p, q, at, to, remainder(s1, s2, sy, j.sum))
			if q.power != nil {
				if left, ok := u.factored(p, q.power, s2); ok {
					factored.offer(p, q, at, to, left)
				}
			}
		}
	}
	u.evals += (hi*hi - lo*lo) * len(u.coarse.s.x) / cheapness
	return waves(products.models(raceStart, atoms, 0, u.product),
		factored.models(raceFew, atoms, operatorBits, u.withPower),
		sums.models(raceStart, atoms, 0, sumOf))
}

// waves returns the first of each list and then the others: most of the time
// the first are enough.
func waves(lists ...[]*model) (first, rest []*model) {
	const most = 100
	for _, l := range lists {
		n := min(len(l), most)
		first = append(first, l[:n]...)
		rest = append(rest, l[n:]...)
	}
	return first, rest
}

// plain reports whether the atom is a power of x itself.
func (a *atom) plain() bool {
	return a.simple && a.chain[0].f.IsPower && a.chain[0].b == 0
}

// sumOf returns a*f+b*g+d. Its chains are its own: models change as they are
// fitted, and one atom is in many of them.
func sumOf(p, q *atom) *model {
	m := &model{freeD: true, terms: []term{{c: 1, chains: []composite{p.chain}}, {c: 1, chains: []composite{q.chain}}}}
	m = m.clone()
	m.untangle()
	return m
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

// factored returns what c*x^k*f + d*x^k leaves; square is the weighted sum of
// squares of x^k*f.
func (u *univariate) factored(f *atom, p *powerSums, square float64) (left float64, ok bool) {
	a12, b1 := floats.Dot(p.square, f.raw), floats.Dot(p.target, f.raw)
	det := square*p.a - a12*a12
	if !(det > 1e-9*square*p.a) {
		return 0, false
	}
	left = (u.coarse.square - (b1*b1*p.a-2*b1*p.b*a12+p.b*p.b*square)/det) / u.coarse.variance
	return left, left >= 0
}

// withPower returns c*x^k*f + d*x^k.
func (u *univariate) withPower(f, power *atom) *model {
	m := u.product(power, f)
	m.terms = append(m.terms, term{c: 1, chains: []composite{append(composite(nil), m.terms[0].chains[0]...)}})
	// One exponent for both terms: as a formula has it.
	for i := range m.terms {
		m.terms[i].chains[0][0] = newLink(power.chain[0].f, 1, 0)
	}
	m.freeD = false
	return m
}
