package symbolic

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kansym/kansym/library"
)

// maxDegree is the highest degree of a polynomial that is tried.
const maxDegree = 6

// powerTerm returns the term c*x^k.
func powerTerm(k int, c float64) term {
	return term{c: c, chains: []composite{{newLink(library.Power(float64(k)), 1, 0)}}}
}

// polynomials fits polynomials of growing degree by least squares, and takes
// out every coefficient that the description does without.
func (u *univariate) polynomials(ctx context.Context) {
	best := math.Inf(1)
	for degree := 1; degree <= maxDegree && ctx.Err() == nil; degree++ {
		m := &model{freeD: true}
		for k := 1; k <= degree; k++ {
			m.terms = append(m.terms, powerTerm(k, 1))
		}
		if c, ok := u.eliminate(ctx, m); ok {
			u.found = append(u.found, c)
			if c.dl < best {
				best = c.dl
			}
			if u.s.exact(c.rms) {
				return
			}
		}
	}
}

// eliminate fits m and then drops, one at a time and the least missed first,
// terms, offset and denominator's terms while that shortens the description.
func (u *univariate) eliminate(ctx context.Context, m *model) (candidate, bool) {
	fit := func(m *model, s *sample) candidate {
		c := candidate{m: m, rms: u.polish(ctx, m, s, 60)}
		c.dl = s.descriptionLength(c.rms, m)
		return c
	}
	cur := fit(m, u.some)
	if math.IsInf(cur.rms, 1) || u.hopeless(cur.rms) {
		return cur, false
	}
	for ctx.Err() == nil {
		best := candidate{dl: cur.dl}
		for _, drop := range cur.m.parts() {
			t := cur.m.clone()
			drop(t)
			if len(t.terms) == 0 && !(t.freeD && len(t.den) > 0) {
				continue
			}
			if c := fit(t, u.some); c.dl <= best.dl {
				best = c
			}
		}
		if best.m == nil {
			break
		}
		cur = best
	}
	if len(u.some.x) < len(u.s.x) {
		cur = fit(cur.m, u.s)
	}
	if math.IsInf(cur.rms, 1) || (!cur.m.covered(u.s) && !u.s.exact(cur.rms)) {
		return cur, false
	}
	return cur, true
}

// parts lists the ways to take one coefficient out of the model.
func (m *model) parts() []func(*model) {
	var list []func(*model)
	for i := range m.terms {
		list = append(list, func(m *model) { m.terms = append(m.terms[:i:i], m.terms[i+1:]...) })
	}
	for i := range m.den {
		list = append(list, func(m *model) { m.den = append(m.den[:i:i], m.den[i+1:]...) })
	}
	if m.freeD {
		list = append(list, func(m *model) { m.d, m.freeD = 0, false })
	}
	return list
}

// insidePolynomials looks at y through the inverse of an outer function and
// fits a polynomial: log, square root, reciprocal and so on of polynomials, which
// products and sums of such things of simpler ones are too.
func (u *univariate) insidePolynomials(ctx context.Context) {
	type fit struct {
		m    *model
		left float64
	}
	var fits []fit
	for _, inv := range inverses {
		outer, ok := u.outerFunc(inv.outer)
		if !ok || ctx.Err() != nil {
			continue
		}
		for _, sign := range [...]float64{1, -1} {
			t := u.few.through(inv.transform, sign)
			if t == nil || t.size == 0 {
				continue
			}
			// The degree from which on the error falls no more.
			best := fit{left: math.Inf(1)}
			for degree := 2; degree <= maxDegree; degree++ {
				m, left := polynomialFit(t, degree)
				if m == nil {
					break
				}
				if left < 0.3*best.left {
					best = fit{m, left}
				}
			}
			if best.m == nil || !(best.left < 1e-3) {
				continue
			}
			best.m.outer, best.m.gain, best.m.freeGain = outer, sign, !outer.IsPower
			fits = append(fits, best)
		}
	}
	slices.SortStableFunc(fits, func(a, b fit) int { return cmp.Compare(a.left, b.left) })
	const most = 4
	for _, f := range fits[:min(len(fits), most)] {
		if c, ok := u.eliminate(ctx, f.m); ok {
			u.found = append(u.found, c)
		}
		if u.done() {
			return
		}
	}
}

