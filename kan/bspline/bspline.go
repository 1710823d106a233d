// Package bspline evaluates and fits uniform cubic B-splines of one variable.
//
// A spline lives on a grid of N equal intervals from Lo to Hi and has N+3
// coefficients; at any point four of them matter. Beyond the grid it continues
// as the straight line that touches it at the end, so that it is defined, and
// continuously differentiable, everywhere.
//
// Source: C. de Boor, A Practical Guide to Splines (1978), chapter IX; the
// penalty on second differences of coefficients is that of P. Eilers and
// B. Marx, Flexible smoothing with B-splines and penalties (1996).
package bspline

import "math"

// Degree is the degree of the polynomials that splines are made of.
const Degree = 3

// Order is the number of basis functions that differ from zero at a point.
const Order = Degree + 1

// Grid is a division of [Lo, Hi] into N equal intervals. It needs N >= 1 and
// Lo < Hi, both finite; NewGrid makes one from any range.
type Grid struct {
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
	N  int     `json:"n"`
}

// NewGrid returns a grid of n intervals over [lo, hi]. A range so narrow that
// float64 hardly tells its points apart is widened about its middle to half
// the middle's magnitude on each side (to 1 at zero), which is what a constant
// column needs. It panics when n < 1 or an end is not finite.
func NewGrid(lo, hi float64, n int) Grid {
	if n < 1 {
		panic("bspline: grid without intervals")
	}
	if !finite(lo) || !finite(hi) {
		panic("bspline: grid with an end that is not finite")
	}
	if lo > hi {
		lo, hi = hi, lo
	}
	if size := math.Max(math.Abs(lo), math.Abs(hi)); hi-lo <= 1e-12*size || hi-lo < 1e-150 {
		mid := lo + (hi-lo)/2
		half := math.Abs(mid) / 2
		if half < 1e-150 {
			half = 1
		}
		lo, hi = mid-half, mid+half
	}
	return Grid{Lo: lo, Hi: hi, N: n}
}

// Size returns the number of basis functions, N+3.
func (g Grid) Size() int { return g.N + Degree }

// Step returns the width of an interval.
func (g Grid) Step() float64 { return (g.Hi - g.Lo) / float64(g.N) }

// Locate returns the interval of x, its place t in [0, 1] within it, and by
// how many intervals x lies beyond the grid (negative below it, 0 inside). A
// NaN comes back as excess.
func (g Grid) Locate(x float64) (i int, t, excess float64) {
	return g.locate(x, float64(g.N)/(g.Hi-g.Lo))
}

func (g Grid) locate(x, inv float64) (i int, t, excess float64) {
	u := (x - g.Lo) * inv
	if u >= 0 && u < float64(g.N) {
		i = int(u)
		return i, u - float64(i), 0
	}
	if u >= float64(g.N) {
		return g.N - 1, 1, u - float64(g.N)
	}
	return 0, 0, u
}

// Basis writes into b the values at x of the four basis functions i..i+3 that
// make up the spline there, and returns i. Beyond the grid these are the
// tangents of the basis functions at the end.
func (g Grid) Basis(b *[Order]float64, x float64) (i int) {
	i, t, e := g.Locate(x)
	basisAt(b, t)
	if e != 0 {
		var d [Order]float64
		slopeAt(&d, t)
		for k := range b {
			b[k] += e * d[k]
		}
	}
	return i
}

// Basis1 is Basis that writes the first derivatives into d as well.
func (g Grid) Basis1(b, d *[Order]float64, x float64) (i int) {
	inv := float64(g.N) / (g.Hi - g.Lo)
	i, t, e := g.locate(x, inv)
	basisAt(b, t)
	slopeAt(d, t)
	if e != 0 {
		for k := range b {
			b[k] += e * d[k]
		}
	}
	for k := range d {
		d[k] *= inv
	}
	return i
}

// Basis2 is Basis that writes the first derivatives into d and the second
// ones into dd as well. Beyond the grid the second derivatives are zero.
func (g Grid) Basis2(b, d, dd *[Order]float64, x float64) (i int) {
	i = g.Basis1(b, d, x)
	inv := float64(g.N) / (g.Hi - g.Lo)
	_, t, e := g.locate(x, inv)
	if e != 0 {
		*dd = [Order]float64{}
		return i
	}
	bendAt(dd, t)
	for k := range dd {
		dd[k] *= inv * inv
	}
	return i
}

// basisAt evaluates the four cubic pieces at t in [0, 1].
func basisAt(b *[Order]float64, t float64) {
	const sixth = 1.0 / 6
	s := 1 - t
	t2, s2 := t*t, s*s
	b[0] = s2 * s * sixth
	b[1] = (4 - 6*t2 + 3*t2*t) * sixth
	b[2] = (4 - 6*s2 + 3*s2*s) * sixth
	b[3] = t2 * t * sixth
}

// slopeAt evaluates their derivatives in t.
func slopeAt(d *[Order]float64, t float64) {
	s := 1 - t
	d[0] = -0.5 * s * s
	d[1] = t * (1.5*t - 2)
	d[2] = s * (2 - 1.5*s)
	d[3] = 0.5 * t * t
}

// bendAt evaluates their second derivatives in t.
func bendAt(dd *[Order]float64, t float64) {
	s := 1 - t
	dd[0] = s
	dd[1] = 3*t - 2
	dd[2] = 3*s - 2
	dd[3] = t
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
