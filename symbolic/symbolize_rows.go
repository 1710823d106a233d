package symbolic

import (
	"context"
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// Names are chosen for the curves of a network as it was trained, and the network
// that comes of it may have another gauge: its hidden nodes are multiples of those
// before, powers of them where they multiply, or products where they were sums.
// What a name is to be compared with is the curve in that gauge.

// A gaugeChange is how the value of a node in one network goes with that in
// another: value = scale*z+shift, or where either node multiplies, in terms of the
// logarithms of those that do.
type gaugeChange struct {
	from, to     kan.Op
	scale, shift float64
	negative     bool // of products: the value has the opposite sign
}

// same reports whether the node is but a multiple of what it was, so that curves
// keep their looks.
func (g gaugeChange) same() bool {
	const rounding = 1e-6
	return g.from == g.to && (g.from == kan.Sum || math.Abs(g.scale-1) < rounding)
}

// of is the value of the node in the new gauge.
func (g gaugeChange) of(z float64) float64 {
	sign := 1.0
	if g.negative {
		sign = -1
	}
	if g.from == kan.Product {
		sign = math.Copysign(sign, sign*z)
		z = math.Log(math.Abs(z))
	}
	z = g.scale*z + g.shift
	if g.to == kan.Product {
		return sign * math.Exp(z)
	}
	return z
}

// term is what the change makes of the value of an edge that leads to the node, but
// for a term or a factor, which edges may hand each other.
func (g gaugeChange) term(v float64) float64 {
	g.shift, g.negative = 0, false
	return g.of(v)
}

// changeOf fits the change from values z of a node to values v. Where they change
// sign, products are taken to differ by a factor alone.
func changeOf(from, to kan.Op, z, v []float64) gaugeChange {
	g := gaugeChange{from: from, to: to, scale: 1}
	logs := func(op kan.Op, v []float64) (out []float64, sign float64, ok bool) {
		if op == kan.Sum {
			return v, 1, true
		}
		sign = math.Copysign(1, v[0])
		for _, v := range v {
			if !(sign*v > 0) {
				return nil, 0, false
			}
			out = append(out, math.Log(sign*v))
		}
		return out, sign, true
	}
	x, sx, okx := logs(from, z)
	y, sy, oky := logs(to, v)
	if okx && oky {
		g.scale, g.shift = line(x, y)
		g.negative = sx*sy < 0
		return g
	}
	zv, zz := 0.0, 0.0
	for r := range z {
		zv, zz = zv+z[r]*v[r], zz+z[r]*z[r]
	}
	if factor := zv / zz; from == to && isFinite(factor) && factor != 0 {
		g.shift, g.negative = math.Log(math.Abs(factor)), factor < 0
	}
	return g
}

// line fits y = scale*x+shift; where x does not vary, scale is 1.
func line(x, y []float64) (scale, shift float64) {
	n := float64(len(x))
	mx, my := 0.0, 0.0
	for r := range x {
		mx, my = mx+x[r]/n, my+y[r]/n
	}
	xy, xx := 0.0, 0.0
	for r := range x {
		xy, xx = xy+(x[r]-mx)*(y[r]-my), xx+(x[r]-mx)*(x[r]-mx)
	}
	if scale = xy / xx; !isFinite(scale) || scale == 0 {
		scale = 1
	}
	return scale, my - scale*mx
}

// changesBetween returns the changes of all nodes, by layer, the inputs first, from
// the traces of two networks; nil if their shapes differ.
func changesBetween(net, final *kan.Network, before, after *trace) [][]gaugeChange {
	if len(net.Layers) != len(final.Layers) {
		return nil
	}
	inputs := make([]gaugeChange, len(net.Inputs))
	for i := range inputs {
		inputs[i].scale = final.InputScale[i] / net.InputScale[i]
	}
	changes := [][]gaugeChange{inputs}
	for l, layer := range final.Layers {
		old := net.Layers[l]
		if old.Out != layer.Out || old.In != layer.In {
			return nil
		}
		nodes := make([]gaugeChange, layer.Out)
		for j := range nodes {
			nodes[j] = changeOf(old.Ops[j], layer.Ops[j], before.values[l+1][j], after.values[l+1][j])
		}
		changes = append(changes, nodes)
	}
	// The output is the target in both, so that it is no other power of it.
	out := &changes[len(changes)-1][0]
	switch {
	case out.from == kan.Sum && out.to == kan.Sum:
		*out = gaugeChange{scale: net.OutputScale / final.OutputScale}
	case out.from == out.to:
		out.scale = 1
	}
	return changes
}

// inFinalGauge brings the figures of rows up to those of final, the network whose
// edges were named, for the curves of net, which it came from. Where a node became
// another power or of another kind the runners-up are looked for anew; those that
// ctx leaves no time for are left out, being those of another curve. Edges that
// stayed splines are compared with nothing, and what comes near them is listed.
func inFinalGauge(ctx context.Context, net, final *kan.Network, data kan.Data, set *library.Set, rows []EdgeRow) {
	n, err := newNaming(net, data, nil, set, NameOptions{})
	if err != nil {
		return
	}
	before, after := traceOf(net, n.some.Cols), traceOf(final, n.some.Cols)
	changes := changesBetween(net, final, before, after)
	if changes == nil {
		return
	}
	rms := n.networkError(net)
	for i := range rows {
		row := &rows[i]
		p := place{row.Layer, row.From, row.To}
		was, is := p.in(net), p.in(final)
		if is.Kind == kan.Spline {
			// The curve itself, which was trained on while others got names.
			row.RMSE, row.R2 = 0, 1
			row.Alternatives = append([]Match{}, n.matchEdge(ctx, final, after, p, n.networkError(final))...)
			continue
		}
		if !was.Active() {
			continue
		}
		enters, leaves := changes[p.layer][p.from], changes[p.layer+1][p.to]
		_, _, w := after.curve(final, p)
		x, y, v := make([]float64, len(w)), make([]float64, len(w)), make([]float64, len(w))
		usable := true
		for r, z := range before.values[p.layer][p.from] {
			x[r], y[r] = enters.of(z), leaves.term(was.Eval(z))
			v[r] = is.Eval(x[r])
			usable = usable && isFinite(x[r]) && isFinite(y[r]) && isFinite(v[r])
		}
		if !usable {
			continue
		}
		level(leaves.to, v, y, w)
		row.RMSE, row.R2 = compareCurves(v, y, w)
		others := row.Alternatives
		if !enters.same() || !leaves.same() {
			others = n.matchPoints(ctx, net, p, x, y, w, after.noise(final, p, rms))
		}
		row.Alternatives = []Match{}
		for _, m := range others {
			if m.Func.Name != row.Name {
				row.Alternatives = append(row.Alternatives, m)
			}
		}
	}
}

// level adds to a curve y, or multiplies it by, what brings it next to v: a constant
// that the edges of a node may hand each other.
func level(op kan.Op, v, y, w []float64) {
	total, sum, vy, yy := 0.0, 0.0, 0.0, 0.0
	for r := range v {
		total, sum = total+w[r], sum+w[r]*(v[r]-y[r])
		vy, yy = vy+w[r]*v[r]*y[r], yy+w[r]*y[r]*y[r]
	}
	shift, factor := sum/total, vy/yy
	for r := range y {
		switch {
		case op == kan.Product && isFinite(factor) && factor != 0:
			y[r] *= factor
		case op == kan.Sum && isFinite(shift):
			y[r] += shift
		}
	}
}

// compareCurves returns the weighted root mean square of y-v and 1 minus its square
// over the variance of y.
func compareCurves(v, y, w []float64) (rmse, r2 float64) {
	total, mean := 0.0, 0.0
	for r := range y {
		total, mean = total+w[r], mean+w[r]*y[r]
	}
	mean /= total
	ss, spread := 0.0, 0.0
	for r := range y {
		ss, spread = ss+w[r]*(y[r]-v[r])*(y[r]-v[r]), spread+w[r]*(y[r]-mean)*(y[r]-mean)
	}
	rmse, r2 = math.Sqrt(ss/total), 1-ss/spread
	if !isFinite(rmse) {
		rmse = 0
	}
	if !isFinite(r2) || ss == 0 {
		r2 = 1
	}
	return rmse, r2
}
