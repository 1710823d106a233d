package kan

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/kan/bspline"
)

const (
	// unfixError is the error of a spline in place of a function, relative to
	// the function's spread, at which no finer grid is tried.
	unfixError = 1e-6
	unfixMost  = 192
)

// UnfixReport says how near a spline comes to the function it takes the place
// of.
type UnfixReport struct {
	Intervals int
	// MaxError is the largest difference of spline and function on the values
	// that reach the edge in the data, in units of the edge's value.
	MaxError float64
	// Relative is the root mean square of the differences divided by the
	// function's standard deviation on these values, 0 if that is 0.
	Relative float64
}

// Unfix returns the network with the named edge at id made a spline again that
// training may change. The spline interpolates the function over the values
// that reach the edge on the rows of cols, on a grid of the given number of
// intervals; 0 takes the coarsest of 6, 12, 24, ... 192 on which the root mean
// square of the error is below 1e-6 of the function's standard deviation. A
// straight line comes out exact but for rounding.
//
// n is left alone. The error is not nil if there is no such edge, if it is a
// spline already, or if the function is not finite on all of its range. It
// panics on columns that do not fit.
func (n *Network) Unfix(id EdgeID, cols [][]float64, intervals int) (*Network, UnfixReport, error) {
	e, err := n.EdgeAt(id)
	if err != nil {
		return nil, UnfixReport{}, err
	}
	if e.Kind != Named {
		return nil, UnfixReport{}, fmt.Errorf("kan: unfix: edge %v is a spline already", id)
	}
	if intervals < 0 || intervals > maxIntervals {
		return nil, UnfixReport{}, fmt.Errorf("kan: unfix: grid of %d intervals: want 1 to %d", intervals, maxIntervals)
	}
	values := n.edgeInputs(id, cols)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !finite(v) || !finite(e.Eval(v)) {
			return nil, UnfixReport{}, fmt.Errorf("kan: unfix: edge %v: %s is not finite at %v, which the data reach", id, e.Func.Name, v)
		}
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	tries := []int{6, 12, 24, 48, 96, unfixMost}
	if intervals > 0 {
		tries = []int{intervals}
	}
	c := n.Clone()
	place := c.Layers[id.Layer].Edges
	at := id.To*n.Layers[id.Layer].In + id.From
	var rep UnfixReport
	for _, k := range tries {
		s := sampled(e, lo, hi, k)
		if s == nil {
			return nil, rep, fmt.Errorf("kan: unfix: edge %v: %s has a pole between the values of the data", id, e.Func.Name)
		}
		place[at] = SplineEdge(s)
		if rep = unfixReport(e, s, values); rep.Relative <= unfixError {
			break
		}
	}
	return c, rep, nil
}

// sampled returns a spline of n intervals over [lo, hi], and a little beyond
// where the function is defined there, or nil where it is not finite inside.
func sampled(e *Edge, lo, hi float64, n int) *bspline.Spline {
	g := margin(lo, hi, n)
	if !finite(e.Eval(g.Lo)) || !finite(e.Eval(g.Hi)) {
		g = bspline.NewGrid(lo, hi, n)
	}
	const perInterval = 8
	points := n*perInterval + 1
	x, y := make([]float64, points), make([]float64, points)
	for r := range x {
		x[r] = g.Lo + (g.Hi-g.Lo)*float64(r)/float64(points-1)
		if y[r] = e.Eval(x[r]); !finite(y[r]) {
			return nil
		}
	}
	if e.Func.IsPower && e.Func.Exponent == 1 {
		return bspline.Linear(g, e.C*e.A, e.C*e.B+e.D)
	}
	return bspline.Fit(g, x, y, nil, 0)
}

func unfixReport(e *Edge, s *bspline.Spline, values []float64) UnfixReport {
	rep := UnfixReport{Intervals: s.N}
	y := make([]float64, len(values))
	ss := 0.0
	for r, v := range values {
		y[r] = e.Eval(v)
		d := math.Abs(s.Eval(v) - y[r])
		ss += d * d
		rep.MaxError = math.Max(rep.MaxError, d)
	}
	if _, sd := spread(y, nil); sd > 0 {
		rep.Relative = math.Sqrt(ss/float64(len(y))) / sd
	}
	return rep
}

// edgeInputs returns the values that reach an edge, row by row.
func (n *Network) edgeInputs(id EdgeID, cols [][]float64) []float64 {
	rows := len(cols[0])
	n.checkCols(cols, rows)
	p := newPlan(n)
	w := p.newWork()
	out := make([]float64, 0, rows)
	for r0 := 0; r0 < rows; r0 += blockRows {
		k := min(blockRows, rows-r0)
		w.loadInputs(cols, n.InputScale, r0, k)
		p.forward(w, nil, p.params, r0, k, false, false)
		out = append(out, nodeRows(w.val[id.Layer], id.From, k)...)
	}
	return out
}
