package kan

import (
	"fmt"

	"github.com/kansym/kansym/kan/bspline"
)

// maxIntervals bounds the grid of a spline: beyond it a table of any size we
// can hold determines too few coefficients to mean anything.
const maxIntervals = 10000

// Refine returns the network with its trainable splines on grids of the given
// number of intervals, over the ranges they had. Where that is a multiple of
// the number that a spline has, the spline is the same function afterwards
// (but for rounding, also beyond the grid); otherwise it is approximated by
// least squares, closely when the grid is finer. Splines that are as fine or
// finer already, Fixed edges and n itself are left alone.
//
// The error is not nil if intervals is not between 1 and 10000.
func (n *Network) Refine(intervals int) (*Network, error) {
	if intervals < 1 || intervals > maxIntervals {
		return nil, fmt.Errorf("kan: refine: grid of %d intervals: want 1 to %d", intervals, maxIntervals)
	}
	c := n.Clone()
	for _, l := range c.Layers {
		for _, e := range l.Edges {
			if e.Kind != Spline || e.Fixed || e.Spline.N >= intervals {
				continue
			}
			s := e.Spline
			if intervals%s.N == 0 {
				e.Spline = insertKnots(s, intervals/s.N)
			} else {
				e.Spline = s.Regrid(bspline.Grid{Lo: s.Lo, Hi: s.Hi, N: intervals})
			}
		}
	}
	return c, nil
}

// insertKnots returns s on a grid of m times as many intervals. A uniform cubic
// B-spline is a sum of its copies of 1/m the width, weighted by the
// coefficients of (1+z+...+z^(m-1))^4/m^3.
//
// Source: E. Cohen, T. Lyche and R. Riesenfeld, Discrete B-splines and
// subdivision techniques (1980), for uniform knots.
func insertKnots(s *bspline.Spline, m int) *bspline.Spline {
	mask := []float64{1}
	for range bspline.Order {
		next := make([]float64, len(mask)+m-1)
		for i, v := range mask {
			for k := range m {
				next[i+k] += v
			}
		}
		mask = next
	}
	fine := bspline.New(bspline.Grid{Lo: s.Lo, Hi: s.Hi, N: s.N * m})
	cube := float64(m) * float64(m) * float64(m)
	// Coefficient j of a spline belongs to the basis function whose support
	// starts j-3 intervals into the grid.
	for j, c := range s.Coef {
		at := m*(j-bspline.Degree) + bspline.Degree
		for i, v := range mask {
			if k := at + i; k >= 0 && k < len(fine.Coef) {
				fine.Coef[k] += c * (v / cube)
			}
		}
	}
	return fine
}
