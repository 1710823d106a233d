package bspline

import "math"

// Fit returns the spline on grid g that minimises
//
//	sum_r w[r]*(s(x[r])-y[r])^2 / sum_r w[r] + curvature*s.Curvature()
//
// over the points (x[r], y[r]); w nil means equal weights. Coefficients that
// no point determines are set by the penalty, of which a trace is always left
// so that the answer is unique; with curvature 0 a spline through data that a
// spline can represent is met to about 1e-12 of its size. It panics when the
// lengths differ. Values must be finite.
func Fit(g Grid, x, y, w []float64, curvature float64) *Spline {
	if len(x) != len(y) || (w != nil && len(w) != len(x)) {
		panic("bspline: points of different lengths")
	}
	s := New(g)
	n := len(s.Coef)
	m := newBanded(n)
	rhs := make([]float64, n)
	var b [Order]float64
	total := 0.0
	for r, xr := range x {
		wr := 1.0
		if w != nil {
			wr = w[r]
		}
		total += wr
		i := g.Basis(&b, xr)
		for k := range b {
			f := wr * b[k]
			rhs[i+k] += f * y[r]
			for l := k; l < Order; l++ {
				m.a[i+k][l-k] += f * b[l]
			}
		}
	}
	if total <= 0 {
		return s
	}
	trace := 0.0
	for i := range m.a {
		trace += m.a[i][0]
	}
	m.addCurvature(curvature*total + 1e-14*trace/float64(n))
	for i := range m.a {
		m.a[i][0] += 1e-16 * trace / float64(n)
	}
	m.solve(rhs)
	copy(s.Coef, rhs)
	return s
}

// Regrid returns s approximated on another grid. Where the new intervals
// divide the old ones the result is s itself but for rounding; otherwise it is
// the least-squares approximation over the new range.
func (s *Spline) Regrid(g Grid) *Spline {
	if g == s.Grid {
		return s.Clone()
	}
	const perInterval = 8
	n := g.N * perInterval
	x := make([]float64, n+1)
	y := make([]float64, n+1)
	for r := range x {
		x[r] = g.Lo + (g.Hi-g.Lo)*float64(r)/float64(n)
		y[r] = s.Eval(x[r])
	}
	return Fit(g, x, y, nil, 0)
}

// banded is a symmetric positive definite matrix with three diagonals above
// the main one: a[i][k] is element (i, i+k).
type banded struct{ a [][Order]float64 }

func newBanded(n int) *banded { return &banded{a: make([][Order]float64, n)} }

// addCurvature adds lambda*D'D for the second differences D.
func (m *banded) addCurvature(lambda float64) {
	d := [3]float64{1, -2, 1}
	for i := 0; i+2 < len(m.a); i++ {
		for k := range d {
			for l := k; l < 3; l++ {
				m.a[i+k][l-k] += lambda * d[k] * d[l]
			}
		}
	}
}

// solve replaces b by the solution of m x = b, by an LDL' decomposition that
// destroys m. A pivot that rounding has eaten leaves its unknown at zero.
func (m *banded) solve(b []float64) {
	n := len(m.a)
	scale := 0.0
	for i := range m.a {
		scale = math.Max(scale, m.a[i][0])
	}
	for i := range n {
		p := m.a[i][0]
		if !(p > 1e-18*scale) {
			m.a[i] = [Order]float64{math.Inf(1)}
			continue
		}
		for k := 1; k < Order && i+k < n; k++ {
			f := m.a[i][k] / p
			for l := k; l < Order && i+l < n; l++ {
				m.a[i+k][l-k] -= f * m.a[i][l]
			}
			b[i+k] -= f * b[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		if math.IsInf(m.a[i][0], 1) {
			b[i] = 0
			continue
		}
		v := b[i]
		for k := 1; k < Order && i+k < n; k++ {
			v -= m.a[i][k] * b[i+k]
		}
		b[i] = v / m.a[i][0]
	}
}
