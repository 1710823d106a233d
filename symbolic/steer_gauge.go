package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
)

// What a hidden node hands on may be any power of a product, and a sum inside a
// curve is a product inside another one (see name_gauge.go). Training ends with
// any of them: where the law has d*t, the network has d^0.27*t^0.27, and none of
// its edges is a straight line. Whoever calls one of them a straight line says
// which of the powers is meant; the node's other edges and the one behind it then
// have to change with it, which is a way too long for training.

const (
	// gaugeR2 is how near a curve has to come to a power, or to a logarithm, for
	// the node to be taken for a product of such.
	gaugeR2 = 0.999
	// gaugeRows bounds the rows on which curves are changed.
	gaugeRows = 2000
)

// regauged returns the networks, the same function as net as far as splines can
// be, in which the node behind the edge at id is such that a function f may
// describe the edge. There are none where the neighbours of the edge are not
// free to change, or where f is not a power or a logarithm.
func regauged(ctx context.Context, net *kan.Network, data kan.Data, id kan.EdgeID, f *library.Func) []*kan.Network {
	if !f.IsPower && f.Name != "log" || !movable(net, id) {
		return nil
	}
	p := 1.0
	if f.IsPower && !f.IsRealPower() {
		p = f.Exponent
	}
	product := net.Layers[id.Layer].Ops[id.To] == kan.Product
	like := "log"
	if product {
		like = library.RealPowerName
	}
	looks, ok := library.Lookup(like)
	if !ok {
		return nil
	}
	near, err := matchEdgeAt(ctx, net, data, id, (&library.Set{}).With(looks), 1)
	if err != nil || len(near) == 0 || near[0].R2 < gaugeR2 {
		return nil
	}
	m := near[0]
	var k float64
	switch {
	case product && f.Name == "log":
		k = 0 // the logarithms of the factors, which are then added
	case product && m.Func.IsPower && m.Func.Exponent != p:
		k = p / m.Func.Exponent
	case !product && f.IsPower:
		k = p / m.C
	default:
		return nil // it is what it should be
	}
	if !isFinite(k) || math.Abs(k) > 1e3 {
		return nil
	}
	if c := regauge(net, data, id, k); c != nil {
		return []*kan.Network{c}
	}
	return nil
}

// movable reports whether the node behind an edge is hidden and only free
// splines lead to it and from it, to one node.
func movable(net *kan.Network, id kan.EdgeID) bool {
	if id.Layer+1 >= len(net.Layers) {
		return false
	}
	layer, next := net.Layers[id.Layer], net.Layers[id.Layer+1]
	free := func(e *kan.Edge) bool { return e.Kind == kan.Spline && !e.Fixed }
	in := 0
	for from := range layer.In {
		if e := layer.Edge(from, id.To); e.Active() {
			in++
			if !free(e) && from != id.From {
				return false
			}
		}
	}
	out := 0
	for to := range next.Out {
		if e := next.Edge(id.To, to); e.Active() {
			out++
			if !free(e) {
				return false
			}
		}
	}
	return in > 1 && out == 1
}

// regauge turns the node behind an edge into a product of the k-th powers of its
// factors, or of the exponentials exp(k*s) of its terms; with k = 0 a product
// becomes the sum of the logarithms of its factors. It returns nil where factors
// change sign or numbers get out of hand.
func regauge(net *kan.Network, data kan.Data, id kan.EdgeID, k float64) *kan.Network {
	some := thinData(Data{Names: net.Inputs, Cols: data.Cols, Y: data.Y}, gaugeRows)
	t := traceOf(net, some.Cols)
	c := net.Clone()
	layer, next := c.Layers[id.Layer], c.Layers[id.Layer+1]
	product := layer.Ops[id.To] == kan.Product
	rows := len(some.Y)
	h := make([]float64, rows)
	for r := range h {
		if k != 0 {
			h[r] = 1
		}
	}
	for from := range layer.In {
		e := layer.Edge(from, id.To)
		if !e.Active() {
			continue
		}
		x := t.values[id.Layer][from]
		y := logarithms(e, x, product)
		if y == nil {
			return nil
		}
		for r, v := range y {
			if k != 0 {
				v = math.Exp(k * v)
				h[r] *= v
			} else {
				h[r] += v
			}
			if y[r] = v; !isFinite(v) || !isFinite(h[r]) {
				return nil
			}
		}
		grid, ok := gridOf(e, x)
		if !ok {
			return nil
		}
		layer.Edges[id.To*layer.In+from] = kan.SplineEdge(bspline.Fit(grid, x, y, nil, 0))
	}
	layer.Ops[id.To] = kan.Sum
	if k != 0 {
		layer.Ops[id.To] = kan.Product
	}
	for to := range next.Out {
		e := next.Edge(id.To, to)
		if !e.Active() {
			continue
		}
		y := make([]float64, rows)
		for r, v := range t.values[id.Layer+1][id.To] {
			y[r] = e.Eval(v)
		}
		grid, ok := spanOf(h, e.Spline.N)
		if !ok {
			return nil
		}
		next.Edges[to*next.In+id.To] = kan.SplineEdge(bspline.Fit(grid, h, y, nil, 0))
	}
	if c.Check() != nil {
		return nil
	}
	return c
}

// logarithms returns the values of an edge at the points x, or the logarithms of
// their sizes for a factor, in both cases less their mean; nil where a factor
// changes sign.
func logarithms(e *kan.Edge, x []float64, factor bool) []float64 {
	y := make([]float64, len(x))
	mean, sign := 0.0, 0.0
	for r, v := range x {
		y[r] = e.Eval(v)
		if factor {
			s := math.Copysign(1, y[r])
			if sign*s < 0 {
				return nil
			}
			sign = s
			y[r] = math.Log(math.Abs(y[r]))
		}
		if !isFinite(y[r]) {
			return nil
		}
		mean += y[r] / float64(len(x))
	}
	for r := range y {
		y[r] -= mean
	}
	return y
}

// gridOf returns the grid of an edge's spline, or a new one where it has none.
func gridOf(e *kan.Edge, x []float64) (bspline.Grid, bool) {
	if e.Kind == kan.Spline {
		return e.Spline.Grid, true
	}
	const intervals = 12
	return spanOf(x, intervals)
}

// spanOf returns a grid a little wider than the values.
func spanOf(x []float64, intervals int) (bspline.Grid, bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range x {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	margin := 0.06 * (hi - lo)
	if !isFinite(lo-margin) || !isFinite(hi+margin) || lo > hi {
		return bspline.Grid{}, false
	}
	return bspline.NewGrid(lo-margin, hi+margin, intervals), true
}
