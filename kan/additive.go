package kan

import (
	"math"

	"github.com/kansym/kansym/kan/bspline"
)

// additive solves y = sum p_i(x_i) over the edges into a first-layer node, one
// linear least-squares problem, and returns p_i by input, nil where there is
// no edge.
func (t *trainer) additive(blank *Network, node int, y []float64) []*bspline.Spline {
	net := t.singleNode(blank, node, Sum)
	d := &rowSet{cols: t.sample.cols, y: y, sw: t.sample.sw}
	p := newPlan(net)
	lm := &levenberg{p: p, w: p.newWork(), data: d, held: d, cache: p.newCache(d.cols)}
	lm.hold = lm.cache
	lm.eq = newDenseEquations(lm)
	if math.IsInf(lm.eq.update(p.params, 1e-8), 1) {
		return nil
	}
	step := make([]float64, p.trainable)
	for mu := 1e-13; ; mu *= 100 {
		if mu > 1 {
			return nil
		}
		if lm.eq.solve(step, mu) {
			break
		}
	}
	for k, s := range step {
		p.params[k] -= s
	}
	p.store(net, p.params)
	return splinesOf(net)
}

// singleNode returns the network that consists of one first-layer node of
// blank as its output: zero splines for a sum, ones for a product.
func (t *trainer) singleNode(blank *Network, node int, op Op) *Network {
	l := blank.Layers[0]
	single := &Layer{In: l.In, Out: 1, Ops: []Op{op}}
	for i := range l.In {
		if !l.Edge(i, node).Active() {
			single.Edges = append(single.Edges, ZeroEdge())
			continue
		}
		lo, hi := rangeOf(t.sample.cols[i])
		m := inputMargin * (hi - lo)
		grid := bspline.NewGrid(lo-m, hi+m, max(6, t.opt.Grid[0]))
		single.Edges = append(single.Edges, SplineEdge(bspline.Linear(grid, 0, float64(op))))
	}
	return &Network{Inputs: blank.Inputs, InputScale: blank.InputScale, OutputScale: 1, Layers: []*Layer{single}}
}

func splinesOf(net *Network) []*bspline.Spline {
	var s []*bspline.Spline
	for _, e := range net.Layers[0].Edges {
		s = append(s, e.Spline)
	}
	return s
}

// multiplicative fits y = prod p_i(x_i) over the edges into a first-layer
// node, signs included, by alternating least squares from a few starts: with
// all factors but one held, the one solves a weighted linear problem. It
// returns the best factors found, by input, nil where there is no edge.
func (t *trainer) multiplicative(blank *Network, node int, y []float64) []*bspline.Spline {
	var best []*bspline.Spline
	bestError := math.Inf(1)
	for start := range 5 {
		net := t.singleNode(blank, node, Product)
		for _, e := range net.Layers[0].Edges {
			if !e.Active() {
				continue
			}
			switch start {
			case 0: // all ones: conditional means, right where nothing changes sign
			case 1: // straight through the middle of each range
				mid := e.Spline.Lo + (e.Spline.Hi-e.Spline.Lo)/2
				half := (e.Spline.Hi - e.Spline.Lo) / 2
				e.Spline = bspline.Linear(e.Spline.Grid, 1/half, -mid/half)
			default:
				for j := range e.Spline.Coef {
					e.Spline.Coef[j] = t.rng.NormFloat64()
				}
			}
		}
		if err := t.alternate(net.Layers[0], y); err < bestError {
			best, bestError = splinesOf(net), err
		}
	}
	return best
}

// alternate improves the factors of a product node in turn and returns the
// mean squared error reached.
func (t *trainer) alternate(l *Layer, y []float64) float64 {
	rows := len(y)
	values := make([][]float64, l.In)
	for i, e := range l.Edges {
		if e.Active() {
			values[i] = make([]float64, rows)
			evalColumn(values[i], e.Spline, t.sample.cols[i])
		}
	}
	others := make([]float64, rows)
	ratio := make([]float64, rows)
	weights := make([]float64, rows)
	last := math.Inf(1)
	for range 30 {
		mse := math.Inf(1)
		for i, e := range l.Edges {
			if !e.Active() {
				continue
			}
			for r := range others {
				others[r] = 1
			}
			for k, v := range values {
				if v == nil || k == i {
					continue
				}
				for r := range others {
					others[r] *= v[r]
				}
			}
			for r, o := range others {
				s := t.sample.sw[r] * o
				weights[r] = s * s
				ratio[r] = y[r] / o
				if !finite(ratio[r]) || !finite(weights[r]) {
					weights[r], ratio[r] = 0, 0
				}
			}
			e.Spline = bspline.Fit(e.Spline.Grid, t.sample.cols[i], ratio, weights, 1e-8)
			evalColumn(values[i], e.Spline, t.sample.cols[i])
			mse = 0
			for r, o := range others {
				d := t.sample.sw[r] * (values[i][r]*o - y[r])
				mse += d * d
			}
		}
		if !(mse < 0.99*last) {
			return math.Min(mse, last)
		}
		last = mse
	}
	return last
}

func evalColumn(dst []float64, s *bspline.Spline, x []float64) {
	for r, v := range x {
		dst[r] = s.Eval(v)
	}
}