// polynomialFit returns the polynomial nearest to the sample and its error
// relative to the spread.
func polynomialFit(s *sample, degree int) (*model, float64) {
	n, sx := len(s.x), s.scale()
	if n <= degree+1 || !(s.sd > 0) {
		return nil, 0
	}
	cols, rhs, coef := newColumns(n, degree+1), make([]float64, n), make([]float64, degree+1)
	for i, x := range s.x {
		pow := s.root(i)
		for j := range cols {
			cols[j][i] = pow
			pow *= x * sx
		}
		rhs[i] = s.y[i] / s.size * s.root(i)
	}
	if !leastSquares(coef, cols, rhs) {
		return nil, 0
	}
	m := &model{freeD: true, d: coef[0] * s.size}
	scale := sx
	for j := 1; j <= degree; j++ {
		m.terms = append(m.terms, powerTerm(j, coef[j]*s.size*scale))
		scale *= sx
	}
	return m, math.Sqrt(dot(rhs, rhs)/float64(n)) * s.size / s.sd
}

// rationalDegrees are the degrees of numerator and denominator that are tried.
var rationalDegrees = [...][2]int{{1, 1}, {0, 2}, {1, 2}, {2, 1}, {2, 2}, {3, 1}, {1, 3}, {3, 2}, {2, 3}, {3, 3}}

// rationals fits P(x)/Q(x) with Q(0) = 1. The start solves y*Q = P, which is
// linear, a few times with rows weighed by the last Q so that errors in y count
// (Sanathanan and Koerner, Transfer function synthesis as a ratio of two
// complex polynomials, 1963).
func (u *univariate) rationals(ctx context.Context) {
	for _, deg := range rationalDegrees {
		if ctx.Err() != nil || u.evals > u.budget {
			return
		}
		m := u.rationalStart(deg[0], deg[1])
		if m == nil {
			continue
		}
		if c, ok := u.eliminate(ctx, m); ok {
			u.found = append(u.found, c)
			if u.s.exact(c.rms) {
				return
			}
		}
	}
}

// rationalStart returns the linearised fit, or nil if it has none.
func (u *univariate) rationalStart(p, q int) *model {
	s := u.some
	sx := s.scale()
	n, k := len(s.x), p+q+1
	if n <= k {
		return nil
	}
	cols, rhs, coef := newColumns(n, k), make([]float64, n), make([]float64, k)
	den := make([]float64, n)
	for i := range den {
		den[i] = 1
	}
	for range 4 {
		for i, x := range s.x {
			w := s.root(i) / den[i]
			t := x * sx
			pow := 1.0
			for j := range p + 1 {
				cols[j][i] = pow * w
				pow *= t
			}
			pow = t
			for j := range q {
				cols[p+1+j][i] = -s.y[i] / s.size * pow * w
				pow *= t
			}
			rhs[i] = s.y[i] / s.size * w
		}
		if !leastSquares(coef, cols, rhs) {
			return nil
		}
		for i, x := range s.x {
			d, pow := 1.0, x*sx
			for j := range q {
				d += coef[p+1+j] * pow
				pow *= x * sx
			}
			// A zero of Q near a point must not give it all the weight.
			den[i] = math.Max(math.Abs(d), 1e-3)
		}
	}
	m := &model{freeD: true, d: coef[0] * s.size}
	scale := sx
	for j := 1; j <= p; j++ {
		m.terms = append(m.terms, powerTerm(j, coef[j]*s.size*scale))
		scale *= sx
	}
	scale = sx
	for j := range q {
		m.den = append(m.den, monomial{k: j + 1, q: coef[p+1+j] * scale})
		scale *= sx
	}
	return m
}

func newColumns(n, k int) [][]float64 {
	flat := make([]float64, n*k)
	cols := make([][]float64, k)
	for j := range cols {
		cols[j] = flat[j*n : (j+1)*n : (j+1)*n]
	}
	return cols
}

// leastSquares writes the coefficients of the combination of cols nearest to
// rhs to coef, by Gram-Schmidt with every projection done twice. cols and rhs
// are overwritten. It reports false when the columns are dependent.
func leastSquares(coef []float64, cols [][]float64, rhs []float64) bool {
	k := len(cols)
	r := make([]float64, k*k)
	qty := make([]float64, k)
	for j, c := range cols {
		before := dot(c, c)
		for range 2 {
			for i := range j {
				d := dot(cols[i], c)
				r[i*k+j] += d
				axpy(c, -d, cols[i])
			}
		}
		norm := math.Sqrt(dot(c, c))
		if !(norm > 1e-14*math.Sqrt(before)) || !isFinite(norm) {
			return false
		}
		r[j*k+j] = norm
		for i := range c {
			c[i] /= norm
		}
		qty[j] = dot(c, rhs)
		axpy(rhs, -qty[j], c)
	}
	for j := k - 1; j >= 0; j-- {
		v := qty[j]
		for i := j + 1; i < k; i++ {
			v -= r[j*k+i] * coef[i]
		}
		coef[j] = v / r[j*k+j]
		if !isFinite(coef[j]) {
			return false
		}
	}
	return true
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func axpy(dst []float64, alpha float64, x []float64) {
	for i, v := range x {
		dst[i] += alpha * v
	}
}
