package symbolic

import (
	"context"
	"math"
)

// pairs ranks sums a*f+b*g+d and products c*f*g+d of two functions of x, over
// all pairs of starting links. For a sum the best a, b and d follow from three
// inner products of normalised columns, so that a pair costs one of them.
func (u *univariate) pairs(ctx context.Context) []*model {
	links := u.innerLinks(10)
	n := len(u.few.x)
	type atom struct {
		l        link
		raw, col []float64
		dot      float64
	}
	var atoms []atom
	for _, l := range links {
		a := atom{l: l, raw: make([]float64, n), col: make([]float64, n)}
		most := 0.0
		for i, x := range u.few.x {
			a.raw[i] = l.value(l.a*x + l.b)
			most = math.Max(most, math.Abs(a.raw[i]))
		}
		copy(a.col, a.raw)
		if !u.scan.normalise(a.col) {
			continue
		}
		for i := range a.raw {
			a.raw[i] /= most
		}
		a.dot = dot(a.col, u.scan.y)
		atoms = append(atoms, a)
	}
	sums, products := newShortlist(), newShortlist()
	col := make([]float64, n)
	for i := range atoms {
		if ctx.Err() != nil {
			break
		}
		p := &atoms[i]
		for j := range i {
			q := &atoms[j]
			key := p.l.f.Name + "," + q.l.f.Name
			if i > j {
				g := dot(p.col, q.col)
				if rest := 1 - g*g; rest > 1e-5 {
					left := 1 - (p.dot*p.dot+q.dot*q.dot-2*p.dot*q.dot*g)/rest
					if sums.wants(key, left) {
						sums.put(key, left, func() *model {
							return &model{freeD: true, terms: []term{
								{c: 1, chains: []composite{{p.l}}}, {c: 1, chains: []composite{{q.l}}},
							}}
						})
					}
				}
			}
			if p.l.f.IsPower && q.l.f.IsPower && p.l.b == 0 && q.l.b == 0 {
				continue // one power
			}
			for k := range col {
				col[k] = p.raw[k] * q.raw[k]
			}
			if !u.scan.normalise(col) {
				continue
			}
			if left := u.scan.unexplained(col); products.wants(key, left) {
				products.put(key, left, func() *model {
					return &model{freeD: true, terms: []term{{c: 1, chains: []composite{{p.l}, {q.l}}}}}
				})
			}
		}
	}
	u.evals += len(atoms) * len(atoms) / 8 * n / 4
	return append(products.models(raceStart), sums.models(raceStart)...)
}
